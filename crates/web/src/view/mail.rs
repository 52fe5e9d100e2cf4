//! Practice, mail: what waits to be passed on by hand when no mail is set up.

use askama::Template;

use super::shell::Shell;
use super::words::{Tag, When};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/mail.html")]
pub struct Mail {
    pub shell: Shell,
    /// Mail is set up: "Sent through mail.weirlane.example".
    pub set_up: Option<String>,
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub when: When,
    /// "Waits here", "Sent", "Not sent".
    pub tag: Tag,
    /// What went wrong; may be empty.
    pub detail: String,
}
