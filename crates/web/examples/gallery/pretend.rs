//! Pretended answers, so that the browser modules have something to talk to.

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bedside_web::view::compose::Saved;
use bedside_web::view::findings::CheckAnswer;

use crate::fixtures::noticing::{counts, notice};

pub async fn check(body: Bytes) -> Response {
    let text = url::form_urlencoded::parse(&body)
        .find(|(name, _)| name == "text")
        .map(|(_, text)| text.replace("\r\n", "\n"))
        .unwrap_or_default();
    match CheckAnswer::new(&notice(&text), counts(&text)) {
        Ok(answer) => json(&answer),
        Err(trouble) => trouble.to_string().into_response(),
    }
}

pub async fn autosave() -> Response {
    json(&Saved {
        words: "Saved 10:42am".to_owned(),
        saved_at: "2026-03-02T10:42:00Z".to_owned(),
        revision: "r2".to_owned(),
        action: "/posts/p1".to_owned(),
        autosave: "/posts/p1/autosave".to_owned(),
        post_id: "p1".to_owned(),
    })
}

fn json(answer: &impl serde::Serialize) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        serde_json::to_string(answer).unwrap_or_default(),
    )
        .into_response()
}
