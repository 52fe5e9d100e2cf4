//! What was just done, told on the page that follows: a word in the address, never a person's text.

use crate::view::{Notice, Tone};

/// The notice for a word; unknown words say nothing.
pub(crate) fn notice(word: &str) -> Option<Notice> {
    let (title, text) = match word {
        "saved" => ("Saved", ""),
        "asked" => (
            "Your second opinion was asked for",
            "We will tell the people who can give it. You can still change the text; then they are asked again.",
        ),
        "let-out" => (
            "In the calendar",
            "It goes out at its time. You can still change it until then.",
        ),
        "approved" => (
            "Approved",
            "It goes out at its time, exactly as you saw it.",
        ),
        "changes" => ("You asked for changes", "The author sees your reason."),
        "passed" => ("Let pass", "Your reason is in the record."),
        "deleted" => ("Draft deleted", ""),
        "settled" => ("Noted", "Thank you. The page shows where it stands now."),
        "sending" => ("It is on its way", "This page shows when it is live."),
        "left" => (
            "Left out",
            "It does not go out there. Nothing else was changed.",
        ),
        "unscheduled" => (
            "Out of the calendar",
            "It does not go out. To send it after all, change it and ask again.",
        ),
        "live" => (
            "Noted: it is live",
            "The record says who saw it, and where.",
        ),
        "gone" => ("Noted: it is gone", "The record says who looked."),
        "checked" => ("The record was checked", ""),
        "taking-down" => (
            "Being taken down",
            "We delete it where we can and look that it is gone. What is left for you to do stands below.",
        ),
        "invited" => ("Invitation made", ""),
        "withdrawn" => ("Invitation withdrawn", ""),
        "roles" => ("Roles changed", ""),
        "removed" => ("Access ended", "They are signed out everywhere."),
        "connected" => ("Connected", "We signed in and it answered."),
        "added" => (
            "Channel added",
            "Bedside reminds you at the time, you post by hand, and the record is kept.",
        ),
        "disconnected" => ("Disconnected", "Its password was forgotten."),
        "settings" => ("Settings saved", ""),
        "signed-out" => ("You are signed out", ""),
        _ => return None,
    };
    Some(Notice {
        tone: Tone::Ok,
        title: title.into(),
        text: text.into(),
    })
}
