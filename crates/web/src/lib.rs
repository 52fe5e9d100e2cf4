//! The web app: pages, sessions, the HTTP interface.
//!
//! A handler begins a unit of work, loads, asks `core` for a decision, writes state, record and jobs, commits, and
//! answers with a page or a redirect. It never talks to a platform: what must happen outside is a job that `work`
//! carries out; the one exception is the test call when a channel is connected, made through a connector handed in.

mod api;
pub mod app;
mod asked;
pub mod assets;
mod diff;
mod error;
mod form;
mod found;
mod headers;
mod kept;
mod length;
mod pages;
mod password;
mod picture;
mod places;
mod router;
mod said;
mod say;
mod session;
mod setup;
mod shell;
pub mod view;

pub use app::{App, Options};
pub use error::Error;
pub use password::hash_now;
pub use router::router;
pub use setup::first_run_code;
