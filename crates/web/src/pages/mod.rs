//! The pages: one file each, with its handlers, its forms and its addresses.

mod by_hand;
mod calendar;
mod channels;
pub(crate) mod check;
pub(crate) mod compose;
mod deliveries;
pub(crate) mod let_pass;
mod me;
pub(crate) mod media;
mod people;
mod planned;
mod post;
mod profile;
mod record;
pub(crate) mod review;
mod setup;
mod sign_in;
pub(crate) mod today;

use axum::Router;
use bedside_core::{MemberId, PersonId, PracticeId};
use bedside_store::{Session, Tx};
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;

/// All addresses of pages.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(setup::routes())
        .merge(sign_in::routes())
        .merge(me::routes())
        .merge(people::routes())
        .merge(channels::routes())
        .merge(profile::routes())
        .merge(calendar::routes())
        .merge(record::routes())
        .merge(check::routes())
        .merge(compose::routes())
        .merge(let_pass::routes())
        .merge(media::routes())
        .merge(review::routes())
        .merge(today::routes())
        .merge(post::routes())
        .merge(deliveries::routes())
        .merge(by_hand::routes())
}

/// The word in the address that tells what was just done.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    pub said: String,
}

/// Signs a member in.
pub(crate) async fn begin_session(
    app: &App,
    tx: &mut Tx,
    practice: PracticeId,
    member: MemberId,
    person: PersonId,
) -> Result<Session, Error> {
    let session = Session {
        token: app.token(),
        csrf: app.token(),
        practice,
        member,
        person,
    };
    tx.begin_session(&session, app.world.now()).await?;
    Ok(session)
}
