//! How a post came to be: its record in words, with the differences between its texts.

use bedside_core::event::Event;
use bedside_core::{DeliveryId, RevisionId};

use super::story::{Happened, Story};
use crate::pages::review::{changed_words, other_changes};
use crate::say;
use crate::view::post::Change;
use crate::view::{DiffPart, Tone};

pub(super) fn list(story: &Story) -> Vec<Change> {
    let mut told = Vec::new();
    let mut lines = story.record.iter().peekable();
    let mut before: Option<RevisionId> = None;
    while let Some(line) = lines.next() {
        let Some(mut revision) = written(&line.event) else {
            told.push(plain(story, line));
            continue;
        };
        let (first, mut last) = (before, line);
        // Several saves in a row by one person are one change to whoever reads this.
        while let Some(next) = lines
            .next_if(|next| next.who == line.who && matches!(next.event, Event::PostChanged { .. }))
        {
            revision = written(&next.event).unwrap_or(revision);
            last = next;
        }
        told.push(changed(story, line, last, first, revision));
        before = Some(revision);
    }
    told.retain(|change| !change.title.is_empty());
    told
}

fn written(event: &Event) -> Option<RevisionId> {
    match event {
        Event::PostWritten { revision, .. } | Event::PostChanged { revision, .. } => {
            Some(*revision)
        }
        _ => None,
    }
}

fn changed(
    story: &Story,
    line: &Happened,
    last: &Happened,
    before: Option<RevisionId>,
    revision: RevisionId,
) -> Change {
    let old = before.and_then(|id| story.revision(id));
    let new = story.revision(revision);
    let (mut diff, mut detail) = (Vec::new(), String::new());
    if let (Some(old), Some(new)) = (old, new) {
        diff = changed_words(&story.setting, &old.content, &new.content);
        let same = diff.iter().all(|part| matches!(part, DiffPart::Same(_)));
        if same {
            diff.clear();
        }
        if (
            &old.content.places,
            &old.content.pictures,
            &old.content.when,
        ) != (
            &new.content.places,
            &new.content.pictures,
            &new.content.when,
        ) {
            detail = other_changes(&story.setting, &old.content, &new.content, story.now);
        }
    }
    Change {
        title: format!("{} {}", line.who, line.event.words()),
        when: say::short(last.at, story.setting.zone(), story.now),
        detail,
        diff,
        tone: Tone::Plain,
    }
}

fn plain(story: &Story, line: &Happened) -> Change {
    let place = delivery(&line.event).and_then(|id| story.place_of(id));
    let (what, reason) = split(&line.event);
    let detail = match (place, reason) {
        (Some(place), Some(reason)) => format!("{place}. {reason}"),
        (Some(place), None) => place,
        (None, Some(reason)) => format!("“{reason}”"),
        (None, None) => String::new(),
    };
    Change {
        title: format!("{} {what}", line.who),
        when: say::short(line.at, story.setting.zone(), story.now),
        detail,
        diff: Vec::new(),
        tone: tone(&line.event),
    }
}

/// What happened, and the reason given for it apart.
fn split(event: &Event) -> (String, Option<String>) {
    let words = event.words();
    let reason = match event {
        Event::ChangesAsked { reason, .. }
        | Event::FindingOverridden { reason, .. }
        | Event::TakeDownReason { reason, .. } => reason,
        Event::DeliveryHeld { why, .. }
        | Event::SendingRetried { why, .. }
        | Event::DeliveryRefused { why, .. }
        | Event::TakeDownByHandAsked { why, .. } => why,
        _ => return (words, None),
    };
    let what = words
        .strip_suffix(reason.as_str())
        .map_or(words.as_str(), |what| what.trim_end_matches([':', ' ']))
        .to_owned();
    (what, (!reason.is_empty()).then(|| reason.clone()))
}

fn delivery(event: &Event) -> Option<DeliveryId> {
    match event {
        Event::DeliveryQueued { delivery, .. }
        | Event::DeliveryCancelled { delivery, .. }
        | Event::DeliveryHeld { delivery, .. }
        | Event::DeliveryLate { delivery, .. }
        | Event::SendingStarted { delivery, .. }
        | Event::SendingRetried { delivery, .. }
        | Event::DeliveryLive { delivery, .. }
        | Event::DeliveryRefused { delivery, .. }
        | Event::DeliveryUnknown { delivery, .. }
        | Event::ByHandAsked { delivery, .. }
        | Event::SettledByHand { delivery, .. }
        | Event::TakeDownAsked { delivery, .. }
        | Event::TakeDownByHandAsked { delivery, .. }
        | Event::Gone { delivery, .. }
        | Event::GoneByHand { delivery, .. } => Some(*delivery),
        _ => None,
    }
}

fn tone(event: &Event) -> Tone {
    match event {
        Event::Approved { .. } | Event::LetOut { .. } | Event::DeliveryLive { .. } => Tone::Ok,
        Event::Gone { .. } | Event::GoneByHand { .. } => Tone::Ok,
        Event::ChangesAsked { .. }
        | Event::OpinionVoided { .. }
        | Event::DeliveryLate { .. }
        | Event::DeliveryUnknown { .. }
        | Event::ByHandAsked { .. }
        | Event::TakeDownByHandAsked { .. } => Tone::Warn,
        Event::DeliveryHeld { .. } | Event::DeliveryRefused { .. } => Tone::Block,
        _ => Tone::Plain,
    }
}
