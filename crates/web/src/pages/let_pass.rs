//! Letting one named finding pass, with a reason that stays in the record.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use bedside_core::PostId;
use bedside_core::opinion;
use bedside_core::post::{Act, decide, may_see};
use bedside_core::screening;
use bedside_core::standing::Override;
use bedside_store::Facts;

use super::compose::{Setting, post_id};
use crate::app::App;
use crate::error::Error;
use crate::form::Form;
use crate::kept;
use crate::session::Me;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/posts/{id}/override", post(let_pass))
}

async fn let_pass(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let id = post_id(&id)?;
    match pass(&app, &me, id, &form).await {
        Ok(()) => Ok(Redirect::to(&format!("/posts/{id}?said=passed#findings")).into_response()),
        Err(error) => {
            kept::page(
                &app,
                &me,
                error,
                form.get("reason"),
                &format!("/posts/{id}#findings"),
            )
            .await
        }
    }
}

async fn pass(app: &App, me: &Me, id: PostId, form: &Form) -> Result<(), Error> {
    let actor = me.actor();
    let mut tx = app.store.write().await?;
    let post = tx.lock_post(actor.practice, id).await?;
    may_see(&post, actor)?;
    let revision = tx.revision(actor.practice, post.revision).await?;
    let setting = Setting::load(&mut tx, me).await?;
    let located = setting.screen(app, &revision.content)?;
    let standing = screening::standing(&located, tx.overrides(actor.practice, revision.id).await?);
    let (rule, words, reason) = (form.get("rule"), form.get("words"), form.get("reason"));
    let now = app.world.now();
    let act = Act::Override {
        standing: &standing,
        rule,
        words,
        reason,
    };
    let deliveries = tx.deliveries(actor.practice, post.id).await?;
    let decision = decide(
        &post,
        form.parse("revision")?,
        &act,
        actor,
        &deliveries,
        now,
    )?;
    // The second press: the first one's reason stands.
    if standing
        .overrides
        .iter()
        .any(|known| known.rule == rule && known.words == words)
    {
        return Ok(());
    }
    let pass = Override {
        rule: rule.to_owned(),
        words: words.to_owned(),
        by: actor.member,
        reason: opinion::reason(reason)?,
        at: now,
    };
    tx.keep_override(actor.practice, revision.id, &pass).await?;
    let facts = Facts {
        seen: revision.id,
        actor: actor.member,
        opinion: None,
        standing: None,
    };
    tx.apply_post(&decision, facts, &app.world).await?;
    tx.commit().await?;
    Ok(())
}
