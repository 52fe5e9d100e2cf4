//! The record: who decided what, when and why; and whether it is whole.

use askama::Template;

use super::icon::Icon;
use super::shell::Shell;
use super::words::{Tone, When};

/// The page.
///
/// # Query
/// `who` (a member's id), `what` (a kind), `from`, `to` (`YYYY-MM-DD`), `page` (from 1).
/// `POST /record/verify`: `csrf`. `GET /record/export`: the same query.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/record.html")]
pub struct Record {
    pub shell: Shell,
    /// "214 entries since Monday 2 February 2026."
    pub lead: String,
    pub entries: Vec<Entry>,
    pub who: Vec<Choice>,
    pub what: Vec<Choice>,
    pub from: String,
    pub to: String,
    /// A filter is set.
    pub filtered: bool,
    pub verified: Option<Verified>,
    pub export_href: String,
    pub newer_href: String,
    pub older_href: String,
    /// "Page 2 of 9"; empty when there is one page.
    pub page_words: String,
}

/// One option of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// One entry in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: u64,
    pub icon: Icon,
    pub when: When,
    /// "Dr Aisha Shah".
    pub who: String,
    /// "approved “How to brush round a brace”".
    pub what: String,
    /// A reason given; may be empty.
    pub detail: String,
    /// The post or page it is about; empty when there is none.
    pub href: String,
    /// The entry's seal, shortened, to compare with a copy: "9f2c 81ab".
    pub seal: String,
}

/// What checking the record said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub tone: Tone,
    /// "The record is whole."
    pub title: String,
    /// "All 214 entries follow from each other. Checked at 10:42am."
    pub text: String,
}
