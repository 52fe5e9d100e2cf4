//! What can be known of a place in a text without knowing the rule: negation, hedging, whom it speaks of and to.

use super::{Hit, Run};
use crate::context::Surface;
use crate::generated::cue;
use crate::names::{CodeSignal, Cue};
use crate::norm::flag;
use crate::pack::{GroupId, Place};

/// A negation reaches this many words.
const NEGATION_REACH: u16 = 5;

impl Run<'_> {
    /// Does the cue hold at the hit?
    pub(super) fn cue(&mut self, what: Cue, hit: &Hit) -> bool {
        match what {
            Cue::Negated => self.negated(hit),
            Cue::Hedged => self.count(cue::HEDGE, Place::Sentence, hit, 1) > 0,
            Cue::Question => self
                .doc
                .sentences
                .get(hit.sentence as usize)
                .is_some_and(|s| s.question),
            Cue::Quoted => self.quoted(hit),
            Cue::Hashtag => self.flags(hit) & flag::HASH != 0 || self.hashtag_alias(hit),
            Cue::Shouted => {
                self.flags(hit) & flag::UPPER != 0
                    && self
                        .doc
                        .sentences
                        .get(hit.sentence as usize)
                        .is_some_and(|s| !s.shouted)
            }
            Cue::FirstSentence => hit.sentence == 0,
            Cue::Ours => self.ours(hit),
            Cue::ToOne => self.speaks_to_one(),
            Cue::ToAll => self.count(cue::TO_ALL, Place::Around, hit, 1) > 0,
            Cue::OnePatient => self.count_signal(CodeSignal::OnePatient, Place::Around, hit) > 0,
        }
    }

    fn flags(&self, hit: &Hit) -> u16 {
        self.doc
            .tokens
            .get(hit.token as usize)
            .map_or(0, |t| t.flags)
    }

    fn hashtag_alias(&self, hit: &Hit) -> bool {
        self.doc
            .tokens
            .get(hit.pos as usize)
            .is_some_and(|t| t.flags & flag::HASH != 0)
    }

    fn negated(&mut self, hit: &Hit) -> bool {
        let clause = self
            .doc
            .tokens
            .get(hit.pos as usize)
            .map_or(0, |t| t.clause);
        let hit = *hit;
        let tokens = &self.doc.tokens;
        let same_clause = |pos: u32| tokens.get(pos as usize).is_some_and(|t| t.clause == clause);
        let low = hit.pos.saturating_sub(u32::from(NEGATION_REACH));
        let before = {
            let hits = self.group(cue::NEGATION);
            let begin = hits.partition_point(|h| h.pos < low);
            hits.get(begin..)
                .unwrap_or_default()
                .iter()
                .take_while(|h| h.pos < hit.pos)
                .any(|h| h.pos_end <= hit.pos && h.sentence == hit.sentence && same_clause(h.pos))
        };
        before || {
            let hits = self.group(cue::NEGATION_AFTER);
            let begin = hits.partition_point(|h| h.pos < hit.pos_end);
            hits.get(begin..)
                .unwrap_or_default()
                .iter()
                .take_while(|h| h.pos <= hit.pos_end + 2)
                .any(|h| h.sentence == hit.sentence)
        }
    }

    fn quoted(&mut self, hit: &Hit) -> bool {
        let at = self.main_place(hit);
        self.quotes()
            .iter()
            .any(|(start, end)| at > *start && at < *end)
    }

    /// The byte of the main text at which the hit's words begin.
    fn main_place(&self, hit: &Hit) -> u32 {
        if (hit.start as usize) < self.doc.main_len {
            hit.start
        } else {
            self.doc.tokens.get(hit.pos as usize).map_or(0, |t| t.start)
        }
    }

    /// Stretches between quotation marks, in bytes of the normalised text.
    pub fn quotes(&mut self) -> &[(u32, u32)] {
        if self.quotes.is_none() {
            self.quotes = Some(find_quotes(&self.doc.norm[..self.doc.main_len]));
        }
        self.quotes.get_or_insert_with(Vec::new)
    }

    /// Is the sentence about the practice or what it does?
    fn ours(&mut self, hit: &Hit) -> bool {
        self.count(cue::OURS, Place::Sentence, hit, 1) > 0
            || self.count_signal(CodeSignal::Practice, Place::Sentence, hit) > 0
            || self.count_signal(CodeSignal::Staff, Place::Sentence, hit) > 0
    }

    /// Does the text speak to one person?
    fn speaks_to_one(&mut self) -> bool {
        let you = !self.group(cue::YOU).is_empty();
        if self.context.surface == Surface::Reply && you {
            return true;
        }
        let opens = self
            .doc
            .main()
            .first()
            .is_some_and(|t| t.flags & flag::AT != 0);
        if opens {
            return true;
        }
        let greeted = self.group(cue::GREETING).iter().any(|h| h.sentence == 0);
        if greeted && you {
            let named =
                self.doc.main().iter().take(6).skip(1).any(|t| {
                    t.flags & (flag::CAP | flag::AT) == flag::CAP || t.flags & flag::AT != 0
                });
            return named;
        }
        you && self.doc.main().iter().any(|t| t.flags & flag::AT != 0)
    }

    fn count_signal(&mut self, code: CodeSignal, place: Place, hit: &Hit) -> u16 {
        let low_high = match place {
            Place::Sentence => (hit.sentence, hit.sentence),
            _ => (hit.sentence.saturating_sub(1), hit.sentence + 1),
        };
        let hits = crate::signal::cached(self, code);
        u16::from(
            hits.iter()
                .any(|h| h.sentence >= low_high.0 && h.sentence <= low_high.1),
        )
    }

    /// All hits of a group of cues, for signals and detectors.
    pub fn cue_hits(&mut self, group: GroupId) -> Vec<Hit> {
        self.group(group).to_vec()
    }
}

/// Quotation marks in pairs: double ones, and single ones that open before a word and close after one.
fn find_quotes(norm: &str) -> Vec<(u32, u32)> {
    let bytes = norm.as_bytes();
    let mut found = Vec::new();
    let mut double: Option<usize> = None;
    let mut single: Option<usize> = None;
    for (at, b) in bytes.iter().enumerate() {
        let before = at
            .checked_sub(1)
            .and_then(|p| bytes.get(p))
            .copied()
            .unwrap_or(b' ');
        let after = bytes.get(at + 1).copied().unwrap_or(b' ');
        match b {
            b'"' => match double.take() {
                Some(start) if at - start < 2000 => found.push((start, at)),
                _ => double = Some(at),
            },
            b'\'' => {
                let opens = !before.is_ascii_alphanumeric()
                    && !matches!(before, b'.' | b'!' | b'?' | b',')
                    && after != b' ';
                let closes = !after.is_ascii_alphanumeric();
                if opens && single.is_none() {
                    single = Some(at);
                } else if closes
                    && let Some(start) = single.take()
                    && at - start < 1000
                {
                    found.push((start, at));
                }
            }
            _ => {}
        }
    }
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    found
        .into_iter()
        .map(|(s, e)| (small(s), small(e)))
        .collect()
}
