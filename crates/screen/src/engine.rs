//! The engine: rules compiled once, texts checked many times.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;

use crate::context::Context;
use crate::eval::{self, Raw, Scratch, Suggest};
use crate::finding::{Check, Finding, Severity, Source, Verdict};
use crate::generated::PACK;
use crate::pack::{Pack, Rule};

/// Longest text that is screened, in bytes.
pub const MAX_TEXT: usize = 1024 * 1024;

/// Most findings that one check tells; the heaviest are kept.
pub const MAX_FINDINGS: usize = 200;

/// The text is longer than [`MAX_TEXT`]; it was not screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long to check: {bytes} bytes, and the most is {limit}")]
pub struct TooLong {
    pub bytes: usize,
    pub limit: usize,
}

/// The rules, ready to be run.
pub struct Engine {
    pack: &'static Pack,
    finder: AhoCorasick,
    patterns: Vec<OnceLock<Option<Regex>>>,
}

static BUILTIN: LazyLock<Engine> = LazyLock::new(|| Engine::new(&PACK));

thread_local! {
    /// Memory of the last check on this thread. It carries nothing from one check to the next but its size.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

impl Engine {
    /// The engine with all rules that are compiled in; built at the first call.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    fn new(pack: &'static Pack) -> Self {
        let words = pack.literals.iter().map(|l| l.text);
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .prefilter(false)
            .build(words);
        // The words are compiled in; that they make an automaton is proved by every test that builds the engine.
        let finder = finder.unwrap_or_else(|_| unreachable_finder());
        let mut patterns = Vec::new();
        patterns.resize_with(pack.patterns.len(), OnceLock::new);
        Self {
            pack,
            finder,
            patterns,
        }
    }

    /// All rules, sorted by id.
    pub fn rules(&self) -> &'static [Rule] {
        self.pack.rules
    }

    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        self.pack
            .rules
            .binary_search_by(|r| r.id.cmp(id))
            .ok()
            .and_then(|at| self.pack.rules.get(at))
    }

    /// Screens a text.
    ///
    /// # Errors
    /// [`TooLong`] when the text has more than [`MAX_TEXT`] bytes.
    pub fn check(&self, text: &str, context: &Context) -> Result<Check, TooLong> {
        if text.len() > MAX_TEXT {
            return Err(TooLong {
                bytes: text.len(),
                limit: MAX_TEXT,
            });
        }
        let (whole, parts) = join(text, &context.media);
        if whole.len() > MAX_TEXT {
            return Err(TooLong {
                bytes: whole.len(),
                limit: MAX_TEXT,
            });
        }
        let mut scratch = SCRATCH
            .try_with(|s| {
                s.try_borrow_mut()
                    .map(|mut s| std::mem::take(&mut *s))
                    .unwrap_or_default()
            })
            .unwrap_or_default();
        let raws = eval::run(&self.parts(), &mut scratch, &whole, context);
        let _ = SCRATCH.try_with(|s| s.try_borrow_mut().map(|mut s| *s = scratch));
        Ok(self.tell(raws, text, &whole, &parts))
    }

    fn parts(&self) -> eval::Parts<'_> {
        eval::Parts {
            pack: self.pack,
            finder: &self.finder,
            patterns: &self.patterns,
        }
    }

    fn tell(&self, raws: Vec<Raw>, typed: &str, text: &str, parts: &[(usize, usize)]) -> Check {
        let mut raws = one_for_each_place(raws, text);
        for raw in &mut raws {
            keep_in_one_part(raw, typed.len(), parts);
        }
        let verdict = match raws.iter().map(|r| r.severity).max() {
            None => Verdict::Clear,
            Some(Severity::Advise) => Verdict::Advise,
            Some(Severity::Warn) => Verdict::NeedsChanges,
            Some(Severity::Block) => Verdict::Blocked,
        };
        if raws.len() > MAX_FINDINGS {
            raws.sort_by_key(|r| (std::cmp::Reverse(r.severity), r.start, r.rule));
            raws.truncate(MAX_FINDINGS);
        }
        raws.sort_by_key(|r| (r.start, std::cmp::Reverse(r.severity), r.rule, r.end));
        let mut counter = Counter::new(text);
        let mut findings = Vec::with_capacity(raws.len());
        for raw in raws {
            let rule = &self.pack.rules[raw.rule];
            let media = parts.iter().position(|(from, to)| {
                raw.start >= *from && raw.end <= *to && raw.start >= typed.len()
            });
            let words = text.get(raw.start..raw.end).unwrap_or_default();
            let start = match media.and_then(|m| parts.get(m)) {
                Some((from, _)) => text.get(*from..raw.start).map_or(0, |t| t.chars().count()),
                None => counter.at(raw.start),
            };
            let end = start + words.chars().count();
            let source = rule.sources.first().map_or_else(
                || Source {
                    title: String::new(),
                    by: String::new(),
                    at: String::new(),
                    read: String::new(),
                },
                |s| Source {
                    title: s.title.into(),
                    by: s.by.into(),
                    at: s.at.into(),
                    read: s.read.into(),
                },
            );
            findings.push(Finding {
                rule: rule.id.into(),
                severity: raw.severity,
                label: raw.label,
                start,
                end,
                text: words.into(),
                message: rule.message.into(),
                why: rule.why.into(),
                instead: rule.instead.into(),
                source,
                suggestions: match raw.suggest {
                    Suggest::Fixed(all) => all.iter().map(|s| (*s).to_owned()).collect(),
                    Suggest::Made(all) => all,
                },
                media,
            });
        }
        Check { verdict, findings }
    }
}

/// The text with the descriptions of its pictures behind it, each as `[Image: ...]`, so that rules see both together; and
/// where each description stands.
fn join<'t>(text: &'t str, media: &[String]) -> (Cow<'t, str>, Vec<(usize, usize)>) {
    if media.is_empty() {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut whole = text.to_owned();
    let mut parts = Vec::with_capacity(media.len());
    for description in media {
        whole.push_str("\n[Image: ");
        let from = whole.len();
        whole.push_str(description);
        parts.push((from, whole.len()));
        whole.push(']');
    }
    (Cow::Owned(whole), parts)
}

/// A finding is told in the part where it begins: the text, or one description.
fn keep_in_one_part(raw: &mut Raw, typed: usize, parts: &[(usize, usize)]) {
    if raw.start < typed || parts.is_empty() {
        raw.end = raw.end.min(typed);
        raw.start = raw.start.min(raw.end);
        return;
    }
    // One that begins at the bracket belongs to the description in it.
    if let Some((from, to)) = parts
        .iter()
        .find(|(_, to)| raw.start < *to)
        .or(parts.last())
    {
        raw.start = raw.start.clamp(*from, *to);
        raw.end = raw.end.clamp(raw.start, *to);
    }
}

/// Never reached with tables that passed the build script: an engine that finds no words.
fn unreachable_finder() -> AhoCorasick {
    AhoCorasick::new::<[&str; 0], &str>([])
        .unwrap_or_else(|_| unreachable!("an automaton of no words"))
}

/// Findings of one rule that overlap become one: the heavier, or the longer.
fn one_for_each_place(mut raws: Vec<Raw>, text: &str) -> Vec<Raw> {
    raws.sort_by_key(|r| (r.rule, r.start, r.end));
    let mut kept: Vec<Raw> = Vec::with_capacity(raws.len());
    for raw in raws {
        if let Some(last) = kept.last_mut()
            && last.rule == raw.rule
            && raw.start < last.end
        {
            let heavier =
                (raw.severity, raw.end - raw.start) > (last.severity, last.end - last.start);
            if heavier {
                *last = raw;
            }
            continue;
        }
        if let Some(last) = kept.last_mut()
            && one_phrase(last, &raw, text)
        {
            last.end = raw.end;
            last.severity = last.severity.max(raw.severity);
            continue;
        }
        kept.push(raw);
    }
    kept
}

/// Most bytes between two findings of one rule that are told as one ("Only" and "left" of "Only 4 places left").
const ONE_PHRASE: usize = 24;

/// Do two findings of one rule stand so close in one sentence that a person would mark them together?
fn one_phrase(a: &Raw, b: &Raw, text: &str) -> bool {
    let plain = |r: &Raw| r.label.is_none() && matches!(r.suggest, Suggest::Fixed([]));
    a.rule == b.rule
        && plain(a)
        && plain(b)
        && b.start.saturating_sub(a.end) <= ONE_PHRASE
        && text
            .get(a.end..b.start)
            .is_some_and(|gap| !gap.contains(['\n', '.', '!', '?', '"', '[', ']']))
}

/// Counts Unicode scalar values up to byte offsets that only grow.
struct Counter<'t> {
    text: &'t str,
    byte: usize,
    count: usize,
}

impl<'t> Counter<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            byte: 0,
            count: 0,
        }
    }

    fn at(&mut self, byte: usize) -> usize {
        if byte > self.byte {
            self.count += self
                .text
                .get(self.byte..byte)
                .map_or(0, |t| t.chars().count());
            self.byte = byte;
        }
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;
    use crate::eval::faulty_signals;

    #[test]
    fn every_signal_finds_what_it_says() {
        let faulty = faulty_signals(&Engine::builtin().parts());
        assert!(
            faulty.is_empty(),
            "{} examples:\n{}",
            faulty.len(),
            faulty.join("\n")
        );
    }
}
