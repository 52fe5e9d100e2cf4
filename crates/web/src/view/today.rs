//! Today: what needs this person, in order of urgency, and what goes out.

use askama::Template;

use super::icon::Icon;
use super::shell::Shell;
use super::words::{Tone, When};

/// The first page.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/today.html")]
pub struct Today {
    pub shell: Shell,
    /// "Good morning, Priya".
    pub greeting: String,
    /// "Monday 2 March. Three things need you."
    pub lead: String,
    /// In order of urgency.
    pub things: Vec<Thing>,
    pub going_out: Vec<Going>,
    /// "Six posts, one of them held. Thursday is free."
    pub week: Option<Week>,
    /// Set-up is not finished: what is left, with a link to `/start`.
    pub set_up: Option<String>,
}

/// One thing that needs the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub icon: Icon,
    pub tone: Tone,
    pub title: String,
    pub detail: String,
    pub action_label: String,
    pub action_href: String,
}

/// One post that goes out today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// `words` is the time only: "12:30pm".
    pub time: When,
    pub title: String,
    pub href: String,
    /// "Bluesky, Facebook".
    pub places: String,
}

/// The days to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub words: String,
    pub action_label: String,
    pub action_href: String,
}
