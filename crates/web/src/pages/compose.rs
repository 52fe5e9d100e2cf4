//! Write: the composer, its saves, and asking for a second opinion.

mod page;
mod typed;
mod write;

use askama::Template;
use axum::Json;
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bedside_core::content::Content;
use bedside_core::people::Permission;
use bedside_core::post::{Act, Post, decide, may_see};
use bedside_core::{PostId, Refusal, RevisionId};
use bedside_store::Facts;
use serde::Deserialize;

use super::Said;
use crate::app::App;
use crate::diff;
use crate::error::Error;
use crate::form::{FORM_MAX, File, Form};
use crate::kept;
use crate::picture;
use crate::say;
use crate::session::Me;
use crate::view::Errors;
use crate::view::compose::{Saved as SavedAnswer, Stale};
pub(crate) use page::Setting;
use page::{Subject, fill};
use typed::Autosave;
pub(crate) use typed::{Typed, is_past};
pub(crate) use write::pack;
use write::{Asked, How, Saved, Sent};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/posts/new", get(new))
        .route("/posts", post(save_new))
        .route(
            "/posts/autosave",
            post(autosave_new).layer(DefaultBodyLimit::max(FORM_MAX)),
        )
        .route("/posts/{id}/edit", get(edit))
        .route("/posts/{id}", post(save_known))
        .route(
            "/posts/{id}/autosave",
            post(autosave_known).layer(DefaultBodyLimit::max(FORM_MAX)),
        )
        .route("/posts/{id}/delete", post(delete))
}

/// The id in an address; what is no id names nothing.
pub(crate) fn post_id(text: &str) -> Result<PostId, Error> {
    text.parse()
        .map_err(|_| Refusal::not_found("There is no such post.").into())
}

#[derive(Deserialize)]
struct NewQuery {
    #[serde(default)]
    date: String,
}

async fn new(
    State(app): State<App>,
    me: Me,
    Query(query): Query<NewQuery>,
) -> Result<Response, Error> {
    me.needs(Permission::Write)?;
    let mut tx = app.store.read().await?;
    let setting = Setting::load(&mut tx, &me).await?;
    let mut typed = Typed::default();
    if query.date.parse::<jiff::civil::Date>().is_ok() {
        typed.at = true;
        typed.date = query.date;
        typed.time = "09:00".to_owned();
    }
    let mut active = setting.channels.iter().filter(|channel| channel.active);
    if let (Some(only), None) = (active.next(), active.next()) {
        typed.channels.push(only.id.to_string());
    }
    let subject = Subject {
        post: None,
        revision: app.world.id(),
        base: &Content::default(),
        saved: None,
        typed: &typed,
        errors: Errors::default(),
        stale: None,
    };
    let page = fill(&app, &mut tx, &me, &setting, subject, "").await?;
    Ok(Html(page.render()?).into_response())
}

async fn edit(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(query): Query<Said>,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let practice = me.actor().practice;
    let post = tx.post(practice, post_id(&id)?).await?;
    may_see(&post, me.actor())?;
    me.needs(Permission::Write)?;
    let revision = tx.revision(practice, post.revision).await?;
    let deliveries = tx.deliveries(practice, post.id).await?;
    // A page that could not be saved is not shown.
    let act = Act::Change {
        content: &revision.content,
        revision: revision.id,
    };
    decide(
        &post,
        post.revision,
        &act,
        me.actor(),
        &deliveries,
        app.world.now(),
    )?;
    let setting = Setting::load(&mut tx, &me).await?;
    let subject = Subject {
        post: Some(&post),
        revision: revision.id,
        base: &revision.content,
        saved: Some(revision.made_at),
        typed: &Typed::from(&revision.content),
        errors: Errors::default(),
        stale: None,
    };
    let page = fill(&app, &mut tx, &me, &setting, subject, &query.said).await?;
    Ok(Html(page.render()?).into_response())
}

async fn save_new(State(app): State<App>, me: Me, form: Form) -> Result<Response, Error> {
    let saved = save(&app, &me, None, &form).await;
    or_kept(&app, &me, saved, &form, "/posts/new").await
}

async fn save_known(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let id = post_id(&id)?;
    let saved = save(&app, &me, Some(id), &form).await;
    or_kept(&app, &me, saved, &form, &format!("/posts/{id}")).await
}

/// What could not be saved stands on the page that says why.
async fn or_kept(
    app: &App,
    me: &Me,
    saved: Result<Response, Error>,
    form: &Form,
    back: &str,
) -> Result<Response, Error> {
    match saved {
        Ok(answer) => Ok(answer),
        Err(error) => kept::page(app, me, error, form.get("text"), back).await,
    }
}

async fn save(app: &App, me: &Me, post: Option<PostId>, form: &Form) -> Result<Response, Error> {
    me.needs(Permission::Write)?;
    let typed = Typed::from(form);
    let files: Vec<&File> = form
        .files
        .iter()
        .filter(|file| file.field == "pictures")
        .collect();
    let (pictures, unfit) = if files.len() > FILES_MAX {
        (
            Vec::new(),
            vec![format!(
                "Add at most {FILES_MAX} pictures at once. None of these was added."
            )],
        )
    } else {
        picture::take(app, &files).await?
    };
    let sent = Sent {
        post,
        revision: form.parse("revision")?,
        typed: &typed,
        pictures: &pictures,
        how: How::from(form.get("act")),
    };
    let (mut tx, setting, saved) = save_once_more(app, me, &sent).await?;
    let (post, revision, mut errors) = match saved {
        Saved::Now {
            post,
            revision,
            errors,
        } => (post, revision, errors),
        Saved::Unfit { post, base, errors } => {
            drop(tx);
            let saved = Kept {
                post: post.as_ref(),
                revision: sent.revision,
                base: &base,
                typed: &typed,
            };
            return show(
                app,
                me,
                &setting,
                saved,
                told(errors, &unfit),
                None,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await;
        }
        Saved::Stale {
            post,
            theirs,
            yours,
        } => {
            drop(tx);
            let now = app.world.now();
            let who = if theirs.author == me.actor().member {
                "You".to_owned()
            } else {
                setting.name(theirs.author)
            };
            let at = say::short(theirs.made_at, setting.zone(), now).words;
            let window = if theirs.author == me.actor().member {
                " in another window"
            } else {
                ""
            };
            let stale = Stale {
                what: format!("{who} changed this post {at}{window}, after you opened it."),
                diff: diff::words(&theirs.content.text, &yours.text),
            };
            let typed = typed.clone().settled();
            let saved = Kept {
                post: Some(&post),
                revision: theirs.id,
                base: &theirs.content,
                typed: &typed,
            };
            let mut errors = Errors::default();
            if !pictures.is_empty() {
                errors.add(
                    "pictures",
                    "Your new pictures were not added. Add them again when you save.",
                );
            }
            return show(
                app,
                me,
                &setting,
                saved,
                told(errors, &unfit),
                Some(stale),
                StatusCode::CONFLICT,
            )
            .await;
        }
        Saved::Waits { .. } => return Err(Error::Ours("a save that waits".into())),
    };
    errors = told(errors, &unfit);
    let mut done = match form.get("act") {
        "check" => format!("/posts/{}/edit?said=saved#noticed", post.id),
        _ => format!("/posts/{}?said=saved", post.id),
    };
    if errors.is_empty() && form.get("act") == "ask" {
        match write::ask(app, &mut tx, me, &setting, &post, &revision).await? {
            Asked::Opinion => done = format!("/posts/{}?said=asked", post.id),
            Asked::LetOut => done = format!("/posts/{}?said=let-out", post.id),
            Asked::NotYet(missing) => errors = missing,
        }
    } else if form.get("act") == "ask" {
        for missing in typed::missing(&revision.content, &setting.channels, app.world.now()).0 {
            if errors.at(&missing.field).is_none() {
                errors.0.push(missing);
            }
        }
        errors = in_order(errors);
    }
    tx.commit().await?;
    app.wake.notify_one();
    if errors.is_empty() {
        return Ok(Redirect::to(&done).into_response());
    }
    let typed = typed.settled();
    let kept = Kept {
        post: Some(&post),
        revision: revision.id,
        base: &revision.content,
        typed: &typed,
    };
    show(
        app,
        me,
        &setting,
        kept,
        errors,
        None,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await
}

/// More files than this at once are not opened at all.
const FILES_MAX: usize = 10;

/// Saves; when two sendings of the same new post meet, the second finds what the first made.
async fn save_once_more(
    app: &App,
    me: &Me,
    sent: &Sent<'_>,
) -> Result<(bedside_store::Tx, Setting, Saved), Error> {
    let mut tries = 0;
    loop {
        let mut tx = app.store.write().await?;
        let setting = Setting::load(&mut tx, me).await?;
        match write::save(app, &mut tx, me, &setting, sent).await {
            Err(Error::Refused(refusal))
                if refusal.code == "changed_meanwhile" && sent.post.is_none() && tries == 0 =>
            {
                tries += 1;
            }
            saved => return Ok((tx, setting, saved?)),
        }
    }
}

fn told(mut errors: Errors, unfit: &[String]) -> Errors {
    for sentence in unfit {
        errors.add("pictures", sentence);
    }
    in_order(errors)
}

/// The order of the page's fields.
fn in_order(mut errors: Errors) -> Errors {
    errors.0.sort_by_key(|error| {
        let field = error.field.as_str();
        match field {
            "" => 0,
            "channels" => 1,
            "text" => 2,
            "pictures" => 3,
            _ if field.starts_with("alt_") => 4,
            _ if field.starts_with("own_text_") => 5,
            "when" => 6,
            "date" => 7,
            _ => 8,
        }
    });
    errors
}

/// The state of the post under the page that is shown again.
struct Kept<'a> {
    post: Option<&'a Post>,
    revision: RevisionId,
    base: &'a Content,
    typed: &'a Typed,
}

async fn show(
    app: &App,
    me: &Me,
    setting: &Setting,
    kept: Kept<'_>,
    errors: Errors,
    stale: Option<Stale>,
    status: StatusCode,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let saved = match kept.post {
        Some(post) if stale.is_none() => tx
            .revision(post.practice, kept.revision)
            .await
            .ok()
            .map(|revision| revision.made_at),
        _ => None,
    };
    let subject = Subject {
        post: kept.post,
        revision: kept.revision,
        base: kept.base,
        saved,
        typed: kept.typed,
        errors,
        stale,
    };
    let page = fill(app, &mut tx, me, setting, subject, "").await?;
    Ok((status, Html(page.render()?)).into_response())
}

async fn autosave_new(
    State(app): State<App>,
    me: Me,
    body: Result<Json<Autosave>, JsonRejection>,
) -> Result<Response, Error> {
    autosave(&app, &me, None, body).await
}

async fn autosave_known(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    body: Result<Json<Autosave>, JsonRejection>,
) -> Result<Response, Error> {
    autosave(&app, &me, Some(post_id(&id)?), body).await
}

async fn autosave(
    app: &App,
    me: &Me,
    post: Option<PostId>,
    body: Result<Json<Autosave>, JsonRejection>,
) -> Result<Response, Error> {
    let Json(body) = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooBig,
        _ => Error::Unreadable,
    })?;
    me.visitor.check(&body.csrf)?;
    me.needs(Permission::Write)?;
    let typed = Typed::from(&body);
    let revision: RevisionId = body.revision.parse().map_err(|_| Error::Unreadable)?;
    let sent = Sent {
        post,
        revision,
        typed: &typed,
        pictures: &[],
        how: How::Quietly,
    };
    let (tx, setting, saved) = save_once_more(app, me, &sent).await?;
    let now = app.world.now();
    let (status, post, revision, words) = match saved {
        Saved::Now { post, revision, .. } => {
            tx.commit().await?;
            let words = page::saved(revision.made_at, setting.zone(), now).words;
            (StatusCode::OK, Some(post), revision.id, words)
        }
        Saved::Waits { post } => {
            let words = "Not saved yet: a change makes the opinion on it void. Press “Save and leave” to change it";
            (
                StatusCode::ACCEPTED,
                Some(post),
                sent.revision,
                words.to_owned(),
            )
        }
        Saved::Unfit { post, errors, .. } => {
            let first = errors
                .all()
                .first()
                .map_or("", |error| error.message.as_str());
            let words = format!("Not saved: {first}");
            (StatusCode::ACCEPTED, post, sent.revision, words)
        }
        Saved::Stale { .. } => return Err(crate::error::changed_meanwhile().into()),
    };
    let action = post
        .as_ref()
        .map_or_else(|| "/posts".to_owned(), |post| format!("/posts/{}", post.id));
    let answer = SavedAnswer {
        words,
        saved_at: now.to_string(),
        revision: revision.to_string(),
        autosave: format!("{action}/autosave"),
        action,
        post_id: post.map(|post| post.id.to_string()).unwrap_or_default(),
    };
    Ok((status, Json(answer)).into_response())
}

async fn delete(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let mut tx = app.store.write().await?;
    let practice = me.actor().practice;
    let post = tx.lock_post(practice, post_id(&id)?).await?;
    let deliveries = tx.deliveries(practice, post.id).await?;
    let now = app.world.now();
    let decision = decide(
        &post,
        form.parse("revision")?,
        &Act::Delete,
        me.actor(),
        &deliveries,
        now,
    )?;
    let facts = Facts {
        seen: post.revision,
        actor: me.actor().member,
        opinion: None,
        standing: None,
    };
    tx.apply_post(&decision, facts, &app.world).await?;
    tx.delete_draft(practice, post.id, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/calendar?said=deleted").into_response())
}
