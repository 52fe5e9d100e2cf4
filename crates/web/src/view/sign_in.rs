//! Coming in: signing in, and taking an invitation up.

use askama::Template;

use super::forms::Errors;
use super::shell::Shell;

/// The sign-in page. Fields: `csrf`, `email`, `password`, `next` (a path of ours to return to).
#[derive(Debug, Clone, Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignIn {
    pub shell: Shell,
    pub email: String,
    pub next: String,
    pub errors: Errors,
    /// "You are signed out." or "You were away for a while, so we signed you out. What you wrote is saved."
    pub why: String,
}

/// An invitation. Fields: `csrf`, `name`, `password`.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/invitation.html")]
pub struct Invitation {
    pub shell: Shell,
    /// Where the form goes: `/invitations/{token}`.
    pub action: String,
    pub practice_name: String,
    pub invited_by: String,
    pub email: String,
    /// What the person will be able to do, a sentence a role.
    pub roles: Vec<String>,
    pub name: String,
    pub errors: Errors,
    /// Why it cannot be used: "This invitation ran out on Friday." Then no form is shown.
    pub not_valid: Option<String>,
}
