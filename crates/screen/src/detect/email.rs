//! E-mail addresses that are not the practice's.

use super::Finder;
use super::words::Words;
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;

/// Names before the `@` that are posts, not persons.
static POSTS: Words = Words::new(
    "info reception admin enquiries enquiry hello contact office press media ppg jobs \
     recruitment appointments prescriptions complaints feedback team practice surgery clinic \
     support help mail post bookings careers manager secretary volunteer events",
);

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    let text = run.text;
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|t| t.find('@')).map(|p| p + from) {
        from = at + 1;
        let name =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
        let start = at
            - bytes[..at]
                .iter()
                .rev()
                .take(64)
                .take_while(|b| name(b))
                .count();
        let mut end = at
            + 1
            + bytes[at + 1..]
                .iter()
                .take(253)
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
                .count();
        while end > at && matches!(bytes[end - 1], b'.' | b'-') {
            end -= 1;
        }
        let (Some(local), Some(domain)) = (text.get(start..at), text.get(at + 1..end)) else {
            continue;
        };
        if local.is_empty()
            || !domain.contains('.')
            || domain
                .rsplit('.')
                .next()
                .is_none_or(|t| t.len() < 2 || t.bytes().any(|b| b.is_ascii_digit()))
        {
            continue;
        }
        from = end;
        let whole = format!("{local}@{domain}").to_lowercase();
        let domain = domain.to_lowercase();
        let people = run.people();
        if people.emails.contains(&whole)
            || people
                .domains
                .iter()
                .any(|d| *d == domain || domain.ends_with(&format!(".{d}")))
        {
            continue;
        }
        let local = local.to_lowercase();
        if POSTS.contains(&local) || local.split(['.', '-', '_']).any(|w| POSTS.contains(w)) {
            continue;
        }
        let Some((a, b)) = normal_range(run, start, end) else {
            continue;
        };
        out.add(run, Detector::Email, Label::Email, Severity::Block, a, b);
    }
}

/// Bytes of the normalised text that come from bytes of the text as typed.
fn normal_range(run: &Run<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let map = run.doc.map.get(..run.doc.main_len)?;
    let a = map.partition_point(|p| (*p as usize) < start);
    let b = map.partition_point(|p| (*p as usize) < end);
    (a < b).then_some((a, b))
}
