//! Today: what needs this person, in order of urgency, and what goes out.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use bedside_core::content::When;
use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::{Actor, Permission};
use bedside_core::post::PostState;
use bedside_core::time;
use bedside_store::{DeliveryLine, MailState, PostLine, Tx};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use super::Said;
use super::planned::{self, Planned, days_later};
use crate::app::App;
use crate::error::Error;
use crate::session::Me;
use crate::view::today::{Going, Thing, Today, Week};
use crate::view::{Icon, Section, Tone};
use crate::{say, shell};

/// States of a delivery that a person must settle, most urgent first.
pub(crate) const NEEDS_PERSON: [D; 6] = [
    D::Unknown,
    D::NotSent,
    D::Held,
    D::Late,
    D::TakeDownByHand,
    D::ByHand,
];

/// Drafts shown at most.
const DRAFTS_MAX: usize = 5;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

/// Deliveries that need a person, for those who may settle them: the most urgent first.
pub(crate) async fn stuck(tx: &mut Tx, actor: &Actor) -> Result<Vec<DeliveryLine>, Error> {
    if !actor.roles.may(Permission::Settle) {
        return Ok(Vec::new());
    }
    let mut lines = tx
        .delivery_lines(
            actor.practice,
            Timestamp::MIN,
            Timestamp::MAX,
            &NEEDS_PERSON,
        )
        .await?;
    let rank = |state: D| NEEDS_PERSON.iter().position(|known| *known == state);
    lines.sort_by_key(|line| (rank(line.delivery.state), line.delivery.due));
    Ok(lines)
}

/// Second opinions that this person can give.
pub(crate) async fn asked_of_me(tx: &mut Tx, actor: &Actor) -> Result<Vec<PostLine>, Error> {
    if !actor.roles.may(Permission::Review) {
        return Ok(Vec::new());
    }
    let mut posts = tx
        .posts(actor.practice, &[PostState::InReview], None, 200)
        .await?;
    posts.retain(|line| {
        line.post.author != actor.member
            && line.post.revision_author != actor.member
            && line.post.asked_by != Some(actor.member)
    });
    Ok(posts)
}

/// Posts of this person in a state: those that they began or wrote last.
async fn mine(tx: &mut Tx, actor: &Actor, state: PostState) -> Result<Vec<PostLine>, Error> {
    if !actor.roles.may(Permission::Write) {
        return Ok(Vec::new());
    }
    let mut posts = planned::posts(tx, actor, &[state]).await?;
    posts.retain(|line| {
        line.post.author == actor.member || line.post.revision_author == actor.member
    });
    Ok(posts)
}

/// How many things wait for this person: the number beside Today.
pub(crate) async fn waiting(tx: &mut Tx, actor: &Actor, _now: Timestamp) -> Result<u32, Error> {
    let things = stuck(tx, actor).await?.len()
        + asked_of_me(tx, actor).await?.len()
        + mine(tx, actor, PostState::Rejected).await?.len();
    Ok(u32::try_from(things).unwrap_or(u32::MAX))
}

/// The day and the zone in which a practice's page speaks.
struct Here<'a> {
    zone: &'a str,
    now: Timestamp,
}

impl Here<'_> {
    /// "at 9:00am", "yesterday at 9:00am".
    fn at(&self, moment: Timestamp) -> String {
        if self.day(moment) == self.day(self.now) {
            format!("at {}", say::clock(moment, self.zone).words)
        } else {
            say::short(moment, self.zone, self.now).words
        }
    }

    fn day(&self, moment: Timestamp) -> Date {
        time::local_date(moment, self.zone)
    }
}

async fn show(
    State(app): State<App>,
    me: Me,
    Query(query): Query<Said>,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let actor = me.actor();
    let settings = tx.practice(actor.practice).await?.settings;
    let here = Here {
        zone: &settings.zone,
        now: app.world.now(),
    };
    let mut things: Vec<Thing> = stuck(&mut tx, actor)
        .await?
        .iter()
        .map(|line| stuck_thing(line, &here))
        .collect();
    let members = tx.members(actor.practice).await?;
    let name = |id| {
        members
            .iter()
            .find(|member| member.id == id)
            .map_or("Someone", |member| member.name.as_str())
    };
    for line in asked_of_me(&mut tx, actor).await? {
        let who = name(line.post.asked_by.unwrap_or(line.post.author));
        things.push(opinion_thing(&line, who, &here));
    }
    for line in mine(&mut tx, actor, PostState::Rejected).await? {
        let opinions = tx.opinions(actor.practice, line.post.id).await?;
        let who = opinions
            .last()
            .map_or("Someone", |opinion| name(opinion.by));
        things.push(thing(
            (Icon::Pencil, Tone::Warn),
            format!("{who} asks you for changes"),
            format!("“{}”. The reason stands on the post.", line.content.title()),
            ("Read why", format!("/posts/{}", line.post.id)),
        ));
    }
    let urgent = things.len();
    things.extend(mail_thing(&app, &mut tx, &me).await?);
    for line in mine(&mut tx, actor, PostState::Draft)
        .await?
        .iter()
        .take(DRAFTS_MAX)
    {
        things.push(thing(
            (Icon::Pencil, Tone::Plain),
            "A draft of yours".to_owned(),
            format!(
                "“{}”, last changed {}.",
                line.content.title(),
                here.at(line.post.changed_at)
            ),
            ("Carry on", format!("/posts/{}/edit", line.post.id)),
        ));
    }
    let today = here.day(here.now);
    let week = planned::between(&mut tx, actor, here.zone, today, days_later(today, 7)).await?;
    let set_up = set_up(&mut tx, &me).await?;
    let page = Today {
        shell: shell::inside(&app, &mut tx, &me, Section::Today, &query.said).await?,
        greeting: greeting(&actor.name, &here),
        lead: lead(urgent, things.len(), &here),
        things,
        going_out: going_out(&week, &here),
        week: sees_posts(actor).then(|| the_week(&week, today, actor)),
        set_up,
    };
    Ok(Html(page.render()?).into_response())
}

fn sees_posts(actor: &Actor) -> bool {
    actor.roles.may(Permission::ReadAll) || actor.roles.may(Permission::Write)
}

fn thing(
    (icon, tone): (Icon, Tone),
    title: String,
    detail: String,
    (label, href): (&str, String),
) -> Thing {
    Thing {
        icon,
        tone,
        title,
        detail,
        action_label: label.to_owned(),
        action_href: href,
    }
}

fn stuck_thing(line: &DeliveryLine, here: &Here<'_>) -> Thing {
    let delivery = &line.delivery;
    let (post, place) = (format!("/posts/{}", delivery.post), line.platform.name());
    let (title, at) = (&line.title, here.at(delivery.due));
    let trouble = &delivery.trouble;
    match delivery.state {
        D::Unknown => thing(
            (Icon::Question, Tone::Warn),
            "We do not know whether a post went out".to_owned(),
            format!("“{title}”, sent to {place}, due {at}. It may be live."),
            ("Look at it", post),
        ),
        D::NotSent => thing(
            (Icon::Cross, Tone::Block),
            "A post was not sent".to_owned(),
            format!("“{title}”, to {place}, due {at}. {trouble} Nothing is lost."),
            ("Look at it", post),
        ),
        D::Held => thing(
            (Icon::Pause, Tone::Block),
            "A post is held back".to_owned(),
            format!("“{title}”, to {place}, due {at}. {trouble}"),
            ("Look at it", post),
        ),
        D::Late => thing(
            (Icon::Clock, Tone::Warn),
            "A post is late".to_owned(),
            format!(
                "“{title}” was due on {place} {at}. Send it now, choose another time, or leave it."
            ),
            ("Decide", post),
        ),
        D::TakeDownByHand => thing(
            (Icon::Hand, Tone::Warn),
            format!("Remove a post from {place} by hand"),
            format!("“{title}”. {trouble}"),
            ("Show me where", post),
        ),
        _ => thing(
            (Icon::Hand, Tone::Warn),
            format!("Post on {place} by hand"),
            format!("“{title}”, due {at}."),
            ("Show me how", format!("/by-hand/{}", delivery.id)),
        ),
    }
}

fn opinion_thing(line: &PostLine, who: &str, here: &Here<'_>) -> Thing {
    let when = match &line.content.when {
        When::AsSoonAsApproved => "goes out as soon as it is approved".to_owned(),
        When::At(wall) => match wall.instant() {
            Ok(at) if at > here.now => format!(
                "goes out {} ({})",
                say::short(at, here.zone, here.now).words,
                time::say_relative(at, here.now)
            ),
            _ => "the time chosen for it has passed".to_owned(),
        },
    };
    thing(
        (Icon::People, Tone::Accent),
        format!("{who} asks for your second opinion"),
        format!("“{}”, {when}.", line.content.title()),
        ("Read it", format!("/posts/{}/review", line.post.id)),
    )
}

/// Without a mail server, messages wait for the responsible person to pass them on.
async fn mail_thing(app: &App, tx: &mut Tx, me: &Me) -> Result<Option<Thing>, Error> {
    if app.options.mail_host.is_some() || !me.may(Permission::Manage) {
        return Ok(None);
    }
    let waiting = tx
        .mails(me.actor().practice, 100)
        .await?
        .iter()
        .filter(|mail| mail.state == MailState::Waiting)
        .count();
    let title = match waiting {
        0 => return Ok(None),
        1 => "A message waits to be passed on".to_owned(),
        n => format!("{n} messages wait to be passed on"),
    };
    Ok(Some(thing(
        (Icon::Mail, Tone::Plain),
        title,
        "No mail server is set up, so Bedside keeps them here.".to_owned(),
        ("Read them", "/practice/mail".to_owned()),
    )))
}

/// What is left to set up, for the person who can.
async fn set_up(tx: &mut Tx, me: &Me) -> Result<Option<String>, Error> {
    if !me.may(Permission::Manage) {
        return Ok(None);
    }
    let practice = me.actor().practice;
    let alone = tx.members(practice).await?.len() < 2 && tx.invitations(practice).await?.is_empty();
    let channels = tx.channels(practice).await?;
    let unconnected = !channels.iter().any(|channel| channel.active);
    Ok(match (alone, unconnected) {
        (false, false) => None,
        (true, false) => {
            Some("Invite a second person: nobody approves their own posts.".to_owned())
        }
        (false, true) => Some("Add a channel for your posts to go to.".to_owned()),
        (true, true) => Some("A second person and a channel are still to come.".to_owned()),
    })
}

fn greeting(name: &str, here: &Here<'_>) -> String {
    let hour = time::zone(here.zone).map_or(12, |zone| here.now.to_zoned(zone).hour());
    let part = match hour {
        0..12 => "morning",
        12..18 => "afternoon",
        _ => "evening",
    };
    format!("Good {part}, {}", called(name))
}

/// "Priya"; "Dr Shah" for who has a title.
fn called(name: &str) -> String {
    const TITLES: [&str; 7] = ["dr", "mr", "mrs", "ms", "miss", "mx", "prof"];
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [title, .., last]
            if TITLES.contains(&title.trim_end_matches('.').to_lowercase().as_str()) =>
        {
            format!("{title} {last}")
        }
        [first, ..] => (*first).to_owned(),
        [] => "there".to_owned(),
    }
}

fn lead(urgent: usize, all: usize, here: &Here<'_>) -> String {
    let day = time::zone(here.zone).map_or_else(
        |_| String::new(),
        |zone| time::say_date(here.now.to_zoned(zone).datetime()),
    );
    let need = match (urgent, all) {
        (0, 0) => "Nothing needs you.".to_owned(),
        (0, _) => "Nothing is urgent.".to_owned(),
        (1, _) => "One thing needs you.".to_owned(),
        (n, _) => format!("{} things need you.", say::count(n)),
    };
    format!("{day}. {need}")
}

/// What goes out before the day ends.
fn going_out(week: &[Planned], here: &Here<'_>) -> Vec<Going> {
    let today = here.day(here.now);
    week.iter()
        .filter(|one| one.day == today)
        .filter(|one| {
            matches!(one.state, Some(D::Sending | D::ByHand)) || (one.state == Some(D::Queued))
        })
        .map(|one| Going {
            time: say::clock(one.at, here.zone),
            title: one.title.clone(),
            href: format!("/posts/{}", one.post),
            places: one.places.join(", "),
        })
        .collect()
}

/// The next seven days in words, and the first working day on which nothing is planned.
fn the_week(week: &[Planned], today: Date, actor: &Actor) -> Week {
    let count = week.len();
    let held = week.iter().filter(|one| one.state == Some(D::Held)).count();
    let mut words = match count {
        0 => "Nothing is planned for the next seven days.".to_owned(),
        1 => "One post in the next seven days".to_owned(),
        n => format!("{} posts in the next seven days", say::count(n)),
    };
    if count > 0 {
        words.push_str(&match held {
            0 => ".".to_owned(),
            _ if count == 1 => ", and it is held.".to_owned(),
            1 => ", one of them held.".to_owned(),
            n => format!(", {} of them held.", say::count(n).to_lowercase()),
        });
    }
    let free = (1..7)
        .map(|n| days_later(today, n))
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .find(|day| !week.iter().any(|one| one.day == *day));
    match free.filter(|_| actor.roles.may(Permission::Write)) {
        Some(day) => {
            let name = day.strftime("%A").to_string();
            if count > 0 {
                words.push_str(&format!(" {name} is free."));
            }
            Week {
                words,
                action_label: format!("Write for {name}"),
                action_href: format!("/posts/new?date={day}"),
            }
        }
        None => Week {
            words,
            action_label: "Open the calendar".to_owned(),
            action_href: "/calendar".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_greeted_as_they_are_called() {
        assert_eq!(called("Priya Nair"), "Priya");
        assert_eq!(called("Dr Aisha Shah"), "Dr Shah");
        assert_eq!(called("Dr"), "Dr");
        let here = |now: &str| Here {
            zone: time::UK,
            now: now.parse().unwrap(),
        };
        assert_eq!(
            greeting("Sam Reed", &here("2026-07-01T11:30:00Z")),
            "Good afternoon, Sam"
        );
        assert_eq!(
            greeting("Sam Reed", &here("2026-01-01T11:30:00Z")),
            "Good morning, Sam"
        );
    }
}
