//! The Bluesky connector, told from outside.

mod faults;
mod real;
mod support;
