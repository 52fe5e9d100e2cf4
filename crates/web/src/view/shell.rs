//! What stands around every page: header, navigation, notices.

use super::icon::Icon;
use super::words::Tone;

/// A part of the app that has a place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Today,
    Write,
    Calendar,
    Record,
    Practice,
    /// Pages outside the navigation: me, errors, rules.
    None,
}

/// One place in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: Icon,
    /// How many things wait there; 0 shows none.
    pub count: u32,
    pub current: bool,
    /// Has a place in the phone's bottom bar.
    pub on_phone: bool,
}

/// A message about what has just been done, above the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub tone: Tone,
    /// "Saved", "Sent to Dr Hale".
    pub title: String,
    /// What happens next; may be empty.
    pub text: String,
}

/// An emergency that stays on every page until someone takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// The words that led to it.
    pub quote: String,
    /// "Comment on Facebook, 2 minutes ago, 10:40am."
    pub detail: String,
    pub href: String,
}

/// What stands around a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The practice's name; "Not named yet" before set-up is done; empty when nobody is signed in.
    pub practice_name: String,
    /// The signed-in person's initials; empty when nobody is signed in.
    pub initials: String,
    /// The signed-in person's name, for screen readers and the menu.
    pub person_name: String,
    /// Empty before set-up is done and when nobody is signed in.
    pub nav: Vec<NavItem>,
    pub csrf: String,
    pub notices: Vec<Notice>,
    pub emergency: Option<Emergency>,
    /// The example practice of `bedside demo`: says on every page that nothing is sent.
    pub demo: bool,
}

impl Shell {
    /// A shell for someone who is not signed in.
    #[must_use]
    pub fn outside(csrf: impl Into<String>) -> Self {
        Self {
            practice_name: String::new(),
            initials: String::new(),
            person_name: String::new(),
            nav: Vec::new(),
            csrf: csrf.into(),
            notices: Vec::new(),
            emergency: None,
            demo: false,
        }
    }

    /// A shell for a signed-in member of a practice that is set up. `waiting` is the number of things on Today.
    #[must_use]
    pub fn inside(
        practice_name: impl Into<String>,
        person_name: impl Into<String>,
        csrf: impl Into<String>,
        current: Section,
        waiting: u32,
    ) -> Self {
        let person_name = person_name.into();
        Self {
            practice_name: practice_name.into(),
            initials: initials(&person_name),
            person_name,
            nav: nav(current, waiting),
            csrf: csrf.into(),
            notices: Vec::new(),
            emergency: None,
            demo: false,
        }
    }

    /// Whether the phone's "More" is where one is.
    #[must_use]
    pub fn in_more(&self) -> bool {
        self.nav.iter().any(|item| item.current && !item.on_phone)
    }
}

/// First letters of a name, titles left out: "Dr Tom Hale" gives "TH".
#[must_use]
pub fn initials(name: &str) -> String {
    const TITLES: [&str; 9] = [
        "dr",
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "prof",
        "professor",
        "sir",
    ];
    let words: Vec<&str> = name
        .split_whitespace()
        .filter(|word| !TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str()))
        .collect();
    let first = words.first().and_then(|word| word.chars().next());
    let last = if words.len() > 1 {
        words.last().and_then(|word| word.chars().next())
    } else {
        None
    };
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

fn nav(current: Section, waiting: u32) -> Vec<NavItem> {
    let item = |section, label, href, icon, count, on_phone| NavItem {
        label,
        href,
        icon,
        count,
        current: section == current,
        on_phone,
    };
    vec![
        item(Section::Today, "Today", "/", Icon::Clock, waiting, true),
        item(Section::Write, "Write", "/posts/new", Icon::Pencil, 0, true),
        item(
            Section::Calendar,
            "Calendar",
            "/calendar",
            Icon::Calendar,
            0,
            true,
        ),
        item(Section::Record, "Record", "/record", Icon::Book, 0, false),
        item(
            Section::Practice,
            "Practice",
            "/practice",
            Icon::House,
            0,
            false,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_leave_titles_out() {
        assert_eq!(initials("Dr Tom Hale"), "TH");
        assert_eq!(initials("Priya Nair"), "PN");
        assert_eq!(initials("Sam"), "S");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn more_is_current_on_pages_that_the_phone_bar_leaves_out() {
        assert!(Shell::inside("P", "A B", "c", Section::Record, 0).in_more());
        assert!(!Shell::inside("P", "A B", "c", Section::Today, 0).in_more());
    }
}
