//! When a page cannot be shown: what happened, what to do, and what was typed.

use askama::Template;

use super::shell::Shell;

/// An error page.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub shell: Shell,
    /// HTTP status.
    pub status: u16,
    /// A stable code to quote: "stale-form".
    pub code: String,
    pub title: String,
    /// What happened.
    pub what: String,
    /// What to do.
    pub next: String,
    pub action_label: String,
    pub action_href: String,
    /// What was typed, so that it is not lost; empty when nothing was.
    pub kept: String,
}

impl ErrorPage {
    /// The usual words for a status; `None` for one that has no page of its own.
    #[must_use]
    pub fn usual(shell: Shell, status: u16) -> Option<Self> {
        let (code, title, what, next) = match status {
            403 => (
                "not-allowed",
                "You cannot do this",
                "Your role in this practice does not include it. Nothing was changed.",
                "If you need it, ask the person responsible for social media in your practice.",
            ),
            404 => (
                "not-found",
                "There is nothing here",
                "The page may have moved, or the post may have been deleted.",
                "Check the address, or start again from Today.",
            ),
            409 => (
                "stale-form",
                "This changed while you were looking at it",
                "Someone else was quicker, or this page was open for a while. Nothing was changed by you.",
                "Look at how it stands now, then decide again.",
            ),
            413 => (
                "too-big",
                "That was too big to take",
                "A picture or a text was larger than we can take. Your text is kept as it was last saved.",
                "Choose a smaller picture: up to 10 MB each.",
            ),
            429 => (
                "slow-down",
                "Too many tries",
                "To keep accounts safe we wait a little after several tries.",
                "Wait a few minutes, then try again. Nothing is lost.",
            ),
            500 => (
                "our-fault",
                "Something went wrong on our side",
                "It was nothing that you did. What was saved is safe.",
                "Try again. If it happens again, give the code below to whoever runs Bedside for you.",
            ),
            _ => return None,
        };
        Some(Self {
            shell,
            status,
            code: code.to_owned(),
            title: title.to_owned(),
            what: what.to_owned(),
            next: next.to_owned(),
            action_label: "Go to Today".to_owned(),
            action_href: "/".to_owned(),
            kept: String::new(),
        })
    }
}
