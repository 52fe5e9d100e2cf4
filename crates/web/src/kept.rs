//! A refusal of a form whose page cannot be shown again as it was: what was typed stands on the page that says so.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use bedside_core::Refusal;
use bedside_core::refusal::Kind;

use crate::app::App;
use crate::error::Error;
use crate::session::Me;
use crate::shell;
use crate::view::Section;
use crate::view::error::ErrorPage;

/// The status of a refusal.
pub(crate) fn status(refusal: &Refusal) -> StatusCode {
    match refusal.kind {
        Kind::Input => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Limit => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// The page of a refusal with what was typed, and the way back. Where nothing was typed, and for other errors, the
/// usual page.
pub(crate) async fn page(
    app: &App,
    me: &Me,
    error: Error,
    typed: &str,
    back: &str,
) -> Result<Response, Error> {
    let Error::Refused(refusal) = error else {
        return Err(error);
    };
    if typed.trim().is_empty() || refusal.kind == Kind::NotFound {
        return Err(refusal.into());
    }
    let shell = shell::around(app, Some(&me.visitor), Section::Write).await;
    let status = status(&refusal);
    let Some(mut page) = ErrorPage::usual(shell, 409) else {
        return Err(refusal.into());
    };
    page.status = status.as_u16();
    refusal.code.clone_into(&mut page.code);
    if status != StatusCode::CONFLICT {
        "This cannot be used as it is".clone_into(&mut page.title);
    }
    page.what = refusal.sentence;
    "What you typed is below, so that you can copy it.".clone_into(&mut page.next);
    "Back to the post".clone_into(&mut page.action_label);
    back.clone_into(&mut page.action_href);
    typed.clone_into(&mut page.kept);
    Ok((status, Html(page.render()?)).into_response())
}
