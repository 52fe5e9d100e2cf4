//! Detectors: identifying details that need a checksum, a parser or a name list.
//!
//! All of them read the normalised text, so disguises are undone for them too. Each place is claimed by one detector:
//! the order of [`find`] decides, the surest first.

mod address;
mod bank;
mod code;
mod dob;
mod email;
mod figures;
mod handle;
mod health_number;
mod jigsaw;
mod names;
mod nino;
mod person;
mod person_words;
mod phone;
mod plate;
mod postcode;
mod words;

use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::generated::cue;
use crate::names::Detector;
use words::WordList;

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

/// Finds all details but the estimate over the whole text.
pub(crate) fn find(run: &mut Run<'_>) -> Details {
    let mut out = Finder { found: Vec::new() };
    email::find(run, &mut out);
    let runs = figures::runs(&run.doc.norm[..run.doc.main_len]);
    health_number::find(run, &runs, &mut out);
    bank::find(run, &runs, &mut out);
    nino::find(run, &mut out);
    code::find(run, &mut out);
    phone::find(run, &runs, &mut out);
    postcode::find(run, &mut out);
    plate::find(run, &mut out);
    address::find(run, &mut out);
    handle::find(run, &mut out);
    person::find(run, &mut out);
    dob::find(run, &mut out);
    out.weigh(run);
    Details { found: out.found }
}

/// The details of one detector.
pub(crate) fn of(run: &mut Run<'_>, detector: Detector) -> Vec<Detail> {
    if detector == Detector::Jigsaw {
        return jigsaw::find(run);
    }
    run.details()
        .found
        .iter()
        .filter(|d| d.detector == detector)
        .cloned()
        .collect()
}

/// Collects details, one for each place.
pub(crate) struct Finder {
    pub found: Vec<Detail>,
}

impl Finder {
    /// Is some part of the place claimed already?
    pub fn claimed(&self, start: usize, end: usize) -> bool {
        self.found
            .iter()
            .rev()
            .take(400)
            .any(|d| (d.norm.0 as usize) < end && (d.norm.1 as usize) > start)
    }

    /// Adds a detail at bytes of the normalised text, unless the place is claimed.
    pub fn add(
        &mut self,
        run: &Run<'_>,
        detector: Detector,
        label: Label,
        severity: Severity,
        start: usize,
        end: usize,
    ) {
        if start >= end || self.found.len() >= crate::eval::PER_RULE * 4 || self.claimed(start, end)
        {
            return;
        }
        let (from, to) = run.doc.typed(run.text, start, end);
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.found.push(Detail {
            detector,
            label: Some(label),
            severity,
            start: from,
            end: to,
            norm: (small(start), small(end)),
            suggest: None,
        });
    }

    /// A postcode, a reference or a number plate weighs more beside a person.
    fn weigh(&mut self, run: &Run<'_>) {
        let persons: Vec<u32> = self
            .found
            .iter()
            .filter(|d| d.detector == Detector::Person)
            .map(|d| sentence_of(run, d.norm.0 as usize))
            .collect();
        for d in &mut self.found {
            let here = sentence_of(run, d.norm.0 as usize);
            let near = persons.iter().any(|s| s.abs_diff(here) <= 1);
            if near
                && d.severity == Severity::Warn
                && matches!(
                    d.detector,
                    Detector::Postcode | Detector::Mrn | Detector::Phone
                )
            {
                d.severity = Severity::Block;
            }
        }
    }
}

/// The sentence that holds a byte of the normalised text.
pub(crate) fn sentence_of(run: &Run<'_>, at: usize) -> u32 {
    run.doc
        .tokens
        .get(run.doc.token_at(at))
        .map_or(0, |t| t.sentence)
}

impl Run<'_> {
    /// Is one of `words` among the `n` words before the word `token`, in the text itself?
    pub(crate) fn word_before(&self, token: usize, n: usize, words: &impl WordList) -> bool {
        (token.saturating_sub(n)..token).any(|t| words.has(self.doc.word(t)))
    }

    /// Is one of `words` among the `n` words from the word `token` on?
    pub(crate) fn word_after(&self, token: usize, n: usize, words: &impl WordList) -> bool {
        (token..(token + n).min(self.doc.words)).any(|t| words.has(self.doc.word(t)))
    }

    /// Does the sentence, or one beside it, speak of care or of a patient?
    pub(crate) fn patient_context(&mut self, sentence: u32) -> bool {
        [
            cue::CLINICAL,
            cue::PATIENT_WORD,
            cue::ONE_PATIENT,
            cue::CONDITIONS,
        ]
        .into_iter()
        .any(|g| {
            self.group(g)
                .iter()
                .any(|h| h.sentence.abs_diff(sentence) <= 1)
        })
    }

    /// Is a word of the group in exactly this sentence?
    pub(crate) fn in_sentence(&mut self, group: crate::pack::GroupId, sentence: u32) -> bool {
        self.group(group).iter().any(|h| h.sentence == sentence)
    }
}
