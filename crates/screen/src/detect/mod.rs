//! Detectors: identifying details that need a checksum, a parser or a name list.

use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;

/// One identifying detail.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    pub detector: Detector,
    pub label: Option<Label>,
    pub severity: Severity,
    /// Bytes of the text as typed.
    pub start: usize,
    pub end: usize,
    /// Bytes of the normalised text.
    pub norm: (u32, u32),
    /// Replacements made for this place; `None`: those of the rule.
    pub suggest: Option<Vec<String>>,
}

/// All details of a text.
#[derive(Debug, Default)]
pub(crate) struct Details {
    pub found: Vec<Detail>,
}

/// Finds all details.
pub(crate) fn find(_run: &mut Run<'_>) -> Details {
    Details::default()
}

/// The details of one detector.
pub(crate) fn of(run: &mut Run<'_>, detector: Detector) -> Vec<Detail> {
    run.details().found.iter().filter(|d| d.detector == detector).cloned().collect()
}
