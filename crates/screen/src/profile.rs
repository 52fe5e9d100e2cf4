//! The practice's own people, numbers and places, ready to be compared with the words of a text.

use crate::context::Profile;
use crate::norm::{Fold, fold};

/// One of the practice's people.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Words of the name, normalised, titles left out.
    names: Vec<String>,
    pub doctor: bool,
    pub dental: bool,
    /// On a specialist list or register, as the profile says.
    pub specialist: bool,
}

impl Person {
    /// Known by one name only.
    pub fn single(&self) -> bool {
        self.names.len() == 1
    }

    /// Is `word` one of the names?
    pub fn has(&self, word: &str) -> bool {
        self.names.iter().any(|n| n == word)
    }
}

/// What the profile says, normalised.
#[derive(Debug, Default)]
pub(crate) struct People {
    people: Vec<Person>,
    /// The practice's name, whole and without "the" and the kind of practice.
    pub practice: Vec<String>,
    pub towns: Vec<String>,
    /// Postcodes without blanks.
    pub postcodes: Vec<String>,
    pub address: String,
    /// Telephone numbers, figures only, without the country code.
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    /// Domains of e-mail addresses and websites.
    pub domains: Vec<String>,
    pub handles: Vec<String>,
}

const TITLES: &[&str] = &[
    "dr",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "prof",
    "professor",
    "sister",
    "nurse",
    "sir",
    "dame",
    "the",
    "doctor",
];

/// Words that say what kind of practice it is.
const GENERIC: &[&str] = &[
    "dental",
    "practice",
    "surgery",
    "clinic",
    "care",
    "medical",
    "group",
    "centre",
    "health",
    "pharmacy",
    "skin",
    "aesthetics",
    "partnership",
    "dentistry",
    "dentists",
    "chemist",
    "and",
    "&",
    "orthodontics",
    "medicine",
    "family",
    "doctors",
    "house",
    "laser",
    "facial",
    "cosmetic",
    "chemists",
];

impl People {
    /// Reads a profile.
    pub fn new(profile: &Profile) -> Self {
        let mut people = Vec::new();
        for c in &profile.clinicians {
            let role = normal(&format!("{} {}", c.role, c.reg));
            let has = |words: &[&str]| {
                role.split([' ', ',', '(', ')', '/'])
                    .any(|w| words.contains(&w))
            };
            people.push(Person {
                names: names(&c.name),
                doctor: has(&["gp", "doctor", "gmc", "physician", "surgeon"])
                    && !has(&["dental", "gdc"]),
                dental: has(&[
                    "dentist",
                    "dental",
                    "gdc",
                    "orthodontist",
                    "hygienist",
                    "therapist",
                    "endodontist",
                    "periodontist",
                    "prosthodontist",
                ]),
                specialist: is_specialist(&role),
            });
        }
        for s in &profile.staff {
            people.push(Person {
                names: names(&s.name),
                doctor: false,
                dental: false,
                specialist: false,
            });
        }
        let mut practice = vec![normal(&profile.practice_name)];
        if let Some(short) = practice[0].strip_prefix("the ").map(str::to_owned) {
            practice.push(short);
        }
        let kind = |w: &&str| GENERIC.contains(w);
        let words: Vec<&str> = practice[0].split(' ').collect();
        let tail = words.iter().rev().take_while(|w| kind(w)).count();
        let own = words.get(..words.len() - tail).unwrap_or_default();
        if tail > 0 && (own.len() >= 2 || own.first().is_some_and(|w| w.len() >= 6)) {
            practice.push(own.join(" "));
        }
        practice.retain(|p| !p.is_empty());
        let domain = |s: &str| {
            let s = s.rsplit('@').next().unwrap_or(s);
            let s = s
                .split("://")
                .last()
                .unwrap_or(s)
                .split('/')
                .next()
                .unwrap_or(s);
            s.strip_prefix("www.").unwrap_or(s).to_lowercase()
        };
        let mut domains: Vec<String> = profile
            .emails
            .iter()
            .chain(&profile.websites)
            .map(|e| domain(e))
            .collect();
        domains.retain(|d| d.contains('.'));
        Self {
            people,
            practice,
            towns: profile
                .town
                .split(',')
                .map(normal)
                .filter(|t| !t.is_empty())
                .collect(),
            postcodes: vec![compact(&profile.postcode)]
                .into_iter()
                .filter(|p| !p.is_empty())
                .collect(),
            address: normal(&profile.address),
            phones: profile
                .phones
                .iter()
                .map(|p| digits(p))
                .filter(|p| !p.is_empty())
                .collect(),
            emails: profile
                .emails
                .iter()
                .map(|e| e.trim().to_lowercase())
                .collect(),
            domains,
            handles: profile
                .handles
                .iter()
                .map(|h| h.trim().trim_start_matches('@').to_lowercase())
                .collect(),
        }
    }

    /// Those of our people who have that name.
    pub fn of<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Person> {
        self.people.iter().filter(move |p| p.has(word))
    }
}

fn names(name: &str) -> Vec<String> {
    normal(name)
        .split([' ', '.', ','])
        .filter(|w| w.len() > 1 && !TITLES.contains(w))
        .map(str::to_owned)
        .collect()
}

fn is_specialist(role: &str) -> bool {
    [
        "specialist in",
        "specialist orthodontist",
        "specialist list",
        "specialist register",
        "consultant",
        "(gdc list)",
        "specialist list)",
    ]
    .iter()
    .any(|s| role.contains(s))
        && !["clinical nurse specialist", "not a specialist"]
            .iter()
            .any(|s| role.contains(s))
}

/// "some", "none" or "unknown": does the profile have a clinician on a specialist list?
pub(crate) fn specialists(profile: &Profile) -> &'static str {
    if profile.clinicians.is_empty() {
        "unknown"
    } else if profile
        .clinicians
        .iter()
        .any(|c| is_specialist(&normal(&c.role)))
    {
        "some"
    } else {
        "none"
    }
}

/// Has the practice said anything about itself?
pub(crate) fn known(profile: &Profile) -> bool {
    !profile.practice_name.is_empty() || !profile.clinicians.is_empty() || !profile.staff.is_empty()
}

/// A short text, normalised as a whole text is, without its other readings.
pub(crate) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut buffer = String::new();
    let mut space = false;
    for c in text.chars() {
        buffer.clear();
        let folded = if c == '-' {
            Fold::Space
        } else {
            fold(c, &mut buffer)
        };
        if folded == Fold::Space {
            space = !out.is_empty();
            continue;
        }
        if let Fold::Symbol(s) = folded {
            buffer.push(s);
        }
        if !buffer.is_empty() {
            if space {
                out.push(' ');
                space = false;
            }
            out.push_str(&buffer);
        }
    }
    out
}

/// Letters and figures only, small.
pub(crate) fn compact(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The figures of a telephone number; +44 and 0044 become 0.
pub(crate) fn digits(text: &str) -> String {
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    if let Some(rest) = figures
        .strip_prefix("0044")
        .or_else(|| figures.strip_prefix("44").filter(|r| r.len() >= 9))
    {
        return format!("0{}", rest.trim_start_matches('0'));
    }
    figures
}
