//! Handles of people, where care is spoken of. A handle of a practice, a service or the press is no patient's.

use super::words::Words;
use super::{Finder, sentence_of};
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::generated::cue;
use crate::names::Detector;
use crate::norm::flag;

/// Parts of handles that belong to organisations and professionals.
static ORGANISATION: Words = Words::new(
    "surgery practice clinic dental dentist health pharm medic hospital doctor nurse official \
     council police foundation charity trust school college smile aesthetic support cancer \
     diabet asthma ortho centre radio times england library museum hospice fundrais",
);

/// Whole parts of such handles.
static SHORT: Words = Words::new(
    "nhs gp dr uk gov uni bda gdc gmc cqc mind fc club bbc itv rcgp bma team care news heart \
     age hub group ltd post skin drs rcn mhra ppg pcn icb",
);

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    for at in 0..run.doc.words {
        let token = run.doc.tokens[at];
        if token.flags & flag::AT == 0 || token.flags & flag::SYMBOL != 0 {
            continue;
        }
        // The handle as typed may have dots, underscores and hyphens.
        let bytes = run.doc.norm.as_bytes();
        let start = token.start as usize - 1;
        let mut end = token.end as usize;
        let mut last = at;
        while last + 1 < run.doc.words {
            let next = run.doc.tokens[last + 1];
            let gap = bytes.get(end..next.start as usize).unwrap_or_default();
            let joined =
                !gap.is_empty() && gap.iter().all(|b| matches!(b, b'_' | b'.')) && gap.len() <= 2;
            if !joined {
                break;
            }
            end = next.end as usize;
            last += 1;
        }
        while bytes.get(end) == Some(&b'_') {
            end += 1;
        }
        let name = run
            .doc
            .norm
            .get(start + 1..end)
            .unwrap_or_default()
            .to_owned();
        let people = run.people();
        let mine = people.handles.contains(&name)
            || people
                .practice
                .iter()
                .any(|p| name.contains(&p.replace(' ', "")));
        if mine
            || ORGANISATION.iter().any(|o| name.contains(o))
            || organisation_part(&name)
            || name.len() < 3
        {
            continue;
        }
        let sentence = sentence_of(run, start + 1);
        let care = [cue::CLINICAL, cue::ONE_PATIENT].into_iter().any(|g| {
            run.group(g)
                .iter()
                .any(|h| h.sentence.abs_diff(sentence) <= 1)
        });
        if care {
            out.add(
                run,
                Detector::Handle,
                Label::Handle,
                Severity::Block,
                start,
                end,
            );
        }
    }
}

/// A part of the handle, cut at marks and figures, or its beginning or end in the case of "nhs" and "uk".
fn organisation_part(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphabetic())
        .any(|p| SHORT.contains(p))
        || name.starts_with("nhs")
        || ["nhs", "uk", "gp", "pcn", "icb"]
            .iter()
            .any(|e| name.ends_with(e))
}
