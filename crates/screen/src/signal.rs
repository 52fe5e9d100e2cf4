//! Signals that are found by code: amounts, dates, names of ours, quotations.
//!
//! They are no fault in themselves; rules use them as `%name` (see `rules/README.md`). Found at most once in a check.

use std::sync::LazyLock;

use regex::Regex;

use crate::eval::{Hit, Run};
use crate::finding::Label;
use crate::generated::cue;
use crate::names::{CodeSignal, ascii};
use crate::norm::flag;

/// How many signals are found by code; `Image` is the last of them.
pub(crate) const KINDS: usize = CodeSignal::Image as usize + 1;

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&ascii($text)).ok());
    };
}

const MONTH: &str = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const COUNT: &str = r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an|half a|a few|few)";

pattern!(
    PRICE,
    r"£ ?\d[\d,]*(?:\.\d\d)?k?|\b\d[\d,.]* ?(?:pounds|quid|gbp)\b|\b\d{2}p\b"
);
pattern!(
    DISCOUNT,
    r"\b\d{1,2} ?(?:%|per ?cent) (?:off|discount|saving)|\bhalf price|\b(?:2|two|3|three) for (?:1|one|2|two|the price)|\bsav(?:e|ing) (?:up to |over )?£|\bsave \d|£ ?\d+ off\b|\bwas £|\bbogof?\b|\bbuy one\b|\bdiscount(?:s|ed)?\b|\bmoney off\b|\breduced (?:price|to £)|\b(?:special|introductory|limited time|exclusive) (?:offer|price|deal)|\bvouchers?\b|\bpromo(?: code)?\b|\bdeals?\b"
);
pattern!(PERCENT, r"\b\d+(?:\.\d+)? ?(?:%|per ?cent\b)");
static PERIOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(&format!(
        r"\b(?:in|within|after|over) (?:just |only |as little as |under |less than |the (?:first|next) )?{COUNT} (?:short |easy |single )?(?:minute|hour|day|night|week|month|session|visit|appointment)s?\b|\bby (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bby (?:summer|christmas|easter|new year|the (?:weekend|wedding|summer))\b|\b(?:a|per|each|every) (?:week|month|day)\b|\b(?:one|two|three|\d+) (?:week|day|month)s? (?:later|flat)\b|\bovernight\b"
    )))
    .ok()
});
static WEIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(&format!(r"\b{COUNT} ?(?:lbs?|pounds?|stones?|st|kgs?|kilos?|kilograms?|inch(?:es)?|dress sizes?)\b|\b\d+(?:\.\d+)? ?(?:%|per ?cent) (?:of )?(?:(?:your|their|his|her) )?(?:body )?weight\b")))
        .ok()
});
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(&format!(
        r"\b\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}})\b|\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}\b(?:,? (?:19|20)\d\d\b)?|\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (?:19|20)\d\d\b)?"
    )))
    .ok()
});
pattern!(WEEKDAY, r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b");
pattern!(
    TIME,
    r"\b\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)\b|\b[012]?\d:\d\d\b|\b(?:noon|midday|midnight)\b|\b\d{1,2} o'clock\b"
);
pattern!(
    AGE,
    r"\b\d{1,3} ?(?:year|yr|month|week|day)s? olds?\b|\baged? \d{1,3}\b|\b\d{1,3} ?y/?o\b|\bin (?:his|her|their) (?:early |mid |late )?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|\d0s)\b|\bturn(?:ed|s|ing) \d{1,3}\b"
);
pattern!(
    LINK,
    r"https?://\S+|\bwww\.\S+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:uk|com|org|net|wales|scot|example|health|clinic|dental|io|ly|me)\b(?:/\S*)?"
);
pattern!(
    IMAGE,
    r"\[ ?(?:photo|image|picture|pic|video|gif|screenshot|selfie|graphic|reel)s?\b[^\]]{0,600}\]?"
);
pattern!(
    STARS,
    r"\b(?:[1-5]|one|two|three|four|five) ?(?:\*|stars?\b)|[⭐★🌟]"
);

/// Hits of a signal found by code, kept for the rest of the check.
pub(crate) fn cached(run: &mut Run<'_>, code: CodeSignal) -> Vec<Hit> {
    let at = code as usize;
    if run.codes[at].is_none() {
        let found = find(run, code);
        run.codes[at] = Some(found);
    }
    run.codes[at].clone().unwrap_or_default()
}

fn find(run: &mut Run<'_>, code: CodeSignal) -> Vec<Hit> {
    let digits = run.doc.digits;
    match code {
        CodeSignal::Price if digits => by_pattern(run, PRICE.as_ref()),
        CodeSignal::Discount => by_pattern(run, DISCOUNT.as_ref()),
        CodeSignal::Percent if digits => by_pattern(run, PERCENT.as_ref()),
        CodeSignal::Period => by_pattern(run, PERIOD.as_ref()),
        CodeSignal::WeightAmount => by_pattern(run, WEIGHT.as_ref()),
        CodeSignal::Date if digits => by_pattern(run, DATE.as_ref()),
        CodeSignal::Weekday => by_pattern(run, WEEKDAY.as_ref()),
        CodeSignal::Time => by_pattern(run, TIME.as_ref()),
        CodeSignal::Age => by_pattern(run, AGE.as_ref()),
        CodeSignal::Link => by_pattern(run, LINK.as_ref()),
        CodeSignal::Image => by_pattern(run, IMAGE.as_ref()),
        CodeSignal::Stars => by_pattern(run, STARS.as_ref()),
        CodeSignal::Price | CodeSignal::Percent | CodeSignal::Date => Vec::new(),
        CodeSignal::Number => by_flag(run, flag::NUM),
        CodeSignal::Mention => by_flag(run, flag::AT),
        CodeSignal::Hashtag => by_flag(run, flag::HASH),
        CodeSignal::Emoji => by_flag(run, flag::SYMBOL),
        CodeSignal::Person => {
            let spans: Vec<(u32, u32)> = run
                .details()
                .found
                .iter()
                .filter(|d| d.label == Some(Label::Person))
                .map(|d| d.norm)
                .collect();
            spans
                .into_iter()
                .map(|(s, e)| run.hit_at(s as usize, e as usize))
                .collect()
        }
        CodeSignal::Staff => ours(run, |_| true),
        CodeSignal::Doctor => ours(run, |p| p.doctor),
        CodeSignal::SpecialistClinician => ours(run, |p| p.specialist),
        CodeSignal::DentistDr => {
            let titled: Vec<Hit> = ours(run, |p| p.dental && !p.doctor);
            titled
                .into_iter()
                .filter(|h| h.pos > 0 && run.doc.word(h.pos as usize - 1) == "dr")
                .collect()
        }
        CodeSignal::Practice => {
            let names = run.people().practice.clone();
            phrases(run, &names)
        }
        CodeSignal::Town => {
            let names = run.people().towns.clone();
            phrases(run, &names)
        }
        CodeSignal::Quote => {
            let spans = run.quotes().to_vec();
            spans
                .into_iter()
                .map(|(s, e)| run.hit_at(s as usize, e as usize))
                .filter(|h| h.pos_end - h.pos >= 4)
                .collect()
        }
        CodeSignal::OnePatient => run.cue_hits(cue::ONE_PATIENT),
        CodeSignal::FirstPerson => run.cue_hits(cue::FIRST_PERSON),
        CodeSignal::SecondPerson => run.cue_hits(cue::YOU),
    }
}

fn by_pattern(run: &Run<'_>, regex: Option<&Regex>) -> Vec<Hit> {
    let Some(regex) = regex else {
        return Vec::new();
    };
    regex
        .find_iter(&run.doc.norm[..run.doc.main_len])
        .map(|m| run.hit_at(m.start(), m.end()))
        .collect()
}

fn by_flag(run: &Run<'_>, wanted: u16) -> Vec<Hit> {
    run.doc
        .main()
        .iter()
        .filter(|t| t.flags & wanted != 0)
        .map(|t| run.hit_at(t.start as usize, t.end as usize))
        .collect()
}

/// Places where one of our people is named, by any of their names.
fn ours(run: &Run<'_>, wanted: impl Fn(&crate::profile::Person) -> bool) -> Vec<Hit> {
    let people = run.people();
    let mut hits = Vec::new();
    let mut at = 0;
    let words = run.doc.words;
    while at < words {
        let token = run.doc.tokens[at];
        if token.flags & (flag::CAP | flag::AT) != 0 {
            let word = bare(run.doc.word(at));
            let named = people.of(word).find(|p| wanted(p));
            if let Some(person) = named {
                let mut end = at + 1;
                while end < words
                    && run.doc.tokens[end].flags & flag::CAP != 0
                    && person.has(bare(run.doc.word(end)))
                {
                    end += 1;
                }
                hits.push(run.hit_at(token.start as usize, run.doc.tokens[end - 1].end as usize));
                at = end;
                continue;
            }
        }
        at += 1;
    }
    hits
}

/// The name of a day or a month.
pub(crate) fn is_calendar(word: &str) -> bool {
    matches!(
        word,
        "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
            | "christmas"
            | "easter"
    )
}

/// A word without its possessive ending.
pub(crate) fn bare(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}

/// Places of whole phrases, given normalised.
fn phrases(run: &Run<'_>, names: &[String]) -> Vec<Hit> {
    let main = &run.doc.norm[..run.doc.main_len];
    let bytes = main.as_bytes();
    let mut hits = Vec::new();
    for name in names.iter().filter(|n| n.len() >= 3) {
        for (start, found) in main.match_indices(name.as_str()) {
            let end = start + found.len();
            let edge = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
            if edge(start.checked_sub(1).and_then(|p| bytes.get(p))) && edge(bytes.get(end)) {
                hits.push(run.hit_at(start, end));
            }
        }
    }
    hits.sort_by_key(|h| (h.pos, h.pos_end));
    hits
}
