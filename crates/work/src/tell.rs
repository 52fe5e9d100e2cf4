//! Telling people when a delivery needs them: a message with a link, never with the text of the post.

use bedside_core::delivery::{Delivery, DeliveryState};
use bedside_core::people::Role;
use bedside_store::{Error, NewMail, Tx};
use jiff::Timestamp;

use crate::Worker;

impl Worker {
    /// Queues the message, in the unit of work that wrote the state.
    pub(crate) async fn tell(
        &self,
        tx: &mut Tx,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<(), Error> {
        let practice = delivery.practice;
        let place = tx
            .channel(practice, delivery.channel)
            .await?
            .platform
            .name();
        let path = match delivery.state {
            DeliveryState::ByHand => format!("/by-hand/{}", delivery.id),
            _ => format!("/posts/{}", delivery.post),
        };
        let link = format!("{}{path}", self.options.public_address);
        let Some((subject, what)) = words(delivery, place) else {
            return Ok(());
        };
        let author = tx.post(practice, delivery.post).await?.author;
        let members = tx.members(practice).await?;
        let to = members.iter().filter(|member| {
            member.active
                && (member.id == author
                    || (member.roles.has(Role::Responsible)
                        && delivery.state != DeliveryState::ByHand))
        });
        for member in to {
            let mail = NewMail {
                id: self.world.id(),
                job: self.world.id(),
                to: member.email.clone(),
                subject: subject.clone(),
                body: format!("Hello {},\n\n{what}\n\n{link}\n\nBedside\n", member.name),
            };
            tx.queue_mail(practice, &mail, now).await?;
        }
        Ok(())
    }
}

fn words(delivery: &Delivery, place: &str) -> Option<(String, String)> {
    Some(match delivery.state {
        DeliveryState::NotSent => (
            format!("A post was not sent to {place}"),
            format!("{} Nothing is lost: the post waits for you here.", delivery.trouble),
        ),
        DeliveryState::Unknown => (
            format!("We do not know whether a post went out on {place}"),
            "We sent it and did not hear back, so it may be live. Look before sending it again; this page leads you through it.".into(),
        ),
        DeliveryState::Late => (
            format!("A post for {place} is late"),
            "Bedside could not send it at its time. It was not sent since, because it may no longer fit. Choose here: send it now, choose another time, or leave it.".into(),
        ),
        DeliveryState::Held => (
            format!("A post for {place} was held back"),
            format!("{} Nothing is lost: the post waits for you here.", delivery.trouble),
        ),
        DeliveryState::ByHand => (
            format!("Time to post on {place}"),
            "The post is approved and it is time. This page has the text to copy and leads you through it, on a phone too.".into(),
        ),
        DeliveryState::TakeDownByHand => (
            format!("A post must be removed from {place} by hand"),
            format!("{} This page shows where it is.", delivery.trouble),
        ),
        _ => return None,
    })
}
