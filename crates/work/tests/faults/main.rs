//! Exactly once and nothing lost, whatever breaks: the worker against a real Bluesky server, a proxy that fails on
//! demand, both databases and a real mail server.
// Marked so that the lints take the helpers for test code too.
#![cfg(test)]

#[macro_use]
mod support;

mod by_hand;
mod crash;
mod line;
mod mail;
mod people;
