//! "Why?": one rule, what it is about, where it comes from, what breaks it and what does not.

use askama::Template;

use super::shell::Shell;
use super::words::Tag;

/// The page of a rule.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/rule.html")]
pub struct RulePage {
    pub shell: Shell,
    pub id: String,
    /// "A patient's name".
    pub title: String,
    pub tag: Tag,
    pub why: String,
    /// What to write instead.
    pub instead: String,
    pub sources: Vec<SourceLine>,
    /// Examples that break it.
    pub flags: Vec<String>,
    /// Examples that do not.
    pub allows: Vec<String>,
    /// Whether it can be let pass, in words.
    pub override_words: String,
}

/// A clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// "GMC".
    pub by: String,
    pub title: String,
    /// "paragraph 9"; may be empty.
    pub at: String,
    /// "Read on 22 November 2026".
    pub read: String,
    /// Empty when there is no public address.
    pub href: String,
}
