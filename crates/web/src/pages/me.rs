//! The signed-in person, and the pages that belong to everyone: the phone's "More", and "Why?" for each rule.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::get;
use bedside_core::Refusal;
use bedside_core::standing::is_legal;

use super::Said;
use crate::app::App;
use crate::asked::Asked;
use crate::error::Error;
use crate::session::Me;
use crate::view::rule::{RulePage, SourceLine};
use crate::view::{Section, me, more};
use crate::{say, shell};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(page))
        .route("/more", get(more_page))
        .route("/rules/{id}", get(rule))
}

async fn page(
    State(app): State<App>,
    me: Me,
    Asked(said): Asked<Said>,
) -> Result<Html<String>, Error> {
    let mut tx = app.store.read().await?;
    let zone = tx.practice(me.actor().practice).await?.settings.zone;
    let now = app.world.now();
    let sessions = tx
        .sessions(me.signed.person, now)
        .await?
        .into_iter()
        .map(|(hash, since)| me::SessionLine {
            device: "A browser".to_owned(),
            since: say::short(since, &zone, now),
            here: hash == bedside_core::content::sha256_hex(me.visitor.token.as_bytes()),
        })
        .collect();
    let roles = me
        .actor()
        .roles
        .iter()
        .filter_map(|role| {
            role.words()
                .split_once(": ")
                .map(|(name, does)| (name.to_owned(), does.to_owned()))
        })
        .collect();
    let view = me::Me {
        shell: shell::inside(&app, &mut tx, &me, Section::None, &said.said).await?,
        name: me.actor().name.clone(),
        email: me.signed.email.clone(),
        roles,
        sessions,
    };
    Ok(Html(view.render()?))
}

async fn more_page(State(app): State<App>, me: Me) -> Result<Html<String>, Error> {
    let mut tx = app.store.read().await?;
    let shell = shell::inside(&app, &mut tx, &me, Section::None, "").await?;
    Ok(Html(more::More { shell }.render()?))
}

async fn rule(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Html<String>, Error> {
    let rule = app
        .engine
        .rule(&id)
        .ok_or_else(|| Refusal::not_found("There is no such rule."))?;
    let mut tx = app.store.read().await?;
    let override_words = if is_legal(rule.id) {
        "The law stands behind this rule. It can pass only if someone other than the author, the responsible person or an approver, says so and says why."
    } else {
        "The responsible person can let it pass, with a reason that goes into the record."
    };
    let view = RulePage {
        shell: shell::inside(&app, &mut tx, &me, Section::None, "").await?,
        id: rule.id.to_owned(),
        title: rule.message.to_owned(),
        tag: rule.severity.into(),
        why: rule.why.to_owned(),
        instead: rule.instead.to_owned(),
        sources: rule
            .sources
            .iter()
            .map(|source| SourceLine {
                by: source.by.to_owned(),
                title: source.title.to_owned(),
                at: source.at.to_owned(),
                read: read_on(source.read),
                href: String::new(),
            })
            .collect(),
        flags: rule
            .flags
            .iter()
            .map(|example| example.text.to_owned())
            .collect(),
        allows: rule
            .allows
            .iter()
            .map(|example| example.text.to_owned())
            .collect(),
        override_words: override_words.to_owned(),
    };
    Ok(Html(view.render()?))
}

fn read_on(date: &str) -> String {
    date.parse::<jiff::civil::Date>().map_or_else(
        |_| String::new(),
        |date| format!("Read on {}", date.strftime("%-d %B %Y")),
    )
}
