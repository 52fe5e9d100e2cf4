//! Why something is not done.

use serde::Serialize;

/// What a refusal is about, so that the web app can answer with the right status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What was typed cannot be used.
    Input,
    /// This person may not do this.
    Forbidden,
    /// There is no such thing here.
    NotFound,
    /// It has changed meanwhile, or its state does not allow it.
    Conflict,
    /// Too much or too often.
    Limit,
}

/// A "no" with a stable code and a sentence for a person: what happened and what to do next. It never quotes a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    pub kind: Kind,
    /// Stable, for programs: `not_your_own`.
    pub code: &'static str,
    pub sentence: String,
}

impl Refusal {
    #[must_use]
    pub fn new(kind: Kind, code: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            sentence: sentence.into(),
        }
    }

    #[must_use]
    pub fn input(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(Kind::Input, code, sentence)
    }

    #[must_use]
    pub fn forbidden(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, code, sentence)
    }

    #[must_use]
    pub fn conflict(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, sentence)
    }

    #[must_use]
    pub fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, "not_found", sentence)
    }
}
