//! Names of people who may be patients.
//!
//! A title with a name, a given name with a surname, or an initial with a surname is a name anywhere; a given name alone is
//! one only where care, family or age is spoken of. The practice's own people, staff by the words beside them, figures
//! of public life, places and things named after people are left out.

use super::person_words::{
    CALLED, CLINICAL, DOES, LAY, NEVER, PARTICLES, PUBLIC, STAFF, STAFF_ACT, STAFF_BEFORE, THING,
    TIE,
};
use super::{Finder, names};
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::generated::cue;
use crate::names::{CodeSignal, Detector};
use crate::norm::flag;
use crate::signal::bare;
use crate::{Account, Surface};

/// A stretch of words that may be a name.
struct Name {
    first: usize,
    end: usize,
    /// Sure to be a person's, whatever stands around it.
    full: bool,
    lay_title: bool,
    clinical_title: bool,
}

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    let mut at = 0;
    while at < run.doc.words {
        let Some(name) = name_at(run, at) else {
            at += 1;
            continue;
        };
        at = name.end.max(at + 1);
        report(run, &name, out);
    }
}

fn report(run: &mut Run<'_>, name: &Name, out: &mut Finder) {
    let (start, mut stop) = (
        run.doc.tokens[name.first].start as usize,
        run.doc.tokens[name.end - 1].end as usize,
    );
    let last = run.doc.word(name.end - 1);
    if last.ends_with("'s") {
        stop -= 2;
    }
    if out.claimed(start, stop) {
        return;
    }
    let sentence = run.doc.tokens[name.first].sentence;
    let aged = aged(run, name);
    let story = met_with_illness(run, name);
    let tied = tied_to_patients(run, name) || ((aged || story) && !name.clinical_title);
    if ours(run, name) || (!name.lay_title && thing(run, name)) || (!tied && staff(run, name)) {
        return;
    }
    let care = tied
        || run.patient_context(sentence)
        || calls(run, name)
        || spoken_to(run, name)
        || run.in_sentence_signal(CodeSignal::WeightAmount, sentence);
    if !name.full {
        let vocative = run.context.surface == Surface::Reply;
        let family = run.in_sentence(cue::KIN, sentence);
        if vocative || !(care || family) {
            return;
        }
    }
    let severity = if care {
        Severity::Block
    } else {
        Severity::Warn
    };
    // A name that is said to be changed is told to the author only.
    let changed = run.word_after(name.end, 6, &["real", "changed", "pseudonym", "fictional"])
        && run.word_after(name.end, 6, &["not", "changed", "pseudonym", "fictional"]);
    let severity = if changed { Severity::Advise } else { severity };
    if !care && run.context.account == Account::Personal {
        return;
    }
    out.add(run, Detector::Person, Label::Person, severity, start, stop);
}

/// The name that begins at word `at`, if one does.
fn name_at(run: &Run<'_>, at: usize) -> Option<Name> {
    let token = run.doc.tokens[at];
    if token.flags & (flag::SYMBOL | flag::HASH | flag::AT | flag::NUM | flag::MIXED) != 0 {
        return None;
    }
    let word = bare(run.doc.word(at));
    // "A. Nowak", "T. Bolitho"
    if word.len() == 1
        && token.flags & flag::CAP != 0
        && at + 1 < run.doc.words
        && adjoins(run, at + 1, true)
        && run.doc.tokens[at + 1].flags & flag::CAP != 0
    {
        let surname = bare(run.doc.word(at + 1));
        let bytes = run.doc.norm.as_bytes();
        let spelt_out = (token.start as usize)
            .checked_sub(1)
            .is_some_and(|b| matches!(bytes.get(b), Some(b'.' | b'&')));
        let dotted = bytes.get(token.end as usize) == Some(&b'.') && !spelt_out;
        let known = names::surname(surname) || names::surname_weak(surname) || surname.len() >= 5;
        if dotted && known && !NEVER.contains(surname) && !thing_word(run, at + 1) {
            return Some(Name {
                first: at,
                end: at + 2,
                full: true,
                lay_title: false,
                clinical_title: false,
            });
        }
        return None;
    }
    let title = at
        .checked_sub(1)
        .map(|b| run.doc.word(b))
        .filter(|_| adjoins(run, at, true));
    let lay_title = title.is_some_and(|t| LAY.contains(t));
    let clinical_title = title
        .is_some_and(|t| CLINICAL.contains(t) && run.doc.tokens[at - 1].flags & flag::CAP != 0);
    if token.flags & flag::CAP == 0 {
        return small_name(run, at);
    }
    if NEVER.contains(word) && !(lay_title && word == "may") {
        // "May" and "Will" are names beside what people do.
        return if matches!(word, "may" | "will" | "grace" | "mark") {
            weak_alone(run, at, word)
        } else {
            None
        };
    }
    if LAY.contains(word) || CLINICAL.contains(word) {
        return None;
    }
    let end = stretch(run, at);
    let made = |end: usize, full: bool| {
        Some(Name {
            first: at,
            end,
            full,
            lay_title,
            clinical_title,
        })
    };
    if lay_title || clinical_title {
        return made(end, true);
    }
    // "SURNAME, Given"
    if token.flags & flag::UPPER != 0
        && token.end - token.start >= 4
        && end == at + 1
        && at + 1 < run.doc.words
    {
        let next = run.doc.word(at + 1);
        let comma = run
            .doc
            .norm
            .get(token.end as usize..run.doc.tokens[at + 1].start as usize)
            == Some(", ");
        let given = run.doc.tokens[at + 1].flags & (flag::CAP | flag::UPPER) == flag::CAP
            && (names::given(next) || names::given_weak(next));
        let listed = names::surname(word)
            && run.doc.tokens[at + 1].flags & (flag::CAP | flag::UPPER) == flag::CAP
            && !NEVER.contains(next);
        if comma && ((given && names::surname_weak(word)) || listed) {
            return made(at + 2, true);
        }
    }
    let common = names::given(word);
    let given = common || names::given_rare(word);
    let weak = !given && names::given_weak(word);
    let tied = run.word_before(at, 1, &TIE);
    if run.word_before(at, 1, &["nee"]) && (names::surname(word) || given) {
        return made(end, true);
    }
    if !(given || weak) {
        // An unknown word and a surname, or any two behind "patient".
        let second = if end > at + 1 {
            bare(run.doc.word(end - 1))
        } else {
            ""
        };
        let likely = names::surname(second)
            && token.flags & flag::FIRST == 0
            && word.len() >= 3
            && !names::surname_weak(word)
            && !title_case(run, at);
        if end > at + 1 && tied && !title_case(run, at) {
            return made(end, true);
        }
        return likely.then_some(Name {
            first: at,
            end,
            full: false,
            lay_title,
            clinical_title,
        });
    }
    if end > at + 1 {
        let second = bare(run.doc.word(at + 1));
        let known = names::surname(second) || names::given(second);
        let wordy = names::surname_weak(second)
            || (second.len() >= 3 && !second.ends_with("ing") && !NEVER.contains(second))
            || PARTICLES.contains(second);
        let initial = second.len() == 1;
        let unknown = !names::surname_weak(second)
            && second.len() >= 5
            && !second.ends_with("ing")
            && !title_case(run, at);
        if known
            || (weak && unknown)
            || (given && (wordy || initial) && !title_case(run, at))
            || (weak
                && names::surname_weak(second)
                && token.flags & flag::FIRST == 0
                && !title_case(run, at))
        {
            return made(end, !initial || given);
        }
    }
    let kin = run.word_before(at, 1, &CALLED);
    if common || ((weak || given) && (kin || tied)) {
        return made(at + 1, false);
    }
    weak_alone(run, at, word)
}

/// A given name that is also a word, standing alone: only before what people do, or beside an age.
fn weak_alone(run: &Run<'_>, at: usize, _word: &str) -> Option<Name> {
    let next = if at + 1 < run.doc.words {
        run.doc.word(at + 1)
    } else {
        ""
    };
    let gap = run
        .doc
        .norm
        .get(
            run.doc.tokens[at].end as usize
                ..run.doc.tokens.get(at + 1).map_or(0, |t| t.start as usize),
        )
        .unwrap_or_default();
    if at > 0 && run.doc.word(at - 1).ends_with("'s") {
        return None;
    }
    let does = gap == " " && DOES.contains(next);
    let pronoun = gap == ", " && matches!(next, "she" | "she's" | "he" | "he's" | "who" | "aged");
    let said = gap == " " && matches!(next, "aged" | "age");
    let dated = at > 0 && run.doc.tokens[at - 1].flags & flag::NUM != 0;
    let age = gap == ", "
        && !dated
        && run
            .doc
            .tokens
            .get(at + 1)
            .is_some_and(|t| t.flags & flag::NUM != 0)
        && next.len() <= 3;
    let alone = Name {
        first: at,
        end: at + 1,
        full: false,
        lay_title: false,
        clinical_title: false,
    };
    (does || pronoun || age || said).then_some(alone)
}

/// A name in small letters, behind a word that announces one.
fn small_name(run: &Run<'_>, at: usize) -> Option<Name> {
    let word = bare(run.doc.word(at));
    if word.len() < 3 {
        return None;
    }
    let before = at
        .checked_sub(1)
        .map(|b| run.doc.word(b))
        .unwrap_or_default();
    let by_name = matches!(before, "is" | "of" | "name" | "called" | "named")
        && (matches!(before, "called" | "named") || run.word_before(at, 3, &["name"]));
    let announced =
        by_name || CALLED.contains(before) || matches!(before, "omg" | "rung" | "hello" | "hi");
    let opens = at == 0 || run.doc.tokens[at].flags & flag::FIRST != 0;
    if !(announced || opens || before.starts_with("it") || by_name) || NEVER.contains(word) {
        return None;
    }
    let given = names::given(word) || (names::given_rare(word) && word.len() >= 4);
    let small_next = at + 1 < run.doc.words
        && adjoins(run, at + 1, false)
        && run.doc.tokens[at + 1].flags & flag::CAP == 0;
    let next = if small_next {
        bare(run.doc.word(at + 1))
    } else {
        ""
    };
    let surname = names::surname(next) && !NEVER.contains(next);
    let alone = |end: usize, full: bool| {
        Some(Name {
            first: at,
            end,
            full,
            lay_title: false,
            clinical_title: false,
        })
    };
    if given && (announced || opens) {
        if surname || (next.len() == 1 && next != "a" && next != "i") {
            return alone(at + 2, true);
        }
        if by_name && next.len() >= 3 && !NEVER.contains(next) && clause_ends(run, at + 1) {
            return alone(at + 2, true);
        }
        return if announced {
            alone(at + 1, false)
        } else {
            None
        };
    }
    (!given
        && matches!(before, "its" | "it's" | "is" | "of")
        && (by_name || before.starts_with("it"))
        && surname
        && word.len() >= 4)
        .then(|| Name {
            first: at,
            end: at + 2,
            full: by_name,
            lay_title: false,
            clinical_title: false,
        })
}

/// Does a clause or the text end behind word `at`?
fn clause_ends(run: &Run<'_>, at: usize) -> bool {
    let end = run.doc.tokens.get(at).map_or(0, |t| t.end as usize);
    run.doc.norm.as_bytes()[..run.doc.main_len]
        .get(end)
        .is_none_or(|b| b.is_ascii_punctuation() && *b != b'\'')
}

/// The end of the stretch of capitals that goes on from `at`; particles in small letters may stand inside it.
fn stretch(run: &Run<'_>, at: usize) -> usize {
    let shouted = run
        .doc
        .sentences
        .get(run.doc.tokens[at].sentence as usize)
        .is_some_and(|s| s.shouted);
    let mut end = at + 1;
    while end < run.doc.words && end - at < 5 {
        let token = run.doc.tokens[end];
        let word = bare(run.doc.word(end));
        let before = run.doc.word(end - 1);
        if before.ends_with("'s")
            || !adjoins(run, end, end == at + 1 && run.doc.word(at).len() == 1)
            || token.sentence != run.doc.tokens[at].sentence
        {
            break;
        }
        let capital = token.flags & (flag::CAP | flag::SYMBOL) == flag::CAP
            && (!shouted || end - at < 2)
            && token.flags & (flag::HASH | flag::AT | flag::MIXED) == 0;
        let particle = PARTICLES.contains(word)
            && end + 1 < run.doc.words
            && run.doc.tokens[end + 1].flags & flag::CAP != 0;
        if particle
            || capital && !NEVER.contains(word) && !LAY.contains(word) && !CLINICAL.contains(word)
        {
            end += 1;
        } else {
            break;
        }
    }
    end
}

/// Does word `at` follow the one before with nothing but a blank or a hyphen (or a full stop, behind a title)?
fn adjoins(run: &Run<'_>, at: usize, dot: bool) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    let gap = run
        .doc
        .norm
        .get(run.doc.tokens[before].end as usize..run.doc.tokens[at].start as usize);
    matches!(gap, Some(" ")) || (dot && matches!(gap, Some(". " | ".")))
}

/// Are most words around in capitals, as in a heading?
fn title_case(run: &Run<'_>, at: usize) -> bool {
    let Some(s) = run.doc.sentences.get(run.doc.tokens[at].sentence as usize) else {
        return false;
    };
    if s.shouted {
        return true;
    }
    let words = run
        .doc
        .tokens
        .get(s.first as usize..s.end as usize)
        .unwrap_or_default();
    let long: Vec<_> = words.iter().filter(|t| t.end - t.start > 3).collect();
    long.len() >= 4 && long.iter().filter(|t| t.flags & flag::CAP != 0).count() * 4 > long.len() * 3
}

/// Is it one of the practice's people?
fn ours(run: &Run<'_>, name: &Name) -> bool {
    let people = run.people();
    let words: Vec<String> = (name.first..name.end)
        .map(|t| bare(run.doc.word(t)).to_owned())
        .collect();
    words.iter().any(|w| {
        people.of(w).any(|p| {
            words.iter().all(|o| p.has(o))
                || words.len() == 1
                || p.has(words.last().map_or("", String::as_str))
                || p.single()
        })
    }) || people
        .practice
        .iter()
        .any(|p| words.iter().all(|w| p.contains(w.as_str())))
        || people
            .towns
            .iter()
            .any(|t| words.iter().all(|w| t.contains(w.as_str())))
}

/// Words beside the name say that the person is staff, or known for something else than being a patient.
fn staff(run: &Run<'_>, name: &Name) -> bool {
    if PUBLIC.contains(bare(run.doc.word(name.end - 1))) && !name.lay_title {
        return true;
    }
    if name.clinical_title {
        return true;
    }
    let before = run.word_before(name.first, 5, &STAFF)
        || run.word_before(name.first, 7, &STAFF_ACT)
        || run.word_before(name.first, 3, &STAFF_BEFORE)
        || made_by(run, name);
    let after = run.word_after(name.end, 6, &STAFF)
        || run.word_after(name.end, 8, &STAFF_ACT)
        || joins(run, name);
    let same = |t: usize| {
        run.doc
            .tokens
            .get(t)
            .is_some_and(|x| x.sentence == run.doc.tokens[name.first].sentence)
    };
    (before && same(name.first.saturating_sub(1))) || (after && same(name.end))
}

/// A book, a talk or a picture by somebody; a review or a complaint by somebody is another matter.
fn made_by(run: &Run<'_>, name: &Name) -> bool {
    run.word_before(name.first, 1, &["by"])
        && !run.word_before(
            name.first,
            4,
            &[
                "review",
                "comment",
                "complaint",
                "message",
                "left",
                "brought",
                "sent",
                "given",
            ],
        )
}

/// "has joined our team", but not "has joined our weight loss group".
fn joins(run: &Run<'_>, name: &Name) -> bool {
    (name.end..(name.end + 4).min(run.doc.words)).any(|t| {
        matches!(run.doc.word(t), "joins" | "joined" | "joining" | "join")
            && run.word_after(
                t + 1,
                5,
                &[
                    "team",
                    "us",
                    "practice",
                    "surgery",
                    "clinic",
                    "staff",
                    "dental",
                    "as",
                    "reception",
                    "nursing",
                    "pharmacy",
                    "we",
                    "the",
                    "today",
                    "in",
                    "on",
                ],
            )
            && !run.word_after(
                t + 1,
                5,
                &["group", "class", "programme", "course", "list", "trial"],
            )
    })
}

/// "Meet Amira. She is nine and has diabetes.": a story of illness follows the name, so it is no new colleague's.
fn met_with_illness(run: &mut Run<'_>, name: &Name) -> bool {
    if !run.word_before(name.first, 2, &["meet"]) {
        return false;
    }
    let sentence = run.doc.tokens[name.first].sentence;
    let role = run.word_after(name.end, 12, &STAFF);
    let ill = run
        .cue_hits(cue::CONDITIONS)
        .iter()
        .any(|h| h.sentence == sentence || h.sentence == sentence + 1);
    ill && !role
}

/// The words say outright that the person is a patient.
fn tied_to_patients(run: &Run<'_>, name: &Name) -> bool {
    let before = run.word_before(name.first, 3, &TIE);
    let after = run.word_after(name.end, 7, &["patient", "patients"])
        && run.word_after(name.end, 7, &["our", "my", "a", "own", "cleifion"]);
    before || after
}

/// A place or a thing that is named after somebody.
fn thing(run: &Run<'_>, name: &Name) -> bool {
    let before = name
        .first
        .checked_sub(1)
        .map(|b| run.doc.word(b))
        .unwrap_or_default();
    if matches!(before, "st" | "saint" | "the") && !name.lay_title {
        return true;
    }
    // A mascot: "Dewi the Dragon".
    if name.end + 1 < run.doc.words
        && run.doc.word(name.end) == "the"
        && adjoins(run, name.end, false)
        && run.doc.tokens[name.end + 1].flags & flag::CAP != 0
    {
        return true;
    }
    let sign = run
        .doc
        .norm
        .get(run.doc.tokens[name.end - 1].end as usize..)
        .unwrap_or_default();
    let after_sign = (run.doc.tokens[name.first].start as usize)
        .checked_sub(2)
        .is_some_and(|b| run.doc.norm.as_bytes().get(b) == Some(&b'&'));
    sign.starts_with(" & ")
        || after_sign
        || (name.first..=name.end)
            .skip(1)
            .any(|t| thing_word(run, t) && (t < name.end || adjoins(run, t, false)))
}

fn thing_word(run: &Run<'_>, at: usize) -> bool {
    at < run.doc.words
        && run.doc.tokens[at].flags & flag::CAP != 0
        && THING.contains(run.doc.word(at))
}

/// Rings, comes in, misses an appointment: what patients do.
fn calls(run: &Run<'_>, name: &Name) -> bool {
    name.end < run.doc.words
        && adjoins(run, name.end, false)
        && matches!(
            run.doc.word(name.end),
            "rang"
                | "rings"
                | "phoned"
                | "came"
                | "fainted"
                | "booked"
                | "missed"
                | "popped"
                | "cried"
                | "dna'd"
                | "collected"
        )
}

/// "Betty, you are ...": the post speaks to the person by name.
fn spoken_to(run: &Run<'_>, name: &Name) -> bool {
    if name.end + 1 >= run.doc.words || run.context.surface == Surface::Reply {
        return false;
    }
    let gap = run
        .doc
        .norm
        .get(run.doc.tokens[name.end - 1].end as usize..run.doc.tokens[name.end].start as usize);
    gap == Some(", ") && run.word_after(name.end, 3, &["you", "your", "you're", "you've", "you'll"])
}

/// An age stands beside the name: "Georgia, 26", "Chantelle (34)", "aged 5".
fn aged(run: &Run<'_>, name: &Name) -> bool {
    let Some(next) = run
        .doc
        .tokens
        .get(name.end)
        .filter(|_| name.end < run.doc.words)
    else {
        return false;
    };
    let gap = run
        .doc
        .norm
        .get(run.doc.tokens[name.end - 1].end as usize..next.start as usize)
        .unwrap_or_default();
    let word = run.doc.word(name.end);
    let figure =
        next.flags & flag::NUM != 0 && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit());
    (figure && matches!(gap, ", " | " ("))
        || (matches!(word, "aged" | "age") && matches!(gap, " " | ", "))
}
