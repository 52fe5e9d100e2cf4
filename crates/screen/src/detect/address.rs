//! Addresses of homes: a number with a street, or a named house before a street and a postcode.

use super::Finder;
use super::words::Words;
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::generated::cue;
use crate::names::Detector;
use crate::norm::flag;

static STREET: Words = Words::new(
    "street st road rd lane ln avenue ave close drive crescent terrace row mews gardens court \
     place way grove walk square hill rise view parade vale green park wynd brae croft heol \
     stryd bank gate mount yard wharf quay",
);

/// Words by which an address is said to be that of a place people visit.
static VISIT: Words = Words::new(
    "us branch surgery clinic practice pharmacy hall centre church school library venue moved \
     moving held hub premises building hospital our open opens cafe shop visit at we we're",
);

/// Words by which an address is said to be somebody's home.
static HOME: Words = Words::new(
    "lives live living home house resident delivered delivery deliver address flat family \
     patient from",
);

pub(super) fn find(run: &mut Run<'_>, out: &mut Finder) {
    for at in 1..run.doc.words {
        if !STREET.contains(run.doc.word(at)) {
            continue;
        }
        if let Some(first) = number_before(run, at) {
            numbered(run, first, at, out);
        } else {
            named_house(run, at, out);
        }
    }
}

/// The word that is the house number, when up to three words of a street's name stand between.
fn number_before(run: &Run<'_>, street: usize) -> Option<usize> {
    for back in 2..=4 {
        let at = street.checked_sub(back)?;
        let token = run.doc.tokens[at];
        if token.sentence != run.doc.tokens[street].sentence {
            return None;
        }
        let between = at + 1..street;
        let word = run.doc.word(at);
        let number = word.len() <= 5
            && word.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && word.bytes().filter(u8::is_ascii_digit).count() <= 4
            && word.bytes().filter(u8::is_ascii_alphabetic).count() <= 1
            && word.bytes().all(|b| b.is_ascii_alphanumeric());
        if number {
            let short = matches!(
                run.doc.word(street),
                "st" | "rd"
                    | "ave"
                    | "ln"
                    | "hill"
                    | "rise"
                    | "view"
                    | "vale"
                    | "green"
                    | "park"
                    | "bank"
                    | "gate"
                    | "mount"
                    | "way"
                    | "place"
                    | "row"
                    | "walk"
            );
            let capitals = between
                .clone()
                .all(|t| run.doc.tokens[t].flags & flag::CAP != 0);
            let street_capital = run.doc.tokens[street].flags & flag::CAP != 0;
            let gaps = (at..street).all(|t| {
                let gap = run
                    .doc
                    .norm
                    .get(run.doc.tokens[t].end as usize..run.doc.tokens[t + 1].start as usize);
                matches!(gap, Some(" ")) || (t == at && matches!(gap, Some(", ")))
            });
            return (gaps && capitals && (street_capital || !short)).then_some(at);
        }
    }
    None
}

fn numbered(run: &mut Run<'_>, number: usize, street: usize, out: &mut Finder) {
    let mut first = number;
    // "Flat 3, 22 Tannery Lane"
    if number >= 2
        && matches!(
            run.doc.word(number - 2),
            "flat" | "apartment" | "unit" | "apt" | "room"
        )
    {
        first = number - 2;
    } else if number >= 1 && matches!(run.doc.word(number - 1), "flat" | "apartment" | "apt") {
        first = number - 1;
    }
    let end = tail(run, street);
    let (start, stop) = (
        run.doc.tokens[first].start as usize,
        run.doc.tokens[end - 1].end as usize,
    );
    if exempt(run, first, start, stop) {
        return;
    }
    out.add(
        run,
        Detector::Address,
        Label::Address,
        Severity::Block,
        start,
        stop,
    );
}

/// The word after the address: a locality in capitals behind a comma belongs to it, a postcode does not.
fn tail(run: &Run<'_>, street: usize) -> usize {
    let next = street + 1;
    if next >= run.doc.words {
        return next;
    }
    let gap = run
        .doc
        .norm
        .get(run.doc.tokens[street].end as usize..run.doc.tokens[next].start as usize);
    let token = run.doc.tokens[next];
    let rest = &run.doc.norm.as_bytes()[..run.doc.main_len];
    let followed = matches!(rest.get(token.end as usize), None | Some(b',' | b'.'));
    let place = token.flags & flag::CAP != 0
        && token.flags & flag::MIXED == 0
        && gap == Some(", ")
        && followed;
    if place { next + 1 } else { next }
}

fn exempt(run: &mut Run<'_>, first: usize, start: usize, stop: usize) -> bool {
    let address = &run.people().address;
    let here = run.doc.norm.get(start..stop).unwrap_or_default();
    if !address.is_empty() && (address.contains(here) || here.contains(address.as_str())) {
        return true;
    }
    let sentence = run.doc.tokens[first].sentence;
    let home = run.word_before(first, 6, &HOME) || run.in_sentence(cue::PATIENT_WORD, sentence);
    run.word_before(first, 6, &VISIT) && !home && !run.in_sentence(cue::ONE_PATIENT, sentence)
}

/// "Ty Gwyn, Llanfair Road, LL15 1ND": a house by name, when a postcode follows or somebody is said to live there.
fn named_house(run: &mut Run<'_>, street: usize, out: &mut Finder) {
    let capital = |t: usize| run.doc.tokens[t].flags & flag::CAP != 0;
    let comma = |t: usize| {
        run.doc
            .norm
            .get(run.doc.tokens[t].end as usize..run.doc.tokens[t + 1].start as usize)
            == Some(", ")
    };
    if !capital(street) {
        return;
    }
    // Back over the street's name to the comma, then over the house's.
    let Some(name) = (street.saturating_sub(3)..street)
        .rev()
        .take_while(|t| capital(*t))
        .find(|t| *t > 0 && comma(*t - 1))
    else {
        return;
    };
    let Some(house) = (name.saturating_sub(3)..name)
        .rev()
        .take_while(|t| capital(*t) && (*t + 1 == name || !comma(*t)))
        .last()
    else {
        return;
    };
    let coded = street + 1 < run.doc.words && run.doc.tokens[street + 1].flags & flag::MIXED != 0;
    let lives = run.word_before(house, 4, &["lives", "living", "live", "home"]);
    if !(coded || lives) {
        return;
    }
    let (start, stop) = (
        run.doc.tokens[house].start as usize,
        run.doc.tokens[street].end as usize,
    );
    if !exempt(run, house, start, stop) {
        out.add(
            run,
            Detector::Address,
            Label::Address,
            Severity::Block,
            start,
            stop,
        );
    }
}
