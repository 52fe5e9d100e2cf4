//! The pages: one file each, with its handlers, its forms and its addresses.

pub(crate) mod today;

use axum::Router;

use crate::app::App;

/// All addresses of pages.
pub(crate) fn routes() -> Router<App> {
    Router::new().merge(today::routes())
}
