//! The pages over HTTP, with a real database.
#![cfg(test)]

mod api;
mod asking;
mod browser;
mod calendar;
mod channels;
mod check;
mod compose;
mod every;
mod first_run;
mod joining;
mod people;
mod pictures;
mod profile;
mod record;
mod review;
mod signing;
#[path = "../support/mod.rs"]
mod support;
mod walls;
