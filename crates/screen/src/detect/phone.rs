//! United Kingdom telephone numbers that are neither the practice's nor a public helpline.

use super::figures::Figures;
use super::words::Words;
use super::{Finder, sentence_of};
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;
use crate::profile::{digits, known};

/// Prefixes of numbers that belong to organisations, not to persons.
static PUBLIC: Words =
    Words::new("0800 0808 0300 0303 0333 0345 0330 0344 0370 0843 0844 0845 0870 0871 116 0900 09");

/// Words by which a number is said to be a line of an organisation.
static LINE: Words = Words::new(
    "helpline line switchboard hotline charity council samaritans childline police enquiries \
     press media vacancy recruitment",
);

pub(super) fn find(run: &mut Run<'_>, runs: &[Figures], out: &mut Finder) {
    for figures in runs {
        let number = digits(&figures.digits);
        let abroad = figures.plus && !figures.digits.starts_with("44");
        let uk = number.starts_with('0')
            && matches!(number.len(), 10 | 11)
            && matches!(
                number.as_bytes()[1],
                b'1' | b'2' | b'3' | b'7' | b'8' | b'9' | b'5'
            );
        let mobile = number.starts_with("07") && number.len() == 11;
        let dated = matches!(
            figures.groups.as_slice(),
            [2, 2, 4] | [4, 2, 2] | [1, 2, 4] | [2, 1, 4]
        );
        if dated
            || !(uk || (abroad && (9..=15).contains(&figures.digits.len())))
            || (number.len() == 10 && number.starts_with("07"))
        {
            continue;
        }
        if PUBLIC.iter().any(|p| number.starts_with(p)) {
            continue;
        }
        let token = run.doc.token_at(figures.start);
        if run.word_before(
            token,
            3,
            &[
                "company",
                "vat",
                "charity",
                "registration",
                "registered",
                "gmc",
                "gdc",
                "nmc",
                "gphc",
                "serial",
                "batch",
                "lot",
            ],
        ) {
            continue;
        }
        let people = run.people();
        if people
            .phones
            .iter()
            .any(|p| *p == number || (p.len() >= 6 && number.ends_with(p.as_str())))
        {
            continue;
        }
        let sentence = sentence_of(run, figures.start);
        let organisation = run.word_before(token, 8, &LINE)
            || run.word_after(run.doc.token_at(figures.end), 4, &LINE);
        let ours = run.word_before(
            token,
            6,
            &[
                "us",
                "reception",
                "practice",
                "surgery",
                "clinic",
                "pharmacy",
                "branch",
                "book",
                "try",
                "call",
                "ring",
                "phone",
                "meantime",
                "temporary",
                "new",
            ],
        ) && !run.word_before(
            token,
            8,
            &["her", "him", "his", "she", "he", "them", "me", "my"],
        );
        let profile = known(&run.context.profile) && !run.context.profile.phones.is_empty();
        let severity = if organisation {
            Severity::Advise
        } else if (ours && !run.in_sentence(crate::generated::cue::PATIENT_WORD, sentence))
            || (!profile && !mobile)
        {
            Severity::Warn
        } else {
            Severity::Block
        };
        if organisation && !profile {
            continue;
        }
        out.add(
            run,
            Detector::Phone,
            Label::Phone,
            severity,
            figures.start,
            figures.end,
        );
    }
}
