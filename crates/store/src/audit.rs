//! The record in the store.

use bedside_core::audit::{Anchor, Entry, Fault, Verifier};
use bedside_core::event::Event;
use bedside_core::{MemberId, PostId, PracticeId};
use jiff::Timestamp;

use crate::db::{Row, args, locked};
use crate::{Error, Store, Tx};

/// An entry with the name of who acted.
#[derive(Debug, Clone)]
pub struct RecordLine {
    pub entry: Entry,
    /// Empty when Bedside itself acted.
    pub actor_name: String,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries are sound from the beginning on.
    pub sound: u64,
    pub fault: Option<Fault>,
}

/// Entries read at a time while verifying.
const PAGE: u32 = 1_000;

fn entry(row: &Row) -> Result<Entry, Error> {
    Ok(Entry {
        practice: row.parse("practice")?,
        seq: u64::try_from(row.int("seq")?).map_err(|_| Error::Unreadable("seq"))?,
        at: row.time("at")?,
        actor: row.opt_parse("actor")?,
        event: row.text("event")?,
        prev: row.text("prev")?,
        hash: row.text("hash")?,
    })
}

fn line(row: &Row) -> Result<RecordLine, Error> {
    Ok(RecordLine {
        entry: entry(row)?,
        actor_name: row.opt_text("name")?.unwrap_or_default(),
    })
}

impl Tx {
    /// Adds an entry to the practice's record, in the unit of work whose event it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record(
        &mut self,
        practice: PracticeId,
        now: Timestamp,
        actor: Option<MemberId>,
        event: &Event,
    ) -> Result<(), Error> {
        let head = self
            .one(
                locked!("SELECT seq, hash FROM audit_heads WHERE practice = $1"),
                args![practice],
            )
            .await?
            .map(|row| {
                let seq = u64::try_from(row.int("seq")?).map_err(|_| Error::Unreadable("seq"))?;
                Ok::<_, Error>(Anchor {
                    practice,
                    seq,
                    hash: row.text("hash")?,
                })
            })
            .transpose()?;
        let entry = Entry::next(head.as_ref(), practice, now, actor, event);
        self.run(
            "INSERT INTO audit_entries (practice, seq, at, actor, post, event, prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![practice, entry.seq, entry.at, entry.actor, event.post(), &entry.event, &entry.prev, &entry.hash],
        )
        .await?;
        self.run(
            "INSERT INTO audit_heads (practice, seq, hash) VALUES ($1, $2, $3) \
             ON CONFLICT (practice) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            args![practice, entry.seq, &entry.hash],
        )
        .await?;
        self.moved.retain(|anchor| anchor.practice != practice);
        self.moved.push(entry.anchor());
        Ok(())
    }

    /// Entries before `before` (0: from the end), newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record_lines(
        &mut self,
        practice: PracticeId,
        before: u64,
        limit: u32,
    ) -> Result<Vec<RecordLine>, Error> {
        self.all(
            "SELECT e.practice, e.seq, e.at, e.actor, e.event, e.prev, e.hash, p.name FROM audit_entries e \
             LEFT JOIN members m ON m.practice = e.practice AND m.id = e.actor LEFT JOIN people p ON p.id = m.person \
             WHERE e.practice = $1 AND ($2 = 0 OR e.seq < $2) ORDER BY e.seq DESC LIMIT $3",
            args![practice, before, limit],
        )
        .await?
        .iter()
        .map(line)
        .collect()
    }

    /// The history of one post, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn post_record(
        &mut self,
        practice: PracticeId,
        post: PostId,
    ) -> Result<Vec<RecordLine>, Error> {
        self.all(
            "SELECT e.practice, e.seq, e.at, e.actor, e.event, e.prev, e.hash, p.name FROM audit_entries e \
             LEFT JOIN members m ON m.practice = e.practice AND m.id = e.actor LEFT JOIN people p ON p.id = m.person \
             WHERE e.practice = $1 AND e.post = $2 ORDER BY e.seq",
            args![practice, post],
        )
        .await?
        .iter()
        .map(line)
        .collect()
    }

    async fn record_page(&mut self, practice: PracticeId, after: u64) -> Result<Vec<Entry>, Error> {
        self.all(
            "SELECT practice, seq, at, actor, event, prev, hash FROM audit_entries WHERE practice = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            args![practice, after, PAGE],
        )
        .await?
        .iter()
        .map(entry)
        .collect()
    }

    async fn record_head(&mut self, practice: PracticeId) -> Result<Option<Anchor>, Error> {
        self.one(
            "SELECT seq, hash FROM audit_heads WHERE practice = $1",
            args![practice],
        )
        .await?
        .map(|row| {
            let seq = u64::try_from(row.int("seq")?).map_err(|_| Error::Unreadable("seq"))?;
            Ok(Anchor {
                practice,
                seq,
                hash: row.text("hash")?,
            })
        })
        .transpose()
    }
}

impl Store {
    /// Verifies a practice's whole record against itself, the kept head and the anchors outside the database.
    ///
    /// # Errors
    /// When the store fails; a tampered record is no error but a [`Report`] with its fault.
    pub async fn verify_record(&self, practice: PracticeId) -> Result<Report, Error> {
        // Anchors are read first: entries written meanwhile may lie beyond them, never before.
        let mut anchors = self.anchors().read(practice);
        let mut tx = self.read().await?;
        anchors.extend(tx.record_head(practice).await?);
        let mut verifier = Verifier::new(anchors);
        let mut sound = 0;
        loop {
            let page = tx.record_page(practice, sound).await?;
            let Some(last) = page.last().map(|entry| entry.seq) else {
                break;
            };
            for entry in &page {
                if let Err(fault) = verifier.take(entry) {
                    return Ok(Report {
                        sound,
                        fault: Some(fault),
                    });
                }
                sound = entry.seq;
            }
            if last > sound {
                break;
            }
        }
        Ok(match verifier.finish() {
            Ok(sound) => Report { sound, fault: None },
            Err(fault) => Report {
                sound,
                fault: Some(fault),
            },
        })
    }
}
