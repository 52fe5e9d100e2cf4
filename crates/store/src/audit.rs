//! The record in the store.

use bedside_core::audit::{Anchor, Entry, Fault, START, Verifier};
use bedside_core::event::Event;
use bedside_core::{MemberId, PostId, PracticeId};
use jiff::Timestamp;

use crate::db::{Arg, Row, args, locked};
use crate::{Error, Store, Tx};

/// An entry with the name of who acted.
#[derive(Debug, Clone)]
pub struct RecordLine {
    pub entry: Entry,
    /// Empty when Bedside itself acted.
    pub actor_name: String,
}

/// Which entries of the record are wanted; nothing set means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordFilter {
    pub actor: Option<MemberId>,
    /// The event's name in the record: `approved`.
    pub kind: Option<String>,
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl RecordFilter {
    fn args(&self, practice: PracticeId) -> Vec<Arg> {
        let kind = self
            .kind
            .as_ref()
            .map(|kind| format!("{{\"act\":\"{kind}\"%"));
        args![
            practice,
            self.actor.map_or(String::new(), |actor| actor.to_string()),
            kind.unwrap_or_default(),
            self.from.unwrap_or(Timestamp::MIN),
            self.until.unwrap_or(Timestamp::MAX),
        ]
    }
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

    /// How many entries fit.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record_count(
        &mut self,
        practice: PracticeId,
        filter: &RecordFilter,
    ) -> Result<u64, Error> {
        let row = self
            .one(
                "SELECT COUNT(*) AS n FROM audit_entries e WHERE e.practice = $1 AND ($2 = '' OR e.actor = $2) \
                 AND ($3 = '' OR e.event LIKE $3) AND e.at >= $4 AND e.at < $5",
                filter.args(practice),
            )
            .await?;
        row.map_or(Ok(0), |row| {
            u64::try_from(row.int("n")?).map_err(|_| Error::Unreadable("n"))
        })
    }

    /// Entries that fit, newest first, from the `skip`-th on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record_search(
        &mut self,
        practice: PracticeId,
        filter: &RecordFilter,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<RecordLine>, Error> {
        let mut args = filter.args(practice);
        args.extend(args![limit, skip]);
        self.all(
            "SELECT e.practice, e.seq, e.at, e.actor, e.event, e.prev, e.hash, p.name FROM audit_entries e \
             LEFT JOIN members m ON m.practice = e.practice AND m.id = e.actor LEFT JOIN people p ON p.id = m.person \
             WHERE e.practice = $1 AND ($2 = '' OR e.actor = $2) AND ($3 = '' OR e.event LIKE $3) \
             AND e.at >= $4 AND e.at < $5 ORDER BY e.seq DESC LIMIT $6 OFFSET $7",
            args,
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

    /// Entries from `from` on, as far as they can be read; then the number of the first that cannot.
    async fn record_page(
        &mut self,
        practice: PracticeId,
        from: i64,
    ) -> Result<(Vec<Entry>, Option<i64>), Error> {
        let rows = self
            .all(
                "SELECT practice, seq, at, actor, event, prev, hash FROM audit_entries WHERE practice = $1 AND seq >= $2 ORDER BY seq LIMIT $3",
                args![practice, from, PAGE],
            )
            .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            match entry(row) {
                Ok(entry) => entries.push(entry),
                Err(_) => return Ok((entries, Some(row.int("seq")?))),
            }
        }
        Ok((entries, None))
    }

    /// Where the record of a new practice begins: there is a row to lock before there is an entry.
    pub(crate) async fn begin_record(&mut self, practice: PracticeId) -> Result<(), Error> {
        self.run(
            "INSERT INTO audit_heads (practice, seq, hash) VALUES ($1, 0, $2)",
            args![practice, START],
        )
        .await?;
        Ok(())
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
        let head = tx.record_head(practice).await?;
        let end = head.as_ref().map_or(0, |head| head.seq);
        anchors.extend(head);
        let mut verifier = Verifier::new(anchors);
        let mut sound = 0;
        // Numbers begin at 1; whatever stands before was put there by hand.
        let mut from = i64::MIN;
        loop {
            let (page, unreadable) = tx.record_page(practice, from).await?;
            for entry in &page {
                let taken = if entry.seq > end {
                    Err(Fault::Added { seq: entry.seq })
                } else {
                    verifier.take(entry)
                };
                if let Err(fault) = taken {
                    return Ok(Report {
                        sound,
                        fault: Some(fault),
                    });
                }
                sound = entry.seq;
            }
            if let Some(seq) = unreadable {
                return Ok(Report {
                    sound,
                    fault: Some(Fault::Changed {
                        seq: u64::try_from(seq).unwrap_or(0),
                    }),
                });
            }
            if page.is_empty() {
                break;
            }
            from = i64::try_from(sound).unwrap_or(i64::MAX).saturating_add(1);
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
