//! The calendar: a month, a week or a list of days, with what is stuck told in words above.

use askama::Template;

use super::icon::Icon;
use super::shell::Shell;
use super::words::{Tag, Tone, When};

/// The page.
///
/// # Query
/// `month=YYYY-MM`, `view=month|week|list`, `day=YYYY-MM-DD` (the chosen day).
#[derive(Debug, Clone, Template)]
#[template(path = "pages/calendar.html")]
pub struct Calendar {
    pub shell: Shell,
    /// "March 2026", "2 to 8 March 2026".
    pub title: String,
    /// "14 posts. Three need a look."
    pub lead: String,
    pub view: View,
    /// Links of the three views and of the step back, today and forward.
    pub month_href: String,
    pub week_href: String,
    pub list_href: String,
    pub earlier: Step,
    pub today_href: String,
    pub later: Step,
    /// "Write for Thursday 5 March".
    pub write_label: String,
    pub write_href: String,
    pub stuck: Vec<Stuck>,
    /// Whole weeks, Monday first; one in the week view.
    pub weeks: Vec<Vec<Day>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Month,
    Week,
    List,
}

/// A link to the time before or after, said whole: "February 2026".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: String,
    pub href: String,
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    pub icon: Icon,
    pub tone: Tone,
    /// "Today, 9:00am: we did not hear back from Facebook."
    pub title: String,
    pub detail: String,
    pub action_label: String,
    pub action_href: String,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// "Thursday 5 March".
    pub words: String,
    /// What stands in the square: "5", "1 Apr".
    pub number: String,
    /// Belongs to the month before or after.
    pub outside: bool,
    pub today: bool,
    pub past: bool,
    pub chosen: bool,
    /// This page with this day chosen.
    pub href: String,
    /// "Clocks go forward", "No Smoking Day"; else empty.
    pub note: String,
    pub posts: Vec<Entry>,
}

/// One post on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// "9:00am"; empty for a draft without time.
    pub time: When,
    pub title: String,
    pub tag: Tag,
    pub href: String,
    /// "Bluesky, Facebook".
    pub places: String,
}

impl Calendar {
    /// Days of the list: those of the month itself that hold something or are today or chosen.
    #[must_use]
    pub fn listed(&self) -> Vec<&Day> {
        self.weeks
            .iter()
            .flatten()
            .filter(|day| {
                !day.outside
                    && (!day.posts.is_empty() || day.today || day.chosen || !day.note.is_empty())
            })
            .collect()
    }
}
