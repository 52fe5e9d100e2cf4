//! The signed-in person: name, roles, where they are signed in.

use askama::Template;

use super::shell::Shell;
use super::words::When;

/// The page. Forms: `POST /sign-out` and `POST /sign-out-everywhere`, both with `csrf` only.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/me.html")]
pub struct Me {
    pub shell: Shell,
    pub name: String,
    pub email: String,
    /// Role and what it allows, in words.
    pub roles: Vec<(String, String)>,
    pub sessions: Vec<SessionLine>,
}

/// One place where the person is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// "Chrome on Windows".
    pub device: String,
    pub since: When,
    pub here: bool,
}
