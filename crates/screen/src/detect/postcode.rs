//! Postcodes in full (form: Royal Mail's six shapes, letters barred by place).

use super::words::Words;
use super::{Finder, sentence_of};
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;
use crate::profile::compact;

/// The 124 postcode areas.
static AREAS: Words = Words::new(
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt \
     dy e ec eh en ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l \
     la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s \
     sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr \
     ws wv yo ze",
);

/// Words by which a postcode is said to be that of a place people visit.
static VISIT: Words = Words::new(
    "branch surgery clinic practice pharmacy hall centre center church school library venue \
     sat satnav parking hospital held hub site club find visit premises open opens",
);

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    if !run.doc.digits {
        return;
    }
    let mut at = 0;
    while at < run.doc.words {
        let Some(end) = postcode_at(run, at) else {
            at += 1;
            continue;
        };
        let (start, stop) = (
            run.doc.tokens[at].start as usize,
            run.doc.tokens[end - 1].end as usize,
        );
        let code = compact(run.doc.norm.get(start..stop).unwrap_or_default());
        let people = run.people();
        let mine = people.postcodes.contains(&code)
            || (!people.address.is_empty() && compact(&people.address).contains(&code));
        let visit = (run.word_before(at, 9, &VISIT)
            || (run.word_before(at, 9, &["at"])
                && run.word_before(at, 9, &["we", "we're", "our"])))
            && !run.patient_near(start);
        if !mine && !visit {
            out.add(
                run,
                Detector::Postcode,
                Label::Postcode,
                Severity::Warn,
                start,
                stop,
            );
        }
        at = end;
    }
}

impl Run<'_> {
    /// Is a patient spoken of in the sentence of this byte?
    fn patient_near(&mut self, at: usize) -> bool {
        let sentence = sentence_of(self, at);
        self.in_sentence(crate::generated::cue::PATIENT_WORD, sentence)
            || self.in_sentence(crate::generated::cue::ONE_PATIENT, sentence)
    }
}

/// The word after a postcode that begins at word `at`.
fn postcode_at(run: &Run<'_>, at: usize) -> Option<usize> {
    let first = run.doc.word(at);
    if !first.is_ascii() || first.len() > 7 {
        return None;
    }
    if first.len() >= 5 {
        let (outward, inward) = first.split_at(first.len() - 3);
        return (outward_ok(outward) && inward_ok(inward)).then_some(at + 1);
    }
    let second = (at + 1 < run.doc.words).then(|| run.doc.word(at + 1))?;
    let gap = run.doc.tokens[at + 1].start - run.doc.tokens[at].end;
    (gap == 1 && outward_ok(first) && inward_ok(second)).then_some(at + 2)
}

fn outward_ok(code: &str) -> bool {
    let letters = code.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=2).contains(&letters) || !AREAS.contains(&code[..letters]) {
        return false;
    }
    match &code.as_bytes()[letters..] {
        [d] => d.is_ascii_digit(),
        [a, b] => {
            a.is_ascii_digit()
                && (b.is_ascii_digit()
                    || (b.is_ascii_alphabetic()
                        && matches!(
                            &code[..letters],
                            "e" | "ec" | "n" | "nw" | "se" | "sw" | "w" | "wc" | "b" | "m"
                        )))
        }
        _ => false,
    }
}

fn inward_ok(code: &str) -> bool {
    let letter =
        |b: u8| b.is_ascii_alphabetic() && !matches!(b, b'c' | b'i' | b'k' | b'm' | b'o' | b'v');
    matches!(code.as_bytes(), [d, a, b] if d.is_ascii_digit() && letter(*a) && letter(*b))
}

#[cfg(test)]
mod tests {
    use super::{inward_ok, outward_ok};

    #[test]
    fn only_true_shapes_pass() {
        assert!(outward_ok("ls17") && outward_ok("w1a") && outward_ok("g42") && outward_ok("ec1a"));
        assert!(!outward_ok("qq1") && !outward_ok("b") && !outward_ok("ls171"));
        assert!(inward_ok("9ab") && !inward_ok("2pm") && !inward_ok("9ak"));
    }
}
