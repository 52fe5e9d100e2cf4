//! Today: what needs this person, in order of urgency.

use axum::Router;
use bedside_core::delivery::DeliveryState;
use bedside_core::people::{Actor, Permission};
use bedside_core::post::PostState;
use bedside_store::{DeliveryLine, PostLine, Tx};
use jiff::Timestamp;

use crate::app::App;
use crate::error::Error;

/// States of a delivery that a person must settle, most urgent first.
pub(crate) const NEEDS_PERSON: [DeliveryState; 6] = [
    DeliveryState::Unknown,
    DeliveryState::NotSent,
    DeliveryState::Held,
    DeliveryState::Late,
    DeliveryState::TakeDownByHand,
    DeliveryState::ByHand,
];

pub(crate) fn routes() -> Router<App> {
    Router::new()
}

/// Deliveries that need a person, for those who may settle them.
pub(crate) async fn stuck(tx: &mut Tx, actor: &Actor) -> Result<Vec<DeliveryLine>, Error> {
    if !actor.roles.may(Permission::Settle) {
        return Ok(Vec::new());
    }
    Ok(tx
        .delivery_lines(
            actor.practice,
            Timestamp::MIN,
            Timestamp::MAX,
            &NEEDS_PERSON,
        )
        .await?)
}

/// Second opinions that this person can give.
pub(crate) async fn asked_of_me(tx: &mut Tx, actor: &Actor) -> Result<Vec<PostLine>, Error> {
    if !actor.roles.may(Permission::Review) {
        return Ok(Vec::new());
    }
    let mut posts = tx
        .posts(actor.practice, &[PostState::InReview], None, 200)
        .await?;
    posts.retain(|line| {
        line.post.author != actor.member && line.post.revision_author != actor.member
    });
    Ok(posts)
}

/// How many things wait for this person: the number beside Today.
pub(crate) async fn waiting(tx: &mut Tx, actor: &Actor, _now: Timestamp) -> Result<u32, Error> {
    let things = stuck(tx, actor).await?.len() + asked_of_me(tx, actor).await?.len();
    Ok(u32::try_from(things).unwrap_or(u32::MAX))
}
