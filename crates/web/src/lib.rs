//! The web app: pages, sessions, the HTTP interface.

pub mod assets;
pub mod view;
