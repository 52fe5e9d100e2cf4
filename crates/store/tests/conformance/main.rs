//! What the store promises, on SQLite and on PostgreSQL alike: every test body runs on each.
//!
//! `BEDSIDE_TEST_POSTGRES` names a maintenance database (`postgres://app@127.0.0.1:PORT/postgres`) in whose server each
//! test makes a database of its own. Without it the PostgreSQL half says that it is skipped, unless `BEDSIDE_TEST_ALL=1`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "all of it is test; what is skipped is told"
)]

#[macro_use]
mod support;

mod backup;
mod channels;
mod deliveries;
mod faults;
mod flow;
mod jobs;
mod migrations;
mod people;
mod posts;
mod practices;
mod record;
mod rules;
mod sessions;
