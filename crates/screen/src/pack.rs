//! The compiled form of the rule packs, as the build script writes it: plain tables, nothing to parse at run time.
//!
//! Words are *literals*; a set of words and signals is a *group*, kept once however many rules use it. A literal knows
//! its groups, so one pass over a text fills all of them.

use crate::finding::{Label, Severity};
use crate::names::{CodeSignal, Cue, Detector};
use crate::{Account, Surface};

/// All rules with the tables that they share.
pub(crate) struct Pack {
    pub literals: &'static [Literal],
    pub groups: &'static [Group],
    pub signals: &'static [Signal],
    pub patterns: &'static [&'static str],
    /// Sorted by id.
    pub rules: &'static [Rule],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// A whole word or phrase, plural and possessive endings allowed.
    Word,
    /// A whole word or phrase as it is.
    Exact,
    /// Words that begin so.
    Prefix,
    /// Words that end so.
    Suffix,
    /// Not made of letters: no word edges to look at.
    Raw,
}

pub(crate) struct Literal {
    pub text: &'static str,
    pub ends: Ends,
    pub groups: &'static [GroupId],
}

pub(crate) type GroupId = u16;
pub(crate) type SignalId = u16;

pub(crate) struct Group {
    pub signals: &'static [SignalId],
}

pub(crate) struct Signal {
    /// For reading the generated tables.
    pub name: &'static str,
    pub code: Option<CodeSignal>,
    pub matches: &'static [Match],
    pub flags: &'static [Example],
    pub allows: &'static [Example],
}

/// One rule of the packs.
#[derive(Debug)]
pub struct Rule {
    /// Stable id, as in the catalogue ("AD-POM-NAME").
    pub id: &'static str,
    /// Reads after "allow ...".
    pub name: &'static str,
    /// The control that it serves, `C1` to `C7`.
    pub control: &'static str,
    pub severity: Severity,
    /// One short title.
    pub message: &'static str,
    /// Why it matters, one or two sentences.
    pub why: &'static str,
    /// What to write or do instead.
    pub instead: &'static str,
    pub surfaces: &'static [Surface],
    pub accounts: &'static [Account],
    /// At least one; the first is shown with a finding.
    pub sources: &'static [RuleSource],
    /// Texts in which the rule finds something.
    pub flags: &'static [Example],
    /// Texts in which it finds nothing.
    pub allows: &'static [Example],
    pub(crate) suggest: &'static [&'static str],
    pub(crate) label: Option<Label>,
    pub(crate) when: Option<ContextTest>,
    pub(crate) unless: &'static [ContextTest],
    pub(crate) matches: &'static [Match],
}

/// Where a rule comes from.
#[derive(Debug)]
pub struct RuleSource {
    pub title: &'static str,
    /// The body that publishes it.
    pub by: &'static str,
    /// Clause or paragraph; empty when the whole text is meant.
    pub at: &'static str,
    /// The day on which it was read, `YYYY-MM-DD`.
    pub read: &'static str,
    /// False while the citation is from memory and waits to be confirmed.
    pub checked: bool,
}

/// A text with what the rule must make of it.
#[derive(Debug)]
pub struct Example {
    pub text: &'static str,
    /// JSON of the context; empty for the default one.
    pub context: &'static str,
    /// The severity that a finding must have, when the rule has several.
    pub severity: Option<Severity>,
}

#[derive(Debug)]
pub(crate) struct Match {
    pub kind: Kind,
    pub test: Test,
    pub severity: Option<Severity>,
    pub suggest: &'static [&'static str],
    pub grade: &'static [Grade],
}

#[derive(Debug)]
pub(crate) enum Kind {
    Terms {
        group: GroupId,
    },
    Near {
        groups: &'static [GroupId],
        place: Place,
        order: bool,
        all: bool,
    },
    Pattern {
        pattern: u16,
        needs: GroupId,
    },
    Absent {
        group: GroupId,
        missing: GroupId,
        place: Place,
    },
    Count {
        group: GroupId,
        min: u16,
        distinct: bool,
        place: Place,
    },
    Detect(Detector),
}

/// Conditions at the place of a trigger.
#[derive(Debug)]
pub(crate) struct Test {
    pub with: &'static [Near],
    pub without: &'static [Near],
    pub is: &'static [Cue],
    pub not: &'static [Cue],
    pub when: Option<ContextTest>,
    pub unless: &'static [ContextTest],
}

#[derive(Debug)]
pub(crate) struct Near {
    pub group: GroupId,
    pub place: Place,
    pub at_least: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Inside the trigger's own words.
    Match,
    Sentence,
    Around,
    Post,
    Within(u16),
    Before(u16),
    After(u16),
    First(u16),
}

#[derive(Debug)]
pub(crate) struct Grade {
    pub to: Severity,
    pub test: Test,
}

/// A test on what is known of the circumstances. An empty list asks nothing.
#[derive(Debug)]
pub(crate) struct ContextTest {
    pub surface: &'static [Surface],
    pub account: &'static [Account],
    pub practice_type: &'static [&'static str],
    pub offers_pom: &'static [Known],
    pub offers_fillers: &'static [Known],
    pub private_care: &'static [Known],
    pub audience: &'static [&'static str],
    pub has: &'static [Record],
    pub lacks: &'static [Record],
    pub media: Option<bool>,
    pub specialists: &'static [&'static str],
    pub profile: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Yes,
    No,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    Consent,
    Evidence,
    Finance,
    Register,
}
