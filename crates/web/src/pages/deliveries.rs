//! What people say of one delivery: it is there, it is not there, send it now, leave it, it is gone.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing;
use bedside_core::by_hand::link_belongs;
use bedside_core::channel::Channel;
use bedside_core::delivery::{Delivery, DeliveryState, Settle, settle};
use bedside_core::people::Permission;
use bedside_core::post::may_see;
use bedside_core::{DeliveryId, PostId, Refusal};
use bedside_store::Tx;

use super::post::{self, Typed};
use crate::app::App;
use crate::error::Error;
use crate::form::Form;
use crate::kept;
use crate::session::Me;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/deliveries/{id}/it-is-there", routing::post(it_is_there))
        .route("/deliveries/{id}/not-there", routing::post(not_there))
        .route("/deliveries/{id}/send-now", routing::post(send_now))
        .route("/deliveries/{id}/leave", routing::post(leave))
        .route("/deliveries/{id}/it-is-gone", routing::post(it_is_gone))
}

/// The id in an address; what is no id names nothing.
pub(crate) fn delivery_id(text: &str) -> Result<DeliveryId, Error> {
    text.parse().map_err(|_| nothing().into())
}

/// What another practice's delivery looks like, and one that never was.
pub(crate) fn nothing() -> Refusal {
    Refusal::not_found("There is no such post.")
}

/// Whether Bedside itself can delete on this channel.
pub(crate) fn deletes(channel: &Channel) -> bool {
    channel.active && channel.sends() && channel.platform.capability().deletes
}

/// A delivery that this member may act on, with its post and both kept from changing until the commit.
pub(crate) async fn locked(tx: &mut Tx, me: &Me, id: DeliveryId) -> Result<Delivery, Error> {
    let practice = me.actor().practice;
    let delivery = tx.lock_delivery(practice, id).await?.ok_or_else(nothing)?;
    may_see(&tx.post(practice, delivery.post).await?, me.actor())?;
    Ok(delivery)
}

/// The act was done already, by this press of the button or the one before: there is nothing left to write.
fn done_already(delivery: &Delivery, act: &Settle) -> bool {
    match act {
        Settle::ItIsThere { link } => {
            delivery.state == DeliveryState::Live && delivery.link == *link
        }
        Settle::NotThere | Settle::SendNow => {
            delivery.late_allowed
                && matches!(
                    delivery.state,
                    DeliveryState::Queued | DeliveryState::Sending
                )
        }
        Settle::Leave => delivery.state == DeliveryState::Cancelled,
        Settle::ItIsGone => delivery.state == DeliveryState::Gone,
        Settle::TakeDown => false,
    }
}

/// Decides, writes and wakes the worker; a second press changes nothing. Gives the post back.
pub(crate) async fn act(app: &App, me: &Me, id: DeliveryId, act: &Settle) -> Result<PostId, Error> {
    let mut tx = app.store.write().await?;
    let delivery = locked(&mut tx, me, id).await?;
    me.needs(match act {
        Settle::TakeDown | Settle::ItIsGone => Permission::TakeDown,
        _ => Permission::Settle,
    })?;
    if done_already(&delivery, act) {
        return Ok(delivery.post);
    }
    let channel = tx.channel(delivery.practice, delivery.channel).await?;
    let step = settle(
        &delivery,
        act,
        me.actor(),
        deletes(&channel),
        app.world.now(),
    )?;
    tx.apply_step(&step, Some(me.actor().member), &app.world)
        .await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(delivery.post)
}

fn to_post(post: PostId, said: &str) -> Response {
    Redirect::to(&format!("/posts/{post}?said={said}")).into_response()
}

/// The link that was pasted, as it is kept.
///
/// # Errors
/// `link_form`, with a sentence for the person.
pub(crate) async fn pasted(tx: &mut Tx, delivery: &Delivery, link: &str) -> Result<String, Error> {
    let channel = tx.channel(delivery.practice, delivery.channel).await?;
    link_belongs(channel.platform.slug(), link)
        .map(|url| url.to_string())
        .map_err(|sentence| Refusal::input("link_form", sentence).into())
}

async fn it_is_there(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let id = delivery_id(&id)?;
    let typed = form.get("link").trim();
    let mut tx = app.store.read().await?;
    let delivery = tx
        .delivery(me.actor().practice, id)
        .await?
        .ok_or_else(nothing)?;
    may_see(
        &tx.post(me.actor().practice, delivery.post).await?,
        me.actor(),
    )?;
    me.needs(Permission::Settle)?;
    let link = pasted(&mut tx, &delivery, typed).await;
    drop(tx);
    let done = match link {
        Ok(link) => act(&app, &me, id, &Settle::ItIsThere { link }).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(post) => Ok(to_post(post, "live")),
        Err(Error::Refused(refusal)) if refusal.code == "link_form" => {
            let typed = Typed {
                delivery: id,
                link: typed.to_owned(),
                error: refusal.sentence.clone(),
            };
            post::again(&app, &me, delivery.post, typed, &refusal).await
        }
        Err(error) => {
            let back = format!("/posts/{}", delivery.post);
            kept::page(&app, &me, error, typed, &back).await
        }
    }
}

async fn not_there(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Error> {
    let post = act(&app, &me, delivery_id(&id)?, &Settle::NotThere).await?;
    Ok(to_post(post, "sending"))
}

async fn send_now(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Error> {
    let post = act(&app, &me, delivery_id(&id)?, &Settle::SendNow).await?;
    Ok(to_post(post, "sending"))
}

async fn leave(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Error> {
    let post = act(&app, &me, delivery_id(&id)?, &Settle::Leave).await?;
    Ok(to_post(post, "left"))
}

async fn it_is_gone(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Error> {
    let post = act(&app, &me, delivery_id(&id)?, &Settle::ItIsGone).await?;
    Ok(to_post(post, "gone"))
}
