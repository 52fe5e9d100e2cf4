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
