//! The pages over HTTP, with a real database.

mod api;
mod check;
mod compose;
mod pictures;
mod review;
#[path = "../support/mod.rs"]
mod support;
mod walls;
