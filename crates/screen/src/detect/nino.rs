//! National Insurance numbers (format: HMRC manual NIM39110).

use super::Finder;
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    if !run.doc.digits {
        return;
    }
    let bytes = &run.doc.norm.as_bytes()[..run.doc.main_len];
    let mut at = 0;
    while at + 8 < bytes.len() {
        let edge = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if edge
            && bytes[at].is_ascii_alphabetic()
            && bytes[at + 1].is_ascii_alphabetic()
            && let Some(end) = parse(bytes, at)
            && prefix(bytes[at], bytes[at + 1])
        {
            out.add(run, Detector::Nino, Label::Id, Severity::Block, at, end);
            at = end;
            continue;
        }
        at += 1;
    }
}

/// Six figures and a letter A to D, blanks allowed between pairs; the end.
fn parse(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 2;
    for _ in 0..3 {
        if bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        if !(bytes.get(at)?.is_ascii_digit() && bytes.get(at + 1)?.is_ascii_digit()) {
            return None;
        }
        at += 2;
    }
    if bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    let last = *bytes.get(at)?;
    (matches!(last, b'a'..=b'd') && !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric))
        .then_some(at + 1)
}

/// The two letters that may begin a number.
fn prefix(first: u8, second: u8) -> bool {
    let barred = |b: u8| matches!(b, b'd' | b'f' | b'i' | b'q' | b'u' | b'v');
    let pair = [first, second];
    !barred(first)
        && !barred(second)
        && second != b'o'
        && ![b"bg", b"gb", b"kn", b"nk", b"nt", b"tn", b"zz"].contains(&&pair)
}
