//! The pages over HTTP, with a real database.
#![cfg(test)]

mod api;
mod asking;
mod browser;
mod by_hand;
mod calendar;
mod channels;
mod check;
mod compose;
mod deliveries;
mod every;
mod first_run;
mod joining;
mod people;
mod pictures;
mod post;
mod profile;
mod record;
mod review;
mod signing;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod take_down;
mod today;
mod walls;
