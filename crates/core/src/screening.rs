//! Rereading a whole post: each of its texts in its own context, and the words of its pictures.

use bedside_screen::{Context, Engine, Finding};

use crate::channel::Channel;
use crate::content::Content;
use crate::practice::{Practice, context};
use crate::standing::{Override, Standing};
use crate::{ChannelId, Refusal};

/// Which part of a post a finding is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Text,
    /// The text for one channel only.
    Own(ChannelId),
    /// The words of the n-th picture, from 1.
    Alt(usize),
}

/// A finding and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    pub field: Field,
    pub finding: Finding,
}

/// Rereads a post with the full context. The common text is judged once for every channel that it goes to, because a
/// channel can change what is allowed; a finding that shows for several is told once.
///
/// # Errors
/// `text_long` when a text is longer than the engine reads.
pub fn screen(
    engine: &Engine,
    practice: &Practice,
    channels: &[Channel],
    content: &Content,
) -> Result<Vec<Located>, Refusal> {
    let mut located: Vec<Located> = Vec::new();
    let mut add = |field: Field, text: &str, context: &Context| -> Result<(), Refusal> {
        let check = engine.check(text, context).map_err(|_| {
            Refusal::input(
                "text_long",
                "This text is too long to be checked. Shorten it.",
            )
        })?;
        for finding in check.findings {
            let finding = with_title(text, finding);
            let found = Located { field, finding };
            if !located.contains(&found) {
                located.push(found);
            }
        }
        Ok(())
    };
    let channel = |id: ChannelId| channels.iter().find(|channel| channel.id == id);
    if content.places.is_empty() {
        add(
            Field::Text,
            &content.text,
            &context(practice, None, content),
        )?;
    }
    for place in &content.places {
        let context = context(practice, channel(place.channel), content);
        match &place.own_text {
            Some(own) => add(Field::Own(place.channel), own, &context)?,
            None => add(Field::Text, &content.text, &context)?,
        }
    }
    for (n, picture) in content.pictures.iter().enumerate() {
        let alone = Context {
            media: Vec::new(),
            ..context(practice, None, content)
        };
        add(Field::Alt(n + 1), &picture.alt, &alone)?;
    }
    Ok(located)
}

/// Titles that are struck out together with the name. Not "Dr": who bears it here is staff more often than a patient.
const TITLES: [&str; 9] = [
    "mr", "mrs", "ms", "miss", "mx", "master", "sir", "lady", "madam",
];

/// A name with the title before it, so that "a patient" can stand in its place. The engine marks the name alone, as the
/// label PERSON asks.
fn with_title(text: &str, mut finding: Finding) -> Finding {
    if finding.rule != "ID-NAME" || finding.media.is_some() {
        return finding;
    }
    let before: String = text.chars().take(finding.start).collect();
    let trimmed = before.trim_end_matches(' ');
    let word = trimmed
        .rsplit(|c: char| c.is_whitespace())
        .next()
        .unwrap_or_default();
    let title = word.trim_end_matches('.').to_lowercase();
    if trimmed.len() == before.len() || !TITLES.contains(&title.as_str()) {
        return finding;
    }
    let words_before = trimmed.strip_suffix(word).unwrap_or_default();
    let begins = words_before
        .trim_end()
        .chars()
        .next_back()
        .is_none_or(|c| matches!(c, '.' | '!' | '?' | ':'));
    finding.text = format!(
        "{}{}",
        before.strip_prefix(words_before).unwrap_or_default(),
        finding.text
    );
    finding.start = words_before.chars().count();
    if finding.suggestions.iter().all(String::is_empty) {
        finding.suggestions = vec![if begins { "A patient" } else { "a patient" }.to_owned()];
    }
    finding
}

/// Where the post stands, from what was found and what was let pass.
#[must_use]
pub fn standing(located: &[Located], overrides: Vec<Override>) -> Standing {
    let mut findings: Vec<Finding> = Vec::new();
    for found in located {
        let known = findings
            .iter_mut()
            .find(|known| known.rule == found.finding.rule && known.text == found.finding.text);
        match known {
            Some(known) => known.severity = known.severity.max(found.finding.severity),
            None => findings.push(found.finding.clone()),
        }
    }
    Standing {
        findings,
        overrides,
    }
}

#[cfg(test)]
mod tests {
    use bedside_screen::{Severity, Source};

    use super::*;

    fn name(text: &str, name: &str) -> Finding {
        let at = text.find(name).unwrap_or_default();
        let start = text[..at].chars().count();
        let finding = Finding {
            rule: "ID-NAME".into(),
            severity: Severity::Block,
            label: None,
            start,
            end: start + name.chars().count(),
            text: name.into(),
            message: String::new(),
            why: String::new(),
            source: Source {
                title: String::new(),
                by: String::new(),
                at: String::new(),
                read: String::new(),
            },
            suggestions: Vec::new(),
            instead: String::new(),
            media: None,
        };
        with_title(text, finding)
    }

    #[test]
    fn a_name_is_struck_out_with_its_title() {
        for (text, found, suggestion) in [
            (
                "Café: lovely to see Mrs Okafor again",
                "Mrs Okafor",
                "a patient",
            ),
            ("Mr. Okafor smiles", "Mr. Okafor", "A patient"),
            (
                "Well done! miss  Okafor is back",
                "miss  Okafor",
                "A patient",
            ),
        ] {
            let finding = name(text, "Okafor");
            assert_eq!(finding.text, found);
            let marked: String = text
                .chars()
                .skip(finding.start)
                .take(finding.end - finding.start)
                .collect();
            assert_eq!(marked, found);
            assert_eq!(finding.suggestions, [suggestion]);
        }
    }

    #[test]
    fn other_words_before_a_name_stay() {
        for text in [
            "Okafor is back",
            "Dear Okafor",
            "Dr Okafor",
            "the admiss Okafor",
            "Mrs/Okafor",
        ] {
            let finding = name(text, "Okafor");
            assert_eq!(finding.text, "Okafor", "{text}");
            assert!(finding.suggestions.is_empty());
        }
    }
}
