//! Where a text stands: what the engine found, and what people have let pass.

use bedside_screen::{Check, Finding, Severity};
use serde::{Deserialize, Serialize};

use crate::MemberId;
use crate::content::sha256_hex;

/// A named finding that may pass in one revision, with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    pub rule: String,
    /// Hash of the words that the finding is about, so that no word of a patient is kept twice.
    pub words: String,
    pub by: MemberId,
    pub reason: String,
    pub at: jiff::Timestamp,
}

/// Findings that the law fixes: the author alone can never let them pass (product.md "Override").
#[must_use]
pub fn is_legal(rule: &str) -> bool {
    rule.starts_with("ID-")
        || rule.starts_with("AD-POM-")
        || matches!(rule, "REG-JIGSAW" | "CHAN-GROUP")
}

/// What names a finding across checks of one text: its rule and its words.
#[must_use]
pub fn words_key(finding: &Finding) -> String {
    sha256_hex(finding.text.as_bytes())
}

/// All that was found in a revision's texts, with what was let pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    pub findings: Vec<Finding>,
    pub overrides: Vec<Override>,
}

impl Standing {
    /// Joins the checks of a revision's several texts; a finding that shows in more than one is kept once, as heavy as
    /// its heaviest.
    #[must_use]
    pub fn new(checks: impl IntoIterator<Item = Check>, overrides: Vec<Override>) -> Self {
        let mut findings: Vec<Finding> = Vec::new();
        for finding in checks.into_iter().flat_map(|check| check.findings) {
            let known = findings
                .iter_mut()
                .find(|known| known.rule == finding.rule && known.text == finding.text);
            match known {
                Some(known) if known.severity < finding.severity => *known = finding,
                Some(_) => {}
                None => findings.push(finding),
            }
        }
        Self {
            findings,
            overrides,
        }
    }

    /// Whether someone let it pass.
    #[must_use]
    pub fn passed(&self, finding: &Finding) -> Option<&Override> {
        let words = words_key(finding);
        self.overrides
            .iter()
            .find(|pass| pass.rule == finding.rule && pass.words == words)
    }

    /// Findings of a severity that nobody let pass.
    pub fn open(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.severity == severity && self.passed(finding).is_none())
    }

    #[must_use]
    pub fn must_change(&self) -> usize {
        self.open(Severity::Block).count()
    }

    #[must_use]
    pub fn ask_someone(&self) -> usize {
        self.open(Severity::Warn).count()
    }

    /// The first finding above `advise` that was not there when the post was let out and that nobody let pass.
    #[must_use]
    pub fn new_since(&self, accepted: &[Accepted]) -> Option<&Finding> {
        self.findings.iter().find(|finding| {
            let words = words_key(finding);
            finding.severity > Severity::Advise
                && self.passed(finding).is_none()
                && !accepted.iter().any(|known| {
                    known.rule == finding.rule
                        && known.words == words
                        && known.severity >= finding.severity
                })
        })
    }

    /// What the second person saw and accepted, as the authorisation keeps it.
    #[must_use]
    pub fn accepted(&self) -> Vec<Accepted> {
        self.findings
            .iter()
            .map(|finding| Accepted {
                rule: finding.rule.clone(),
                words: words_key(finding),
                severity: finding.severity,
            })
            .collect()
    }
}

/// A finding that was on the page when the post was let out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub rule: String,
    pub words: String,
    pub severity: Severity,
}
