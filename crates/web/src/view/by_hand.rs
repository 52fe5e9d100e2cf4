//! Posting by hand: copy, open the right page, post, paste the link back. Made for a phone first.

use askama::Template;

use super::shell::Shell;
use super::words::When;

/// The page that walks a person through it.
///
/// # Fields
/// `csrf`, `revision`, `link`.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/by_hand.html")]
pub struct ByHand {
    pub shell: Shell,
    pub delivery: String,
    pub revision: String,
    pub post_href: String,
    pub title: String,
    /// "Facebook".
    pub place: String,
    /// "Weir Lane Dental".
    pub account: String,
    /// Due at.
    pub when: When,
    /// The whole text when there is one part; several when the network needs them (a thread).
    pub parts: Vec<String>,
    pub pictures: Vec<PictureToSave>,
    /// The page to post on; empty when not known.
    pub page: String,
    /// "Press “What's on your mind?”, paste, add the picture, press Post."
    pub steps: Vec<String>,
    pub link: String,
    /// "Like https://www.facebook.com/weirlanedental/posts/..."
    pub link_hint: String,
    pub error: Option<String>,
    /// Why it may not be posted now (approval void, held): then no text is shown.
    pub stopped: Option<String>,
    /// It is already confirmed: the live link.
    pub done: Option<String>,
}

/// A picture to save to the phone, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureToSave {
    pub src: String,
    /// The name under which it is saved.
    pub file_name: String,
    pub alt: String,
}
