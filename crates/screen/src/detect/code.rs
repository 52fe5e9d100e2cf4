//! Record numbers and references of a person: hospital numbers, complaint and prescription references, old NHS numbers.
//! They have no national form, so the word before them decides.

use super::Finder;
use super::words::Words;
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;
use crate::norm::flag;

/// Words that are followed by such a number.
static NAMED: Words = Words::new("ref reference mrn refs refno");
/// Words that, with "no", "number", "id" or "ref" behind them, are followed by one.
static KINDS: Words = Words::new(
    "hosp hospital patient record complaint case unit chart emis systmone script prescription \
     claim incident membership",
);
static NUMBER: Words = Words::new("no number id ref num nos reference");
/// Words by which a number is said to be one of a thing or an organisation.
static OTHER: Words = Words::new(
    "batch lot charity company vat ico cqc mhra vacancy job event gmc gdc nmc gphc ods \
     practice model serial recall product crime scam study trial grant",
);

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    if !run.doc.digits {
        return;
    }
    for at in 1..run.doc.words {
        let token = run.doc.tokens[at];
        let word = run.doc.word(at);
        if !word.bytes().any(|b| b.is_ascii_digit()) && !code_goes_on(run, at) {
            continue;
        }
        let before = run.doc.word(at - 1);
        let named = NAMED.contains(before)
            || (NUMBER.contains(before) && at >= 2 && KINDS.contains(run.doc.word(at - 2)))
            || (KINDS.contains(before) && token.flags & flag::MIXED != 0 && word.len() >= 6)
            || (matches!(before, "is" | "was")
                && at >= 2
                && (NAMED.contains(run.doc.word(at - 2)) || run.doc.word(at - 2) == "mrn"));
        if !named
            || run.word_before(at, 5, &OTHER)
            || run.context.surface == crate::Surface::Reply
                && run.word_before(at, 5, &["quote", "quoting"])
        {
            continue;
        }
        let end = code_end(run, at);
        let (start, stop) = (token.start as usize, run.doc.tokens[end - 1].end as usize);
        let stop = if run.doc.norm[..stop].ends_with("'s") {
            stop - 2
        } else {
            stop
        };
        let figures = run
            .doc
            .norm
            .get(start..stop)
            .map_or(0, |t| t.bytes().filter(u8::is_ascii_digit).count());
        if figures >= 4 {
            out.add(run, Detector::Mrn, Label::Id, Severity::Warn, start, stop);
        }
    }
}

/// "CMP-2026-0417": do parts with figures follow, joined by hyphens?
fn code_goes_on(run: &Run<'_>, at: usize) -> bool {
    let token = run.doc.tokens[at];
    token.flags & flag::UPPER != 0 && code_end(run, at) > at + 1
}

fn code_end(run: &Run<'_>, at: usize) -> usize {
    let mut end = at + 1;
    while end < run.doc.words && end - at < 5 {
        let (a, b) = (
            run.doc.tokens[end - 1].end as usize,
            run.doc.tokens[end].start as usize,
        );
        let gap = run.doc.norm.get(a..b).unwrap_or_default();
        let typed = run.doc.typed(run.text, a - 1, b + 1);
        let hyphen = run
            .text
            .get(typed.0..typed.1)
            .is_some_and(|t| t.contains(['-', '/']) && !t.contains(char::is_whitespace));
        if (gap == " " || gap == "/" || gap == "-")
            && hyphen
            && run.doc.word(end).bytes().any(|b| b.is_ascii_digit())
        {
            end += 1;
        } else {
            break;
        }
    }
    end
}
