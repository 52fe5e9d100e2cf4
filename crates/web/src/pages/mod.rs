//! The pages: one file each, with its handlers, its forms and its addresses.

pub(crate) mod check;
pub(crate) mod compose;
pub(crate) mod let_pass;
pub(crate) mod media;
pub(crate) mod review;
pub(crate) mod today;

use axum::Router;

use crate::app::App;

/// All addresses of pages.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(check::routes())
        .merge(compose::routes())
        .merge(let_pass::routes())
        .merge(media::routes())
        .merge(review::routes())
        .merge(today::routes())
}
