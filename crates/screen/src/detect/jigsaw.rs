//! The jigsaw in one post: details that identify nobody alone and somebody together.
//!
//! Rule of the fact base, section 3b: health with two other classes of detail asks for a second person, with three or more it
//! must change; so must a word of rarity or a post that one person holds, and what harms most (death, self-harm, drink,
//! mind, sex, children) with any other class. The account's own place counts as known.

use super::Detail;
use super::words::Words;
use crate::eval::{Hit, Run};
use crate::finding::Severity;
use crate::generated::cue;
use crate::names::{CodeSignal, Detector};
use crate::norm::flag;
use crate::pack::GroupId;
use crate::signal::cached;

/// Verbs and turns by which something is told of a person in a post: without one a job or an age is talk in general.
static TOLD: Words = Words::new(
    "came had has was told lost collapsed fell took left cried said asked died got went saw \
     seen brought collecting collected faints fainted in today yesterday refused needed wears \
     presented awake is broke waited couldn't taught dropped telling he's she's",
);

/// Time words besides days and dates.
static TIME: Words = Words::new(
    "today yesterday tonight morning mornin afternoon evening night week weekend just hour \
     ago earlier",
);

/// The estimate for this text: at most one finding.
pub(super) fn find(run: &mut Run<'_>) -> Vec<Detail> {
    let subjects = subjects(run);
    if subjects.is_empty() || !run.cue_hits(cue::MADE_UP).is_empty() {
        return Vec::new();
    }
    let mut best: Option<(Severity, Hit, Vec<Hit>)> = None;
    for subject in subjects.into_iter().take(20) {
        if let Some((severity, hits)) = weigh(run, &subject)
            && best.as_ref().is_none_or(|b| severity > b.0)
        {
            best = Some((severity, subject, hits));
        }
    }
    let Some((severity, subject, hits)) = best else {
        return Vec::new();
    };
    // The mark covers the details of the subject's own sentence.
    let own = hits
        .iter()
        .chain([&subject])
        .filter(|h| h.sentence == subject.sentence && (h.start as usize) < run.doc.main_len);
    let start = own.clone().map(|h| h.start).min().unwrap_or(subject.start);
    let end = own.map(|h| h.end).max().unwrap_or(subject.end);
    let (from, to) = run.doc.typed(run.text, start as usize, end as usize);
    vec![Detail {
        detector: Detector::Jigsaw,
        label: None,
        severity,
        start: from,
        end: to,
        norm: (start, end),
        suggest: None,
    }]
}

/// Words that speak of one person who may be a patient.
fn subjects(run: &mut Run<'_>) -> Vec<Hit> {
    let mut all = run.cue_hits(cue::ONE_PATIENT);
    all.extend(run.cue_hits(cue::SUBJECT));
    all.extend(ages(run));
    for hit in run.cue_hits(cue::OCCUPATIONS) {
        if one_of_a_kind(run, &hit) && (told(run, &hit) || tied_to_illness(run, &hit)) {
            all.push(hit);
        }
    }
    let colleagues = cached(run, CodeSignal::Staff);
    let patients = run.cue_hits(cue::PATIENT_WORD);
    let ours = |h: &Hit| {
        colleagues.iter().any(|c| c.sentence == h.sentence)
            && !patients.iter().any(|p| p.sentence == h.sentence)
    };
    let jobs = run.cue_hits(cue::OCCUPATIONS);
    let job = |h: &Hit| jobs.iter().any(|j| j.pos == h.pos);
    // "If you're 65 or over, pregnant, a carer ...": an invitation, nobody's story.
    let invited = run.cue_hits(cue::TO_ALL);
    let to_all = |h: &Hit| invited.iter().any(|i| i.sentence == h.sentence);
    all.retain(|h| !(staff(run, h) || generic(run, h) || job(h) && (ours(h) || to_all(h))));
    all.sort_by_key(|h| (h.pos, h.pos_end));
    all.dedup_by_key(|h| h.pos);
    all
}

/// A determiner before the job, and the job in the singular.
fn one_of_a_kind(run: &Run<'_>, hit: &Hit) -> bool {
    let at = hit.pos as usize;
    let last = run.doc.word((hit.pos_end as usize).saturating_sub(1));
    let plural = last.ends_with('s')
        && !last.ends_with("ss")
        && !last.ends_with("'s")
        && !matches!(last, "polis");
    let before = run.word_before(
        at,
        4,
        &[
            "a",
            "an",
            "the",
            "our",
            "local",
            "this",
            "that",
            "my",
            "only",
            "last",
            "which",
            "whichever",
            "team's",
            "league",
        ],
    );
    let figure = at > 0 && run.doc.tokens[at - 1].flags & flag::NUM != 0;
    !plural && (before || figure || at == 0)
}

fn told(run: &Run<'_>, hit: &Hit) -> bool {
    let sentence = hit.sentence as usize;
    let from = run
        .doc
        .sentences
        .get(sentence.saturating_sub(1))
        .map_or(0, |s| s.first as usize);
    let to = run
        .doc
        .sentences
        .get((sentence + 1).min(run.doc.sentences.len().saturating_sub(1)))
        .map_or(run.doc.words, |s| s.end as usize);
    (from..to).any(|t| TOLD.contains(run.doc.word(t)))
}

/// The person is said to be one of the staff.
fn staff(run: &Run<'_>, hit: &Hit) -> bool {
    let at = hit.pos as usize;
    run.word_before(
        at,
        3,
        &["colleague", "nurse", "dr", "reception", "receptionist"],
    ) || run.word_after(
        hit.pos_end as usize,
        3,
        &["joins", "joined", "joining", "retires", "welcome"],
    ) || run.word_before(
        at,
        2,
        &[
            "welcome", "as", "become", "becoming", "like", "ask", "find", "see", "your",
        ],
    )
}

/// Talk of anybody: "if a patient", "any patient", "when a child".
fn generic(run: &Run<'_>, hit: &Hit) -> bool {
    let at = hit.pos as usize;
    run.word_before(
        at,
        4,
        &[
            "if", "any", "every", "when", "whether", "each", "being", "should", "unless", "as",
            "can", "may", "like", "whenever",
        ],
    ) || run.word_before(at, 3, &["you're", "you", "someone", "somebody"])
        || run.word_after(
            hit.pos_end as usize,
            2,
            &["should", "may", "can", "might", "must", "needs", "who's"],
        )
}

/// Ages said of one person.
fn ages(run: &mut Run<'_>) -> Vec<Hit> {
    let found = cached(run, CodeSignal::Age);
    let plural = [
        "women",
        "men",
        "people",
        "children",
        "those",
        "patients",
        "adults",
        "babies",
        "girls",
        "boys",
        "teenagers",
        "everyone",
        "anyone",
        "ages",
    ];
    let band = ["to", "and", "or", "plus", "upwards", "upward"];
    found
        .into_iter()
        .filter(|h| {
            !run.word_before(h.token as usize, 3, &plural)
                && !run.word_after(h.pos_end as usize, 1, &band)
        })
        .filter(|h| {
            !run.word_before(
                h.token as usize,
                3,
                &[
                    "over", "under", "aged", "from", "for", "if", "between", "all", "any", "every",
                    "reach", "a", "to",
                ],
            )
        })
        .collect()
}

fn weigh(run: &mut Run<'_>, subject: &Hit) -> Option<(Severity, Vec<Hit>)> {
    let whole = run.doc.words <= 70 || run.doc.sentences.len() <= 3;
    let near = |h: &Hit| {
        whole && h.sentence.abs_diff(subject.sentence) <= 3
            || h.sentence.abs_diff(subject.sentence) <= 1
    };
    let mut hits: Vec<Hit> = Vec::new();
    let mut class = |run: &mut Run<'_>, group: GroupId| -> bool {
        let found: Vec<Hit> = run
            .cue_hits(group)
            .into_iter()
            .filter(|h| near(h))
            .collect();
        let any = !found.is_empty();
        hits.extend(found);
        any
    };
    let sensitive = class(run, cue::SENSITIVE);
    let named_illness = class(run, cue::CONDITIONS);
    let visit = class(run, cue::VISIT);
    let unique = class(run, cue::UNIQUE);
    let job = class(run, cue::OCCUPATIONS) || unique;
    let rarity = class(run, cue::RARITY);
    let event = class(run, cue::EVENTS);
    let family = class(run, cue::KIN);
    let listed_place = class(run, cue::PLACES);
    let mut signal = |run: &mut Run<'_>, code: CodeSignal| {
        let found: Vec<Hit> = cached(run, code).into_iter().filter(|h| near(h)).collect();
        let any = !found.is_empty();
        hits.extend(found);
        any
    };
    let aged = signal(run, CodeSignal::Age) || spelt_age(run, subject);
    let dated = signal(run, CodeSignal::Weekday)
        | signal(run, CodeSignal::Date)
        | signal(run, CodeSignal::Time);
    let town = signal(run, CodeSignal::Town);
    // A visit is health when care is spoken of in the same breath.
    let care = visit && run.in_sentence(cue::CLINICAL, subject.sentence);
    // One said to be a patient, or told of as one, is in care whatever for.
    let patient = run.in_sentence(cue::ONE_PATIENT, subject.sentence)
        && (run.in_sentence(cue::PATIENT_WORD, subject.sentence)
            || run.in_sentence(cue::CLINICAL, subject.sentence)
            || run.in_sentence(cue::VISIT, subject.sentence));
    if !(named_illness || sensitive || care || patient) {
        return None;
    }
    if is_job(run, subject) && !tied_to_illness(run, subject) {
        return None;
    }
    let place = town || listed_place || street(run, subject);
    let time = dated || worded_time(run, subject);
    let person = aged || job || family;
    let classes =
        usize::from(time) + usize::from(place) + usize::from(person) + usize::from(event || rarity);
    let severity = if (sensitive && classes >= 1 && (person || place || rarity))
        || classes >= 3
        || (unique && one_of_a_kind_near(run, subject))
        || (rarity && (place || person))
    {
        Severity::Block
    } else if classes >= 2 {
        Severity::Warn
    } else {
        return None;
    };
    Some((severity, hits))
}

/// Is the subject somebody by their work only?
fn is_job(run: &mut Run<'_>, subject: &Hit) -> bool {
    run.cue_hits(cue::OCCUPATIONS)
        .iter()
        .any(|h| h.pos == subject.pos)
}

/// The illness or the visit is told in the sentence that names the work, or a visit in the one beside it.
fn tied_to_illness(run: &mut Run<'_>, subject: &Hit) -> bool {
    [cue::CONDITIONS, cue::SENSITIVE, cue::VISIT]
        .into_iter()
        .any(|g| run.in_sentence(g, subject.sentence))
        || [cue::SENSITIVE, cue::VISIT]
            .into_iter()
            .any(|g| run.in_sentence(g, subject.sentence + 1))
}

/// The subject itself is a post that one person holds.
fn one_of_a_kind_near(run: &mut Run<'_>, subject: &Hit) -> bool {
    run.cue_hits(cue::UNIQUE)
        .iter()
        .any(|h| h.pos < subject.pos_end && h.pos_end > subject.pos)
}

/// "of 97", "of nine", "17F", "(34)".
fn spelt_age(run: &Run<'_>, subject: &Hit) -> bool {
    let next = run.doc.word(subject.pos_end as usize);
    let number = |w: &str| {
        w.parse::<u32>().is_ok_and(|n| (1..=110).contains(&n))
            || matches!(
                w,
                "five"
                    | "six"
                    | "seven"
                    | "eight"
                    | "nine"
                    | "ten"
                    | "eleven"
                    | "twelve"
                    | "thirteen"
                    | "fourteen"
                    | "fifteen"
                    | "sixteen"
                    | "seventeen"
            )
            || w.starts_with("eighty")
            || w.starts_with("ninety")
            || w.starts_with("seventy")
            || w.starts_with("sixty")
    };
    let of = run.doc.word((subject.pos_end as usize).saturating_sub(1)) == "of";
    (of && number(next)) || (next == "of" && number(run.doc.word(subject.pos_end as usize + 1)))
}

fn worded_time(run: &Run<'_>, subject: &Hit) -> bool {
    let sentence = subject.sentence as usize;
    let from = run
        .doc
        .sentences
        .get(sentence.saturating_sub(1))
        .map_or(0, |s| s.first as usize);
    let to = run
        .doc
        .sentences
        .get((sentence + 1).min(run.doc.sentences.len().saturating_sub(1)))
        .map_or(run.doc.words, |s| s.end as usize);
    (from..to).any(|t| TIME.contains(run.doc.word(t)))
}

/// A street, or a place by its name ("from Pewsham", "in Leek"), in the subject's sentence or beside it.
fn street(run: &Run<'_>, subject: &Hit) -> bool {
    static STREET: Words = Words::new(
        "lane street road row avenue close terrace crescent drive station cathedral school",
    );
    run.doc.main().iter().enumerate().any(|(at, t)| {
        if t.sentence.abs_diff(subject.sentence) > 1
            || t.flags & flag::CAP == 0
            || t.flags & flag::FIRST != 0
        {
            return false;
        }
        let named = STREET.contains(run.doc.word(at))
            && at > 0
            && run.doc.tokens[at - 1].flags & flag::CAP != 0;
        let months = crate::signal::is_calendar(run.doc.word(at));
        let inside = at > 0
            && matches!(run.doc.word(at - 1), "in" | "from" | "by" | "near" | "at")
            && t.flags & flag::UPPER == 0
            && !months
            && !run.people().of(run.doc.word(at)).any(|_| true);
        named || inside
    })
}
