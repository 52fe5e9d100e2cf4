//! The Bluesky connector, told from outside.
// Marked so that the lints take the helpers for test code too.
#![cfg(test)]

mod faults;
mod real;
mod support;
