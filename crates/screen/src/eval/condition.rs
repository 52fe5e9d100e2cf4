//! Conditions at the place of a trigger, and on the circumstances.

use super::{Hit, Run};
use crate::context::{Context, PracticeType};
use crate::finding::Severity;
use crate::pack::{ContextTest, GroupId, Known, Match, Near, Place, Record, Test};

impl Run<'_> {
    /// Do all conditions hold, those on the circumstances too?
    pub(super) fn test(&mut self, test: &'static Test, hit: &Hit) -> bool {
        fits(test.when.as_ref(), self.context)
            && !test.unless.iter().any(|c| holds(c, self.context))
            && self.test_here(test, hit)
    }

    /// Do the conditions in the text hold?
    pub(super) fn test_here(&mut self, test: &'static Test, hit: &Hit) -> bool {
        for near in test.without {
            if self.near_holds(near, hit) {
                return false;
            }
        }
        for near in test.with {
            if !self.near_holds(near, hit) {
                return false;
            }
        }
        for cue in test.not {
            if self.cue(*cue, hit) {
                return false;
            }
        }
        for cue in test.is {
            if !self.cue(*cue, hit) {
                return false;
            }
        }
        true
    }

    /// The severity that the first grade to hold sets.
    pub(super) fn grade(&mut self, m: &'static Match, hit: &Hit) -> Option<Severity> {
        for grade in m.grade {
            if self.test(&grade.test, hit) {
                return Some(grade.to);
            }
        }
        None
    }

    fn near_holds(&mut self, near: &Near, hit: &Hit) -> bool {
        self.count(near.group, near.place, hit, near.at_least) >= near.at_least
    }

    /// How many hits of `group` stand in `place` of `hit`, itself left out; counting stops at `enough`.
    pub(super) fn count(&mut self, group: GroupId, place: Place, hit: &Hit, enough: u16) -> u16 {
        let here = *hit;
        let (low, high) = self.reach(place, &here);
        let same_sentence = matches!(place, Place::Within(_) | Place::Before(_) | Place::After(_));
        let hits = self.group(group);
        let mut n = 0;
        // A hit may begin before the reach and end inside it; phrases are short, so a few words back are enough.
        let begin = hits.partition_point(|h| h.pos + 12 < low);
        for h in hits.get(begin..).unwrap_or_default() {
            if h.pos >= high {
                break;
            }
            if h.pos_end <= low || (h.pos == here.pos && h.pos_end == here.pos_end) {
                continue;
            }
            if same_sentence && h.sentence != here.sentence {
                continue;
            }
            match place {
                Place::Before(_) if h.pos_end > here.pos => continue,
                Place::After(_) if h.pos < here.pos_end => continue,
                _ => {}
            }
            n += 1;
            if n >= enough {
                break;
            }
        }
        n
    }

    /// As `count`, the hit itself counted too.
    pub(super) fn count_all(&mut self, group: GroupId, place: Place, hit: &Hit) -> u16 {
        let (low, high) = self.reach(place, hit);
        let hits = self.group(group);
        let begin = hits.partition_point(|h| h.pos < low);
        let mut n = 0_u16;
        let mut end = 0;
        for h in hits
            .get(begin..)
            .unwrap_or_default()
            .iter()
            .take_while(|h| h.pos < high)
        {
            if h.pos >= end {
                n = n.saturating_add(1);
                end = h.pos_end;
            }
        }
        n
    }

    /// Different words of the group in the place.
    pub(super) fn distinct(&mut self, group: GroupId, place: Place, hit: &Hit) -> u16 {
        let (low, high) = self.reach(place, hit);
        let hits = self.group(group);
        let begin = hits.partition_point(|h| h.pos < low);
        let mut seen: Vec<u32> = Vec::new();
        for h in hits
            .get(begin..)
            .unwrap_or_default()
            .iter()
            .take_while(|h| h.pos < high)
        {
            if !seen.contains(&h.literal) {
                seen.push(h.literal);
            }
            if seen.len() > 64 {
                break;
            }
        }
        u16::try_from(seen.len()).unwrap_or(u16::MAX)
    }

    /// One hit of each of `rest` near `hit`; the bytes from the first to the last when all are in one sentence.
    pub(super) fn near(
        &mut self,
        hit: &Hit,
        rest: &[GroupId],
        place: Place,
        order: bool,
    ) -> Option<(u32, u32)> {
        let (low, high) = self.reach(place, hit);
        let (mut start, mut end) = (hit.start, hit.end);
        let mut after = hit.pos_end;
        let mut one_sentence = true;
        let (mut first, mut last) = (hit.pos, hit.pos_end);
        for group in rest {
            let from = if order { after } else { low };
            let hits = self.group(*group);
            let begin = hits.partition_point(|h| h.pos < from);
            let mut best: Option<Hit> = None;
            for h in hits.get(begin..).unwrap_or_default() {
                if h.pos >= high {
                    break;
                }
                if matches!(place, Place::Within(_)) && h.sentence != hit.sentence {
                    continue;
                }
                if h.pos < hit.pos_end && h.pos_end > hit.pos {
                    continue;
                }
                if let Place::Within(n) = place {
                    let span = last.max(h.pos_end) - first.min(h.pos);
                    if span > u32::from(n) + 1 {
                        continue;
                    }
                }
                let nearer = best.is_none_or(|b| h.pos.abs_diff(hit.pos) < b.pos.abs_diff(hit.pos));
                if !nearer {
                    break;
                }
                best = Some(*h);
                if order || h.pos > hit.pos {
                    break;
                }
            }
            let h = best?;
            after = h.pos_end;
            first = first.min(h.pos);
            last = last.max(h.pos_end);
            if h.sentence == hit.sentence && (h.start as usize) < self.doc.main_len {
                start = start.min(h.start);
                end = end.max(h.end);
            } else {
                one_sentence = false;
            }
        }
        let main = (hit.start as usize) < self.doc.main_len;
        Some(if one_sentence && main {
            (start, end)
        } else {
            (hit.start, hit.end)
        })
    }

    /// Words `low..high` that a place covers.
    fn reach(&self, place: Place, hit: &Hit) -> (u32, u32) {
        let sentence = |n: u32| {
            self.doc
                .sentences
                .get(n as usize)
                .map_or((hit.pos, hit.pos_end), |s| (s.first, s.end))
        };
        match place {
            Place::Match => (hit.pos, hit.pos_end),
            Place::Post => (0, u32::MAX),
            Place::First(n) => (0, u32::from(n)),
            Place::Sentence => sentence(hit.sentence),
            Place::Around => {
                let (low, _) = sentence(hit.sentence.saturating_sub(1));
                let last =
                    u32::try_from(self.doc.sentences.len().saturating_sub(1)).unwrap_or(u32::MAX);
                let (_, high) = sentence((hit.sentence + 1).min(last));
                (low.min(hit.pos), high.max(hit.pos_end))
            }
            Place::Within(n) => (
                hit.pos.saturating_sub(u32::from(n)),
                hit.pos_end.saturating_add(u32::from(n)),
            ),
            Place::Before(n) => (hit.pos.saturating_sub(u32::from(n)), hit.pos),
            Place::After(n) => (hit.pos_end, hit.pos_end.saturating_add(u32::from(n))),
        }
    }
}

/// Does an optional test hold? None asks nothing.
pub(super) fn fits(test: Option<&ContextTest>, context: &Context) -> bool {
    test.is_none_or(|t| holds(t, context))
}

/// Do all parts of the test hold?
pub(super) fn holds(test: &ContextTest, context: &Context) -> bool {
    let known = |asked: &[Known], said: Option<bool>| {
        let said = match said {
            Some(true) => Known::Yes,
            Some(false) => Known::No,
            None => Known::Unknown,
        };
        asked.is_empty() || asked.contains(&said)
    };
    let word = |asked: &[&str], said: &str| asked.is_empty() || asked.contains(&said);
    (test.surface.is_empty() || test.surface.contains(&context.surface))
        && (test.account.is_empty() || test.account.contains(&context.account))
        && word(test.practice_type, practice_type(context))
        && known(test.offers_pom, context.profile.offers_pom)
        && known(test.offers_fillers, context.profile.offers_fillers)
        && known(test.private_care, context.profile.private_care)
        && word(
            test.audience,
            context.audience.as_deref().unwrap_or("unknown"),
        )
        && test.has.iter().all(|r| on_file(*r, context))
        && !test.lacks.iter().any(|r| on_file(*r, context))
        && test.media.is_none_or(|m| m != context.media.is_empty())
        && word(
            test.specialists,
            crate::profile::specialists(&context.profile),
        )
        && word(
            test.profile,
            if crate::profile::known(&context.profile) {
                "known"
            } else {
                "unknown"
            },
        )
}

fn practice_type(context: &Context) -> &'static str {
    match context.practice_type {
        Some(PracticeType::Gp) => "gp",
        Some(PracticeType::Dental) => "dental",
        Some(PracticeType::Pharmacy) => "pharmacy",
        Some(PracticeType::Aesthetic) => "aesthetic",
        None => "unknown",
    }
}

fn on_file(record: Record, context: &Context) -> bool {
    let said = match record {
        Record::Consent => &context.records.consent,
        Record::Evidence => &context.records.evidence,
        Record::Finance => &context.records.finance,
        Record::Register => &context.records.register,
    };
    said.as_ref().is_some_and(|s| !s.trim().is_empty())
}
