//! Dates of birth: a date beside words of birth, or a full date beside a person's name.

use super::words::Words;
use super::{Finder, sentence_of};
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::{CodeSignal, Detector};
use crate::signal::cached;

static BIRTH: Words = Words::new("born dob d.o.b birth birthday birthdate");

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    if !run.doc.digits {
        return;
    }
    let persons: Vec<u32> = out
        .found
        .iter()
        .filter(|d| d.detector == Detector::Person)
        .map(|d| sentence_of(run, d.norm.0 as usize))
        .collect();
    let numbers: Vec<u32> = out
        .found
        .iter()
        .filter(|d| d.label == Some(Label::NhsNumber))
        .map(|d| sentence_of(run, d.norm.0 as usize))
        .collect();
    for hit in cached(run, CodeSignal::Date) {
        let (start, end) = (hit.start as usize, hit.end as usize);
        let token = hit.token as usize;
        let birth = run.word_before(token, 5, &BIRTH)
            || (run.word_before(token, 6, &["date"]) && run.word_before(token, 4, &["birth"]));
        let spelt = run
            .doc
            .norm
            .get(..start)
            .is_some_and(|t| t.trim_end_matches([' ', ':', '.']).ends_with("d.o.b"));
        let year = year(run.doc.norm.get(start..end).unwrap_or_default());
        let full = year.is_some();
        let person = persons
            .iter()
            .chain(&numbers)
            .any(|s| s.abs_diff(hit.sentence) <= 1);
        // Years that a living person may be born in, and that posts about this year's events do not name.
        let old = year.is_some_and(|y| (1905..=2018).contains(&y));
        if (birth || spelt) && full {
            let staff = !person
                && !run.patient_context(hit.sentence)
                && run.in_sentence_signal(CodeSignal::Staff, hit.sentence);
            // "Born before 31 January 1951? You can book.": a band, nobody's birthday.
            let band = !person
                && run.word_before(
                    token,
                    3,
                    &[
                        "before", "after", "between", "since", "until", "from", "and", "or",
                    ],
                );
            let institution =
                !person && run.word_before(token, 6, &["nhs", "practice", "surgery", "since"]);
            if !staff && !institution && !band {
                out.add(run, Detector::Dob, Label::Date, Severity::Block, start, end);
            }
        } else if (birth || spelt) && person {
            out.add(run, Detector::Dob, Label::Date, Severity::Warn, start, end);
        } else if full && old && person {
            out.add(run, Detector::Dob, Label::Date, Severity::Block, start, end);
        }
    }
}

/// The year of a date, when it has one; two figures are read as this century up to 30.
fn year(date: &str) -> Option<u32> {
    let last = date.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let first = date.split(|c: char| !c.is_ascii_digit()).next()?;
    if first.len() == 4 {
        return first.parse().ok();
    }
    match last.len() {
        4 => last.parse().ok(),
        2 if date.contains(['/', '.', '-'])
            && date
                .bytes()
                .filter(|b| matches!(b, b'/' | b'.' | b'-'))
                .count()
                == 2 =>
        {
            let short: u32 = last.parse().ok()?;
            Some(if short <= 30 {
                2000 + short
            } else {
                1900 + short
            })
        }
        _ => None,
    }
}

impl Run<'_> {
    /// Does the sentence have a hit of a signal found by code?
    pub(super) fn in_sentence_signal(&mut self, code: CodeSignal, sentence: u32) -> bool {
        cached(self, code).iter().any(|h| h.sentence == sentence)
    }
}
