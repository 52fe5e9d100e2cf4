//! Where a post went: one line for each delivery, and what happened to it.

use bedside_core::delivery::DeliveryState;
use bedside_core::event::Event;

use super::story::{Sent, Story};
use crate::view::PlaceState;
use crate::view::post::Place;
use crate::{places, say};

pub(super) fn lines(story: &Story) -> Vec<Place> {
    story.counted().map(|sent| line(story, sent)).collect()
}

fn line(story: &Story, sent: &Sent) -> Place {
    let delivery = &sent.delivery;
    let handle = story
        .channel(delivery.channel)
        .map(places::handle)
        .unwrap_or_default();
    Place {
        name: story.place(delivery.channel),
        handle,
        state: state(delivery.state),
        what: what(story, sent),
        link: if delivery.state == DeliveryState::Gone {
            String::new()
        } else {
            delivery.link.clone()
        },
        by_hand: if delivery.state == DeliveryState::ByHand {
            format!("/by-hand/{}", delivery.id)
        } else {
            String::new()
        },
    }
}

/// A state of a delivery as pages draw it.
pub(crate) fn state(state: DeliveryState) -> PlaceState {
    match state {
        DeliveryState::Queued => PlaceState::Waiting,
        DeliveryState::Held => PlaceState::Held,
        DeliveryState::Late => PlaceState::Late,
        DeliveryState::Sending => PlaceState::Sending,
        DeliveryState::ByHand => PlaceState::ByHand,
        DeliveryState::Live => PlaceState::Live,
        DeliveryState::NotSent => PlaceState::NotSent,
        DeliveryState::Unknown => PlaceState::Unknown,
        DeliveryState::Cancelled => PlaceState::LeftOut,
        DeliveryState::TakingDown => PlaceState::TakingDown,
        DeliveryState::TakeDownByHand => PlaceState::ToRemove,
        DeliveryState::Gone => PlaceState::Gone,
    }
}

fn what(story: &Story, sent: &Sent) -> String {
    let delivery = &sent.delivery;
    let told = |first: String| {
        if delivery.trouble.is_empty() {
            first
        } else {
            format!("{first} {}", delivery.trouble)
        }
    };
    let due = story.at(delivery.due);
    let began = sent
        .attempts
        .first()
        .map(|attempt| format!("Sent {}.", story.at(attempt.started_at)));
    match delivery.state {
        DeliveryState::Queued if delivery.due > story.now => {
            let when = say::when(delivery.due, story.setting.zone(), story.now);
            told(format!("Goes out {}, {}.", when.words, when.relative))
        }
        DeliveryState::Queued if began.is_some() => told("It will be tried again.".to_owned()),
        DeliveryState::Queued => told("It goes out now.".to_owned()),
        DeliveryState::Held => told(format!("Not sent {due}.")),
        DeliveryState::Late => format!("It was due {due}, and nothing was sent."),
        DeliveryState::Sending => {
            let began = began.unwrap_or_else(|| "Being sent.".to_owned());
            told(format!("{began} We look whether it is there."))
        }
        DeliveryState::ByHand => format!("Due {due}. It waits for someone to post it."),
        DeliveryState::Live => live(story, sent, began),
        DeliveryState::NotSent => told(began.unwrap_or_else(|| format!("Due {due}."))),
        DeliveryState::Unknown => told(began.unwrap_or_default()).trim().to_owned(),
        DeliveryState::Cancelled => "It does not go out there.".to_owned(),
        DeliveryState::TakingDown => {
            told("We asked for it to be deleted, and look whether it is gone.".to_owned())
        }
        DeliveryState::TakeDownByHand => delivery.trouble.clone(),
        DeliveryState::Gone => gone(story, sent),
    }
}

fn live(story: &Story, sent: &Sent, began: Option<String>) -> String {
    let id = sent.delivery.id;
    let seen = story.last(|event| {
        matches!(event, Event::DeliveryLive { delivery, .. } | Event::SettledByHand { delivery, .. } if *delivery == id)
    });
    let Some(seen) = seen else {
        return began.unwrap_or_default();
    };
    let at = story.at(seen.at);
    match (&seen.event, began) {
        (Event::SettledByHand { .. }, Some(began)) => {
            format!("{began} {} looked and found it there {at}.", seen.who)
        }
        (Event::SettledByHand { .. }, None) => {
            format!("{} posted it by hand, noted {at}.", seen.who)
        }
        (_, began) => format!("{} Seen there {at}.", began.unwrap_or_default())
            .trim()
            .to_owned(),
    }
}

fn gone(story: &Story, sent: &Sent) -> String {
    let id = sent.delivery.id;
    let seen = story.last(|event| {
        matches!(event, Event::Gone { delivery, .. } | Event::GoneByHand { delivery, .. } if *delivery == id)
    });
    match seen {
        Some(line) if matches!(line.event, Event::GoneByHand { .. }) => {
            format!("{} said {} that it is gone.", line.who, story.at(line.at))
        }
        Some(line) => format!("Looked for {} and not found.", story.at(line.at)),
        None => "Looked for and not found.".to_owned(),
    }
}
