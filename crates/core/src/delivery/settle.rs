//! What people do with a delivery: say what became of it, send it after all, leave it, take it down.

use jiff::Timestamp;

use super::{Delivery, DeliveryState, IN_FLIGHT, Next, Step};
use crate::Refusal;
use crate::event::Event;
use crate::people::{Actor, Permission};

/// What a person does with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// It is there (posted by hand, or found although the program thought otherwise): its link.
    ItIsThere {
        link: String,
    },
    /// Looked, and it is not there: send it again.
    NotThere,
    /// Send a late, held or refused post now.
    SendNow,
    /// Leave it; it will not go out.
    Leave,
    TakeDown,
    /// Removed by hand.
    ItIsGone,
}

/// Decides what a person says of a delivery. `deletes` says whether the channel lets the program delete.
///
/// # Errors
/// When the role or the state does not allow it, or the link cannot be one.
pub fn settle(
    delivery: &Delivery,
    act: &Settle,
    actor: &Actor,
    deletes: bool,
    now: Timestamp,
) -> Result<Step, Refusal> {
    use DeliveryState as D;
    if actor.practice != delivery.practice {
        return Err(Refusal::not_found("There is no such delivery."));
    }
    actor.needs(if matches!(act, Settle::TakeDown | Settle::ItIsGone) {
        Permission::TakeDown
    } else {
        Permission::Settle
    })?;
    let (post, id) = (delivery.post, delivery.id);
    let by_hand = |outcome: &str, link: &str| Event::SettledByHand {
        post,
        delivery: id,
        outcome: outcome.to_owned(),
        link: link.to_owned(),
    };
    match (act, delivery.state) {
        // Also where the program was sure of the contrary: what a person sees with their own eyes is the truth, and only
        // what the ledger knows to be live can be taken down.
        (Settle::ItIsThere { link }, D::Unknown | D::ByHand | D::NotSent | D::Cancelled) => {
            let link = clean_link(link)?;
            let mut step = Step::to(delivery, D::Live, Next::Nothing)
                .because("")
                .event(by_hand("it is live", &link));
            step.delivery.link = link;
            step.delivery.settled_at = Some(now);
            Ok(step)
        }
        (Settle::NotThere, D::Unknown) => Ok(send_again(
            delivery,
            by_hand("it is not there, send it again", ""),
            now,
        )),
        (Settle::SendNow, D::Late | D::Held | D::NotSent) => {
            Ok(send_again(delivery, by_hand("send it now", ""), now))
        }
        (Settle::Leave, D::Late | D::Held | D::ByHand | D::NotSent | D::Queued) => cancel(delivery),
        (Settle::TakeDown, _) => take_down(delivery, deletes, now),
        (Settle::ItIsGone, D::TakeDownByHand) => {
            let mut step = Step::to(delivery, D::Gone, Next::Nothing)
                .because("")
                .event(Event::GoneByHand { post, delivery: id });
            step.delivery.settled_at = Some(now);
            Ok(step)
        }
        (_, D::Sending) => Err(Refusal::conflict(
            "being_sent",
            "It is being sent at this moment. Wait for what becomes of it, or take it down.",
        )),
        _ => Err(moved_on()),
    }
}

/// Back into the queue because a person says so. The late limit counts from their word: a "send now" that could not be
/// done in time is asked again, not done a week later.
fn send_again(delivery: &Delivery, event: Event, now: Timestamp) -> Step {
    let mut step = Step::to(delivery, DeliveryState::Queued, Next::WaitUntil(now))
        .because("")
        .event(event);
    step.delivery.due = now;
    step.delivery.late_allowed = true;
    step
}

fn take_down(delivery: &Delivery, deletes: bool, now: Timestamp) -> Result<Step, Refusal> {
    use DeliveryState as D;
    let asked = Event::TakeDownAsked {
        post: delivery.post,
        delivery: delivery.id,
    };
    let why = match delivery.state {
        D::Queued | D::Held | D::Late | D::NotSent => return cancel(delivery),
        D::Sending | D::Live | D::Unknown | D::TakeDownByHand
            if deletes && under_own_key(delivery) =>
        {
            let mut step = Step::to(delivery, D::TakingDown, Next::Delete)
                .because("")
                .event(asked);
            if delivery.state == D::Sending {
                // Deleted now, it could still arrive afterwards.
                step.delivery.due = now + IN_FLIGHT;
                step.next = Next::WaitUntil(step.delivery.due);
            } else {
                step.delivery.due = delivery.due.min(now);
            }
            return Ok(step);
        }
        D::Live | D::Unknown => "Bedside cannot delete there, so a person must.",
        D::Sending => {
            "It was being sent just then and Bedside cannot delete there. Look in two minutes, and remove it if it is there."
        }
        D::ByHand => {
            "Someone may have posted it by hand already. Look, and remove it if it is there."
        }
        D::Cancelled | D::TakingDown | D::TakeDownByHand | D::Gone => return Err(moved_on()),
    };
    Ok(Step::to(delivery, D::TakeDownByHand, Next::Nothing)
        .because(why)
        .event(asked)
        .event(Event::TakeDownByHandAsked {
            post: delivery.post,
            delivery: delivery.id,
            why: why.to_owned(),
        }))
}

/// Whether what people can see is what the program sent under its own key. Of something that a person posted by hand the
/// key says nothing: deleting under it would "verify" that a post is gone which is still there.
fn under_own_key(delivery: &Delivery) -> bool {
    delivery.frozen.as_ref().is_some_and(|frozen| {
        !frozen.key.is_empty() && (delivery.link.is_empty() || delivery.link.contains(&frozen.key))
    })
}

/// Most characters of a link.
const LINK_MAX: usize = 2_000;

fn clean_link(text: &str) -> Result<String, Refusal> {
    let link = text.trim();
    let lower = link.to_ascii_lowercase();
    let host = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let fits = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
        && link.chars().count() <= LINK_MAX
        && !link.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits {
        Ok(link.to_owned())
    } else {
        Err(Refusal::input(
            "link_form",
            "Paste the address of the post, beginning with https://. If it has none of its own, paste the address of the page on which it can be seen.",
        ))
    }
}

fn moved_on() -> Refusal {
    Refusal::conflict(
        "settled_already",
        "This has moved on meanwhile. The page now shows where it stands.",
    )
}

/// Takes a waiting delivery back because its post was changed or deleted, or because a person leaves it. Taking back what
/// was taken back already changes nothing.
///
/// # Errors
/// `already_out` when it has begun to leave meanwhile: then the whole change must not happen.
pub fn cancel(delivery: &Delivery) -> Result<Step, Refusal> {
    if delivery.state == DeliveryState::Cancelled {
        return Ok(Step::stays(delivery));
    }
    if !delivery.state.waits() {
        return Err(Refusal::conflict(
            "already_out",
            "This post has begun to go out meanwhile. The page now shows where it stands.",
        ));
    }
    Ok(Step::to(delivery, DeliveryState::Cancelled, Next::Nothing)
        .because("")
        .event(Event::DeliveryCancelled {
            post: delivery.post,
            delivery: delivery.id,
        }))
}
