//! Write: the text, what was noticed in it, where and when it goes.

use askama::Template;
use serde::Serialize;

use super::findings::{Count, Findings};
use super::forms::Errors;
use super::shell::Shell;
use super::words::{DiffPart, When};

/// The composer, new or for a post that exists.
///
/// # Fields
/// `csrf`, `revision`, `text`, `channels` (ids, repeated), `own_text_{channel id}` (empty: takes the main text), `when`
/// (`asap` or `at`), `date` (`YYYY-MM-DD`), `time` (`HH:MM`), `pictures` (files, repeated; one empty file when none was
/// chosen), `alt_new_{i}` (words of the i-th of those files, from 1; only with a script), `alt_{n}` and `remove_{n}=yes`
/// for pictures already there, `act` (`save`, `ask`, `check`). The form is multipart. The autosave posts JSON with
/// `csrf`, `revision`, `text`, `channels` (list), `own_texts` (map), `alts` (map of n), `when`, `date`, `time`.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/compose.html")]
pub struct Compose {
    pub shell: Shell,
    /// "Write a post", "Change this post".
    pub heading: String,
    /// "Dr Hale asked for changes: ..." or other words under the heading; may be empty.
    pub lead: String,
    /// Where the form goes: `/posts` or `/posts/{id}`.
    pub action: String,
    /// `/posts/{id}/autosave`; for a post that does not exist yet `/posts/autosave`, whose answer names the post.
    pub autosave: String,
    /// Id of the post, empty when it does not exist yet. Names the copy that the browser keeps.
    pub post_id: String,
    pub revision: String,
    pub channels: Vec<ChannelChoice>,
    pub text: String,
    /// Language of the text for the browser's spelling: BCP 47, "en-GB".
    pub lang: String,
    /// "Saved 10:42am".
    pub saved: Option<When>,
    pub counts: Vec<Count>,
    pub findings: Findings,
    pub previews: Vec<Preview>,
    pub pictures: Vec<PictureField>,
    /// "Up to 4 on Bluesky. JPEG, PNG or WebP, 10 MB each."
    pub pictures_hint: String,
    pub when: WhenChoice,
    /// "Goes to Dr Tom Hale or Dr Aisha Shah. Three things must change first."
    pub opinion: String,
    /// "Ask for a second opinion", or where the practice needs none for this post, "Let it go out".
    pub ask_label: String,
    pub errors: Errors,
    /// Someone else changed the post meanwhile.
    pub stale: Option<Stale>,
    /// An approval that an edit makes void: "You changed the text after Dr Shah approved it. It needs a new opinion."
    pub void: Option<String>,
    /// The post exists and may be deleted (`POST /posts/{id}/delete`).
    pub can_delete: bool,
}

/// One channel to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelChoice {
    pub id: String,
    /// "Bluesky", "Facebook".
    pub name: String,
    /// "@weirlane.example".
    pub handle: String,
    pub by_hand: bool,
    pub chosen: bool,
    /// Why it cannot be chosen now ("Bluesky asks you to sign in again"); empty when it can.
    pub not_now: String,
}

/// How the post will look on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub channel: String,
    pub name: String,
    pub author: String,
    pub handle: String,
    pub initials: String,
    pub text: String,
    /// The text is this channel's own, typed under "Change for ... only".
    pub own: bool,
    /// The channel is ticked. In the composer there is a preview for every channel, so that a script can show it.
    pub shown: bool,
    pub pictures: Vec<Shown>,
}

impl Preview {
    /// The field that holds the channel's own words.
    #[must_use]
    pub fn own_name(&self) -> String {
        format!("own_text_{}", self.channel)
    }
}

/// A picture as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub src: String,
    pub alt: String,
}

/// A picture already added, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureField {
    /// From 1; names the fields `alt_{n}` and `remove_{n}`.
    pub n: u32,
    pub src: String,
    /// The file's name as the person gave it.
    pub name: String,
    pub alt: String,
    pub remove: bool,
}

impl PictureField {
    /// The field that holds the picture's words.
    #[must_use]
    pub fn alt_name(&self) -> String {
        format!("alt_{}", self.n)
    }
}

/// When it goes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhenChoice {
    /// At a time, not as soon as approved.
    pub at: bool,
    /// `YYYY-MM-DD`, as typed.
    pub date: String,
    /// `HH:MM`, as typed.
    pub time: String,
    /// The first day that can be chosen, `YYYY-MM-DD`.
    pub earliest: String,
    /// The chosen time in words, once it is one.
    pub words: Option<When>,
    /// "UK time", the practice's zone in words.
    pub zone: String,
    /// "The clocks go forward that night: 1:30am does not exist. It goes out at 2:30am."; else empty.
    pub clock_change: String,
}

/// The post was changed elsewhere while this page was open; what was typed is kept in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// "Sam Reed changed this post at 10:38am, after you opened it."
    pub what: String,
    /// From their text to yours.
    pub diff: Vec<DiffPart>,
}

/// The answer to an autosave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// "Saved 10:42am".
    pub words: String,
    /// RFC 3339.
    pub saved_at: String,
    /// The id to send with the next save.
    pub revision: String,
    /// `/posts/{id}`, where the form goes from now on.
    pub action: String,
    /// `/posts/{id}/autosave`.
    pub autosave: String,
    pub post_id: String,
}
