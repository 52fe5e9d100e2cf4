//! Shows every page with a made-up practice on a loopback port, to look at, photograph and check.
//!
//! `cargo run -p bedside-web --example gallery -- 127.0.0.1:8700`, then open `/gallery`. The answers to a check and to
//! saving are pretended: a few fixed phrases are found, nothing is kept.

mod fixtures;
mod pretend;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8700".to_owned());
    let app = Router::new()
        .route("/gallery", get(index))
        .route("/gallery/{page}", get(page))
        .route("/pictures/mouthguards.svg", get(picture))
        .route("/assets/{*path}", get(asset))
        .route("/check", post(pretend::check))
        .route("/posts/{id}/autosave", post(pretend::autosave))
        .route("/posts/autosave", post(pretend::autosave));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn index() -> Response {
    let list: String = fixtures::pages()
        .iter()
        .map(|page| format!("<li><a href=\"/gallery/{0}\">{0}</a></li>", page.name))
        .collect();
    html(format!(
        "<!doctype html><html lang=\"en-GB\"><title>Gallery</title><main><h1>Gallery</h1><ul>{list}</ul></main>"
    ))
}

async fn page(Path(name): Path<String>) -> Response {
    match fixtures::pages().into_iter().find(|page| page.name == name) {
        Some(page) => match page.html {
            Ok(text) => html(text),
            Err(trouble) => {
                (StatusCode::INTERNAL_SERVER_ERROR, trouble.to_string()).into_response()
            }
        },
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn asset(Path(path): Path<String>) -> Response {
    match bedside_web::assets::get(&path) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.mime),
                (header::CACHE_CONTROL, "no-store"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn picture() -> Response {
    let drawing = concat!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 380 180"><rect width="380" height="180" fill="#e3efec"/>"##,
        r##"<rect y="125" width="380" height="55" fill="#efece4"/><g fill="none" stroke-width="20" stroke-linecap="round">"##,
        r##"<path d="M56 134c-6-60 66-60 60 0" stroke="#17594f" transform="translate(10)"/>"##,
        r##"<path d="M56 134c-6-60 66-60 60 0" stroke="#c9762b" transform="translate(110)"/>"##,
        r##"<path d="M56 134c-6-60 66-60 60 0" stroke="#2c4f8f" transform="translate(210)"/></g></svg>"##
    );
    ([(header::CONTENT_TYPE, "image/svg+xml")], drawing).into_response()
}

fn html(text: String) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, CSP)], Html(text)).into_response()
}
