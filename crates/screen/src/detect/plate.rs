//! Number plates of the shapes AA99 AAA (since 2001) and A999 AAA (1983 to 2001).

use super::words::Words;
use super::{Finder, sentence_of};
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;
use crate::norm::flag;

/// Words beside which such letters and figures are something else.
static OTHER: Words =
    Words::new("batch lot model serial ref reference code room flight postcode version");

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    if !run.doc.digits {
        return;
    }
    for at in 0..run.doc.words {
        let token = run.doc.tokens[at];
        if token.flags & flag::MIXED == 0 || token.flags & (flag::HASH | flag::AT) != 0 {
            continue;
        }
        let Some((end, modern)) = plate_at(run, at) else {
            continue;
        };
        let typed = run.doc.typed(
            run.text,
            token.start as usize,
            run.doc.tokens[end - 1].end as usize,
        );
        let shouted = run
            .text
            .get(typed.0..typed.1)
            .is_some_and(|t| !t.bytes().any(|b| b.is_ascii_lowercase()));
        let car = run.word_before(at, 12, &CAR) || run.word_after(end, 10, &CAR);
        if !shouted
            || run.word_before(at, 3, &OTHER)
            || (!modern && !car)
            || (!car && end == at + 1)
        {
            continue;
        }
        let sentence = sentence_of(run, token.start as usize);
        let severity = if run.patient_context(sentence) {
            Severity::Block
        } else {
            Severity::Warn
        };
        out.add(
            run,
            Detector::Plate,
            Label::Id,
            severity,
            token.start as usize,
            run.doc.tokens[end - 1].end as usize,
        );
    }
}

static CAR: Words = Words::new(
    "car cars van registration reg plate parked parking vehicle fiesta corsa golf polo audi \
     bmw ford vauxhall nissan mini clio micra lights bay driver motor astra kia toyota skoda \
     volvo peugeot drive blocking blocked",
);

fn plate_at(run: &Run<'_>, at: usize) -> Option<(usize, bool)> {
    let first = run.doc.word(at).as_bytes();
    let letters = |b: &[u8]| b.iter().all(u8::is_ascii_alphabetic);
    let figures = |b: &[u8]| b.iter().all(u8::is_ascii_digit);
    match first {
        [a, b, c, d, rest @ ..]
            if rest.len() == 3 && letters(&[*a, *b]) && figures(&[*c, *d]) && letters(rest) =>
        {
            Some((at + 1, true))
        }
        [a, b, c, d] if letters(&[*a, *b]) && figures(&[*c, *d]) => {
            next_letters(run, at).map(|e| (e, true))
        }
        [a, b @ ..] if (1..=3).contains(&b.len()) && a.is_ascii_alphabetic() && figures(b) => {
            next_letters(run, at).map(|e| (e, false))
        }
        _ => None,
    }
}

fn next_letters(run: &Run<'_>, at: usize) -> Option<usize> {
    let next = (at + 1 < run.doc.words).then(|| run.doc.word(at + 1))?;
    let gap = run.doc.tokens[at + 1].start - run.doc.tokens[at].end;
    (gap == 1 && next.len() == 3 && next.bytes().all(|b| b.is_ascii_alphabetic())).then_some(at + 2)
}
