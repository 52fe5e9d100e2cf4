//! A second opinion: the text as it will look, what changed, what was noticed, one question, two answers.

use askama::Template;

use super::compose::Preview;
use super::forms::Errors;
use super::shell::Shell;
use super::words::{DiffPart, Tag, Tone};

/// The page on which an opinion is given.
///
/// # Fields
/// `csrf`, `revision`, `reason`, `act` (`approve`, `changes`).
#[derive(Debug, Clone, Template)]
#[template(path = "pages/review.html")]
pub struct Review {
    pub shell: Shell,
    pub id: String,
    pub revision: String,
    pub title: String,
    /// "Written by Dr Tom Hale, who asked you at 9:15am. Goes out tomorrow, Tuesday 3 March at 9:00am (UK time)."
    pub lead: String,
    /// An earlier opinion that no longer counts, or another word of warning.
    pub callout: Option<Callout>,
    pub previews: Vec<Preview>,
    /// "What changed since you approved it", "What changed since Friday".
    pub diff_title: String,
    /// Empty when there is no earlier version.
    pub diff: Vec<DiffPart>,
    /// "Picture, places and time are the same."
    pub diff_note: String,
    pub findings: Vec<Said>,
    pub reason: String,
    pub errors: Errors,
    /// Why this person cannot give an opinion ("You wrote this, so someone else must read it."); then no form is shown.
    pub not_yours: String,
}

/// A warning above the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callout {
    pub tone: Tone,
    pub title: String,
    pub text: String,
}

/// One thing that Bedside says about the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub title: String,
    /// The words quoted, or what became of them.
    pub detail: String,
    pub tag: Tag,
    /// For "Why?"; empty when there is no rule.
    pub rule: String,
}
