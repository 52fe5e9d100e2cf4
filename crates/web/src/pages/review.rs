//! A second opinion: read the text as it will look, beside what changed and what was found, then approve or ask for
//! changes.

mod page;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use bedside_core::opinion::{self, Answer, Opinion};
use bedside_core::post::{Act, Post, decide, may_see};
use bedside_core::refusal::Kind;
use bedside_core::{PostId, Refusal, screening};
use bedside_store::{CheckMoment, Facts, NewMail, Tx};

use super::compose::{Setting, pack, post_id};
use crate::app::App;
use crate::error::Error;
use crate::form::Form;
use crate::kept;
use crate::session::Me;
use crate::view::Errors;
pub(crate) use page::{changed_words, moment, other_changes};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/posts/{id}/review", get(read).post(answer))
}

async fn read(State(app): State<App>, me: Me, Path(id): Path<String>) -> Result<Response, Error> {
    show(
        &app,
        &me,
        post_id(&id)?,
        &page::Again::default(),
        StatusCode::OK,
    )
    .await
}

async fn show(
    app: &App,
    me: &Me,
    id: PostId,
    again: &page::Again,
    status: StatusCode,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let post = tx.post(me.actor().practice, id).await?;
    may_see(&post, me.actor())?;
    let page = page::fill(app, &mut tx, me, &post, again).await?;
    Ok((status, Html(page.render()?)).into_response())
}

async fn answer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let id = post_id(&id)?;
    let answer: Answer = form.parse("act")?;
    let mut tx = app.store.write().await?;
    let given = match answer {
        Answer::Approve => approve(&app, &mut tx, &me, id, &form).await,
        Answer::AskForChanges => ask_for_changes(&app, &mut tx, &me, id, &form).await,
    };
    match given {
        Ok(said) => {
            tx.commit().await?;
            app.wake.notify_one();
            Ok(Redirect::to(&format!("/posts/{id}?said={said}")).into_response())
        }
        Err(Error::Refused(refusal)) => {
            drop(tx);
            refused(&app, &me, id, &form, refusal).await
        }
        Err(error) => Err(error),
    }
}

/// The page as it stands now, with the reason that was typed and what stood against the answer.
async fn refused(
    app: &App,
    me: &Me,
    id: PostId,
    form: &Form,
    refusal: Refusal,
) -> Result<Response, Error> {
    if refusal.kind == Kind::NotFound {
        return Err(refusal.into());
    }
    let status = kept::status(&refusal);
    let mut errors = Errors::default();
    let field = if refusal.code.starts_with("reason_") {
        "reason"
    } else {
        ""
    };
    errors.add(field, refusal.sentence);
    let again = page::Again {
        reason: form.get("reason").to_owned(),
        errors,
    };
    show(app, me, id, &again, status).await
}

async fn approve(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    id: PostId,
    form: &Form,
) -> Result<&'static str, Error> {
    let actor = me.actor();
    let post = tx.lock_post(actor.practice, id).await?;
    may_see(&post, actor)?;
    let seen = form.parse("revision")?;
    let current = tx.revision(actor.practice, post.revision).await?;
    let setting = Setting::load(tx, me).await?;
    if let Some(gone) = page::disconnected(&setting, &current.content)
        && seen == post.revision
    {
        return Err(Refusal::conflict("channel_gone", gone).into());
    }
    let located = setting.screen(app, &current.content)?;
    let standing = screening::standing(&located, tx.overrides(actor.practice, current.id).await?);
    let now = app.world.now();
    let act = Act::Approve {
        current: &current,
        standing: &standing,
    };
    let decision = decide(&post, seen, &act, actor, &[], now)?;
    let given = opinion_on(app, me, &post, Answer::Approve, remark(form.get("reason"))?);
    tx.keep_opinion(&post, &given).await?;
    tx.keep_check(
        actor.practice,
        current.id,
        CheckMoment::Approved,
        pack(),
        &standing.findings,
        now,
    )
    .await?;
    let facts = Facts {
        seen,
        actor: actor.member,
        opinion: Some(given.id),
        standing: Some(&standing),
    };
    tx.apply_post(&decision, facts, &app.world).await?;
    Ok("approved")
}

/// What may stand beside an approval: nothing, or a few words.
fn remark(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        Ok(String::new())
    } else {
        opinion::reason(text).or_else(|refusal| short(text, refusal))
    }
}

fn short(text: &str, refusal: Refusal) -> Result<String, Refusal> {
    if refusal.code == "reason_missing" {
        Ok(text.to_owned())
    } else {
        Err(refusal)
    }
}

async fn ask_for_changes(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    id: PostId,
    form: &Form,
) -> Result<&'static str, Error> {
    let actor = me.actor();
    let post = tx.lock_post(actor.practice, id).await?;
    may_see(&post, actor)?;
    let now = app.world.now();
    let seen = form.parse("revision")?;
    let decision = decide(
        &post,
        seen,
        &Act::AskForChanges {
            reason: form.get("reason"),
        },
        actor,
        &[],
        now,
    )?;
    let given = opinion_on(
        app,
        me,
        &post,
        Answer::AskForChanges,
        opinion::reason(form.get("reason"))?,
    );
    tx.keep_opinion(&post, &given).await?;
    let facts = Facts {
        seen,
        actor: actor.member,
        opinion: None,
        standing: None,
    };
    tx.apply_post(&decision, facts, &app.world).await?;
    tell_authors(app, tx, me, &post).await?;
    Ok("changes")
}

fn opinion_on(app: &App, me: &Me, post: &Post, answer: Answer, reason: String) -> Opinion {
    Opinion {
        id: app.world.id(),
        post: post.id,
        revision: post.revision,
        by: me.actor().member,
        answer,
        reason,
        at: app.world.now(),
    }
}

/// Mail to whoever wrote or asked: a link, never the text nor the reason, which may quote it.
async fn tell_authors(app: &App, tx: &mut Tx, me: &Me, post: &Post) -> Result<(), Error> {
    let practice = me.actor().practice;
    let members = tx.members(practice).await?;
    let concerned = [Some(post.author), Some(post.revision_author), post.asked_by];
    for member in members
        .iter()
        .filter(|member| member.active && concerned.contains(&Some(member.id)))
    {
        let mail = NewMail {
            id: app.world.id(),
            job: app.world.id(),
            to: member.email.clone(),
            subject: "Changes are asked for in a post".to_owned(),
            body: format!(
                "Hello {},\n\n{} has read the post and asks for changes. What to change stands here:\n\n{}\n",
                member.name,
                me.actor().name,
                app.link(&format!("/posts/{}/edit", post.id)),
            ),
        };
        tx.queue_mail(practice, &mail, app.world.now()).await?;
    }
    Ok(())
}
