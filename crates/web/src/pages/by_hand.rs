//! Posting by hand: the words, the pictures, the page to post on, and the link that comes back.
//!
//! The gate holds here as it does where Bedside sends itself: what is not let out, or no longer, is not shown.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use bedside_core::by_hand::opening;
use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::content::{Content, PictureRef};
use bedside_core::delivery::{self, Delivery, DeliveryState, Gate, Settle};
use bedside_core::network::RetrySafety;
use bedside_core::people::Permission;
use bedside_core::post::{Post, may_see};
use bedside_core::{DeliveryId, Refusal, screening};
use bedside_store::Tx;

use super::compose::Setting;
use super::deliveries::{act, delivery_id, nothing, pasted};
use crate::app::App;
use crate::error::Error;
use crate::form::Form;
use crate::session::Me;
use crate::view::Section;
use crate::view::by_hand::{ByHand, PictureToSave};
use crate::{kept, places, say, shell};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/by-hand/{delivery}", get(show).post(posted))
}

async fn show(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let page = page(&app, &me, delivery_id(&id)?, on_phone(&headers), "", None).await?;
    Ok(Html(page.render()?).into_response())
}

/// Some networks have another address for their app.
fn on_phone(headers: &HeaderMap) -> bool {
    headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .is_some_and(|agent| agent.contains("Mobi"))
}

/// The delivery and its post, for someone who may post by hand.
async fn load(tx: &mut Tx, me: &Me, id: DeliveryId) -> Result<(Delivery, Post), Error> {
    let practice = me.actor().practice;
    let delivery = tx.delivery(practice, id).await?.ok_or_else(nothing)?;
    let post = tx.post(practice, delivery.post).await?;
    may_see(&post, me.actor())?;
    me.needs(Permission::Settle)?;
    Ok((delivery, post))
}

async fn page(
    app: &App,
    me: &Me,
    id: DeliveryId,
    phone: bool,
    link: &str,
    error: Option<String>,
) -> Result<ByHand, Error> {
    let mut tx = app.store.read().await?;
    let (delivery, post) = load(&mut tx, me, id).await?;
    let setting = Setting::load(&mut tx, me).await?;
    let content = tx.revision(post.practice, delivery.revision).await?.content;
    let channel = tx.channel(post.practice, delivery.channel).await?;
    let done = (delivery.state == DeliveryState::Live && !delivery.link.is_empty())
        .then(|| delivery.link.clone());
    let stopped = match &done {
        Some(_) => None,
        None => stopped(app, &mut tx, &setting, &delivery, &post, &channel, &content).await?,
    };
    let mut page = ByHand {
        shell: shell::inside(app, &mut tx, me, Section::Calendar, "").await?,
        delivery: id.to_string(),
        revision: delivery.revision.to_string(),
        post_href: format!("/posts/{}", post.id),
        title: content.title(),
        place: places::name(&channel, &setting.channels),
        account: account(&channel, &setting),
        when: say::when(delivery.due, setting.zone(), app.world.now()),
        parts: Vec::new(),
        pictures: Vec::new(),
        page: String::new(),
        steps: Vec::new(),
        link: link.to_owned(),
        link_hint: hint(channel.platform),
        error,
        stopped,
        done,
    };
    if page.stopped.is_none() && page.done.is_none() {
        let text = content.text_for(channel.id);
        page.parts.push(text.to_owned());
        page.pictures = (1..).zip(&content.pictures).map(to_save).collect();
        how(&mut page, &channel, text, phone);
    }
    Ok(page)
}

/// Where to post it and what to do there.
fn how(page: &mut ByHand, channel: &Channel, text: &str, phone: bool) {
    // An address that carries the words hands them to the network, as the posting itself is about to: never for a place
    // that not everyone can read.
    let carried = match channel.visibility {
        Visibility::Public => text,
        Visibility::ClosedGroup | Visibility::PrivateForum => "",
    };
    if let Some(opening) = opening(channel.platform.slug(), &channel.address, carried) {
        let url = if phone {
            &opening.phone
        } else {
            &opening.desktop
        };
        page.page = url.to_string();
        page.steps = opening
            .steps
            .iter()
            .map(|step| (*step).to_owned())
            .collect();
    }
}

fn account(channel: &Channel, setting: &Setting) -> String {
    match (places::handle(channel), channel.name.trim()) {
        (handle, _) if !handle.is_empty() => handle,
        (_, name) if !name.is_empty() && name != channel.platform.name() => name.to_owned(),
        _ => setting.practice.settings.name.clone(),
    }
}

fn to_save((n, picture): (usize, &PictureRef)) -> PictureToSave {
    let ending = if picture.mime == "image/png" {
        "png"
    } else {
        "jpg"
    };
    PictureToSave {
        src: places::picture_address(&picture.sha256),
        file_name: format!("picture-{n}.{ending}"),
        alt: picture.alt.clone(),
    }
}

fn hint(platform: Platform) -> String {
    let example = match platform {
        Platform::Bluesky => "https://bsky.app/profile/yourpractice/post/...",
        Platform::Facebook => "https://www.facebook.com/yourpractice/posts/...",
        Platform::Instagram => "https://www.instagram.com/p/...",
        Platform::Linkedin => "https://www.linkedin.com/posts/...",
        Platform::X => "https://x.com/yourpractice/status/...",
        Platform::Threads => "https://www.threads.net/@yourpractice/post/...",
        Platform::Tiktok => "https://www.tiktok.com/@yourpractice/video/...",
        Platform::Youtube => "https://www.youtube.com/watch?v=...",
        Platform::GoogleBusiness => "https://posts.gle/...",
        Platform::Mastodon => "https://mastodon.example/@yourpractice/...",
        Platform::Other => {
            return "If it has no address of its own, paste the address of the page on which it can be seen."
                .to_owned();
        }
    };
    format!("Like {example}")
}

/// Why it may not be posted now; `None` when it may.
async fn stopped(
    app: &App,
    tx: &mut Tx,
    setting: &Setting,
    delivery: &Delivery,
    post: &Post,
    channel: &Channel,
    content: &Content,
) -> Result<Option<String>, Error> {
    if delivery.state != DeliveryState::ByHand {
        return Ok(Some(not_now(delivery.state).to_owned()));
    }
    let authorisation = tx.authorisation(post.practice, delivery.id).await?;
    let mut only = content.clone();
    only.places
        .retain(|place| place.channel == delivery.channel);
    let located = screening::screen(
        app.engine,
        &setting.practice,
        std::slice::from_ref(channel),
        &only,
    )?;
    let overrides = tx.overrides(post.practice, delivery.revision).await?;
    let standing = screening::standing(&located, overrides);
    let accepted = authorisation
        .as_ref()
        .map(|authorisation| authorisation.accepted.as_slice())
        .unwrap_or_default();
    let gate = Gate {
        authorisation: authorisation.as_ref(),
        current_revision: post.revision,
        seal_now: content.seal_for(delivery.channel),
        needs_opinion: setting.practice.settings.needs_second_opinion,
        new_finding: standing
            .new_since(accepted)
            .map(|finding| finding.message.clone()),
        channel_ready: channel.active,
        sends_itself: false,
        retry_safety: RetrySafety::Never,
        late_limit_minutes: setting.practice.settings.late_limit_minutes,
    };
    // The gate is asked as it is asked before anything leaves: of a delivery whose turn has come.
    let now = app.world.now();
    let turn = Delivery {
        state: DeliveryState::Queued,
        due: now,
        ..delivery.clone()
    };
    let step = delivery::begin(&turn, &gate, now);
    Ok((step.delivery.state != DeliveryState::ByHand).then_some(step.delivery.trouble))
}

fn not_now(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => {
            "Its time has not come yet. We will tell you here and on Today when it has."
        }
        DeliveryState::Held => "It is held back. The page of the post says why.",
        DeliveryState::Late => {
            "Its time has passed. Decide on the page of the post what becomes of it."
        }
        DeliveryState::Sending | DeliveryState::NotSent | DeliveryState::Unknown => {
            "Bedside sends this itself. The page of the post says where it stands."
        }
        DeliveryState::Cancelled => {
            "It was taken out of the calendar, or the text was changed. The page of the post says what is next."
        }
        DeliveryState::TakingDown | DeliveryState::TakeDownByHand | DeliveryState::Gone => {
            "This post is being taken down, or is gone."
        }
        DeliveryState::Live | DeliveryState::ByHand => "It is live already.",
    }
}

async fn posted(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Error> {
    let id = delivery_id(&id)?;
    let typed = form.get("link").trim();
    let mut tx = app.store.read().await?;
    let (delivery, post) = load(&mut tx, &me, id).await?;
    let link = pasted(&mut tx, &delivery, typed).await;
    drop(tx);
    let done = match link {
        Ok(link) => act(&app, &me, id, &Settle::ItIsThere { link }).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(post) => Ok(Redirect::to(&format!("/posts/{post}?said=live")).into_response()),
        Err(Error::Refused(Refusal {
            code: "link_form",
            sentence,
            ..
        })) if delivery.state == DeliveryState::ByHand => {
            let page = page(&app, &me, id, on_phone(&headers), typed, Some(sentence)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
        }
        Err(error) => kept::page(&app, &me, error, typed, &format!("/posts/{}", post.id)).await,
    }
}
