//! Writing a decision down: state, record and jobs in one unit of work.

use bedside_core::content::When;
use bedside_core::delivery::{self, Authorisation, Delivery, DeliveryState, Next, Step};
use bedside_core::post::{Decision, PostState};
use bedside_core::standing::Standing;
use bedside_core::world::World;
use bedside_core::{MemberId, OpinionId, RevisionId};
use jiff::Timestamp;

use crate::{Error, JobKind, Tx};

/// What a decision on a post was made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The revision that the person's page showed.
    pub seen: RevisionId,
    pub actor: MemberId,
    /// The opinion that lets the post out, if one does.
    pub opinion: Option<OpinionId>,
    pub standing: Option<&'a Standing>,
}

impl Tx {
    /// Writes a decision on a post: its state, the record, deliveries cancelled or made, their jobs.
    ///
    /// A new revision or an opinion must have been written before, in the same unit of work.
    ///
    /// # Errors
    /// [`Error::Stale`] when the post changed meanwhile; [`Error::Constraint`] when the database refuses.
    pub async fn apply_post(
        &mut self,
        decision: &Decision,
        facts: Facts<'_>,
        world: &World,
    ) -> Result<(), Error> {
        let post = &decision.post;
        let now = post.changed_at;
        self.save_post(post, facts.seen).await?;
        for event in &decision.events {
            self.record(post.practice, now, Some(facts.actor), event)
                .await?;
        }
        if decision.cancels {
            for waiting in self.deliveries(post.practice, post.id).await? {
                if waiting.state.waits() {
                    self.apply_step(&delivery::cancel(&waiting)?, Some(facts.actor), world)
                        .await?;
                }
            }
            // Cancelled deliveries do not count, so the state stays what was decided.
            self.save_post(post, post.revision).await?;
        }
        if decision.lets_out {
            self.make_deliveries(decision, facts, world).await?;
        }
        Ok(())
    }

    async fn make_deliveries(
        &mut self,
        decision: &Decision,
        facts: Facts<'_>,
        world: &World,
    ) -> Result<(), Error> {
        let post = &decision.post;
        let now = post.changed_at;
        let content = self.revision(post.practice, post.revision).await?.content;
        let due = match &content.when {
            When::AsSoonAsApproved => now,
            When::At(wall) => wall.instant()?,
        };
        for place in &content.places {
            let delivery = Delivery {
                id: world.id(),
                practice: post.practice,
                post: post.id,
                revision: post.revision,
                channel: place.channel,
                seal: content.seal_for(place.channel),
                state: DeliveryState::Queued,
                due,
                key_seed: u64::from_be_bytes(world.bytes()),
                frozen: None,
                attempts: 0,
                late_allowed: false,
                link: String::new(),
                trouble: String::new(),
                settled_at: None,
            };
            let authorisation = Authorisation {
                delivery: delivery.id,
                revision: post.revision,
                seal: delivery.seal.clone(),
                opinion: facts.opinion,
                accepted: facts.standing.map(Standing::accepted).unwrap_or_default(),
                voided: false,
            };
            self.let_out(&delivery, &authorisation, now).await?;
            let event = bedside_core::event::Event::DeliveryQueued {
                post: post.id,
                delivery: delivery.id,
                channel: place.channel,
                due,
            };
            self.record(post.practice, now, Some(facts.actor), &event)
                .await?;
            self.queue_job(
                post.practice,
                world.id(),
                JobKind::Deliver,
                &delivery.id.to_string(),
                due,
            )
            .await?;
        }
        if !content.places.is_empty() {
            let scheduled = bedside_core::post::Post {
                state: PostState::Scheduled,
                ..post.clone()
            };
            self.save_post(&scheduled, post.revision).await?;
        }
        Ok(())
    }

    /// Writes one step of a delivery: its state, the record, the post's state, and when to come back to it.
    ///
    /// # Errors
    /// [`Error::Constraint`] when the database's own gate refuses.
    pub async fn apply_step(
        &mut self,
        step: &Step,
        actor: Option<MemberId>,
        world: &World,
    ) -> Result<(), Error> {
        let delivery = &step.delivery;
        let now = world.now();
        self.save_delivery(delivery).await?;
        for event in &step.events {
            self.record(delivery.practice, now, actor, event).await?;
        }
        if delivery.state == DeliveryState::Cancelled {
            self.void_authorisation(delivery.practice, delivery.id, now)
                .await?;
        }
        let subject = delivery.id.to_string();
        match run_again(&step.next, actor, now) {
            Some(at) => {
                self.queue_job(
                    delivery.practice,
                    world.id(),
                    JobKind::Deliver,
                    &subject,
                    at,
                )
                .await?;
            }
            None if step.next == Next::Nothing && !goes_on(delivery.state) => {
                self.finish_job(delivery.practice, JobKind::Deliver, &subject)
                    .await?;
            }
            // The worker that holds the job goes on at once; if it dies, its lease brings the job back.
            None => {}
        }
        self.refresh_post(delivery.practice, delivery.post, now)
            .await
    }
}

/// Whether the program has more to do with it, so that its job must never be lost, whatever a step says.
fn goes_on(state: DeliveryState) -> bool {
    matches!(
        state,
        DeliveryState::Queued | DeliveryState::Sending | DeliveryState::TakingDown
    )
}

fn run_again(next: &Next, actor: Option<MemberId>, now: Timestamp) -> Option<Timestamp> {
    match next {
        Next::WaitUntil(at) => Some(*at),
        // Asked for by a person on a page: no worker holds the job yet. A worker keeps its lease and goes on.
        Next::Delete => actor.map(|_| now),
        Next::Send | Next::Look | Next::Nothing => None,
    }
}
