//! What the engine found, as pages tell it.

use std::cmp::Reverse;

use bedside_core::channel::Channel;
use bedside_core::screening::{Field, Located};
use bedside_core::standing::Standing;

use crate::places;
use crate::view::findings::{FindingView, Findings, Suggestion};

/// Most characters of a quotation; the whole text is in sight beside it.
const QUOTE_MAX: usize = 120;

/// The list beside a text: worst first, then as the text runs, numbered. What someone let pass is left out.
#[must_use]
pub(crate) fn list(
    located: &[Located],
    standing: &Standing,
    channels: &[Channel],
    checked: bool,
) -> Findings {
    let mut kept: Vec<&Located> = Vec::new();
    for found in located {
        if standing.passed(&found.finding).is_some() {
            continue;
        }
        // The same words can weigh more on one channel than on another: the heaviest is told.
        let known = kept.iter_mut().find(|known| {
            part(known) == part(found)
                && known.finding.rule == found.finding.rule
                && (known.finding.start, known.finding.end)
                    == (found.finding.start, found.finding.end)
        });
        match known {
            Some(known) if known.finding.severity < found.finding.severity => *known = found,
            Some(_) => {}
            None => kept.push(found),
        }
    }
    kept.sort_by(|a, b| {
        let key = |l: &Located| (Reverse(l.finding.severity), part(l), l.finding.start);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.finding.rule.cmp(&b.finding.rule))
    });
    let items = (1..)
        .zip(kept)
        .map(|(n, found)| view(n, found, channels))
        .collect();
    Findings { items, checked }
}

/// Where the words are: a text is judged with the words of its pictures, and what is in those is told there.
fn part(found: &Located) -> Field {
    found
        .finding
        .media
        .map_or(found.field, |media| Field::Alt(media + 1))
}

fn view(n: u32, found: &Located, channels: &[Channel]) -> FindingView {
    let finding = &found.finding;
    let mut why = finding.why.clone();
    if !finding.instead.is_empty() {
        why = format!("{why} {}", finding.instead).trim().to_owned();
    }
    FindingView {
        n,
        severity: finding.severity,
        rule: finding.rule.clone(),
        title: finding.message.clone(),
        quote: quote(&finding.text),
        why,
        field: field(part(found)),
        place: place(part(found), channels),
        start: finding.start,
        end: finding.end,
        suggestions: finding.suggestions.iter().map(Suggestion::new).collect(),
        source: source(finding),
    }
}

/// The name of the form's field.
#[must_use]
pub(crate) fn field(field: Field) -> String {
    match field {
        Field::Text => "text".to_owned(),
        Field::Own(channel) => format!("own_text_{channel}"),
        Field::Alt(n) => format!("alt_{n}"),
    }
}

/// Where it is, when not in the main text.
#[must_use]
pub(crate) fn place(field: Field, channels: &[Channel]) -> String {
    match field {
        Field::Text => String::new(),
        Field::Own(id) => channels
            .iter()
            .find(|channel| channel.id == id)
            .map_or_else(
                || "In the words for one place only".to_owned(),
                |channel| format!("In the words for {} only", places::name(channel, channels)),
            ),
        Field::Alt(n) => format!("In the words of picture {n}"),
    }
}

/// The words that matched, in one line and not too long.
#[must_use]
pub(crate) fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTE_MAX {
        return line;
    }
    let mut short: String = line.chars().take(QUOTE_MAX).collect();
    short.push('…');
    short
}

fn source(finding: &bedside_core::screen::Finding) -> String {
    let source = &finding.source;
    [&source.by, &source.title, &source.at]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// "One thing must change", "3 things must change"; `None` when nothing must.
#[must_use]
pub(crate) fn must_change(standing: &Standing) -> Option<String> {
    const WORDS: [&str; 10] = [
        "", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
    ];
    match standing.must_change() {
        0 => None,
        1 => Some("One thing must change first.".to_owned()),
        n => Some(format!(
            "{} things must change first.",
            WORDS
                .get(n)
                .map_or_else(|| n.to_string(), |w| (*w).to_owned())
        )),
    }
}

#[cfg(test)]
mod tests {
    use bedside_core::screen::{Finding, Severity, Source};
    use bedside_core::standing::{Override, words_key};
    use bedside_core::{MemberId, id::Id};

    use super::*;

    fn found(field: Field, severity: Severity, start: usize) -> Located {
        Located {
            field,
            finding: Finding {
                rule: "AD-X".into(),
                severity,
                label: None,
                start,
                end: start + 3,
                text: format!("w{start}"),
                message: "Title".into(),
                why: "Why.".into(),
                instead: "Say less.".into(),
                source: Source {
                    title: "CAP Code".into(),
                    by: "CAP".into(),
                    at: "3.1".into(),
                    read: "2026-11-22".into(),
                },
                suggestions: vec![String::new()],
                media: None,
            },
        }
    }

    #[test]
    fn the_worst_comes_first_and_the_same_words_are_told_once() {
        let located = [
            found(Field::Alt(1), Severity::Advise, 0),
            found(Field::Text, Severity::Warn, 9),
            found(Field::Text, Severity::Block, 20),
            found(Field::Text, Severity::Block, 9),
        ];
        let list = list(&located, &Standing::default(), &[], true);
        let told: Vec<(u32, Severity, usize, &str)> = list
            .items
            .iter()
            .map(|f| (f.n, f.severity, f.start, f.field.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (1, Severity::Block, 9, "text"),
                (2, Severity::Block, 20, "text"),
                (3, Severity::Advise, 0, "alt_1"),
            ]
        );
        assert_eq!(list.items[0].why, "Why. Say less.");
        assert_eq!(list.items[0].source, "CAP, CAP Code, 3.1");
        assert_eq!(list.items[2].place, "In the words of picture 1");
    }

    #[test]
    fn what_is_in_the_words_of_a_picture_is_told_there_and_once() {
        let mut with_text = found(Field::Text, Severity::Block, 4);
        with_text.finding.media = Some(1);
        let located = [with_text, found(Field::Alt(2), Severity::Warn, 4)];
        let list = list(&located, &Standing::default(), &[], true);
        assert_eq!(list.items.len(), 1);
        assert_eq!(list.items[0].field, "alt_2");
        assert_eq!(list.items[0].severity, Severity::Block);
    }

    #[test]
    fn what_was_let_pass_is_no_longer_listed() {
        let located = [found(Field::Text, Severity::Warn, 1)];
        let pass = Override {
            rule: "AD-X".into(),
            words: words_key(&located[0].finding),
            by: MemberId::from_uuid(uuid::Uuid::from_u128(1)),
            reason: "Checked".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let standing = Standing {
            findings: vec![located[0].finding.clone()],
            overrides: vec![pass],
        };
        assert!(list(&located, &standing, &[], true).items.is_empty());
        assert_eq!(must_change(&standing), None);
    }

    #[test]
    fn long_quotations_are_cut_with_a_sign() {
        let long = quote(&"word ".repeat(60));
        assert!(long.ends_with('…') && long.chars().count() == QUOTE_MAX + 1);
        assert_eq!(quote("two\n lines"), "two lines");
    }
}
