//! The addresses of the app: each page module brings its own.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bedside_core::Refusal;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::error::{self, Error};
use crate::{api, assets, form, headers, pages, session};

/// The whole app as one service.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(api::routes())
        .route("/assets/{*path}", get(asset))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(|| async {
            Error::Refused(Refusal::not_found("There is nothing at this address."))
        })
        .layer(DefaultBodyLimit::max(form::REQUEST_MAX))
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                Error::Ours("a handler panicked".into()).into_response()
            },
        ))
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            error::pages,
        ))
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            session::layer,
        ))
        // Once more, for what the session layer itself refuses.
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            error::pages,
        ))
        .layer(axum::middleware::from_fn(headers::layer))
        .with_state(app)
}

async fn asset(Path(path): Path<String>) -> Response {
    match assets::get(&path) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.mime)], asset.bytes).into_response(),
        None => {
            Error::Refused(Refusal::not_found("There is nothing at this address.")).into_response()
        }
    }
}
