//! What is planned for which day: deliveries by their time, and what is still being written by the time chosen for it.

use bedside_core::channel::Channel;
use bedside_core::content::When;
use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::{Actor, Permission};
use bedside_core::post::PostState;
use bedside_core::{ChannelId, PostId, time};
use bedside_store::{DeliveryLine, PostLine, Tx};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::post;
use crate::error::Error;
use crate::places;
use crate::view::{Icon, Tag, Tone};

/// More posts than this are not looked through for a calendar.
const POSTS_MAX: u32 = 10_000;

/// One post at one time.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub post: PostId,
    pub at: Timestamp,
    /// The day on the practice's wall.
    pub day: Date,
    pub title: String,
    pub places: Vec<String>,
    pub tag: Tag,
    /// The most urgent state among its places; `None` while nothing was let out.
    pub state: Option<D>,
}

/// The first moment of a day on a practice's wall.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone())
        .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// States from the one that a page tells first.
const URGENCY: [D; 12] = [
    D::Unknown,
    D::NotSent,
    D::Held,
    D::Late,
    D::TakeDownByHand,
    D::ByHand,
    D::Sending,
    D::TakingDown,
    D::Queued,
    D::Live,
    D::Gone,
    D::Cancelled,
];

fn rank(state: D) -> usize {
    URGENCY
        .iter()
        .position(|known| *known == state)
        .unwrap_or(URGENCY.len())
}

fn tag(state: D) -> Tag {
    if state == D::Queued {
        Tag::new(Icon::Tick, Tone::Ok, "Approved")
    } else {
        post::place_state(state).into()
    }
}

/// The posts that this person may see, in these states (in any, when none is given).
pub(crate) async fn posts(
    tx: &mut Tx,
    actor: &Actor,
    states: &[PostState],
) -> Result<Vec<PostLine>, Error> {
    let author = if actor.roles.may(Permission::ReadAll) {
        None
    } else if actor.roles.may(Permission::Write) {
        Some(actor.member)
    } else {
        return Ok(Vec::new());
    };
    Ok(tx.posts(actor.practice, states, author, POSTS_MAX).await?)
}

/// The deliveries that this person may see, from a moment until before another.
async fn deliveries(
    tx: &mut Tx,
    actor: &Actor,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<DeliveryLine>, Error> {
    let mut lines = tx.delivery_lines(actor.practice, from, until, &[]).await?;
    lines.retain(|line| line.delivery.state != D::Cancelled);
    if !actor.roles.may(Permission::ReadAll) {
        let own: Vec<PostId> = posts(tx, actor, &[])
            .await?
            .iter()
            .map(|line| line.post.id)
            .collect();
        lines.retain(|line| own.contains(&line.delivery.post));
    }
    Ok(lines)
}

/// What is planned from one day until before another, in the order of time.
pub(crate) async fn between(
    tx: &mut Tx,
    actor: &Actor,
    zone_name: &str,
    from: Date,
    until: Date,
) -> Result<Vec<Planned>, Error> {
    let zone = time::zone(zone_name)?;
    let (start, end) = (start_of(from, &zone), start_of(until, &zone));
    let channels = tx.channels(actor.practice).await?;
    let name = |id: ChannelId| -> String {
        channels
            .iter()
            .find(|channel: &&Channel| channel.id == id)
            .map_or_else(String::new, |channel| places::name(channel, &channels))
    };
    let mut planned: Vec<Planned> = Vec::new();
    for line in deliveries(tx, actor, start, end).await? {
        let delivery = &line.delivery;
        let place = name(delivery.channel);
        let known = planned
            .iter_mut()
            .find(|known| known.post == delivery.post && known.at == delivery.due);
        if let Some(known) = known {
            known.places.push(place);
            if known
                .state
                .is_none_or(|state| rank(delivery.state) < rank(state))
            {
                known.state = Some(delivery.state);
                known.tag = tag(delivery.state);
            }
        } else {
            planned.push(Planned {
                post: delivery.post,
                at: delivery.due,
                day: time::local_date(delivery.due, zone_name),
                title: line.title.clone(),
                places: vec![place],
                tag: tag(delivery.state),
                state: Some(delivery.state),
            });
        }
    }
    let written = [
        PostState::Draft,
        PostState::InReview,
        PostState::Rejected,
        PostState::Approved,
    ];
    for line in posts(tx, actor, &written).await? {
        let When::At(wall) = &line.content.when else {
            continue;
        };
        // A time that the clocks skip is told in the composer; no day of the calendar has it.
        let Some(at) = wall.instant().ok().filter(|at| (start..end).contains(at)) else {
            continue;
        };
        planned.push(Planned {
            post: line.post.id,
            at,
            day: time::local_date(at, zone_name),
            title: line.content.title(),
            places: line
                .content
                .places
                .iter()
                .map(|place| name(place.channel))
                .collect(),
            tag: if line.post.state == PostState::Approved {
                Tag::new(Icon::Undo, Tone::Plain, "Left out")
            } else {
                post::shown(line.post.state).into()
            },
            state: None,
        });
    }
    planned.sort_by_key(|one| (one.at, one.post));
    Ok(planned)
}

/// The day after.
pub(crate) fn days_later(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}
