//! The record: entries chained by SHA-256, one chain a practice.
//!
//! Each entry's hash covers the hash before it, so an entry that is changed, removed or moved breaks the chain at that
//! place. What a chain alone cannot show, the loss of its end, shows against anchors kept outside the table.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::content::hex;
use crate::event::Event;
use crate::{MemberId, PracticeId};

/// The hash before the first entry.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub practice: PracticeId,
    /// Counts from 1 without gaps.
    pub seq: u64,
    pub at: Timestamp,
    /// `None` when Bedside itself acted.
    pub actor: Option<MemberId>,
    /// The event as JSON, exactly as hashed.
    pub event: String,
    pub prev: String,
    pub hash: String,
}

/// The end of a chain at some moment, kept outside the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    pub practice: PracticeId,
    pub seq: u64,
    pub hash: String,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("entry {seq} was changed after it was written")]
    Changed { seq: u64 },
    #[error("entry {expected} is missing; the next one found is {found}")]
    Missing { expected: u64, found: u64 },
    #[error("entry {seq} does not follow the one before it: entries were moved or replaced")]
    Broken { seq: u64 },
    #[error("the record ends at entry {found}, but entry {expected} had been written")]
    Truncated { expected: u64, found: u64 },
    #[error("entry {seq} is not the one that was anchored: the record was rewritten")]
    Rewritten { seq: u64 },
    #[error("entry {seq} lies beyond the end that was kept: it was added by other means")]
    Added { seq: u64 },
}

impl Entry {
    /// The next entry of a chain.
    #[must_use]
    pub fn next(
        last: Option<&Anchor>,
        practice: PracticeId,
        at: Timestamp,
        actor: Option<MemberId>,
        event: &Event,
    ) -> Self {
        let (seq, prev) = last.map_or((1, START.to_owned()), |last| {
            (last.seq + 1, last.hash.clone())
        });
        let event = serde_json::to_string(event).unwrap_or_default();
        let mut entry = Self {
            practice,
            seq,
            at,
            actor,
            event,
            prev,
            hash: String::new(),
        };
        entry.hash = entry.compute();
        entry
    }

    /// The hash that the entry's content has.
    #[must_use]
    pub fn compute(&self) -> String {
        let mut hasher = Sha256::new();
        let actor = self.actor.map_or(String::new(), |actor| actor.to_string());
        for field in [
            "bedside record 1",
            &self.practice.to_string(),
            &self.seq.to_string(),
            &self.at.as_microsecond().to_string(),
            &actor,
            &self.event,
            &self.prev,
        ] {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field.as_bytes());
        }
        hex(&hasher.finalize())
    }

    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor {
            practice: self.practice,
            seq: self.seq,
            hash: self.hash.clone(),
        }
    }

    /// The event, when this version of the program knows its kind.
    #[must_use]
    pub fn read(&self) -> Option<Event> {
        serde_json::from_str(&self.event).ok()
    }
}

/// Checks one practice's chain, entry by entry in the order of `seq`; memory does not grow with the record.
#[derive(Debug)]
pub struct Verifier {
    /// By `seq`; those before `next` have been passed.
    anchors: Vec<Anchor>,
    next: usize,
    seq: u64,
    hash: String,
}

impl Verifier {
    /// `anchors` are those of this practice, in any order.
    #[must_use]
    pub fn new(mut anchors: Vec<Anchor>) -> Self {
        anchors.sort_by_key(|anchor| anchor.seq);
        Self {
            anchors,
            next: 0,
            seq: 0,
            hash: START.to_owned(),
        }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        if entry.seq != self.seq + 1 {
            return Err(Fault::Missing {
                expected: self.seq + 1,
                found: entry.seq,
            });
        }
        if entry.prev != self.hash {
            return Err(Fault::Broken { seq: entry.seq });
        }
        if entry.compute() != entry.hash {
            return Err(Fault::Changed { seq: entry.seq });
        }
        while let Some(anchor) = self
            .anchors
            .get(self.next)
            .filter(|anchor| anchor.seq <= entry.seq)
        {
            if anchor.seq == entry.seq && anchor.hash != entry.hash {
                return Err(Fault::Rewritten { seq: entry.seq });
            }
            self.next += 1;
        }
        self.seq = entry.seq;
        self.hash.clone_from(&entry.hash);
        Ok(())
    }

    /// The number of entries, once all were taken.
    ///
    /// # Errors
    /// [`Fault::Truncated`] when an anchor lies beyond the end.
    pub fn finish(self) -> Result<u64, Fault> {
        match self.anchors.last() {
            Some(anchor) if anchor.seq > self.seq => Err(Fault::Truncated {
                expected: anchor.seq,
                found: self.seq,
            }),
            _ => Ok(self.seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::Id;

    fn chain(length: u64) -> Vec<Entry> {
        let practice = PracticeId::from_uuid(uuid::Uuid::from_u128(7));
        let mut entries: Vec<Entry> = Vec::new();
        for n in 0..length {
            let at = Timestamp::from_second(1_772_000_000 + i64::try_from(n).unwrap()).unwrap();
            let last = entries.last().map(Entry::anchor);
            entries.push(Entry::next(
                last.as_ref(),
                practice,
                at,
                None,
                &Event::Exported {
                    what: n.to_string(),
                },
            ));
        }
        entries
    }

    fn verify(entries: &[Entry], anchors: Vec<Anchor>) -> Result<u64, Fault> {
        let mut verifier = Verifier::new(anchors);
        entries.iter().try_for_each(|entry| verifier.take(entry))?;
        verifier.finish()
    }

    #[test]
    fn a_sound_chain_verifies() {
        let entries = chain(5);
        assert_eq!(
            verify(&entries, vec![entries[4].anchor(), entries[1].anchor()]),
            Ok(5)
        );
        assert_eq!(verify(&[], Vec::new()), Ok(0));
    }

    #[test]
    fn the_loss_of_the_end_shows_against_an_anchor() {
        let entries = chain(5);
        assert_eq!(
            verify(&entries[..3], vec![entries[4].anchor()]),
            Err(Fault::Truncated {
                expected: 5,
                found: 3
            })
        );
    }

    #[test]
    fn a_chain_written_anew_from_some_place_shows_against_an_anchor() {
        let anchor = chain(3)[2].anchor();
        let mut forged = chain(1);
        for n in 1..3_u64 {
            let last = forged.last().map(Entry::anchor);
            forged.push(Entry::next(
                last.as_ref(),
                anchor.practice,
                Timestamp::UNIX_EPOCH,
                None,
                &Event::Exported {
                    what: format!("x{n}"),
                },
            ));
        }
        assert_eq!(
            verify(&forged, vec![anchor]),
            Err(Fault::Rewritten { seq: 3 })
        );
    }

    proptest! {
        #[test]
        fn any_single_tampering_is_found_where_it_is(at in 0_usize..8, how in 0_usize..6) {
            let mut entries = chain(8);
            let anchors = vec![entries[7].anchor()];
            match how {
                0 => entries[at].event = entries[at].event.replace("exported", "exporter"),
                1 => { entries.remove(at); }
                2 => entries.swap(at, (at + 1) % 8),
                3 => entries[at].at = Timestamp::UNIX_EPOCH,
                4 => entries[at].actor = Some(MemberId::from_uuid(uuid::Uuid::from_u128(1))),
                _ => { entries[at].event.push(' '); entries[at].hash = entries[at].compute(); }
            }
            let fault = verify(&entries, anchors).unwrap_err();
            let seq = match fault {
                Fault::Changed { seq }
                | Fault::Broken { seq }
                | Fault::Rewritten { seq }
                | Fault::Added { seq } => seq,
                Fault::Missing { expected, .. } => expected,
                Fault::Truncated { found, .. } => found + 1,
            };
            let here = u64::try_from(at).unwrap() + 1;
            prop_assert!(seq == here || seq == here + 1 || (how == 2 && at == 7), "{seq} for {here}");
        }
    }
}
