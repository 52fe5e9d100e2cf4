//! First run: the code from the console, the first person, the practice; then the list of five steps.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use bedside_core::content::sha256_hex;
use bedside_core::event::Event;
use bedside_core::people::{Role, Roles, clean_email, clean_line, password_fits};
use bedside_core::practice::Settings;
use bedside_core::{MemberId, PracticeId, Refusal};
use bedside_store::{Login, Session};

use super::profile::{from_form, read_profile};
use super::{Said, begin_session};
use crate::app::App;
use crate::asked::Asked;
use crate::error::Error;
use crate::form::Form;
use crate::session::{self, Me, Visitor};
use crate::setup::{CODE, clean};
use crate::shell;
use crate::view::setup::{AboutPractice, Code, Start, StartState, StartStep, You};
use crate::view::{Errors, Section, Shell};
use crate::{password, view};

/// The person who typed the right code, until the practice exists: kept in the installation's values.
const FIRST_PERSON: &str = "first_person";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/setup", get(code_page).post(code))
        .route("/setup/you", get(you_page).post(you))
        .route("/setup/practice", get(practice_page).post(practice))
        .route("/start", get(start))
}

/// Where set-up stands; refuses once it is done.
async fn open(app: &App) -> Result<(), Error> {
    let mut tx = app.store.read().await?;
    if tx.practices().await?.is_empty() {
        Ok(())
    } else {
        Err(Error::SignIn {
            next: String::new(),
        })
    }
}

/// The guest who typed the code is known by the cookie that the code was typed with.
async fn knows_code(app: &App, visitor: &Visitor) -> Result<bool, Error> {
    let mut tx = app.store.read().await?;
    let guest = tx.installation("first_run_guest").await?;
    Ok(guest.is_some_and(|guest| guest == sha256_hex(visitor.csrf.as_bytes())))
}

fn page(template: &impl Template, errors: &Errors) -> Result<Response, Error> {
    let status = if errors.is_empty() {
        axum::http::StatusCode::OK
    } else {
        axum::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, Html(template.render()?)).into_response())
}

async fn code_page(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    open(&app).await?;
    if knows_code(&app, &visitor).await? {
        return Ok(Redirect::to("/setup/you").into_response());
    }
    let view = Code {
        shell: Shell::outside(visitor.csrf),
        code: String::new(),
        errors: Errors::default(),
    };
    page(&view, &Errors::default())
}

async fn code(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Error> {
    open(&app).await?;
    let now = app.world.now();
    let mut tx = app.store.write().await?;
    if let Some(until) = tx.braked_until(CODE, now).await? {
        return Err(Error::wait(until, now));
    }
    let typed = sha256_hex(clean(form.get("code")).as_bytes());
    if tx
        .installation(CODE)
        .await?
        .is_some_and(|hash| hash == typed)
    {
        tx.set_installation(
            "first_run_guest",
            Some(&sha256_hex(visitor.csrf.as_bytes())),
        )
        .await?;
        tx.forget_failures(CODE).await?;
        tx.commit().await?;
        return Ok(Redirect::to("/setup/you").into_response());
    }
    tx.count_failure(CODE, now).await?;
    tx.commit().await?;
    let mut errors = Errors::default();
    errors.add("code", "This is not the code. It is printed where Bedside was started, and changes each time it starts.");
    let view = Code {
        shell: Shell::outside(visitor.csrf),
        code: form.get("code").to_owned(),
        errors: errors.clone(),
    };
    page(&view, &errors)
}

async fn you_page(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    open(&app).await?;
    if !knows_code(&app, &visitor).await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    let mut tx = app.store.read().await?;
    if tx.installation(FIRST_PERSON).await?.is_some() {
        return Ok(Redirect::to("/setup/practice").into_response());
    }
    let view = You {
        shell: Shell::outside(visitor.csrf),
        name: String::new(),
        email: String::new(),
        errors: Errors::default(),
    };
    page(&view, &Errors::default())
}

/// A person's name as typed, cleaned.
pub(crate) fn clean_name(text: &str) -> Result<String, Refusal> {
    clean_line(text, 100)
        .ok_or_else(|| Refusal::input("name_form", "Enter a name, at most 100 characters."))
}

async fn you(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Error> {
    open(&app).await?;
    if !knows_code(&app, &visitor).await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    let mut errors = Errors::default();
    let name = clean_name(form.get("name"))
        .map_err(|r| errors.add("name", r.sentence))
        .unwrap_or_default();
    let email = clean_email(form.get("email"))
        .map_err(|r| errors.add("email", r.sentence))
        .unwrap_or_default();
    if let Err(refusal) = password_fits(form.get("password")) {
        errors.add("password", refusal.sentence);
    }
    if !errors.is_empty() {
        let view = You {
            shell: Shell::outside(visitor.csrf),
            name: form.get("name").to_owned(),
            email: form.get("email").to_owned(),
            errors: errors.clone(),
        };
        return page(&view, &errors);
    }
    let password_hash = password::hash(&app, form.get("password").to_owned()).await?;
    let login = Login {
        person: app.world.id(),
        name,
        email,
        password_hash,
    };
    let mut tx = app.store.write().await?;
    // A double click finds the person there already.
    if tx.installation(FIRST_PERSON).await?.is_none() {
        tx.create_person(&login, app.world.now()).await?;
        tx.set_installation(FIRST_PERSON, Some(&login.email))
            .await?;
        tx.commit().await?;
    }
    Ok(Redirect::to("/setup/practice").into_response())
}

async fn practice_page(State(app): State<App>, visitor: Visitor) -> Result<Response, Error> {
    open(&app).await?;
    let mut tx = app.store.read().await?;
    if !knows_code(&app, &visitor).await? || tx.installation(FIRST_PERSON).await?.is_none() {
        return Ok(Redirect::to("/setup").into_response());
    }
    let view = AboutPractice {
        shell: Shell::outside(visitor.csrf),
        form: from_form(&Form::default()),
        errors: Errors::default(),
    };
    page(&view, &Errors::default())
}

async fn practice(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Error> {
    open(&app).await?;
    if !knows_code(&app, &visitor).await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    let mut settings = Settings::default();
    let errors = read_profile(&form, &mut settings);
    if !errors.is_empty() {
        let view = AboutPractice {
            shell: Shell::outside(visitor.csrf),
            form: from_form(&form),
            errors: errors.clone(),
        };
        return page(&view, &errors);
    }
    let now = app.world.now();
    let (practice, member): (PracticeId, MemberId) = (app.world.id(), app.world.id());
    let mut tx = app.store.write().await?;
    let Some(email) = tx.installation(FIRST_PERSON).await? else {
        return Ok(Redirect::to("/setup/you").into_response());
    };
    let login = tx
        .login(&email)
        .await?
        .ok_or_else(|| Error::Ours("the first person is gone".into()))?;
    if !tx.practices().await?.is_empty() {
        return Ok(Redirect::to("/start").into_response());
    }
    tx.create_practice(practice, &settings, now).await?;
    let roles = Roles::from_iter([Role::Responsible, Role::Approver, Role::Author]);
    tx.add_member(practice, member, login.person, &roles, now)
        .await?;
    tx.record(practice, now, Some(member), &Event::PracticeCreated)
        .await?;
    for value in [CODE, "first_run_guest", FIRST_PERSON] {
        tx.set_installation(value, None).await?;
    }
    let session = begin_session(&app, &mut tx, practice, member, login.person).await?;
    tx.commit().await?;
    Ok(signed_in(&app, &session, "/start"))
}

/// The answer that signs someone in.
pub(crate) fn signed_in(app: &App, session: &Session, to: &str) -> Response {
    session::keep(app, Redirect::to(to).into_response(), &session.token)
}

async fn start(
    State(app): State<App>,
    me: Me,
    Asked(said): Asked<Said>,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let practice = me.actor().practice;
    let invited =
        tx.members(practice).await?.len() > 1 || !tx.invitations(practice).await?.is_empty();
    let connected = tx
        .channels(practice)
        .await?
        .iter()
        .any(|channel| channel.active);
    let done = [true, true, true, invited, connected];
    let steps = steps(&done);
    let count = done.iter().filter(|done| **done).count();
    let view = Start {
        shell: shell::inside(&app, &mut tx, &me, Section::None, &said.said).await?,
        done_words: format!("{count} of {} done", done.len()),
        steps,
        all_done: count == done.len(),
    };
    page(&view, &Errors::default())
}

fn steps(done: &[bool; 5]) -> Vec<StartStep> {
    let words: [(&str, &str, &str, &str); 5] = [
        (
            "Your code",
            "You showed that you are the one who started Bedside.",
            "",
            "",
        ),
        ("You", "Your name, e-mail address and password.", "/me", ""),
        (
            "The practice",
            "What it offers and who works there: the checks need it.",
            "/practice/profile",
            "",
        ),
        (
            "A second person",
            "Someone who reads each post before it goes out. Nobody approves their own.",
            "/practice",
            "Invite someone",
        ),
        (
            "A channel",
            "Connect Bluesky, or choose a place where you post by hand.",
            "/practice/channels/new",
            "Add a channel",
        ),
    ];
    let next = done.iter().position(|done| !done);
    words
        .into_iter()
        .enumerate()
        .map(|(at, (title, detail, href, action))| StartStep {
            n: u32::try_from(at + 1).unwrap_or(0),
            title: title.to_owned(),
            detail: detail.to_owned(),
            href: href.to_owned(),
            state: match next {
                _ if done[at] => StartState::Complete,
                Some(next) if next == at => StartState::Next,
                _ => view::setup::StartState::Open,
            },
            action_label: action.to_owned(),
        })
        .collect()
}
