//! Words, groups and signals, each kept once and numbered.

use std::collections::{BTreeMap, BTreeSet};

use crate::Problem;
use crate::fold::{Fold, fold};
use crate::form::SignalFile;
use crate::names::{CodeSignal, ascii};

/// A word as it is looked for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lit {
    pub text: String,
    pub ends: &'static str,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct GroupKey {
    pub lits: BTreeSet<usize>,
    pub signals: BTreeSet<u16>,
}

pub struct Interner {
    lists: BTreeMap<String, Vec<String>>,
    lit_ids: BTreeMap<Lit, usize>,
    pub lits: Vec<Lit>,
    group_ids: BTreeMap<GroupKey, u16>,
    pub groups: Vec<GroupKey>,
    signal_ids: BTreeMap<String, u16>,
    pub patterns: Vec<String>,
    codes: BTreeMap<u16, CodeSignal>,
}

impl Interner {
    pub fn new(
        lists: BTreeMap<String, Vec<String>>,
        signals: &BTreeMap<String, SignalFile>,
    ) -> Self {
        let signal_ids = signals
            .keys()
            .enumerate()
            .map(|(i, name)| (name.clone(), u16::try_from(i).unwrap_or(u16::MAX)))
            .collect();
        Self {
            lists,
            lit_ids: BTreeMap::new(),
            lits: Vec::new(),
            group_ids: BTreeMap::new(),
            groups: Vec::new(),
            signal_ids,
            patterns: Vec::new(),
            codes: BTreeMap::new(),
        }
    }

    /// The group of these entries.
    pub fn group(&mut self, entries: &[String]) -> Result<u16, Problem> {
        if entries.is_empty() {
            return Err("an empty list of words".into());
        }
        let mut key = GroupKey::default();
        self.fill(entries, &mut key, 0)?;
        if let Some(id) = self.group_ids.get(&key) {
            return Ok(*id);
        }
        let id = u16::try_from(self.groups.len()).map_err(|_| "too many groups")?;
        self.groups.push(key.clone());
        self.group_ids.insert(key, id);
        Ok(id)
    }

    pub fn has_list(&self, name: &str) -> bool {
        self.lists.contains_key(name)
    }

    pub fn pattern(&mut self, pattern: &str) -> Result<u16, Problem> {
        // `[\d-]` and the like would nest classes; they are written out as `[0-9-]` by hand instead.
        let pattern = &ascii(pattern);
        regex::Regex::new(pattern).map_err(|e| format!("pattern: {e}"))?;
        let at = self
            .patterns
            .iter()
            .position(|p| p == pattern)
            .unwrap_or_else(|| {
                self.patterns.push(pattern.clone());
                self.patterns.len() - 1
            });
        u16::try_from(at).map_err(|_| "too many patterns".into())
    }

    /// The code signal of that number.
    pub fn code(&self, id: u16) -> Option<CodeSignal> {
        self.codes.get(&id).copied()
    }

    /// The signals in data that these entries use.
    pub fn signals_in(&self, entries: &[String]) -> Vec<u16> {
        let mut key = Vec::new();
        for entry in entries {
            if let Some(list) = entry
                .strip_prefix('@')
                .and_then(|name| self.lists.get(name))
            {
                key.extend(self.signals_in(list));
            } else if let Some(id) = entry
                .strip_prefix('%')
                .and_then(|name| self.signal_ids.get(name))
            {
                key.push(*id);
            }
        }
        key
    }

    fn fill(&mut self, entries: &[String], key: &mut GroupKey, depth: u8) -> Result<(), Problem> {
        if depth > 8 {
            return Err("lists that use each other in a circle".into());
        }
        for entry in entries {
            let entry = entry.trim();
            if let Some(name) = entry.strip_prefix('@') {
                let list = self
                    .lists
                    .get(name)
                    .ok_or_else(|| format!("no list named @{name}"))?
                    .clone();
                self.fill(&list, key, depth + 1)?;
            } else if let Some(name) = entry.strip_prefix('%') {
                let id = match CodeSignal::from_name(name) {
                    Some(code) => {
                        let id = code as u16 + CODE_BASE;
                        self.codes.insert(id, code);
                        id
                    }
                    None => *self
                        .signal_ids
                        .get(name)
                        .ok_or_else(|| format!("no signal named %{name}"))?,
                };
                key.signals.insert(id);
            } else {
                for lit in literal(entry)? {
                    let id = *self.lit_ids.entry(lit.clone()).or_insert_with(|| {
                        self.lits.push(lit);
                        self.lits.len() - 1
                    });
                    key.lits.insert(id);
                }
            }
        }
        Ok(())
    }
}

/// Code signals are numbered from here.
pub const CODE_BASE: u16 = 1000;

/// An entry of a list as literals: the words, and for a phrase also run together behind `#`.
fn literal(entry: &str) -> Result<Vec<Lit>, Problem> {
    let (text, ends) = match entry.strip_prefix('=') {
        Some(rest) => (rest, "Exact"),
        None if entry.len() > 1 && entry.ends_with('*') => (&entry[..entry.len() - 1], "Prefix"),
        None if entry.len() > 1 && entry.starts_with('*') => (&entry[1..], "Suffix"),
        None => (entry, "Word"),
    };
    let text = normal(text);
    if text.contains("* ") || text.contains(" *") {
        return Err(format!(
            "the entry {entry:?}: a star may only stand at the end or the beginning"
        ));
    }
    if text.is_empty() {
        return Err(format!("the entry {entry:?} is empty once normalised"));
    }
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    if matches!(ends, "Prefix" | "Suffix") && letters < 3 {
        return Err(format!(
            "the entry {entry:?} needs three letters beside the star"
        ));
    }
    let ends = if letters == 0 { "Raw" } else { ends };
    let mut all = vec![Lit {
        text: text.clone(),
        ends,
    }];
    // A hashtag is hardly ever made of more than three words.
    let words = text.split(' ').count();
    if (2..=3).contains(&words) && matches!(ends, "Word" | "Prefix") {
        let joined: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        all.push(Lit {
            text: format!("#{joined}"),
            ends,
        });
    }
    Ok(all)
}

/// The words of a rule, normalised as a text is (see `src/norm`).
pub fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut space = false;
    let mut buffer = String::new();
    for c in text.chars() {
        buffer.clear();
        let folded = if c == '-' {
            Fold::Space
        } else {
            fold(c, &mut buffer)
        };
        match folded {
            Fold::Drop => {}
            Fold::Space => space = !out.is_empty(),
            Fold::Symbol(_) | Fold::Letters => {
                if space {
                    out.push(' ');
                    space = false;
                }
                match folded {
                    Fold::Symbol(s) => out.push(s),
                    _ => out.push_str(&buffer),
                }
            }
        }
    }
    out
}
