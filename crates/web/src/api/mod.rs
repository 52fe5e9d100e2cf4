//! The interface for programs.

mod check;

use axum::Router;

use crate::app::App;

/// All addresses under `/api`.
pub(crate) fn routes() -> Router<App> {
    check::routes()
}
