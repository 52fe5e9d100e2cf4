//! Practice, channels: where the practice speaks.

use askama::Template;

use super::forms::Errors;
use super::shell::Shell;
use super::words::{Tag, When};

/// The list.
///
/// # Fields
/// `POST /practice/channels/{id}/test` and `/disconnect`: `csrf` only.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/channels.html")]
pub struct Channels {
    pub shell: Shell,
    pub channels: Vec<ChannelLine>,
    pub may_change: bool,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelLine {
    pub id: String,
    /// "Bluesky".
    pub name: String,
    /// "@weirlane.example", or the page's address.
    pub handle: String,
    pub by_hand: bool,
    /// "Connected", "Asks you to sign in again", "By hand".
    pub tag: Tag,
    /// What the last test said: "Answered at 10:40am." May be empty.
    pub tested: String,
    pub last_tested: Option<When>,
    /// `/practice/channels/new?platform=..` to sign in again; empty when by hand.
    pub again_href: String,
}

/// Connecting one.
///
/// # Fields
/// `POST /practice/channels`: `platform` (`bluesky` or an assisted one: `facebook`, `instagram`, ...), `name`,
/// `address` (the page's address, by hand), `service`, `identifier`, `secret` (Bluesky).
#[derive(Debug, Clone, Template)]
#[template(path = "pages/channel_new.html")]
pub struct NewChannel {
    pub shell: Shell,
    pub platforms: Vec<Platform>,
    /// The one chosen; `None` shows the choice.
    pub chosen: Option<Platform>,
    pub name: String,
    pub address: String,
    pub service: String,
    pub identifier: String,
    pub errors: Errors,
}

/// A platform to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `bluesky`, `facebook`.
    pub id: String,
    pub name: String,
    /// "Bedside posts for you", "You copy and post; Bedside keeps the record".
    pub hint: String,
    pub by_hand: bool,
    pub href: String,
    /// An address as an example: "https://www.facebook.com/yourpractice".
    pub example: String,
}
