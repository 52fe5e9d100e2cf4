//! What a check says.

use serde::{Deserialize, Serialize};

/// How much a finding weighs. Ordered: `Advise < Warn < Block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Shown to the author only ("Worth a look").
    Advise,
    /// A second person must confirm ("Ask someone").
    Warn,
    /// Cannot be published until changed ("Must change").
    Block,
}

/// The outcome of a check as a whole. Ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Clear,
    Advise,
    NeedsChanges,
    Blocked,
}

/// What an identifying detail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Label {
    Person,
    NhsNumber,
    Id,
    Phone,
    Email,
    Address,
    Postcode,
    Handle,
    Url,
    Age,
    Date,
    Location,
    Org,
    Occupation,
    Condition,
    Relation,
    Event,
    Dem,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub title: String,
    /// The body that publishes it.
    pub by: String,
    /// Clause or paragraph, empty when the whole text is meant.
    #[serde(default)]
    pub at: String,
    /// The day on which we read it, `YYYY-MM-DD`.
    pub read: String,
}

/// One thing noticed in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's stable id, as in the catalogue ("AD-POM-NAME").
    pub rule: String,
    pub severity: Severity,
    /// What an identifying detail is; `None` for findings that are not identifiers.
    pub label: Option<Label>,
    /// Start in Unicode scalar values of the text as typed.
    pub start: usize,
    /// End (exclusive) in Unicode scalar values.
    pub end: usize,
    /// The words that matched, as typed.
    pub text: String,
    /// One short title: "A patient's name".
    pub message: String,
    /// Why it matters, one or two sentences.
    pub why: String,
    /// What to write or do instead; empty when the rule has no advice.
    #[serde(default)]
    pub instead: String,
    pub source: Source,
    /// Replacements for exactly `start..end`; an empty string means "take it out".
    pub suggestions: Vec<String>,
    /// Which of the context's media descriptions `start..end` counts in; `None`: the text itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<usize>,
}

/// All findings of one text, worst first within the same place; ordered by start, then severity, then rule id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
}
