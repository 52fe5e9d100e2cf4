//! Taking a post down everywhere, and taking it out of the calendar before it goes out.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use bedside_core::delivery::{Delivery, DeliveryState as D, Settle, settle};
use bedside_core::event::Event;
use bedside_core::opinion::REASON_MAX;
use bedside_core::people::Permission;
use bedside_core::post::{Post, may_see};
use bedside_core::{PostId, Refusal};
use bedside_store::Tx;

use super::story::capital;
use crate::app::App;
use crate::error::Error;
use crate::form::Form;
use crate::pages::compose::{Setting, post_id};
use crate::pages::deliveries::deletes;
use crate::session::Me;
use crate::view::Section;
use crate::view::post::TakeDown;
use crate::{places, shell};

/// The question.
pub(crate) async fn ask(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let page = page(&app, &me, post_id(&id)?, "", None).await?;
    Ok(Html(page.render()?).into_response())
}

/// What can still be seen, or may be: not what is gone or on its way to be.
fn is_up(state: D) -> bool {
    matches!(state, D::Live | D::Unknown | D::Sending | D::ByHand)
}

fn nothing_out() -> Refusal {
    Refusal::conflict(
        "nothing_out",
        "Nothing of this post is out, or it is being taken down already. The page of the post shows where it stands.",
    )
}

async fn page(
    app: &App,
    me: &Me,
    id: PostId,
    reason: &str,
    error: Option<String>,
) -> Result<TakeDown, Error> {
    let mut tx = app.store.read().await?;
    let practice = me.actor().practice;
    let post = tx.post(practice, id).await?;
    may_see(&post, me.actor())?;
    me.needs(Permission::TakeDown)?;
    let setting = Setting::load(&mut tx, me).await?;
    let deliveries = tx.deliveries(practice, id).await?;
    if !deliveries.iter().any(|delivery| is_up(delivery.state)) {
        return Err(nothing_out().into());
    }
    let places = deliveries
        .iter()
        .filter_map(|delivery| what_happens(&setting, delivery))
        .collect();
    Ok(TakeDown {
        shell: shell::inside(app, &mut tx, me, Section::Calendar, "").await?,
        id: id.to_string(),
        revision: post.revision.to_string(),
        title: tx.revision(practice, post.revision).await?.content.title(),
        places,
        reason: reason.to_owned(),
        error,
    })
}

/// The place and what will happen there; `None` where nothing will.
fn what_happens(setting: &Setting, delivery: &Delivery) -> Option<(String, String)> {
    let channel = setting
        .channels
        .iter()
        .find(|channel| channel.id == delivery.channel)?;
    let name = places::name(channel, &setting.channels);
    let what = match delivery.state {
        D::Queued | D::Held | D::Late | D::NotSent => "it has not gone out, and will not.",
        D::ByHand => "someone may have posted it by hand. We ask you to look, and to remove it.",
        D::Live | D::Unknown | D::Sending if deletes(channel) => {
            "we delete it and look that it is gone."
        }
        D::Live | D::Unknown | D::Sending => {
            "we cannot delete there. We show you where it is, and you remove it."
        }
        D::TakingDown => "we are deleting it already.",
        D::TakeDownByHand => "it waits for you to remove it.",
        D::Gone => "it is gone.",
        D::Cancelled => return None,
    };
    Some((name, capital(what)))
}

/// Takes it down at every place where it is or may be, and takes back what has not gone out.
pub(crate) async fn take_down(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let id = post_id(&id)?;
    let reason = form.get("reason").trim();
    // It must not have to wait for good words; only too many cannot be kept.
    if reason.chars().count() > REASON_MAX {
        let error = format!("Keep the reason under {REASON_MAX} characters.");
        let page = page(&app, &me, id, reason, Some(error)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response());
    }
    let mut tx = app.store.write().await?;
    let post = locked(&mut tx, &me, id).await?;
    me.needs(Permission::TakeDown)?;
    let deliveries = tx.deliveries(post.practice, id).await?;
    let done = Redirect::to(&format!("/posts/{id}?said=taking-down"));
    if !deliveries.iter().any(|delivery| is_up(delivery.state)) {
        let running = deliveries
            .iter()
            .any(|delivery| matches!(delivery.state, D::TakingDown | D::TakeDownByHand | D::Gone));
        // The second press of the button.
        return if running {
            Ok(done.into_response())
        } else {
            Err(nothing_out().into())
        };
    }
    if !reason.is_empty() {
        let event = Event::TakeDownReason {
            post: id,
            reason: reason.to_owned(),
        };
        tx.record(
            post.practice,
            app.world.now(),
            Some(me.actor().member),
            &event,
        )
        .await?;
    }
    let ends = |state: D| is_up(state) || state.waits();
    settle_each(&app, &mut tx, &me, &deliveries, &Settle::TakeDown, ends).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(done.into_response())
}

/// Takes what waits for its time out of the calendar; what has gone out stays as it is.
pub(crate) async fn leave(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let id = post_id(&id)?;
    let mut tx = app.store.write().await?;
    let post = locked(&mut tx, &me, id).await?;
    me.needs(Permission::Settle)?;
    let deliveries = tx.deliveries(post.practice, id).await?;
    let waits = |state: D| state == D::Queued;
    if deliveries.iter().any(|delivery| waits(delivery.state)) {
        // The buttons of a page that showed another text do not reach this one.
        if form.parse::<bedside_core::RevisionId>("revision")? != post.revision {
            return Err(crate::error::changed_meanwhile().into());
        }
        settle_each(&app, &mut tx, &me, &deliveries, &Settle::Leave, waits).await?;
        tx.commit().await?;
        app.wake.notify_one();
    } else if !deliveries
        .iter()
        .any(|delivery| delivery.state == D::Cancelled && delivery.revision == post.revision)
    {
        return Err(Refusal::conflict(
            "not_in_calendar",
            "This post is not waiting in the calendar any more. Its page shows where it stands.",
        )
        .into());
    }
    Ok(Redirect::to(&format!("/posts/{id}?said=unscheduled")).into_response())
}

async fn locked(tx: &mut Tx, me: &Me, id: PostId) -> Result<Post, Error> {
    let post = tx.lock_post(me.actor().practice, id).await?;
    may_see(&post, me.actor())?;
    Ok(post)
}

async fn settle_each(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    deliveries: &[Delivery],
    act: &Settle,
    which: impl Fn(D) -> bool,
) -> Result<(), Error> {
    for delivery in deliveries {
        let Some(fresh) = tx.lock_delivery(delivery.practice, delivery.id).await? else {
            continue;
        };
        if !which(fresh.state) {
            continue;
        }
        let channel = tx.channel(fresh.practice, fresh.channel).await?;
        let step = settle(&fresh, act, me.actor(), deletes(&channel), app.world.now())?;
        tx.apply_step(&step, Some(me.actor().member), &app.world)
            .await?;
    }
    Ok(())
}
