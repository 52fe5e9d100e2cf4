//! Signing in and out, and taking up an invitation.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bedside_core::MemberId;
use bedside_core::event::Event;
use bedside_core::people::{clean_email, password_fits};
use bedside_store::{Invitation, Login, Tx};
use serde::Deserialize;

use super::begin_session;
use super::setup::{clean_name, signed_in};
use crate::app::App;
use crate::asked;
use crate::error::Error;
use crate::form::Form;
use crate::password;
use crate::session::{self, Me, Visitor, safe_next};
use crate::view::sign_in as view;
use crate::view::{Errors, Shell};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(page).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
        .route("/invitations/{token}", get(invitation_page).post(join))
}

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    said: String,
}

async fn page(
    State(app): State<App>,
    visitor: Visitor,
    asked::Asked(asked): asked::Asked<Asked>,
) -> Result<Response, Error> {
    if visitor.signed.is_some() {
        return Ok(Redirect::to(safe_next(&asked.next)).into_response());
    }
    let mut tx = app.store.read().await?;
    if tx.practices().await?.is_empty() {
        return Err(Error::SetUp);
    }
    let why = match asked.said.as_str() {
        "signed-out" => "You are signed out.",
        _ if !asked.next.is_empty() && asked.next != "/" => {
            "Sign in to go on. What you wrote is saved."
        }
        _ => "",
    };
    let view = view::SignIn {
        shell: Shell::outside(visitor.csrf),
        email: String::new(),
        next: asked.next,
        errors: Errors::default(),
        why: why.to_owned(),
    };
    Ok(Html(view.render()?).into_response())
}

async fn sign_in(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Error> {
    let typed = form.get("email");
    let email = clean_email(typed).unwrap_or_default();
    let now = app.world.now();
    let brake = format!("sign-in {email}");
    let mut tx = app.store.read().await?;
    if let Some(until) = tx.braked_until(&brake, now).await? {
        return Err(Error::wait(until, now));
    }
    let login = tx.login(&email).await?;
    drop(tx);
    let hash = login.as_ref().map(|login| login.password_hash.clone());
    let fits = password::matches(
        &app,
        form.get("password").chars().take(1_024).collect(),
        hash,
    )
    .await?;
    let mut tx = app.store.write().await?;
    // Asked again: of many tries sent at one moment, all would pass the first look.
    if let Some(until) = tx.braked_until(&brake, now).await? {
        return Err(Error::wait(until, now));
    }
    let membership = match &login {
        Some(login) if fits => tx.memberships(login.person).await?.into_iter().next(),
        _ => None,
    };
    let (Some(login), Some((practice, member))) = (login, membership) else {
        tx.count_failure(&brake, now).await?;
        tx.commit().await?;
        let mut errors = Errors::default();
        errors.add("email", "The e-mail address or the password is not right. Try again, or ask the responsible person at your practice.");
        let view = view::SignIn {
            shell: Shell::outside(visitor.csrf),
            email: typed.to_owned(),
            next: form.get("next").to_owned(),
            errors,
            why: String::new(),
        };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(view.render()?)).into_response());
    };
    tx.forget_failures(&brake).await?;
    let session = begin_session(&app, &mut tx, practice, member, login.person).await?;
    tx.record(practice, now, Some(member), &Event::SignedIn)
        .await?;
    tx.commit().await?;
    Ok(signed_in(&app, &session, safe_next(form.get("next"))))
}

async fn sign_out(State(app): State<App>, me: Me, _form: Form) -> Result<Response, Error> {
    let mut tx = app.store.write().await?;
    tx.end_session(&me.visitor.token).await?;
    tx.commit().await?;
    Ok(session::keep(
        &app,
        Redirect::to("/sign-in?said=signed-out").into_response(),
        "",
    ))
}

async fn sign_out_everywhere(
    State(app): State<App>,
    me: Me,
    _form: Form,
) -> Result<Response, Error> {
    let mut tx = app.store.write().await?;
    tx.end_all_sessions(me.signed.person).await?;
    tx.record(
        me.actor().practice,
        app.world.now(),
        Some(me.actor().member),
        &Event::SignedOutEverywhere,
    )
    .await?;
    tx.commit().await?;
    Ok(session::keep(
        &app,
        Redirect::to("/sign-in?said=signed-out").into_response(),
        "",
    ))
}

/// The invitation of a link, and why it cannot be used if it cannot.
async fn find(app: &App, tx: &mut Tx, token: &str) -> Result<(Invitation, Option<String>), Error> {
    let found = if token.len() == 32 {
        tx.invitation_by_token(token).await?
    } else {
        None
    };
    let invitation = found.ok_or_else(|| {
        bedside_core::Refusal::not_found("This invitation does not exist. Check that you copied the whole link, or ask for a new one.")
    })?;
    let why = invitation
        .open(app.world.now())
        .err()
        .map(|refusal| refusal.sentence);
    Ok((invitation, why))
}

async fn invitation_view(
    tx: &mut Tx,
    visitor: &Visitor,
    token: &str,
    invitation: &Invitation,
    errors: Errors,
    name: String,
) -> Result<view::Invitation, Error> {
    let practice = tx.practice(invitation.practice).await?;
    let by = tx
        .member(invitation.practice, invitation.invited_by)
        .await?;
    Ok(view::Invitation {
        shell: Shell::outside(visitor.csrf.clone()),
        action: format!("/invitations/{token}"),
        practice_name: practice.settings.name,
        invited_by: by.map(|member| member.name).unwrap_or_default(),
        email: invitation.email.clone(),
        roles: invitation
            .roles
            .iter()
            .map(|role| role.words().to_owned())
            .collect(),
        name,
        errors,
        not_valid: None,
    })
}

async fn invitation_page(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let (invitation, why) = find(&app, &mut tx, &token).await?;
    let name = invitation.name.clone();
    let mut view = invitation_view(
        &mut tx,
        &visitor,
        &token,
        &invitation,
        Errors::default(),
        name,
    )
    .await?;
    let status = if why.is_some() {
        StatusCode::GONE
    } else {
        StatusCode::OK
    };
    view.not_valid = why;
    Ok((status, Html(view.render()?)).into_response())
}

async fn join(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let (invitation, why) = find(&app, &mut tx, &token).await?;
    if let Some(why) = why {
        let mut view = invitation_view(
            &mut tx,
            &visitor,
            &token,
            &invitation,
            Errors::default(),
            String::new(),
        )
        .await?;
        view.not_valid = Some(why);
        return Ok((StatusCode::GONE, Html(view.render()?)).into_response());
    }
    let mut errors = Errors::default();
    let name = clean_name(form.get("name"))
        .map_err(|r| errors.add("name", r.sentence))
        .unwrap_or_default();
    let known = tx.login(&invitation.email).await?;
    if let (None, Err(refusal)) = (&known, password_fits(form.get("password"))) {
        errors.add("password", refusal.sentence);
    }
    drop(tx);
    // Someone who is known from another practice proves it with the password they have.
    let password = form.get("password").chars().take(1_024).collect::<String>();
    if let (true, Some(login)) = (errors.is_empty(), &known) {
        let brake = format!("sign-in {}", invitation.email);
        let now = app.world.now();
        let mut tx = app.store.read().await?;
        if let Some(until) = tx.braked_until(&brake, now).await? {
            return Err(Error::wait(until, now));
        }
        drop(tx);
        let fits =
            password::matches(&app, password.clone(), Some(login.password_hash.clone())).await?;
        let mut tx = app.store.write().await?;
        if let Some(until) = tx.braked_until(&brake, now).await? {
            return Err(Error::wait(until, now));
        }
        if !fits {
            tx.count_failure(&brake, now).await?;
            tx.commit().await?;
            errors.add(
                "password",
                "You have a Bedside password already, from another practice. This is not it.",
            );
        }
    }
    if !errors.is_empty() {
        let mut tx = app.store.read().await?;
        let view = invitation_view(
            &mut tx,
            &visitor,
            &token,
            &invitation,
            errors,
            form.get("name").to_owned(),
        )
        .await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(view.render()?)).into_response());
    }
    let login = match known {
        Some(login) => login,
        None => Login {
            person: app.world.id(),
            name,
            email: invitation.email.clone(),
            password_hash: password::hash(&app, password).await?,
        },
    };
    let now = app.world.now();
    let member: MemberId = app.world.id();
    let mut tx = app.store.write().await?;
    if !tx
        .use_invitation(invitation.practice, invitation.id, now)
        .await?
    {
        return Err(crate::error::changed_meanwhile().into());
    }
    if tx.login(&login.email).await?.is_none() {
        tx.create_person(&login, now).await?;
    }
    let member = tx
        .add_member(
            invitation.practice,
            member,
            login.person,
            &invitation.roles,
            now,
        )
        .await?;
    let session = begin_session(&app, &mut tx, invitation.practice, member, login.person).await?;
    tx.commit().await?;
    Ok(signed_in(&app, &session, "/"))
}
