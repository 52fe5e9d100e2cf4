//! `POST /api/v1/check`: the check of `bedside check --jsonl`, for whoever is signed in.
//!
//! In: `{"text": "...", "context": {...}}`, context optional with the fields of the command's; at most
//! [`BODY_MAX`] bytes, and a text of at most [`MAX_TEXT`] bytes. Out: `{"verdict", "findings"}`, as a line of the command
//! without its id. Errors are `application/problem+json`: 400 what is no such object, 401 not signed in, 413 too long.
//! Nothing of the text is kept.

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bedside_core::screen::{Context, MAX_TEXT};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::Error;
use crate::session::Visitor;

/// Most bytes of a request: a text at the engine's limit with every byte escaped, and room for the context.
const BODY_MAX: usize = 6 * MAX_TEXT + 256 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/check", post(check))
        .layer(DefaultBodyLimit::max(BODY_MAX))
}

#[derive(Deserialize)]
struct Question {
    text: String,
    #[serde(default)]
    context: Option<Context>,
}

async fn check(
    State(app): State<App>,
    visitor: Visitor,
    body: Result<Json<Question>, JsonRejection>,
) -> Result<Response, Error> {
    if visitor.signed.is_none() {
        return Ok(problem(
            StatusCode::UNAUTHORIZED,
            "sign_in",
            "Sign in first, and send the session's cookie.",
        ));
    }
    let question = match body {
        Ok(Json(question)) => question,
        Err(rejection) => return Ok(unreadable(&rejection)),
    };
    let checked = tokio::task::spawn_blocking(move || {
        app.engine
            .check(&question.text, &question.context.unwrap_or_default())
    })
    .await
    .map_err(|_| Error::Ours("a check was interrupted".into()))?;
    Ok(match checked {
        Ok(check) => Json(check).into_response(),
        Err(_) => too_long(),
    })
}

/// The parser's own words may quote the text, so only the kind of fault is told.
fn unreadable(rejection: &JsonRejection) -> Response {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_long(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "Send JSON, with the header Content-Type: application/json.",
        ),
        _ => problem(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Send an object with \"text\", and \"context\" if wanted, as bedside check --jsonl reads it.",
        ),
    }
}

fn too_long() -> Response {
    let title = format!("The text is too long to be checked: at most {MAX_TEXT} bytes.");
    problem(StatusCode::PAYLOAD_TOO_LARGE, "text_long", &title)
}

/// An error as RFC 9457 tells it, with the members of every other answer of ours.
fn problem(status: StatusCode, code: &str, title: &str) -> Response {
    let body = json!({
        "type": format!("urn:bedside:problem:{code}"),
        "title": title,
        "status": status.as_u16(),
        "code": code,
    });
    let mut answer = (status, Json(body)).into_response();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    answer
}
