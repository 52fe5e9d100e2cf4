//! The life line: written, checked, approved, sent, live.

use bedside_core::content::When;
use bedside_core::delivery::DeliveryState as D;
use bedside_core::event::Event;
use bedside_core::opinion::Answer;
use bedside_core::post::{self, PostState};

use super::story::{Story, capital};
use crate::pages::review::moment;
use crate::pages::today::NEEDS_PERSON;
use crate::say;
use crate::view::Icon;
use crate::view::post::{Step, StepState};

pub(super) fn steps(story: &Story) -> Vec<Step> {
    vec![
        written(story),
        checked(story),
        approved(story),
        sent(story),
        live(story),
    ]
}

fn step(icon: Icon, title: &str, detail: String, state: StepState) -> Step {
    Step {
        icon,
        title: title.to_owned(),
        detail,
        state,
    }
}

fn written(story: &Story) -> Step {
    let detail = format!(
        "{}, {}",
        story.at_first(story.current.made_at),
        story.setting.name(story.current.author)
    );
    step(Icon::Pencil, "Written", detail, StepState::Done)
}

fn checked(story: &Story) -> Step {
    let (must, ask) = (story.standing.must_change(), story.standing.ask_someone());
    let things = |n: usize| if n == 1 { "thing" } else { "things" };
    let (detail, state) = match (must, ask) {
        (0, 0) if story.standing.findings.is_empty() => {
            ("Nothing found".to_owned(), StepState::Done)
        }
        (0, 0) => ("Nothing left to change".to_owned(), StepState::Done),
        (0, n) => (
            format!("{} {} to ask someone about", say::count(n), things(n)),
            StepState::Done,
        ),
        (n, _) => (
            format!("{} {} must change", say::count(n), things(n)),
            StepState::Stuck,
        ),
    };
    step(Icon::CheckCircle, "Checked", detail, state)
}

/// Who can answer, as "Dr Tom Hale or Dr Aisha Shah".
pub(super) fn answerers(story: &Story) -> String {
    let mut involved = vec![story.post.author, story.post.revision_author];
    involved.extend(story.post.asked_by);
    let names: Vec<&str> = post::possible_reviewers(&story.setting.members, &involved)
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    say::list(&names, "or")
}

fn approved(story: &Story) -> Step {
    let given = story
        .opinions
        .iter()
        .rev()
        .find(|opinion| opinion.revision == story.post.revision);
    let told = |at, who: &str| format!("{}, {who}", story.at_first(at));
    match (story.post.state, given) {
        (PostState::Draft, _) => step(
            Icon::People,
            "Approved",
            "Nobody was asked yet".to_owned(),
            StepState::ToCome,
        ),
        (PostState::InReview, _) => {
            let who = answerers(story);
            let detail = if who.is_empty() {
                "Nobody in the practice can answer".to_owned()
            } else {
                format!("Waiting for {who}")
            };
            step(Icon::People, "Second opinion", detail, StepState::Now)
        }
        (PostState::Rejected, given) => {
            let detail = given.map_or_else(String::new, |opinion| {
                told(opinion.at, &story.setting.name(opinion.by))
            });
            step(Icon::People, "Changes asked for", detail, StepState::Stuck)
        }
        (_, Some(opinion)) if opinion.answer == Answer::Approve => step(
            Icon::People,
            "Approved",
            told(opinion.at, &story.setting.name(opinion.by)),
            StepState::Done,
        ),
        _ => {
            let let_out = story.last(|event| {
                matches!(event, Event::LetOut { revision, .. } if *revision == story.post.revision)
            });
            let detail = let_out.map_or_else(
                || "No second opinion was needed".to_owned(),
                |line| format!("{}, no second opinion needed", told(line.at, &line.who)),
            );
            step(Icon::People, "Let out", detail, StepState::Done)
        }
    }
}

/// "Bluesky: live. Facebook: not known".
fn by_place(story: &Story) -> String {
    story
        .counted()
        .map(|sent| {
            format!(
                "{}: {}",
                story.place(sent.delivery.channel),
                sent.delivery.state.words().to_lowercase()
            )
        })
        .collect::<Vec<_>>()
        .join(". ")
}

fn sent(story: &Story) -> Step {
    let counted: Vec<_> = story.counted().map(|sent| &sent.delivery).collect();
    let any = |states: &[D]| counted.iter().any(|d| states.contains(&d.state));
    let waiting = |detail| step(Icon::Clock, "Goes out", detail, StepState::ToCome);
    if counted.is_empty() || counted.iter().all(|d| d.state == D::Cancelled) {
        return match (&story.current.content.when, counted.is_empty()) {
            (_, false) => waiting("Not in the calendar".to_owned()),
            (When::AsSoonAsApproved, _) => waiting("As soon as it is approved".to_owned()),
            (chosen, _) => waiting(capital(&moment(&story.setting, chosen, story.now))),
        };
    }
    if any(&NEEDS_PERSON)
        && !counted
            .iter()
            .all(|d| d.state == D::TakeDownByHand || d.state.is_out() && d.state != D::Unknown)
    {
        return step(Icon::Question, "Sent", by_place(story), StepState::Stuck);
    }
    if any(&[D::Sending]) {
        return step(Icon::Send, "Being sent", by_place(story), StepState::Now);
    }
    if let Some(next) = counted
        .iter()
        .filter(|d| d.state == D::Queued)
        .map(|d| d.due)
        .min()
    {
        let when = say::when(next, story.setting.zone(), story.now);
        let detail = if next > story.now {
            format!("{}, {}", when.words, when.relative)
        } else {
            "Now".to_owned()
        };
        return step(Icon::Clock, "Goes out", detail, StepState::Now);
    }
    let first = story
        .counted()
        .filter_map(|sent| {
            sent.attempts
                .first()
                .map(|attempt| attempt.started_at)
                .or(sent.delivery.settled_at)
        })
        .min();
    let detail = first.map_or_else(String::new, |at| story.at_first(at));
    step(Icon::Send, "Sent", detail, StepState::Done)
}

fn live(story: &Story) -> Step {
    let counted: Vec<_> = story
        .counted()
        .map(|sent| sent.delivery.state)
        .filter(|state| *state != D::Cancelled)
        .collect();
    let count = |wanted: D| counted.iter().filter(|state| **state == wanted).count();
    let (all, live, gone) = (counted.len(), count(D::Live), count(D::Gone));
    let going = count(D::TakingDown) + count(D::TakeDownByHand);
    if going > 0 || gone > 0 {
        let state = if gone == all {
            StepState::Done
        } else if count(D::TakeDownByHand) > 0 {
            StepState::Stuck
        } else {
            StepState::Now
        };
        let detail = if gone == all {
            "Gone everywhere".to_owned()
        } else {
            format!("Gone from {gone} of {all} places")
        };
        return step(Icon::Undo, "Taken down", detail, state);
    }
    let (detail, state) = match (all, live) {
        (0, _) => ("Not yet".to_owned(), StepState::ToCome),
        (all, live) if all == live => (by_place(story), StepState::Done),
        (_, 0) => ("Not yet".to_owned(), StepState::ToCome),
        (all, live) => (format!("In {live} of {all} places"), StepState::ToCome),
    };
    step(Icon::Eye, "Live everywhere", detail, state)
}
