//! The one place that turns errors into answers: a page for a person, `application/problem+json` for a program.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use bedside_core::Refusal;
use bedside_core::refusal::Kind;
use jiff::Timestamp;
use serde_json::json;

use crate::app::App;
use crate::session::Visitor;
use crate::shell;
use crate::view::Section;
use crate::view::error::ErrorPage;

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(Refusal),
    /// Nobody is signed in; the path to come back to.
    #[error("sign in first")]
    SignIn { next: String },
    /// Set-up is not done.
    #[error("set up first")]
    SetUp,
    #[error("the form is too old")]
    Csrf,
    #[error("too big")]
    TooBig,
    #[error("the request cannot be read")]
    Unreadable,
    #[error("too many tries")]
    Wait { seconds: i64 },
    #[error("the database is busy")]
    Busy,
    #[error("the disk is full")]
    Full,
    #[error("a fault of ours: {0}")]
    Ours(String),
}

impl Error {
    /// Braked until a moment: how long that is, in whole seconds upwards.
    pub(crate) fn wait(until: Timestamp, now: Timestamp) -> Self {
        let left = until.duration_since(now);
        let part = i64::from(left.subsec_nanos() > 0);
        Self::Wait {
            seconds: left.as_secs() + part,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<bedside_store::Error> for Error {
    fn from(error: bedside_store::Error) -> Self {
        use bedside_store::Error as Store;
        match error {
            Store::Refused(refusal) => Self::Refused(refusal),
            Store::Stale => Self::Refused(changed_meanwhile()),
            // What the database's own rules refuse was let through by a page that someone else overtook.
            Store::Constraint(_) => Self::Refused(changed_meanwhile()),
            Store::Busy => Self::Busy,
            Store::Full => Self::Full,
            other => Self::Ours(other.to_string()),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Ours(error.to_string())
    }
}

/// Someone was quicker.
#[must_use]
pub fn changed_meanwhile() -> Refusal {
    Refusal::conflict(
        "changed_meanwhile",
        "Someone else was quicker, or this page was open for a while. Look at how it stands now, then decide again.",
    )
}

/// What the middleware makes a page of.
#[derive(Debug, Clone)]
struct Problem {
    status: StatusCode,
    code: &'static str,
    sentence: String,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, sentence) = match self {
            Self::SignIn { next } => {
                let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
                return Redirect::to(&format!("/sign-in?{query}")).into_response();
            }
            Self::SetUp => return Redirect::to("/setup").into_response(),
            Self::Refused(refusal) => {
                let status = match refusal.kind {
                    Kind::Input => StatusCode::UNPROCESSABLE_ENTITY,
                    Kind::Forbidden => StatusCode::FORBIDDEN,
                    Kind::NotFound => StatusCode::NOT_FOUND,
                    Kind::Conflict => StatusCode::CONFLICT,
                    Kind::Limit => StatusCode::TOO_MANY_REQUESTS,
                };
                (status, refusal.code, refusal.sentence)
            }
            Self::Csrf => (
                StatusCode::FORBIDDEN,
                "form_too_old",
                "This form was open for too long, or you signed out in another window. Go back, load the page again and send it once more.".into(),
            ),
            Self::TooBig => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_big",
                "A picture or a text was larger than we can take: 10 MB a picture. Your text is kept as it was last saved.".into(),
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "unreadable",
                "We could not read what your browser sent. Go back and try again.".into(),
            ),
            Self::Wait { seconds } => (
                StatusCode::TOO_MANY_REQUESTS,
                "wait",
                format!("There were several wrong tries. Wait {seconds} seconds, then try again. Nothing is lost."),
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "The database is busy at the moment. Nothing was changed. Try again in a few seconds.".into(),
            ),
            Self::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "disk_full",
                "The disk is full, so nothing more can be saved. What was saved before is safe. Ask whoever runs Bedside for you to free some space.".into(),
            ),
            Self::Ours(ref detail) => {
                tracing::error!(detail, "a request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "our_fault",
                    "Something went wrong on our side. What was saved is safe. Try again.".into(),
                )
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Problem {
            status,
            code,
            sentence,
        });
        response
    }
}

/// Gives every answer that is a problem its body.
pub(crate) async fn pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let wants_json = request.uri().path().starts_with("/api/")
        || request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| {
                accept.contains("application/json") && !accept.contains("text/html")
            });
    let visitor = request.extensions().get::<Visitor>().cloned();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = Error::Refused(Refusal::not_found("There is nothing here.")).into_response();
    }
    // The framework's own words about an address or a body that it cannot read are for programmers.
    if response.status() == StatusCode::BAD_REQUEST
        && response.extensions().get::<Problem>().is_none()
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
    {
        response = Error::Unreadable.into_response();
    }
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    if wants_json {
        let body = json!({
            "type": format!("urn:bedside:problem:{}", problem.code),
            "title": problem.sentence,
            "status": problem.status.as_u16(),
            "code": problem.code,
        });
        let mut answer = (problem.status, Json(body)).into_response();
        answer.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        return answer;
    }
    let shell = shell::around(&app, visitor.as_ref(), Section::None).await;
    let status = problem.status.as_u16();
    let usual = match status {
        422 => 409,
        503 | 507 | 400 => 500,
        other => other,
    };
    let Some(mut page) = ErrorPage::usual(shell, usual) else {
        return response;
    };
    page.status = status;
    problem.code.clone_into(&mut page.code);
    page.what = problem.sentence;
    match status {
        422 => page.title = "This cannot be used as it is".to_owned(),
        409 if problem.code != "changed_meanwhile" => page.title = "Not as things stand now".to_owned(),
        503 => page.title = "Not just now".to_owned(),
        507 => page.title = "The disk is full".to_owned(),
        400 => page.title = "We could not read that".to_owned(),
        _ => {}
    }
    match askama::Template::render(&page) {
        Ok(html) => (problem.status, axum::response::Html(html)).into_response(),
        Err(_) => response,
    }
}
