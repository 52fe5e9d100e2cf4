//! One delivery, one step further: the order of writing and sending that makes "exactly once" true.
//!
//! 1. Reread and decide at the gate; write `sending`, the frozen bytes and the attempt; commit.
//! 2. Send. Whatever happens here, the ledger already says that it may be out.
//! 3. Write what was heard; commit. 4. Look. 5. Write what was seen; commit.
//!
//! Killed before 1 is committed: nothing left, nothing written. Killed after: the next run finds `sending` and looks
//! before it sends the same bytes under the same key again.

use std::time::Duration;

use bedside_core::channel::Channel;
use bedside_core::content::Content;
use bedside_core::delivery::{self, Delivery, DeliveryState, Gate, LastTry, Next, Step};
use bedside_core::network::{
    Answer, Credentials, Frozen, Mention, Network, Outcome, Parcel, Picture, PictureBytes,
    Sighting, Trouble,
};
use bedside_core::post::Post;
use bedside_core::practice::Practice;
use bedside_core::{DeliveryId, PracticeId, screening};
use bedside_store::{CheckMoment, Error, Job, Tx};
use jiff::Timestamp;

use crate::Worker;
use crate::health::{self, Health};

/// All that a step of a delivery is decided from.
struct Case {
    practice: Practice,
    post: Post,
    channel: Channel,
    content: Content,
    credentials: Option<Credentials>,
}

impl Worker {
    pub(crate) async fn deliver(&self, job: &Job) -> Result<(), Error> {
        let Ok(id) = job.subject.parse() else {
            return self.forget(job).await;
        };
        let mut tx = self.store.read().await?;
        let Some(seen) = tx.delivery(job.practice, id).await? else {
            drop(tx);
            return self.forget(job).await;
        };
        let case = Case::load(&mut tx, job.practice, &seen).await?;
        drop(tx);
        match seen.state {
            DeliveryState::Queued => self.send(job, &seen, &case).await,
            DeliveryState::Sending => self.look(job, &seen, &case).await,
            DeliveryState::TakingDown if self.world.now() < seen.due => {
                let mut tx = self.store.write().await?;
                tx.postpone_job(job, seen.due, "").await?;
                tx.commit().await
            }
            DeliveryState::TakingDown => self.take_down(job, &seen, &case).await,
            _ => self.forget(job).await,
        }
    }

    /// Ends a job that has nothing left to do, unless a person has asked for something meanwhile.
    async fn forget(&self, job: &Job) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        if tx.holds_job(job, &self.options.name).await? {
            tx.finish_job(job.practice, job.kind, &job.subject).await?;
        }
        tx.commit().await
    }

    /// Decides on the delivery as it is now and writes the step down, unless the lease is lost: then whoever holds it
    /// now goes on. A person may have acted while we were outside; what they said counts, so what we bring is judged
    /// against their state.
    async fn write(
        &self,
        job: &Job,
        id: DeliveryId,
        heard: Option<&str>,
        (channel, health): (&Channel, Health),
        decide: impl FnOnce(&Delivery) -> Step,
    ) -> Result<Option<Step>, Error> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        let held = tx.holds_job(job, &self.options.name).await?;
        let fresh = tx.lock_delivery(job.practice, id).await?;
        let Some(fresh) = fresh.filter(|_| held) else {
            tracing::info!(job = %job.id, "another worker took this job over");
            return Ok(None);
        };
        if let Some(outcome) = heard {
            tx.end_attempt(&fresh, outcome, now).await?;
        }
        health.keep(&mut tx, channel).await?;
        let step = decide(&fresh);
        if step.delivery != fresh || !step.events.is_empty() || step.next != Next::Nothing {
            self.keep(&mut tx, &fresh, &step, now).await?;
        }
        tx.commit().await?;
        Ok(Some(step))
    }

    /// Writes a step, and tells people of it when the delivery stands elsewhere afterwards.
    async fn keep(
        &self,
        tx: &mut Tx,
        before: &Delivery,
        step: &Step,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.apply_step(step, None, &self.world).await?;
        if step.delivery.state == before.state {
            return Ok(());
        }
        self.tell(tx, &step.delivery, now).await
    }

    /// What a delivery found out about its channel's sign-in.
    async fn health(&self, case: &Case, let_in: bool, refused: bool) -> Health {
        match (self.networks.of(case.channel.platform), &case.credentials) {
            _ if let_in => Health::Well,
            (Some(network), Some(credentials)) if refused => {
                health::after_refusal(network, credentials).await
            }
            _ => Health::AsBefore,
        }
    }

    async fn send(&self, job: &Job, seen: &Delivery, case: &Case) -> Result<(), Error> {
        let network = self.networks.of(case.channel.platform);
        let Some((delivery, why_not)) = self.pass_gate(job, seen, case, network).await? else {
            return Ok(());
        };
        let outcome = match (
            network,
            &case.credentials,
            &case.channel.account,
            &delivery.frozen,
            why_not,
        ) {
            (_, _, _, _, Some(outcome)) => outcome,
            (Some(network), Some(credentials), Some(account), Some(frozen), None) => {
                let pictures = self.pictures(job.practice, &case.content).await?;
                Self::send_within_limit(network.send(credentials, account, frozen, &pictures)).await
            }
            _ => Outcome::Refused(
                "This channel is no longer connected. Connect it again, then send the post.".into(),
            ),
        };
        let health = self
            .health(
                case,
                outcome == Outcome::Accepted,
                matches!(outcome, Outcome::Refused(_)),
            )
            .await;
        let limit = case.practice.settings.late_limit_minutes;
        let now = self.world.now();
        let heard = Some(outcome_word(&outcome));
        let step = self
            .write(job, delivery.id, heard, (&case.channel, health), |fresh| {
                delivery::heard(fresh, delivery.attempts, &outcome, limit, now)
            })
            .await?;
        match step {
            Some(step) if step.next == Next::Look => self.look(job, &step.delivery, case).await,
            _ => Ok(()),
        }
    }

    /// Gives a try up before [`delivery::IN_FLIGHT_SECONDS`]: nothing that this program sent may arrive later.
    async fn send_within_limit(sending: Answer<'_, Outcome>) -> Outcome {
        let limit = Duration::from_secs(delivery::IN_FLIGHT_SECONDS.unsigned_abs() - 20);
        tokio::time::timeout(limit, sending)
            .await
            .unwrap_or_else(|_| Outcome::Unknown {
                why: "The network did not answer in time.".into(),
            })
    }

    /// Rereads, decides and writes the attempt. `None` when nothing is to be sent now; an outcome when the bytes could
    /// not even be settled.
    async fn pass_gate(
        &self,
        job: &Job,
        seen: &Delivery,
        case: &Case,
        network: Option<&dyn Network>,
    ) -> Result<Option<(Delivery, Option<Outcome>)>, Error> {
        let mut why_not = None;
        let mut mentions = Vec::new();
        if let (None, Some(network), Some(credentials)) = (&seen.frozen, network, &case.credentials)
        {
            // Asked before the attempt is written, because it may take long and is harmless.
            match network
                .resolve_mentions(credentials, case.content.text_for(seen.channel))
                .await
            {
                Ok(found) => mentions = found,
                Err(Trouble::Later { why, wait_seconds }) => {
                    return self
                        .wait_a_little(job, seen, case, &why, wait_seconds)
                        .await
                        .map(|()| None);
                }
                Err(Trouble::Refused(why)) => why_not = Some(Outcome::Refused(why)),
            }
        }
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        if !tx.holds_job(job, &self.options.name).await? {
            return Ok(None);
        }
        let Some(delivery) = tx.lock_delivery(job.practice, seen.id).await? else {
            return Ok(None);
        };
        let case = Case::load(&mut tx, job.practice, &delivery).await?;
        let mut step = self.gate(&mut tx, &delivery, &case, now).await?;
        if step.next == Next::Send && step.delivery.frozen.is_none() {
            match freeze(network, &case, &step.delivery, mentions) {
                Ok(frozen) => step.delivery.frozen = Some(frozen),
                Err(trouble) => why_not = why_not.or(Some(Outcome::Refused(trouble.to_string()))),
            }
        }
        if step.next == Next::Send {
            tx.begin_attempt(&step.delivery, now).await?;
        }
        self.keep(&mut tx, &delivery, &step, now).await?;
        tx.commit().await?;
        Ok((step.next == Next::Send).then_some((step.delivery, why_not)))
    }

    async fn wait_a_little(
        &self,
        job: &Job,
        seen: &Delivery,
        case: &Case,
        why: &str,
        wait_seconds: u32,
    ) -> Result<(), Error> {
        let now = self.world.now();
        let mut tx = self.store.write().await?;
        if !tx.holds_job(job, &self.options.name).await? {
            return Ok(());
        }
        let Some(delivery) = tx.lock_delivery(job.practice, seen.id).await? else {
            return Ok(());
        };
        let step = self.gate(&mut tx, &delivery, case, now).await?;
        if step.next == Next::Send {
            let again = now + delivery::backoff(job.tries, wait_seconds);
            tx.save_delivery(&Delivery {
                trouble: why.to_owned(),
                ..delivery.clone()
            })
            .await?;
            tx.postpone_job(job, again, "the network did not answer")
                .await?;
        } else {
            self.keep(&mut tx, &delivery, &step, now).await?;
        }
        tx.commit().await
    }

    async fn gate(
        &self,
        tx: &mut Tx,
        delivery: &Delivery,
        case: &Case,
        now: Timestamp,
    ) -> Result<Step, Error> {
        let practice = case.practice.id;
        let authorisation = tx.authorisation(practice, delivery.id).await?;
        let overrides = tx.overrides(practice, delivery.revision).await?;
        let located = screening::screen(
            self.engine,
            &case.practice,
            std::slice::from_ref(&case.channel),
            &only(&case.content, delivery),
        )?;
        let standing = screening::standing(&located, overrides);
        if now >= delivery.due && delivery.state == DeliveryState::Queued {
            let pack = env!("CARGO_PKG_VERSION");
            tx.keep_check(
                practice,
                delivery.revision,
                CheckMoment::Sending,
                pack,
                &standing.findings,
                now,
            )
            .await?;
        }
        let accepted = authorisation
            .as_ref()
            .map(|a| a.accepted.as_slice())
            .unwrap_or_default();
        let capability = case.channel.platform.capability();
        let gate = Gate {
            authorisation: authorisation.as_ref(),
            current_revision: case.post.revision,
            seal_now: case.content.seal_for(delivery.channel),
            needs_opinion: case.practice.settings.needs_second_opinion,
            new_finding: standing
                .new_since(accepted)
                .map(|finding| finding.message.clone()),
            channel_ready: case.channel.active && (!capability.sends || case.credentials.is_some()),
            sends_itself: capability.sends,
            retry_safety: capability.retry_safety,
            late_limit_minutes: case.practice.settings.late_limit_minutes,
        };
        Ok(delivery::begin(delivery, &gate, now))
    }

    async fn look(&self, job: &Job, delivery: &Delivery, case: &Case) -> Result<(), Error> {
        let looked = self.world.now();
        let sighting = self.sighting(delivery, case).await;
        let last = self.last_try(job.practice, delivery, looked).await?;
        let safety = case.channel.platform.capability().retry_safety;
        let refused = matches!(sighting, Err(Trouble::Refused(_)));
        let health = self.health(case, sighting.is_ok(), refused).await;
        self.write(job, delivery.id, None, (&case.channel, health), |fresh| {
            delivery::saw(fresh, &sighting, safety, last, looked)
        })
        .await?;
        Ok(())
    }

    async fn sighting(&self, delivery: &Delivery, case: &Case) -> Result<Sighting, Trouble> {
        match (
            self.networks.of(case.channel.platform),
            &case.credentials,
            &case.channel.account,
            &delivery.frozen,
        ) {
            (Some(network), Some(credentials), Some(account), Some(frozen)) => {
                network.look(credentials, account, frozen).await
            }
            _ => Err(Trouble::Refused(
                "This channel is no longer connected, so we cannot look.".into(),
            )),
        }
    }

    async fn last_try(
        &self,
        practice: PracticeId,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<LastTry, Error> {
        let mut tx = self.store.read().await?;
        let last = tx.attempts(practice, delivery.id).await?.into_iter().last();
        Ok(last.map_or(
            LastTry {
                started: now,
                accepted: false,
            },
            |attempt| LastTry {
                started: attempt.started_at,
                accepted: attempt.outcome == "accepted",
            },
        ))
    }

    async fn take_down(&self, job: &Job, delivery: &Delivery, case: &Case) -> Result<(), Error> {
        let asked = match (
            self.networks.of(case.channel.platform),
            &case.credentials,
            &case.channel.account,
            &delivery.frozen,
        ) {
            (Some(network), Some(credentials), Some(account), Some(frozen)) => {
                network.take_down(credentials, account, frozen).await
            }
            _ => Err(Trouble::Refused(
                "This channel is no longer connected, so a person must remove the post.".into(),
            )),
        };
        let found = match asked {
            Ok(()) => self.sighting(delivery, case).await,
            Err(trouble) => Err(trouble),
        };
        let refused = matches!(found, Err(Trouble::Refused(_)));
        let health = self.health(case, found.is_ok(), refused).await;
        let now = self.world.now();
        self.write(job, delivery.id, None, (&case.channel, health), |fresh| {
            delivery::took_down(fresh, &found, job.tries, now)
        })
        .await?;
        Ok(())
    }

    async fn pictures(
        &self,
        practice: PracticeId,
        content: &Content,
    ) -> Result<Vec<PictureBytes>, Error> {
        let mut tx = self.store.read().await?;
        let mut pictures = Vec::with_capacity(content.pictures.len());
        for picture in &content.pictures {
            let media = tx
                .media(practice, &picture.sha256)
                .await?
                .ok_or(Error::Unreadable("media"))?;
            pictures.push(PictureBytes {
                mime: media.mime,
                bytes: media.bytes,
            });
        }
        Ok(pictures)
    }
}

impl Case {
    async fn load(tx: &mut Tx, practice: PracticeId, delivery: &Delivery) -> Result<Self, Error> {
        Ok(Self {
            practice: tx.practice(practice).await?,
            post: tx.post(practice, delivery.post).await?,
            channel: tx.channel(practice, delivery.channel).await?,
            content: tx.revision(practice, delivery.revision).await?.content,
            credentials: tx.credentials(practice, delivery.channel).await?,
        })
    }
}

/// The content as it goes to one channel.
fn only(content: &Content, delivery: &Delivery) -> Content {
    let mut only = content.clone();
    only.places
        .retain(|place| place.channel == delivery.channel);
    only
}

fn freeze(
    network: Option<&dyn Network>,
    case: &Case,
    delivery: &Delivery,
    mentions: Vec<Mention>,
) -> Result<Frozen, Trouble> {
    let (Some(network), Some(account)) = (network, &case.channel.account) else {
        return Err(Trouble::Refused(
            "This channel is no longer connected. Connect it again, then send the post.".into(),
        ));
    };
    let pictures = case
        .content
        .pictures
        .iter()
        .map(|picture| {
            Ok(Picture {
                sha256: from_hex(&picture.sha256).ok_or_else(|| {
                    Trouble::Refused("A picture of this post can no longer be read.".into())
                })?,
                mime: picture.mime.clone(),
                size: picture.size,
                width: picture.width,
                height: picture.height,
                alt: picture.alt.clone(),
            })
        })
        .collect::<Result<_, Trouble>>()?;
    network.freeze(
        account,
        &Parcel {
            text: case.content.text_for(delivery.channel).to_owned(),
            mentions,
            pictures,
            created_at: delivery.due,
            key_seed: delivery.key_seed,
            language: "en".into(),
        },
    )
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused(_) => "refused",
        Outcome::NotSent { .. } => "not sent",
        Outcome::Unknown { .. } => "unknown",
    }
}
