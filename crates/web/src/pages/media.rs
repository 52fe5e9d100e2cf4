//! The practice's own pictures.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bedside_core::Refusal;

use crate::app::App;
use crate::error::Error;
use crate::session::Me;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/media/{sha256}", get(picture))
}

async fn picture(
    State(app): State<App>,
    me: Me,
    Path(sha256): Path<String>,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let media = tx
        .media(me.actor().practice, &sha256)
        .await?
        .ok_or_else(|| Refusal::not_found("There is no such picture."))?;
    // What is kept was written by us; still, nothing but a picture is ever said to be one.
    let kind = match media.mime.as_str() {
        "image/jpeg" => "image/jpeg",
        "image/png" => "image/png",
        _ => return Err(Refusal::not_found("There is no such picture.").into()),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("inline"),
        ),
    ];
    Ok((headers, media.bytes).into_response())
}
