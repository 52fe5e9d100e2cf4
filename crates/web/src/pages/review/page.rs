//! The page of a second opinion, filled.

use bedside_core::content::{Content, Revision, When};
use bedside_core::event::Event;
use bedside_core::opinion::{Answer, Opinion};
use bedside_core::post::{Act, Post, decide};
use bedside_core::screening::{self, Located};
use bedside_core::standing::Standing;
use bedside_store::Tx;
use jiff::Timestamp;

use super::super::compose::{Setting, is_past};
use crate::app::App;
use crate::error::Error;
use crate::session::Me;
use crate::view::review::{Callout, Review, Said};
use crate::view::{DiffPart, Errors, Section, Tag, Tone};
use crate::{diff, found, places, say, shell};

/// What an answer that was refused leaves on the page.
#[derive(Debug, Default)]
pub(super) struct Again {
    pub reason: String,
    pub errors: Errors,
}

/// Fills the page.
pub(super) async fn fill(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    post: &Post,
    again: &Again,
) -> Result<Review, Error> {
    let (practice, now) = (me.actor().practice, app.world.now());
    let setting = Setting::load(tx, me).await?;
    let current = tx.revision(practice, post.revision).await?;
    let opinions = tx.opinions(practice, post.id).await?;
    let located = setting.screen(app, &current.content)?;
    let standing = screening::standing(&located, tx.overrides(practice, current.id).await?);
    let before = match earlier(&opinions, me, post) {
        Some(opinion) => Some((opinion, tx.revision(practice, opinion.revision).await?)),
        None => None,
    };
    let (diff_title, diff, diff_note) = match &before {
        Some((opinion, old)) => (
            format!("What changed since {}", since(opinion, &setting, me)),
            changed_words(&setting, &old.content, &current.content),
            other_changes(&setting, &old.content, &current.content, now),
        ),
        None => Default::default(),
    };
    let asked = asked_at(tx, post).await?;
    Ok(Review {
        shell: shell::inside(app, tx, me, Section::Today, "").await?,
        id: post.id.to_string(),
        revision: post.revision.to_string(),
        title: current.content.title(),
        lead: lead(&setting, post, &current, asked, now),
        callout: callout(
            &setting,
            &current.content,
            &standing,
            before.as_ref().map(|(opinion, _)| *opinion),
            now,
        ),
        previews: places::previews(&setting.practice, &setting.channels, &current.content),
        diff_title,
        diff,
        diff_note,
        findings: said(&setting, &located, &standing),
        reason: again.reason.clone(),
        errors: again.errors.clone(),
        not_yours: not_yours(post, &current, me, now),
    })
}

/// Why this person cannot answer, in the words of the rule that says so; empty when they can.
fn not_yours(post: &Post, current: &Revision, me: &Me, now: Timestamp) -> String {
    // With nothing found, only the person and the state can stand against it.
    let act = Act::Approve {
        current,
        standing: &Standing::default(),
    };
    decide(post, post.revision, &act, me.actor(), &[], now)
        .map_or_else(|refusal| refusal.sentence, |_| String::new())
}

/// The last opinion on an earlier text: this person's own, else anyone's.
fn earlier<'a>(opinions: &'a [Opinion], me: &Me, post: &Post) -> Option<&'a Opinion> {
    let mut before = opinions
        .iter()
        .rev()
        .filter(|opinion| opinion.revision != post.revision);
    let mine = before
        .clone()
        .find(|opinion| opinion.by == me.actor().member);
    mine.or_else(|| before.next())
}

/// "you approved it", "Dr Shah asked for changes".
fn since(opinion: &Opinion, setting: &Setting, me: &Me) -> String {
    let who = if opinion.by == me.actor().member {
        "you".to_owned()
    } else {
        setting.name(opinion.by)
    };
    match opinion.answer {
        Answer::Approve => format!("{who} approved it"),
        Answer::AskForChanges => format!("{who} asked for changes"),
    }
}

async fn asked_at(tx: &mut Tx, post: &Post) -> Result<Option<Timestamp>, Error> {
    let asked = |event: &str| {
        matches!(
            serde_json::from_str::<Event>(event),
            Ok(Event::OpinionAsked { revision, .. }) if revision == post.revision
        )
    };
    let record = tx.post_record(post.practice, post.id).await?;
    Ok(record
        .iter()
        .rev()
        .find(|line| asked(&line.entry.event))
        .map(|line| line.entry.at))
}

fn lead(
    setting: &Setting,
    post: &Post,
    current: &Revision,
    asked: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let writer = setting.name(current.author);
    let mut words = match (post.asked_by, asked) {
        (Some(asker), Some(at)) => {
            let at = say::short(at, setting.zone(), now).words;
            if asker == current.author {
                format!("Written by {writer}, who asked {at}.")
            } else {
                format!("Written by {writer}. {} asked {at}.", setting.name(asker))
            }
        }
        _ => format!("Written by {writer}."),
    };
    words.push(' ');
    words.push_str(&goes_out(setting, &current.content, now));
    words
}

fn goes_out(setting: &Setting, content: &Content, now: Timestamp) -> String {
    let names: Vec<String> = content
        .places
        .iter()
        .filter_map(|place| {
            setting
                .channels
                .iter()
                .find(|channel| channel.id == place.channel)
        })
        .map(|channel| places::name(channel, &setting.channels))
        .collect();
    let places = if names.is_empty() {
        String::new()
    } else {
        format!(" on {}", say::list(&names, "and"))
    };
    format!("Goes out{places} {}.", moment(setting, &content.when, now))
}

pub(crate) fn moment(setting: &Setting, when: &When, now: Timestamp) -> String {
    match when {
        When::AsSoonAsApproved => "as soon as it is approved".to_owned(),
        When::At(wall) => wall.instant().map_or_else(
            |_| "at a time that is not one".to_owned(),
            |at| {
                let told = say::when(at, setting.zone(), now);
                format!("{}, {}", told.words, told.relative)
            },
        ),
    }
}

/// The channel that the post can no longer go to, in words.
pub(super) fn disconnected(setting: &Setting, content: &Content) -> Option<String> {
    let gone = content.places.iter().find_map(|place| {
        setting
            .channels
            .iter()
            .find(|channel| channel.id == place.channel && !channel.active)
    })?;
    let name = places::name(gone, &setting.channels);
    Some(format!(
        "{name} is no longer connected, so this post cannot go there. Ask the author to take {name} out."
    ))
}

fn callout(
    setting: &Setting,
    content: &Content,
    standing: &Standing,
    before: Option<&Opinion>,
    now: Timestamp,
) -> Option<Callout> {
    let callout = |tone, title: &str, text: String| {
        Some(Callout {
            tone,
            title: title.to_owned(),
            text,
        })
    };
    if let Some(must) = found::must_change(standing) {
        return callout(
            Tone::Block,
            &must,
            "It is marked below. Ask for changes and say which.".to_owned(),
        );
    }
    if let Some(gone) = disconnected(setting, content) {
        return callout(Tone::Warn, "A place is gone", gone);
    }
    if is_past(&content.when, now) {
        let text =
            "If you approve it now, Bedside asks someone whether to send it late.".to_owned();
        return callout(Tone::Warn, "The time chosen for it has passed", text);
    }
    before
        .filter(|opinion| opinion.answer == Answer::Approve)
        .and_then(|opinion| {
            let who = setting.name(opinion.by);
            let text = format!(
                "It was changed after {who} approved it {}.",
                say::short(opinion.at, setting.zone(), now).words
            );
            callout(Tone::Warn, "An earlier approval no longer counts", text)
        })
}

/// All words of a content in one text: those for one place only behind the common ones.
fn all_words(setting: &Setting, content: &Content) -> String {
    let mut words = content.text.clone();
    for place in &content.places {
        let channel = setting
            .channels
            .iter()
            .find(|channel| channel.id == place.channel);
        if let (Some(own), Some(channel)) = (&place.own_text, channel) {
            words.push_str(&format!(
                "\n\n{} only: {own}",
                places::name(channel, &setting.channels)
            ));
        }
    }
    for (n, picture) in (1..).zip(&content.pictures) {
        words.push_str(&format!("\n\nPicture {n}: {}", picture.alt));
    }
    words
}

pub(crate) fn changed_words(setting: &Setting, old: &Content, new: &Content) -> Vec<DiffPart> {
    let (old, new) = (all_words(setting, old), all_words(setting, new));
    let parts = diff::words(&old, &new);
    if parts.is_empty() {
        vec![DiffPart::Same(new)]
    } else {
        parts
    }
}

pub(crate) fn other_changes(
    setting: &Setting,
    old: &Content,
    new: &Content,
    now: Timestamp,
) -> String {
    let pictures = |content: &Content| {
        content
            .pictures
            .iter()
            .map(|picture| picture.sha256.clone())
            .collect::<Vec<_>>()
    };
    let channels = |content: &Content| {
        content
            .places
            .iter()
            .map(|place| place.channel)
            .collect::<Vec<_>>()
    };
    let (mut same, mut changed) = (Vec::new(), Vec::new());
    let mut tell = |is_same: bool, name: &str, change: String| {
        if is_same {
            same.push(name.to_owned());
        } else {
            changed.push(change);
        }
    };
    tell(
        pictures(old) == pictures(new),
        "pictures",
        "The pictures are not the same.".to_owned(),
    );
    tell(
        channels(old) == channels(new),
        "places",
        "It goes to other places.".to_owned(),
    );
    tell(
        old.when == new.when,
        "time",
        format!(
            "Before, it was to go out {}.",
            moment(setting, &old.when, now)
        ),
    );
    if !same.is_empty() {
        let mut words = say::list(&same, "and");
        let verb = if same == ["time"] { "is" } else { "are" };
        words = words
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .chain(words.chars().skip(1))
            .collect();
        changed.push(format!("{words} {verb} the same."));
    }
    changed.join(" ")
}

/// Each finding with what became of it, worst first, then those that were let pass.
fn said(setting: &Setting, located: &[Located], standing: &Standing) -> Vec<Said> {
    let mut told: Vec<Said> = found::list(located, standing, &setting.channels, true)
        .items
        .iter()
        .map(|item| {
            let quote = if item.quote.is_empty() {
                String::new()
            } else {
                format!("“{}”. ", item.quote)
            };
            let place = if item.place.is_empty() {
                String::new()
            } else {
                format!("{}: ", item.place)
            };
            Said {
                title: item.title.clone(),
                detail: format!("{place}{quote}{}", item.why),
                tag: item.tag(),
                rule: item.rule.clone(),
            }
        })
        .collect();
    for finding in &standing.findings {
        if let Some(pass) = standing.passed(finding) {
            told.push(Said {
                title: finding.message.clone(),
                detail: format!(
                    "“{}”. {} let it pass: {}",
                    found::quote(&finding.text),
                    setting.name(pass.by),
                    pass.reason
                ),
                tag: Tag::let_pass(),
                rule: finding.rule.clone(),
            });
        }
    }
    told
}
