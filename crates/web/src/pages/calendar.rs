//! The calendar: a month, a week or a list, in the practice's own time.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use bedside_core::content::When as Chosen;
use bedside_core::delivery::DeliveryState;
use bedside_core::people::Permission;
use bedside_core::post::PostState;
use bedside_core::{PostId, time};
use bedside_store::{DeliveryLine, PostLine, Tx};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::today;
use crate::app::App;
use crate::asked;
use crate::error::Error;
use crate::session::Me;
use crate::view::calendar::{Calendar, Day, Entry, Step, Stuck, View};
use crate::view::{Icon, PlaceState, Section, Tag, Tone};
use crate::{say, shell};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/calendar", get(page))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    month: String,
    #[serde(default)]
    view: String,
    #[serde(default)]
    day: String,
}

/// Drafts shown on their days, at most.
const DRAFTS: u32 = 1_000;

async fn page(
    State(app): State<App>,
    me: Me,
    asked::Asked(asked): asked::Asked<Asked>,
) -> Result<Html<String>, Error> {
    if !me.may(Permission::ReadAll) {
        me.needs(Permission::Write)?;
    }
    let now = app.world.now();
    let mut tx = app.store.read().await?;
    let zone_name = tx.practice(me.actor().practice).await?.settings.zone;
    let span = Shown::read(&asked, time::local_date(now, &zone_name));
    let mut items = Vec::new();
    let zone = time::zone(&zone_name)?;
    deliveries(&mut tx, &me, &span, &zone, &mut items).await?;
    drafts(&mut tx, &me, &mut items).await?;
    items.sort_by(|a, b| a.at.cmp(&b.at).then(a.post.cmp(&b.post)));
    let stuck = today::stuck(&mut tx, me.actor()).await?;
    let view = Calendar {
        shell: shell::inside(&app, &mut tx, &me, Section::Calendar, "").await?,
        title: span.title(),
        lead: lead(&items, &span, &zone, stuck.len()),
        view: span.view,
        month_href: span.href(View::Month, span.chosen),
        week_href: span.href(View::Week, span.chosen),
        list_href: span.href(View::List, span.chosen),
        earlier: span.step(-1),
        today_href: span.href(span.view, span.today),
        later: span.step(1),
        write_label: format!(
            "Write for {}",
            words(span.chosen.max(span.today), span.today)
        ),
        write_href: format!("/posts/new?date={}", span.chosen.max(span.today)),
        stuck: stuck
            .iter()
            .map(|line| needs_look(line, &zone_name, now))
            .collect(),
        weeks: weeks(&span, &items, &zone, &zone_name),
    };
    Ok(Html(view.render()?))
}

/// Which days are shown.
struct Shown {
    view: View,
    today: Date,
    chosen: Date,
    /// The month whose days are inside.
    month: Date,
    first: Date,
    weeks: usize,
}

impl Shown {
    fn read(asked: &Asked, today: Date) -> Self {
        let view = match asked.view.as_str() {
            "week" => View::Week,
            "list" => View::List,
            _ => View::Month,
        };
        let named: Option<Date> = format!("{}-01", asked.month)
            .parse()
            .ok()
            .filter(|date| in_range(*date));
        let chosen = asked.day.parse().ok().filter(|date| in_range(*date));
        let month = named.or(chosen).unwrap_or(today).first_of_month();
        let chosen = chosen.unwrap_or(if month == today.first_of_month() {
            today
        } else {
            month
        });
        let (first, weeks) = match view {
            View::Week => (monday(chosen), 1),
            View::Month | View::List => {
                let first = monday(month);
                let days = month
                    .last_of_month()
                    .since(first)
                    .map_or(0, |span| span.get_days());
                (first, usize::try_from(days / 7 + 1).unwrap_or(6))
            }
        };
        Self {
            view,
            today,
            chosen,
            month,
            first,
            weeks,
        }
    }

    fn title(&self) -> String {
        if self.view != View::Week {
            return self.month.strftime("%B %Y").to_string();
        }
        let last = self.first.saturating_add(6.days());
        if self.first.month() == last.month() {
            format!("{} to {}", self.first.day(), last.strftime("%-d %B %Y"))
        } else {
            format!(
                "{} to {}",
                self.first.strftime("%-d %B"),
                last.strftime("%-d %B %Y")
            )
        }
    }

    fn href(&self, view: View, day: Date) -> String {
        let view = match view {
            View::Month => "month",
            View::Week => "week",
            View::List => "list",
        };
        format!(
            "/calendar?month={}&view={view}&day={day}",
            day.strftime("%Y-%m")
        )
    }

    fn step(&self, by: i32) -> Step {
        let day = match self.view {
            View::Week => self.chosen.saturating_add((7 * by).days()),
            View::Month | View::List => self.month.saturating_add(by.months()),
        };
        let label = match self.view {
            View::Week => format!("Week of {}", monday(day).strftime("%-d %B")),
            View::Month | View::List => day.strftime("%B %Y").to_string(),
        };
        Step {
            label,
            href: self.href(self.view, day),
        }
    }

    fn days(&self) -> impl Iterator<Item = Date> + '_ {
        (0..self.weeks * 7).map(|n| {
            self.first
                .saturating_add(i64::try_from(n).unwrap_or(0).days())
        })
    }
}

fn in_range(date: Date) -> bool {
    (2000..=2100).contains(&date.year())
}

fn monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().since(Weekday::Monday)).days())
}

/// "Thursday 5 March", with the year when it is another one.
fn words(date: Date, today: Date) -> String {
    let form = if date.year() == today.year() {
        "%A %-d %B"
    } else {
        "%A %-d %B %Y"
    };
    date.strftime(form).to_string()
}

/// One post at one time, on however many channels.
struct Item {
    at: Timestamp,
    post: PostId,
    title: String,
    tag: Tag,
    weight: u8,
    href: String,
    places: Vec<String>,
}

async fn deliveries(
    tx: &mut Tx,
    me: &Me,
    span: &Shown,
    zone: &TimeZone,
    items: &mut Vec<Item>,
) -> Result<(), Error> {
    let edge = |date: Date| date.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    let last = span
        .first
        .saturating_add(i64::try_from(span.weeks * 7).unwrap_or(0).days());
    let (Ok(from), Ok(until)) = (edge(span.first), edge(last)) else {
        return Ok(());
    };
    let own = own_posts(tx, me).await?;
    for line in tx
        .delivery_lines(me.actor().practice, from, until, &[])
        .await?
    {
        let delivery = &line.delivery;
        if delivery.state == DeliveryState::Cancelled
            || own
                .as_ref()
                .is_some_and(|own| !own.contains(&delivery.post))
        {
            continue;
        }
        let (weight, tag) = tag(delivery.state);
        match items
            .iter_mut()
            .find(|item| item.post == delivery.post && item.at == delivery.due)
        {
            Some(item) => {
                item.places.push(line.channel_name.clone());
                if weight > item.weight {
                    (item.weight, item.tag) = (weight, tag);
                }
            }
            None => items.push(Item {
                at: delivery.due,
                post: delivery.post,
                title: line.title.clone(),
                tag,
                weight,
                href: format!("/posts/{}", delivery.post),
                places: vec![line.channel_name.clone()],
            }),
        }
    }
    Ok(())
}

/// The posts that someone who sees only their own may see; `None` for those who see all.
async fn own_posts(tx: &mut Tx, me: &Me) -> Result<Option<Vec<PostId>>, Error> {
    if me.may(Permission::ReadAll) {
        return Ok(None);
    }
    let posts = tx
        .posts(me.actor().practice, &[], Some(me.actor().member), DRAFTS)
        .await?;
    Ok(Some(posts.into_iter().map(|line| line.post.id).collect()))
}

/// Texts that are not let out yet, on the day that was chosen for them.
async fn drafts(tx: &mut Tx, me: &Me, items: &mut Vec<Item>) -> Result<(), Error> {
    let author = (!me.may(Permission::ReadAll)).then_some(me.actor().member);
    let states = [PostState::Draft, PostState::InReview, PostState::Rejected];
    for PostLine { post, content, .. } in tx
        .posts(me.actor().practice, &states, author, DRAFTS)
        .await?
    {
        let Chosen::At(wall) = &content.when else {
            continue;
        };
        let Ok(at) = wall.instant() else { continue };
        let tag = match post.state {
            PostState::InReview => Tag::new(Icon::People, Tone::Accent, "Awaiting opinion"),
            PostState::Rejected => Tag::new(Icon::Pencil, Tone::Warn, "Changes asked for"),
            _ => Tag::new(Icon::Pencil, Tone::Plain, "Draft"),
        };
        items.push(Item {
            at,
            post: post.id,
            title: content.title(),
            tag,
            weight: 0,
            href: format!("/posts/{}", post.id),
            places: Vec::new(),
        });
    }
    Ok(())
}

/// How a state looks, and which of several on one post is told.
fn tag(state: DeliveryState) -> (u8, Tag) {
    let (weight, place) = match state {
        DeliveryState::Gone | DeliveryState::Cancelled => (0, PlaceState::Gone),
        DeliveryState::Live => (1, PlaceState::Live),
        DeliveryState::Queued => (2, PlaceState::Waiting),
        DeliveryState::Sending => (3, PlaceState::Sending),
        DeliveryState::TakingDown => (4, PlaceState::TakingDown),
        DeliveryState::ByHand | DeliveryState::TakeDownByHand => (5, PlaceState::ByHand),
        DeliveryState::Late => (6, PlaceState::Late),
        DeliveryState::Held => (7, PlaceState::Held),
        DeliveryState::NotSent => (8, PlaceState::NotSent),
        DeliveryState::Unknown => (9, PlaceState::Unknown),
    };
    (weight, place.into())
}

fn lead(items: &[Item], span: &Shown, zone: &TimeZone, stuck: usize) -> String {
    let inside = |at: Timestamp| {
        let date = at.to_zoned(zone.clone()).date();
        match span.view {
            View::Week => date >= span.first && date < span.first.saturating_add(7.days()),
            View::Month | View::List => date.first_of_month() == span.month,
        }
    };
    let posts = match items.iter().filter(|item| inside(item.at)).count() {
        0 => "Nothing is planned.".to_owned(),
        1 => "One post.".to_owned(),
        n => format!("{n} posts."),
    };
    match stuck {
        0 => posts,
        1 => format!("{posts} One needs a look."),
        n => format!("{posts} {n} need a look."),
    }
}

fn needs_look(line: &DeliveryLine, zone: &str, now: Timestamp) -> Stuck {
    let delivery = &line.delivery;
    let (_, tag) = tag(delivery.state);
    Stuck {
        icon: tag.icon,
        tone: tag.tone,
        title: format!(
            "{}, {}: {}.",
            line.title,
            line.channel_name,
            delivery.state.words().to_lowercase()
        ),
        detail: format!(
            "It was for {}. {}",
            say::short(delivery.due, zone, now).words,
            delivery.trouble
        )
        .trim()
        .to_owned(),
        action_label: "Look at it".to_owned(),
        action_href: if delivery.state == DeliveryState::ByHand {
            format!("/by-hand/{}", delivery.id)
        } else {
            format!("/posts/{}", delivery.post)
        },
    }
}

fn weeks(span: &Shown, items: &[Item], zone: &TimeZone, zone_name: &str) -> Vec<Vec<Day>> {
    let days: Vec<Day> = span
        .days()
        .map(|date| Day {
            date: date.to_string(),
            words: words(date, span.today),
            number: if date.day() == 1 {
                date.strftime("%-d %b").to_string()
            } else {
                date.day().to_string()
            },
            outside: span.view != View::Week && date.first_of_month() != span.month,
            today: date == span.today,
            past: date < span.today,
            chosen: date == span.chosen,
            href: span.href(span.view, date),
            note: clock_change(date, zone),
            posts: items
                .iter()
                .filter(|item| item.at.to_zoned(zone.clone()).date() == date)
                .map(|item| Entry {
                    time: say::clock(item.at, zone_name),
                    title: item.title.clone(),
                    tag: item.tag.clone(),
                    href: item.href.clone(),
                    places: say::list(&item.places, "and"),
                })
                .collect(),
        })
        .collect();
    days.chunks(7).map(<[Day]>::to_vec).collect()
}

/// "Clocks go forward", "Clocks go back", or nothing.
fn clock_change(date: Date, zone: &TimeZone) -> String {
    let offset = |date: Date| date.to_zoned(zone.clone()).map(|zoned| zoned.offset());
    match (offset(date), offset(date.saturating_add(1.day()))) {
        (Ok(before), Ok(after)) if after > before => "Clocks go forward".to_owned(),
        (Ok(before), Ok(after)) if after < before => "Clocks go back".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn shown(month: &str, view: &str, day: &str) -> Shown {
        let asked = Asked {
            month: month.into(),
            view: view.into(),
            day: day.into(),
        };
        Shown::read(&asked, date("2026-03-02"))
    }

    #[test]
    fn a_month_is_whole_weeks_from_monday() {
        let march = shown("2026-03", "", "");
        assert_eq!((march.first, march.weeks), (date("2026-02-23"), 6));
        assert_eq!(march.title(), "March 2026");
        let february = shown("2027-02", "month", "");
        assert_eq!((february.first, february.weeks), (date("2027-02-01"), 4));
        for month in 1..=12 {
            let shown = shown(&format!("2026-{month:02}"), "", "");
            let days: Vec<Date> = shown.days().collect();
            assert!(
                days.contains(&shown.month) && days.contains(&shown.month.last_of_month()),
                "{month}"
            );
            assert_eq!(days.first().map(|day| day.weekday()), Some(Weekday::Monday));
        }
    }

    #[test]
    fn nonsense_in_the_address_is_the_present_month() {
        for (month, day) in [
            ("x", "y"),
            ("2026-13", "2026-02-30"),
            ("9999-01", "0001-01-01"),
            ("-5", ""),
        ] {
            let shown = shown(month, "sideways", day);
            assert_eq!(
                (shown.month, shown.chosen),
                (date("2026-03-01"), date("2026-03-02")),
                "{month} {day}"
            );
        }
    }

    #[test]
    fn steps_go_by_what_is_shown() {
        assert_eq!(
            shown("2026-01", "month", "").step(-1).label,
            "December 2025"
        );
        assert_eq!(
            shown("2026-03", "week", "2026-03-30").title(),
            "30 March to 5 April 2026"
        );
        assert!(
            shown("", "week", "2026-03-30")
                .step(1)
                .href
                .contains("day=2026-04-06")
        );
    }

    #[test]
    fn days_on_which_the_clocks_change_say_so() {
        let uk = time::zone(time::UK).unwrap();
        assert_eq!(clock_change(date("2026-03-29"), &uk), "Clocks go forward");
        assert_eq!(clock_change(date("2026-10-25"), &uk), "Clocks go back");
        assert_eq!(clock_change(date("2026-06-01"), &uk), "");
    }
}
