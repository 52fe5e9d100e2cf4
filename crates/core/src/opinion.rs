//! Second opinions: another member's approval or wish for changes, bound to one revision.

use std::str::FromStr;

use crate::{MemberId, OpinionId, PostId, Refusal, RevisionId};

/// What the second person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Approve,
    AskForChanges,
}

impl Answer {
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::AskForChanges => "changes",
        }
    }
}

impl FromStr for Answer {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "approve" => Ok(Self::Approve),
            "changes" => Ok(Self::AskForChanges),
            _ => Err(Refusal::input(
                "unknown_answer",
                "Choose “Approve this text” or “Ask for changes”.",
            )),
        }
    }
}

/// A second opinion as it was given; never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    pub id: OpinionId,
    pub post: PostId,
    pub revision: RevisionId,
    /// Who gave it; never an author of the post or of the revision (also a constraint of the database).
    pub by: MemberId,
    pub answer: Answer,
    pub reason: String,
    pub at: jiff::Timestamp,
}

/// Most characters of a reason.
pub const REASON_MAX: usize = 2_000;

/// A reason that says something, trimmed.
///
/// # Errors
/// `reason_missing`, `reason_long`.
pub fn reason(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return Err(Refusal::input(
            "reason_missing",
            "Say why, in a few words, so that the other person can act on it.",
        ));
    }
    if text.chars().count() > REASON_MAX {
        return Err(Refusal::input(
            "reason_long",
            format!("Keep the reason under {REASON_MAX} characters."),
        ));
    }
    Ok(text.to_owned())
}
