//! Practice, channels: connecting, testing, disconnecting; and the outbox.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::network::{Credentials, Trouble};
use bedside_core::people::{Permission, clean_line};
use bedside_core::{ChannelId, Refusal};
use bedside_store::MailState;
use serde::Deserialize;

use super::Said;
use crate::app::App;
use crate::asked::{Asked, Id};
use crate::error::Error;
use crate::form::Form;
use crate::session::Me;
use crate::view::channels as view;
use crate::view::mail::{Mail, Message};
use crate::view::{Errors, Icon, Section, Tag, Tone};
use crate::{say, shell};

/// Where a Bluesky account lives unless the person says otherwise.
const BLUESKY: &str = "https://bsky.social";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/practice/channels", get(list).post(add))
        .route("/practice/channels/new", get(new))
        .route("/practice/channels/{id}/test", post(test))
        .route("/practice/channels/{id}/disconnect", post(disconnect))
        .route("/practice/mail", get(mail))
}

async fn list(State(app): State<App>, me: Me, Asked(said): Asked<Said>) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let channels = tx.channels(me.actor().practice).await?;
    let view = view::Channels {
        shell: shell::inside(&app, &mut tx, &me, Section::Practice, &said.said).await?,
        channels: channels
            .iter()
            .filter(|channel| channel.active)
            .map(line)
            .collect(),
        may_change: me.may(Permission::Manage),
    };
    Ok(Html(view.render()?).into_response())
}

fn line(channel: &Channel) -> view::ChannelLine {
    let by_hand = !channel.platform.capability().sends;
    let tag = if by_hand {
        Tag::new(Icon::Hand, Tone::Plain, "By hand")
    } else if channel.trouble.is_empty() {
        Tag::new(Icon::CheckCircle, Tone::Ok, "Connected")
    } else {
        Tag::new(Icon::Triangle, Tone::Warn, "Needs a look")
    };
    let handle = match &channel.account {
        Some(account) => format!("@{}", account.handle),
        None => channel.address.clone(),
    };
    view::ChannelLine {
        id: channel.id.to_string(),
        name: channel.name.clone(),
        handle,
        by_hand,
        tag,
        tested: channel.trouble.clone(),
        last_tested: None,
        again_href: if by_hand {
            String::new()
        } else {
            format!(
                "/practice/channels/new?platform={}",
                channel.platform.slug()
            )
        },
    }
}

#[derive(Default, Deserialize)]
struct Chosen {
    #[serde(default)]
    platform: String,
}

fn platform(platform: Platform) -> view::Platform {
    let sends = platform.capability().sends;
    view::Platform {
        id: platform.slug().to_owned(),
        name: platform.name().to_owned(),
        hint: if sends {
            "Bedside posts for you"
        } else {
            "You copy and post; Bedside keeps the record"
        }
        .to_owned(),
        by_hand: !sends,
        href: format!("/practice/channels/new?platform={}", platform.slug()),
        example: match platform {
            Platform::Bluesky => "weirlane.bsky.social",
            Platform::Facebook => "https://www.facebook.com/yourpractice",
            Platform::Instagram => "https://www.instagram.com/yourpractice",
            Platform::Linkedin => "https://www.linkedin.com/company/yourpractice",
            Platform::X => "https://x.com/yourpractice",
            Platform::Threads => "https://www.threads.net/@yourpractice",
            Platform::Tiktok => "https://www.tiktok.com/@yourpractice",
            Platform::Youtube => "https://www.youtube.com/@yourpractice",
            Platform::GoogleBusiness => "https://business.google.com",
            Platform::Mastodon => "https://mastodon.example/@yourpractice",
            Platform::Other => "https://www.yourpractice.example/news",
        }
        .to_owned(),
    }
}

fn blank(shell: crate::view::Shell, chosen: Option<Platform>) -> view::NewChannel {
    view::NewChannel {
        shell,
        platforms: Platform::ALL.into_iter().map(platform).collect(),
        chosen: chosen.map(platform),
        name: chosen
            .map(|chosen| chosen.name().to_owned())
            .unwrap_or_default(),
        address: String::new(),
        service: BLUESKY.to_owned(),
        identifier: String::new(),
        errors: Errors::default(),
    }
}

async fn new(
    State(app): State<App>,
    me: Me,
    Asked(chosen): Asked<Chosen>,
) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let mut tx = app.store.read().await?;
    let shell = shell::inside(&app, &mut tx, &me, Section::Practice, "").await?;
    Ok(Html(blank(shell, chosen.platform.parse().ok()).render()?).into_response())
}

async fn add(State(app): State<App>, me: Me, form: Form) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let chosen: Platform = form.get("platform").parse()?;
    match connect(&app, &me, chosen, &form).await {
        Ok(said) => Ok(Redirect::to(&format!("/practice/channels?said={said}")).into_response()),
        Err((field, Error::Refused(refusal)))
            if refusal.kind != bedside_core::refusal::Kind::NotFound =>
        {
            let mut tx = app.store.read().await?;
            let shell = shell::inside(&app, &mut tx, &me, Section::Practice, "").await?;
            let mut view = blank(shell, Some(chosen));
            form.get("name").clone_into(&mut view.name);
            form.get("address").clone_into(&mut view.address);
            form.get("service").clone_into(&mut view.service);
            form.get("identifier").clone_into(&mut view.identifier);
            view.errors.add(field, refusal.sentence);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(view.render()?)).into_response())
        }
        Err((_, other)) => Err(other),
    }
}

/// Connects what was typed; on a refusal, the field that it is about.
async fn connect(
    app: &App,
    me: &Me,
    chosen: Platform,
    form: &Form,
) -> Result<&'static str, (&'static str, Error)> {
    let at = |field: &'static str| move |error: Error| (field, error);
    let name = match form.get("name").trim() {
        "" => chosen.name(),
        typed => typed,
    };
    let Some(name) = clean_line(name, 80) else {
        let refusal = Refusal::input(
            "channel_name",
            "Give the channel a name of at most 80 characters.",
        );
        return Err(("name", refusal.into()));
    };
    let mut channel = Channel {
        id: app.world.id(),
        practice: me.actor().practice,
        platform: chosen,
        name,
        address: String::new(),
        visibility: Visibility::Public,
        account: None,
        active: true,
        trouble: String::new(),
    };
    let mut credentials = None;
    if let Some(network) = app.networks.of(chosen) {
        let typed =
            typed_credentials(form).map_err(|(field, refusal)| (field, Error::from(refusal)))?;
        let account = network
            .connect(&typed)
            .await
            .map_err(|trouble| (field_of(&trouble), Error::from(refused(&trouble))))?;
        channel.account = Some(account);
        credentials = Some(typed);
    } else {
        channel.address = page_address(form.get("address"))
            .map_err(|refusal| ("address", Error::from(refusal)))?;
    }
    let now = app.world.now();
    let mut tx = app.store.write().await.map_err(|e| at("")(e.into()))?;
    let known = tx
        .channels(channel.practice)
        .await
        .map_err(|e| at("")(e.into()))?
        .into_iter()
        .find(|known| {
            known.platform == chosen
                && channel.account.is_some()
                && known.account.as_ref().map(|a| &a.id) == channel.account.as_ref().map(|a| &a.id)
        });
    match (known, &channel.account, &credentials) {
        // The same account again: a new password, or one that comes back.
        (Some(known), Some(account), Some(credentials)) => {
            tx.reconnect_channel(
                channel.practice,
                known.id,
                account,
                credentials,
                me.actor(),
                now,
            )
            .await
        }
        _ => {
            tx.add_channel(&channel, credentials.as_ref(), me.actor(), now)
                .await
        }
    }
    .map_err(|e| {
        let field = if credentials.is_some() {
            "identifier"
        } else {
            "address"
        };
        at(field)(e.into())
    })?;
    tx.commit().await.map_err(|e| at("")(e.into()))?;
    Ok(if credentials.is_some() {
        "connected"
    } else {
        "added"
    })
}

fn typed_credentials(form: &Form) -> Result<Credentials, (&'static str, Refusal)> {
    let service = form.get("service").trim();
    let typed = Credentials {
        service: if service.is_empty() {
            BLUESKY.to_owned()
        } else {
            service.trim_end_matches('/').to_owned()
        },
        identifier: form
            .get("identifier")
            .trim()
            .trim_start_matches('@')
            .to_owned(),
        secret: form.get("secret").trim().to_owned(),
    };
    if !is_service(&typed.service) {
        return Err((
            "service",
            Refusal::input(
                "service_form",
                "Enter the address of the server, starting with https://.",
            ),
        ));
    }
    if typed.identifier.is_empty() || typed.identifier.len() > 253 {
        return Err((
            "identifier",
            Refusal::input(
                "identifier",
                "Enter the account's name, like yourpractice.bsky.social.",
            ),
        ));
    }
    if typed.secret.is_empty() || typed.secret.len() > 256 {
        return Err((
            "secret",
            Refusal::input(
                "secret",
                "Enter an app password. Bluesky makes one under Settings, Privacy and security, App passwords.",
            ),
        ));
    }
    Ok(typed)
}

/// Whether a text is the address of a server and nothing more. Whether it is one of a network is for the test call to
/// find out.
fn is_service(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && text.len() <= 300
    })
}

fn field_of(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Refused(_) => "secret",
        Trouble::Later { .. } => "service",
    }
}

fn refused(trouble: &Trouble) -> Refusal {
    Refusal::input("not_connected", trouble.to_string())
}

/// The address of a page that people post to by hand.
fn page_address(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let full = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let fits = url::Url::parse(&full).ok().filter(|url| {
        url.scheme() == "https"
            && url.host_str().is_some_and(|host| host.contains('.'))
            && url.username().is_empty()
            && full.len() <= 500
    });
    fits.map(|url| url.to_string()).ok_or_else(|| {
        Refusal::input(
            "address_form",
            "Enter the address of your page, starting with https://.",
        )
    })
}

async fn test(
    State(app): State<App>,
    me: Me,
    Id(id): Id<ChannelId>,
    _form: Form,
) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let practice = me.actor().practice;
    let mut tx = app.store.read().await?;
    let channel = tx.channel(practice, id).await?;
    let credentials = tx.credentials(practice, id).await?;
    drop(tx);
    let trouble = match (app.networks.of(channel.platform), credentials) {
        (Some(network), Some(credentials)) => network
            .connect(&credentials)
            .await
            .err()
            .map(|trouble| trouble.to_string()),
        _ => {
            return Err(Refusal::conflict(
                "by_hand",
                "There is nothing to test: people post there by hand.",
            )
            .into());
        }
    };
    let said = if trouble.is_none() {
        "?said=connected"
    } else {
        ""
    };
    let mut tx = app.store.write().await?;
    tx.set_channel_trouble(practice, id, trouble.as_deref().unwrap_or_default())
        .await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/practice/channels{said}")).into_response())
}

async fn disconnect(
    State(app): State<App>,
    me: Me,
    Id(id): Id<ChannelId>,
    _form: Form,
) -> Result<Response, Error> {
    let mut tx = app.store.write().await?;
    tx.disconnect_channel(me.actor().practice, id, me.actor(), app.world.now())
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/practice/channels?said=disconnected").into_response())
}

async fn mail(State(app): State<App>, me: Me) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let mut tx = app.store.read().await?;
    let practice = me.actor().practice;
    let zone = tx.practice(practice).await?.settings.zone;
    let now = app.world.now();
    let messages = tx.mails(practice, 100).await?;
    let messages = messages
        .into_iter()
        .map(|mail| Message {
            to: mail.to,
            subject: mail.subject,
            text: mail.body,
            when: say::short(mail.created_at, &zone, now),
            tag: match mail.state {
                MailState::Waiting if app.options.mail_host.is_none() => {
                    Tag::new(Icon::Clock, Tone::Warn, "Waits here")
                }
                MailState::Waiting => Tag::new(Icon::Clock, Tone::Accent, "Being sent"),
                MailState::Sent => Tag::new(Icon::Tick, Tone::Ok, "Sent"),
                MailState::Failed => Tag::new(Icon::Cross, Tone::Block, "Not sent"),
            },
            detail: mail.trouble,
        })
        .collect();
    let view = Mail {
        shell: shell::inside(&app, &mut tx, &me, Section::Practice, "").await?,
        set_up: app
            .options
            .mail_host
            .as_ref()
            .map(|host| format!("Sent through {host}")),
        messages,
    };
    Ok(Html(view.render()?).into_response())
}
