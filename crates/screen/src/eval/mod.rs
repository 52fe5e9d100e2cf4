//! Runs the rules over one text.
//!
//! Words are found once, in one search; each hit goes to every group that has the word. A rule is looked at only when
//! its trigger was hit. Signals are worked out on first use and kept for the rest of the check.

mod condition;
mod cue;

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::context::Context;
use crate::detect;
use crate::finding::{Label, Severity};
use crate::norm::{Doc, flag};
use crate::pack::{Ends, GroupId, Kind, Match, Pack, Place, Rule};
use crate::profile::People;
use crate::signal;

/// More findings of one rule in one text are not looked for.
pub(crate) const PER_RULE: usize = 200;

/// A place where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Bytes of the normalised text.
    pub start: u32,
    pub end: u32,
    /// Words.
    pub pos: u32,
    pub pos_end: u32,
    pub sentence: u32,
    /// Which literal, for counting different ones; `u32::MAX` for signals.
    pub literal: u32,
    /// First word, among all words of the document.
    pub token: u32,
}

/// What a rule found, before it is told.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    /// Index of the rule.
    pub rule: usize,
    pub severity: Severity,
    pub label: Option<Label>,
    /// Bytes of the text as typed.
    pub start: usize,
    pub end: usize,
    pub suggest: Suggest,
}

/// Replacements for the words found.
#[derive(Debug, Clone)]
pub(crate) enum Suggest {
    Fixed(&'static [&'static str]),
    Made(Vec<String>),
}

/// Memory that is used again from check to check.
#[derive(Default)]
pub(crate) struct Scratch {
    pub doc: Doc,
    groups: Vec<GroupHits>,
    touched: Vec<GroupId>,
    signals: Vec<Option<Vec<Hit>>>,
    used_signals: Vec<u16>,
    raws: Vec<Raw>,
}

#[derive(Default)]
struct GroupHits {
    hits: Vec<Hit>,
    /// Signals are in and the hits are in order.
    ready: bool,
    touched: bool,
}

/// Is told each place: the trigger, and the bytes to be marked.
type Tell<'t> = &'t mut dyn FnMut(Hit, (u32, u32));

/// One check under way.
pub(crate) struct Run<'a> {
    pub pack: &'static Pack,
    pub patterns: &'a [OnceLock<Option<Regex>>],
    pub text: &'a str,
    pub context: &'a Context,
    pub people: &'a OnceLock<People>,
    pub doc: &'a Doc,
    groups: &'a mut Vec<GroupHits>,
    touched: &'a mut Vec<GroupId>,
    signals: &'a mut Vec<Option<Vec<Hit>>>,
    used_signals: &'a mut Vec<u16>,
    /// Signals found by code, by their number.
    pub codes: Vec<Option<Vec<Hit>>>,
    quotes: Option<Vec<(u32, u32)>>,
    /// Identifying details, worked out on first use.
    details: Option<detect::Details>,
}

/// The engine's parts that a check needs.
pub(crate) struct Parts<'a> {
    pub pack: &'static Pack,
    pub finder: &'a AhoCorasick,
    pub patterns: &'a [OnceLock<Option<Regex>>],
}

/// All findings of `text`, in no order.
pub(crate) fn run(
    parts: &Parts<'_>,
    scratch: &mut Scratch,
    text: &str,
    context: &Context,
) -> Vec<Raw> {
    with_run(parts, scratch, text, context, |run, raws| {
        for (index, rule) in run.pack.rules.iter().enumerate() {
            run.rule(index, rule, raws);
        }
        std::mem::take(raws)
    })
}

/// Does each signal in data find something in its `flags` and nothing in its `allows`? Those that do not, in words.
#[cfg(test)]
pub(crate) fn faulty_signals(parts: &Parts<'_>) -> Vec<String> {
    let mut faulty = Vec::new();
    for (at, signal) in parts.pack.signals.iter().enumerate() {
        for (list, must) in [(signal.flags, true), (signal.allows, false)] {
            for example in list {
                let at = u16::try_from(at).unwrap_or(u16::MAX);
                let context = Context::default();
                let found = with_run(
                    parts,
                    &mut Scratch::default(),
                    example.text,
                    &context,
                    |run, _| {
                        run.fill_signal(at);
                        run.signals[usize::from(at)]
                            .as_ref()
                            .is_some_and(|hits| !hits.is_empty())
                    },
                );
                if found != must {
                    faulty.push(format!(
                        "%{} {}: {:?}",
                        signal.name,
                        if must { "misses" } else { "finds" },
                        example.text
                    ));
                }
            }
        }
    }
    faulty
}

/// Reads `text` and does something with the check under way.
fn with_run<T>(
    parts: &Parts<'_>,
    scratch: &mut Scratch,
    text: &str,
    context: &Context,
    act: impl FnOnce(&mut Run<'_>, &mut Vec<Raw>) -> T,
) -> T {
    let pack = parts.pack;
    scratch.doc.read(text);
    scratch
        .groups
        .resize_with(pack.groups.len(), GroupHits::default);
    scratch.signals.resize_with(pack.signals.len(), || None);
    for group in scratch.touched.drain(..) {
        let g = &mut scratch.groups[usize::from(group)];
        g.hits.clear();
        g.ready = false;
        g.touched = false;
    }
    for signal in scratch.used_signals.drain(..) {
        scratch.signals[usize::from(signal)] = None;
    }
    let people = OnceLock::new();
    let Scratch {
        doc,
        groups,
        touched,
        signals,
        used_signals,
        raws,
    } = scratch;
    let mut run = Run {
        pack,
        patterns: parts.patterns,
        text,
        context,
        people: &people,
        doc,
        groups,
        touched,
        signals,
        used_signals,
        codes: vec![None; signal::KINDS],
        quotes: None,
        details: None,
    };
    run.search(parts.finder);
    raws.clear();
    act(&mut run, raws)
}

impl<'a> Run<'a> {
    /// Finds all words of all rules.
    fn search(&mut self, finder: &AhoCorasick) {
        for found in finder.find_overlapping_iter(self.doc.norm.as_str()) {
            let literal = &self.pack.literals[found.pattern().as_usize()];
            if let Some(mut hit) = place(self.doc, literal.ends, found.start(), found.end()) {
                hit.literal = found.pattern().as_u32();
                for group in literal.groups {
                    let g = &mut self.groups[usize::from(*group)];
                    if !g.touched {
                        g.touched = true;
                        self.touched.push(*group);
                    }
                    g.hits.push(hit);
                }
            }
        }
    }

    /// The hits of a group, in order of place.
    pub fn group(&mut self, group: GroupId) -> &[Hit] {
        let at = usize::from(group);
        if !self.groups[at].ready {
            let pack = self.pack;
            for signal in pack.groups[at].signals {
                self.fill_signal(*signal);
                if let Some(hits) = &self.signals[usize::from(*signal)] {
                    self.groups[at].hits.extend_from_slice(hits);
                }
            }
            let g = &mut self.groups[at];
            g.ready = true;
            if !g.touched {
                g.touched = true;
                self.touched.push(group);
            }
            if !g.hits.is_sorted_by_key(|h| (h.pos, h.pos_end)) {
                g.hits.sort_by_key(|h| (h.pos, h.pos_end, h.start));
            }
        }
        &self.groups[at].hits
    }

    /// Was anything of the group found? Cheaper than `group` when it has no signals.
    fn any(&mut self, group: GroupId) -> bool {
        let at = usize::from(group);
        if !self.groups[at].hits.is_empty() {
            return true;
        }
        if self.groups[at].ready || self.pack.groups[at].signals.is_empty() {
            return false;
        }
        !self.group(group).is_empty()
    }

    fn fill_signal(&mut self, signal: u16) {
        let at = usize::from(signal);
        if self.signals[at].is_some() {
            return;
        }
        let def = &self.pack.signals[at];
        let hits = match def.code {
            Some(code) => signal::cached(self, code),
            None => {
                let mut hits = Vec::new();
                for m in def.matches {
                    self.triggers(m, &mut |hit, span| {
                        hits.push(Hit {
                            start: span.0,
                            end: span.1,
                            literal: u32::MAX,
                            ..hit
                        });
                    });
                }
                hits.sort_by_key(|h: &Hit| (h.pos, h.pos_end));
                hits.dedup();
                hits
            }
        };
        self.signals[at] = Some(hits);
        self.used_signals.push(signal);
    }

    /// Identifying details of the text, found once.
    pub fn details(&mut self) -> &detect::Details {
        if self.details.is_none() {
            let found = detect::find(self);
            self.details = Some(found);
        }
        self.details.get_or_insert_with(detect::Details::default)
    }

    /// The practice's own names and numbers.
    pub fn people(&self) -> &'a People {
        let context = self.context;
        self.people.get_or_init(|| People::new(&context.profile))
    }

    fn rule(&mut self, index: usize, rule: &'static Rule, out: &mut Vec<Raw>) {
        if !rule.surfaces.contains(&self.context.surface)
            || !rule.accounts.contains(&self.context.account)
        {
            return;
        }
        let mut circumstances = None;
        let first = out.len();
        for m in rule.matches {
            if !self.triggered(m) {
                continue;
            }
            let fits = *circumstances.get_or_insert_with(|| {
                condition::fits(rule.when.as_ref(), self.context)
                    && !rule
                        .unless
                        .iter()
                        .any(|c| condition::holds(c, self.context))
            });
            if !fits {
                return;
            }
            if let Kind::Detect(detector) = m.kind {
                self.detect(index, rule, m, detector, out);
                continue;
            }
            let mut found: Vec<(Hit, (u32, u32))> = Vec::new();
            self.triggers(m, &mut |hit, span| found.push((hit, span)));
            for (hit, span) in found {
                let severity = self
                    .grade(m, &hit)
                    .unwrap_or(m.severity.unwrap_or(rule.severity));
                let (start, end) = self.doc.typed(self.text, span.0 as usize, span.1 as usize);
                let suggest = if m.suggest.is_empty() {
                    rule.suggest
                } else {
                    m.suggest
                };
                out.push(Raw {
                    rule: index,
                    severity,
                    label: rule.label,
                    start,
                    end,
                    suggest: Suggest::Fixed(suggest),
                });
                if out.len() - first >= PER_RULE {
                    return;
                }
            }
        }
    }

    fn detect(
        &mut self,
        index: usize,
        rule: &'static Rule,
        m: &'static Match,
        detector: crate::names::Detector,
        out: &mut Vec<Raw>,
    ) {
        let found = detect::of(self, detector);
        for one in found.into_iter().take(PER_RULE) {
            let token = self.doc.token_at(one.norm.0 as usize);
            let Some(t) = self.doc.tokens.get(token).or(self.doc.tokens.last()) else {
                continue;
            };
            let hit = Hit {
                start: one.norm.0,
                end: one.norm.1,
                pos: t.pos,
                pos_end: t.pos_end,
                sentence: t.sentence,
                literal: u32::MAX,
                token: u32::try_from(token).unwrap_or(u32::MAX),
            };
            if !self.test(&m.test, &hit) {
                continue;
            }
            let severity = self.grade(m, &hit).or(m.severity).unwrap_or(one.severity);
            let suggest = match one.suggest {
                Some(made) => Suggest::Made(made),
                None => Suggest::Fixed(if m.suggest.is_empty() {
                    rule.suggest
                } else {
                    m.suggest
                }),
            };
            out.push(Raw {
                rule: index,
                severity,
                label: one.label.or(rule.label),
                start: one.start,
                end: one.end,
                suggest,
            });
        }
    }

    /// Could the match find anything? Cheap, before anything else is looked at.
    fn triggered(&mut self, m: &Match) -> bool {
        match &m.kind {
            Kind::Terms { group } | Kind::Absent { group, .. } | Kind::Count { group, .. } => {
                self.any(*group)
            }
            Kind::Near { groups, .. } => groups.iter().all(|g| self.any(*g)),
            Kind::Pattern { needs, .. } => self.any(*needs),
            Kind::Detect(_) => true,
        }
    }

    /// Calls `tell` for each place where the match and its conditions hold, with the bytes to be marked.
    fn triggers(&mut self, m: &'static Match, tell: Tell<'_>) {
        if !self.triggered(m) || !condition::fits(m.test.when.as_ref(), self.context) {
            return;
        }
        if m.test
            .unless
            .iter()
            .any(|c| condition::holds(c, self.context))
        {
            return;
        }
        let mut told = 0;
        let mut consider = |run: &mut Self, hit: Hit, span: (u32, u32)| -> bool {
            if run.test_here(&m.test, &hit) {
                tell(hit, span);
                told += 1;
            }
            told < PER_RULE
        };
        match m.kind {
            Kind::Terms { group } => {
                for at in 0..self.group(group).len() {
                    let hit = self.group(group)[at];
                    if !consider(self, hit, (hit.start, hit.end)) {
                        return;
                    }
                }
            }
            Kind::Near {
                groups,
                place,
                order,
                all,
            } => {
                let Some((first, rest)) = groups.split_first() else {
                    return;
                };
                for at in 0..self.group(*first).len() {
                    let hit = self.group(*first)[at];
                    let Some(hull) = self.near(&hit, rest, place, order) else {
                        continue;
                    };
                    let span = if all { hull } else { (hit.start, hit.end) };
                    if !consider(self, hit, span) {
                        return;
                    }
                }
            }
            Kind::Pattern { pattern, .. } => {
                let patterns = self.patterns;
                let source = self.pack.patterns[usize::from(pattern)];
                let Some(regex) =
                    patterns[usize::from(pattern)].get_or_init(|| Regex::new(source).ok())
                else {
                    return;
                };
                let doc = self.doc;
                let grouped = regex.captures_len() > 1;
                for whole in regex.find_iter(&doc.norm) {
                    // Groups are worked out only for what matched.
                    let inner = if grouped {
                        regex
                            .captures_at(&doc.norm, whole.start())
                            .and_then(|c| c.get(1))
                    } else {
                        None
                    };
                    let (start, end) =
                        inner.map_or((whole.start(), whole.end()), |m| (m.start(), m.end()));
                    if start == end {
                        continue;
                    }
                    let hit = self.hit_at(start, end);
                    if !consider(self, hit, (hit.start, hit.end)) {
                        return;
                    }
                }
            }
            Kind::Absent {
                group,
                missing,
                place,
            } => {
                for at in 0..self.group(group).len() {
                    let hit = self.group(group)[at];
                    if self.count(missing, place, &hit, 1) == 0
                        && consider(self, hit, (hit.start, hit.end))
                        && told_one(place)
                    {
                        return;
                    }
                }
            }
            Kind::Count {
                group,
                min,
                distinct,
                place,
            } => {
                let mut last = None;
                for at in 0..self.group(group).len() {
                    let hit = self.group(group)[at];
                    let key = if place == Place::Post {
                        0
                    } else {
                        hit.sentence
                    };
                    if last == Some(key) {
                        continue;
                    }
                    let enough = if distinct {
                        self.distinct(group, place, &hit) >= min
                    } else {
                        self.count_all(group, place, &hit) >= min
                    };
                    if enough {
                        last = Some(key);
                        if !consider(self, hit, (hit.start, hit.end)) {
                            return;
                        }
                    }
                }
            }
            Kind::Detect(_) => {}
        }
    }

    /// A hit for bytes of the normalised text.
    pub fn hit_at(&self, start: usize, end: usize) -> Hit {
        hit_of(self.doc, start, end)
    }
}

fn told_one(place: Place) -> bool {
    place == Place::Post
}

/// A hit for the bytes `start..end` of the normalised text, whatever its edges.
pub(crate) fn hit_of(doc: &Doc, start: usize, end: usize) -> Hit {
    let first = doc.token_at(start);
    let last = doc.token_at(end.saturating_sub(1).max(start));
    let fallback = doc.tokens.last().copied();
    let a = doc.tokens.get(first).copied().or(fallback);
    let b = doc.tokens.get(last).copied().or(fallback);
    Hit {
        start: u32::try_from(start).unwrap_or(u32::MAX),
        end: u32::try_from(end).unwrap_or(u32::MAX),
        pos: a.map_or(0, |t| t.pos),
        pos_end: b.map_or(1, |t| t.pos_end).max(a.map_or(1, |t| t.pos + 1)),
        sentence: a.map_or(0, |t| t.sentence),
        literal: u32::MAX,
        token: u32::try_from(first).unwrap_or(u32::MAX),
    }
}

/// The hit of a literal found at these bytes, if its edges are those of words.
fn place(doc: &Doc, ends: Ends, start: usize, end: usize) -> Option<Hit> {
    if ends == Ends::Raw {
        return Some(hit_of(doc, start, end));
    }
    let bytes = doc.norm.as_bytes();
    let marked = bytes.get(start) == Some(&b'#');
    let from = if marked { start + 1 } else { start };
    let first = doc.token_at(from);
    let token = doc.tokens.get(first)?;
    let lettered = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
    };
    let (t_start, _) = (token.start as usize, token.end as usize);
    let begins = t_start >= from || (t_start == from) || !lettered(from);
    let last = if end > from {
        doc.token_at(end - 1)
    } else {
        first
    };
    let tail = doc.tokens.get(last)?;
    let (l_start, l_end) = (tail.start as usize, tail.end as usize);
    let ended = if l_start >= end || l_end == end {
        true
    } else {
        // Inside the last word: what remains of it?
        let rest = bytes.get(end..l_end)?;
        match ends {
            Ends::Word => matches!(rest, b"s" | b"es" | b"'s" | b"s'"),
            Ends::Prefix => true,
            _ => false,
        }
    };
    let suffix_ok = ends == Ends::Suffix && t_start < from && from < token.end as usize;
    let starts_ok = begins || suffix_ok;
    let tag = token.flags & flag::HASH != 0
        && first == last
        && end - from >= 5
        && matches!(ends, Ends::Word | Ends::Exact);
    if !(starts_ok && ended) {
        // In a hashtag a word may open or close the tag.
        let opens = t_start == from;
        let closes = l_end == end;
        if !(tag && (opens || closes)) {
            return None;
        }
    }
    let stop = if l_start >= end { end } else { l_end };
    let open = if starts_ok && !suffix_ok {
        start
    } else {
        t_start
    };
    Some(Hit {
        start: u32::try_from(open).unwrap_or(u32::MAX),
        end: u32::try_from(stop).unwrap_or(u32::MAX),
        pos: token.pos,
        pos_end: tail.pos_end.max(token.pos + 1),
        sentence: token.sentence,
        literal: 0,
        token: u32::try_from(first).unwrap_or(u32::MAX),
    })
}
