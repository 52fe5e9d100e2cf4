//! The pages over HTTP, with a real database.
#![cfg(test)]

mod api;
mod asking;
mod check;
mod compose;
mod pictures;
mod review;
#[path = "../support/mod.rs"]
mod support;
mod walls;
