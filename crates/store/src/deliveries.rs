//! The delivery ledger in the store.

use bedside_core::content::Seal;
use bedside_core::delivery::{Authorisation, Delivery, DeliveryState};
use bedside_core::{DeliveryId, PostId, PracticeId};
use jiff::Timestamp;

use crate::db::{Row, args, json, locked};
use crate::{Error, Tx};

/// One try to send, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub number: u32,
    pub started_at: Timestamp,
    pub heard_at: Option<Timestamp>,
    /// "sending", "accepted", "refused", "not sent", "unknown".
    pub outcome: String,
}

/// A delivery with the words that a list needs.
#[derive(Debug, Clone)]
pub struct DeliveryLine {
    pub delivery: Delivery,
    pub title: String,
    pub channel_name: String,
    pub platform: bedside_core::channel::Platform,
}

const DELIVERY: &str = "SELECT * FROM deliveries WHERE practice = $1 AND id = $2";

fn delivery(row: &Row) -> Result<Delivery, Error> {
    Ok(Delivery {
        id: row.parse("id")?,
        practice: row.parse("practice")?,
        post: row.parse("post")?,
        revision: row.parse("revision")?,
        channel: row.parse("channel")?,
        seal: Seal::from_stored(row.text("seal")?),
        state: row.parse("state")?,
        due: row.time("due")?,
        key_seed: row.int("key_seed")?.cast_unsigned(),
        frozen: row
            .opt_text("frozen")?
            .map(|text| serde_json::from_str(&text).map_err(|_| Error::Unreadable("frozen")))
            .transpose()?,
        attempts: row.count("attempts")?,
        late_allowed: row.flag("late_allowed")?,
        link: row.text("link")?,
        trouble: row.text("trouble")?,
        settled_at: row.opt_time("settled_at")?,
    })
}

impl Tx {
    /// Adds a delivery and its authorisation. The database refuses one whose practice asks for a second opinion that is
    /// not there.
    ///
    /// # Errors
    /// [`Error::Constraint`].
    pub async fn let_out(
        &mut self,
        delivery: &Delivery,
        authorisation: &Authorisation,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO deliveries (practice, id, post, revision, channel, seal, state, due, key_seed, attempts, late_allowed, link, trouble) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', '')",
            args![
                delivery.practice,
                delivery.id,
                delivery.post,
                delivery.revision,
                delivery.channel,
                delivery.seal.as_str(),
                delivery.state.slug(),
                delivery.due,
                delivery.key_seed.cast_signed(),
            ],
        )
        .await?;
        self.run(
            "INSERT INTO authorisations (practice, delivery, revision, seal, opinion, answer, accepted, at) \
             VALUES ($1, $2, $3, $4, $5, 'approve', $6, $7)",
            args![
                delivery.practice,
                delivery.id,
                authorisation.revision,
                authorisation.seal.as_str(),
                authorisation.opinion,
                json(&authorisation.accepted),
                now,
            ],
        )
        .await?;
        Ok(())
    }

    /// The authorisation of a delivery.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn authorisation(
        &mut self,
        practice: PracticeId,
        id: DeliveryId,
    ) -> Result<Option<Authorisation>, Error> {
        self.one(
            "SELECT * FROM authorisations WHERE practice = $1 AND delivery = $2",
            args![practice, id],
        )
        .await?
        .map(|row| {
            Ok(Authorisation {
                delivery: row.parse("delivery")?,
                revision: row.parse("revision")?,
                seal: Seal::from_stored(row.text("seal")?),
                opinion: row.opt_parse("opinion")?,
                accepted: row.json("accepted")?,
                voided: row.opt_int("voided_at")?.is_some(),
            })
        })
        .transpose()
    }

    /// Voids an authorisation for good.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn void_authorisation(
        &mut self,
        practice: PracticeId,
        id: DeliveryId,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE authorisations SET voided_at = $3 WHERE practice = $1 AND delivery = $2 AND voided_at IS NULL",
            args![practice, id, now],
        )
        .await?;
        Ok(())
    }

    /// One delivery.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delivery(
        &mut self,
        practice: PracticeId,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, Error> {
        self.one(DELIVERY, args![practice, id])
            .await?
            .map(|row| delivery(&row))
            .transpose()
    }

    /// One delivery with its post, both kept from changing until the commit. The post is locked first, everywhere in
    /// the same order, so that two units of work never wait for each other.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn lock_delivery(
        &mut self,
        practice: PracticeId,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, Error> {
        let Some(found) = self.delivery(practice, id).await? else {
            return Ok(None);
        };
        self.one(
            locked!("SELECT id FROM posts WHERE practice = $1 AND id = $2"),
            args![practice, found.post],
        )
        .await?;
        self.one(
            locked!("SELECT id FROM deliveries WHERE practice = $1 AND id = $2"),
            args![practice, id],
        )
        .await?;
        self.delivery(practice, id).await
    }

    /// All deliveries of a post, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn deliveries(
        &mut self,
        practice: PracticeId,
        post: PostId,
    ) -> Result<Vec<Delivery>, Error> {
        self.all(
            "SELECT * FROM deliveries WHERE practice = $1 AND post = $2 ORDER BY id",
            args![practice, post],
        )
        .await?
        .iter()
        .map(delivery)
        .collect()
    }

    /// Deliveries due from `from` until before `until`, in one of `states` (in any, when none is given), with title and
    /// channel.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delivery_lines(
        &mut self,
        practice: PracticeId,
        from: Timestamp,
        until: Timestamp,
        states: &[DeliveryState],
    ) -> Result<Vec<DeliveryLine>, Error> {
        let rows = self
            .all(
                "SELECT d.*, r.content, c.name AS channel_name, c.platform FROM deliveries d \
                 JOIN revisions r ON r.practice = d.practice AND r.id = d.revision \
                 JOIN channels c ON c.practice = d.practice AND c.id = d.channel \
                 WHERE d.practice = $1 AND d.due >= $2 AND d.due < $3 AND ($4 = '' OR $4 LIKE '% ' || d.state || ' %') \
                 ORDER BY d.due, d.id",
                args![
                    practice,
                    from,
                    until,
                    states.iter().fold(String::new(), |list, state| format!("{list} {} ", state.slug())),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let content: bedside_core::content::Content = row.json("content")?;
                Ok(DeliveryLine {
                    delivery: delivery(row)?,
                    title: content.title(),
                    channel_name: row.text("channel_name")?,
                    platform: row.parse("platform")?,
                })
            })
            .collect()
    }

    /// Writes where a delivery stands.
    ///
    /// # Errors
    /// [`Error::Constraint`] when the database's own gate refuses.
    pub async fn save_delivery(&mut self, delivery: &Delivery) -> Result<(), Error> {
        let changed = self
            .run(
                "UPDATE deliveries SET state = $3, due = $4, frozen = $5, attempts = $6, late_allowed = $7, link = $8, trouble = $9, \
                 settled_at = $10 WHERE practice = $1 AND id = $2",
                args![
                    delivery.practice,
                    delivery.id,
                    delivery.state.slug(),
                    delivery.due,
                    delivery.frozen.as_ref().map(json),
                    delivery.attempts,
                    delivery.late_allowed,
                    &delivery.link,
                    &delivery.trouble,
                    delivery.settled_at,
                ],
            )
            .await?;
        if changed == 1 {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }

    /// Writes that a try begins, before anything leaves.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin_attempt(
        &mut self,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO attempts (practice, delivery, number, started_at, outcome) VALUES ($1, $2, $3, $4, 'sending') \
             ON CONFLICT (practice, delivery, number) DO NOTHING",
            args![delivery.practice, delivery.id, delivery.attempts, now],
        )
        .await?;
        Ok(())
    }

    /// Writes what was heard of the latest try.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_attempt(
        &mut self,
        delivery: &Delivery,
        outcome: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE attempts SET heard_at = $4, outcome = $5 WHERE practice = $1 AND delivery = $2 AND number = $3",
            args![delivery.practice, delivery.id, delivery.attempts, now, outcome],
        )
        .await?;
        Ok(())
    }

    /// The tries of a delivery, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn attempts(
        &mut self,
        practice: PracticeId,
        id: DeliveryId,
    ) -> Result<Vec<Attempt>, Error> {
        self.all(
            "SELECT * FROM attempts WHERE practice = $1 AND delivery = $2 ORDER BY number",
            args![practice, id],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Attempt {
                number: row.count("number")?,
                started_at: row.time("started_at")?,
                heard_at: row.opt_time("heard_at")?,
                outcome: row.text("outcome")?,
            })
        })
        .collect()
    }
}
