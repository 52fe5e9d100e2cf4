//! What Bedside noticed in a text: the list beside it, and the answer to a check while someone types.

use askama::Template;
use bedside_screen::Severity;
use serde::Serialize;

use super::words::{Tag, Tone};

/// One thing noticed, numbered as it is in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingView {
    /// The number under the words and in the list; from 1, worst first.
    pub n: u32,
    pub severity: Severity,
    /// The rule's id, for the "Why?" link.
    pub rule: String,
    /// "A patient's name".
    pub title: String,
    /// The words that matched; empty when the whole text is meant.
    pub quote: String,
    /// One sentence.
    pub why: String,
    /// Which field: `text`, `own_text_{channel}` or `alt_{n}`.
    pub field: String,
    /// Where that is in words when it is not the main text: "In the words of picture 1"; else empty.
    pub place: String,
    /// Unicode scalar values within the field.
    pub start: usize,
    pub end: usize,
    pub suggestions: Vec<Suggestion>,
    /// "GMC, Confidentiality, paragraph 9".
    pub source: String,
}

impl FindingView {
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.severity.into()
    }

    #[must_use]
    pub fn tone(&self) -> Tone {
        self.severity.into()
    }
}

/// What could stand instead of the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// "Use “a patient”", "Take it out".
    pub label: String,
    /// What replaces the words; empty takes them out.
    pub value: String,
}

impl Suggestion {
    /// The suggestion in the words of a button.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = value.into();
        let label = if value.is_empty() {
            "Take it out".to_owned()
        } else {
            format!("Use “{value}”")
        };
        Self { label, value }
    }
}

/// The list beside the text; also what a check sends back while someone types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/findings.html")]
pub struct Findings {
    /// Worst first, numbered.
    pub items: Vec<FindingView>,
    /// A text was there to check; else the list says what will show here.
    pub checked: bool,
}

impl Findings {
    /// "3 must change, 2 more", "Nothing found"; empty when nothing was checked.
    #[must_use]
    pub fn summary(&self) -> String {
        let of = |severity| self.items.iter().filter(|f| f.severity == severity).count();
        let (block, warn, all) = (of(Severity::Block), of(Severity::Warn), self.items.len());
        let more = |n: usize| {
            if all > n {
                format!(", {} more", all - n)
            } else {
                String::new()
            }
        };
        match (self.checked, block, warn, all) {
            (false, ..) => String::new(),
            (_, _, _, 0) => "Nothing found".to_owned(),
            (_, 0, 0, n) => format!("{n} worth a look"),
            (_, 0, n, _) => format!("{n} to ask someone about{}", more(n)),
            (_, n, ..) => format!("{n} must change{}", more(n)),
        }
    }

    /// The worst tone among them.
    #[must_use]
    pub fn tone(&self) -> Tone {
        match self.items.iter().map(|f| f.severity).max() {
            Some(severity) => severity.into(),
            None if self.checked => Tone::Ok,
            None => Tone::Plain,
        }
    }

    /// Where the findings lie, for the layer behind the text.
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        self.items
            .iter()
            .filter(|f| f.end > f.start)
            .map(|f| Mark {
                n: f.n,
                severity: f.severity,
                field: f.field.clone(),
                start: f.start,
                end: f.end,
            })
            .collect()
    }
}

/// One finding's place in a field, in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    pub n: u32,
    pub severity: Severity,
    pub field: String,
    pub start: usize,
    pub end: usize,
}

/// How long a text is on one network, in the network's own unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The channel's id.
    pub channel: String,
    /// "Bluesky".
    pub name: String,
    pub count: u64,
    pub limit: u64,
    /// "142 of 300 on Bluesky", "12 too many for Bluesky: 312 of 300".
    pub words: String,
    pub over: bool,
}

impl Count {
    /// What follows the number, when the words begin with it.
    #[must_use]
    pub fn after_number(&self) -> Option<&str> {
        self.words.strip_prefix(&self.count.to_string())
    }
}

/// The answer to `POST /check`.
///
/// The request is the composer's form (fields as in [`super::compose::Compose`]) without pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckAnswer {
    /// [`Findings`] rendered.
    pub findings_html: String,
    pub marks: Vec<Mark>,
    pub counts: Vec<Count>,
    /// [`Findings::summary`].
    pub summary: String,
    /// [`Tone::class`] of [`Findings::tone`].
    pub tone: &'static str,
}

impl CheckAnswer {
    /// Puts the answer together.
    ///
    /// # Errors
    /// When the list cannot be rendered.
    pub fn new(findings: &Findings, counts: Vec<Count>) -> askama::Result<Self> {
        Ok(Self {
            findings_html: findings.render()?,
            marks: findings.marks(),
            counts,
            summary: findings.summary(),
            tone: findings.tone().class(),
        })
    }
}
