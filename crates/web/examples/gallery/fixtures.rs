//! The made-up practice of the sketches: Weir Lane Dental, Monday 2 March 2026, 10:42am.

mod more;
mod posts;

use askama::Template;
use bedside_web::view::calendar::{Calendar, Day, Entry, Step, Stuck, View};
use bedside_web::view::error::ErrorPage;
use bedside_web::view::today::{Going, Thing, Today, Week};
use bedside_web::view::{Icon, Notice, PlaceState, PostState, Section, Shell, Tag, Tone, When};

/// A page, rendered.
pub struct Page {
    pub name: String,
    pub html: askama::Result<String>,
}

pub fn page(name: &str, view: &impl Template) -> Page {
    Page {
        name: name.to_owned(),
        html: view.render(),
    }
}

pub fn shell(section: Section) -> Shell {
    Shell::inside("Weir Lane Dental", "Priya Nair", "csrf-token", section, 4)
}

pub fn when(words: &str, datetime: &str, relative: &str) -> When {
    When {
        words: words.to_owned(),
        datetime: datetime.to_owned(),
        relative: relative.to_owned(),
    }
}

/// Every page of the gallery.
pub fn pages() -> Vec<Page> {
    let mut pages = vec![
        page("today", &today()),
        page("today-clear", &today_clear()),
        page("calendar", &calendar(View::Month)),
        page("calendar-week", &calendar(View::Week)),
        page("calendar-list", &calendar(View::List)),
    ];
    pages.extend(posts::pages());
    pages.extend(more::pages());
    for status in [403, 404, 409, 413, 429, 500] {
        if let Some(mut error) = ErrorPage::usual(shell(Section::None), status) {
            if status == 409 {
                "Rugby this spring? Ask us about mouthguards.".clone_into(&mut error.kept);
            }
            pages.push(page(&format!("error-{status}"), &error));
        }
    }
    pages
}

fn thing(icon: Icon, tone: Tone, title: &str, detail: &str, label: &str) -> Thing {
    Thing {
        icon,
        tone,
        title: title.to_owned(),
        detail: detail.to_owned(),
        action_label: label.to_owned(),
        action_href: "/gallery/post-unknown".to_owned(),
    }
}

fn today() -> Today {
    let going = |words: &str, datetime: &str, title: &str, places: &str| Going {
        time: when(words, datetime, ""),
        title: title.to_owned(),
        href: "/gallery/post".to_owned(),
        places: places.to_owned(),
    };
    let mut shell = shell(Section::Today);
    shell.notices.push(Notice {
        tone: Tone::Ok,
        title: "“Meet Lily” is approved".to_owned(),
        text: "It goes out on Wednesday 4 March at 12:30pm (UK time).".to_owned(),
    });
    Today {
        shell,
        greeting: "Good morning, Priya".to_owned(),
        lead: "Monday 2 March. Four things need you.".to_owned(),
        things: vec![
            thing(
                Icon::Question,
                Tone::Warn,
                "We do not know whether a post went out",
                "“How to brush round a brace”, sent to Facebook at 9:00am. It may be live.",
                "Look at it",
            ),
            thing(
                Icon::Cross,
                Tone::Block,
                "A post was not sent",
                "“Sunday hours”, yesterday at 9:00am. Bluesky asks us to sign in again. Nothing is lost.",
                "Sign in again",
            ),
            thing(
                Icon::Hand,
                Tone::Warn,
                "Post “Mouthguards” on Facebook by hand",
                "Due at 12:30pm (in 2 hours). It takes about a minute.",
                "Show me how",
            ),
            thing(
                Icon::People,
                Tone::Accent,
                "Dr Hale asks for your second opinion",
                "“Mouthguards for spring rugby”, goes out tomorrow at 9:00am (in 22 hours).",
                "Read it",
            ),
        ],
        going_out: vec![
            going(
                "12:30pm",
                "2026-03-02T12:30:00Z",
                "Why gums bleed, and what helps",
                "Bluesky, Facebook",
            ),
            going(
                "5:00pm",
                "2026-03-02T17:00:00Z",
                "We are open late on Thursday",
                "Bluesky",
            ),
        ],
        week: Some(Week {
            words: "Six posts, one of them held. Thursday is free.".to_owned(),
            action_label: "Write for Thursday".to_owned(),
            action_href: "/posts/new?date=2026-03-05".to_owned(),
        }),
        set_up: None,
    }
}

fn today_clear() -> Today {
    let mut today = today();
    today.shell = Shell::inside(
        "Weir Lane Dental",
        "Priya Nair",
        "csrf-token",
        Section::Today,
        0,
    );
    today.shell.demo = true;
    today.things.clear();
    today.going_out.clear();
    today.lead = "Monday 2 March.".to_owned();
    today.set_up = Some("A second person and a place to post are missing.".to_owned());
    today
}

/// A post in the calendar: day, time, title, state, places.
type Planned = (i64, &'static str, &'static str, PostOrPlace);

enum PostOrPlace {
    Post(PostState),
    Place(PlaceState),
}

fn calendar(view: View) -> Calendar {
    use PostOrPlace::{Place, Post};
    let planned: Vec<Planned> = vec![
        (1, "9:00am", "Sunday hours", Place(PlaceState::NotSent)),
        (
            2,
            "9:00am",
            "How to brush round a brace",
            Place(PlaceState::Unknown),
        ),
        (2, "12:30pm", "Why gums bleed", Post(PostState::Approved)),
        (2, "5:00pm", "Open late", Post(PostState::Approved)),
        (3, "9:00am", "Mouthguards", Post(PostState::InReview)),
        (4, "12:30pm", "Meet Lily", Post(PostState::Approved)),
        (6, "9:00am", "Smile story", Place(PlaceState::Held)),
        (9, "9:00am", "Two minutes", Post(PostState::Approved)),
        (11, "9:00am", "Stopping helps", Post(PostState::Approved)),
        (13, "9:00am", "Check-ups", Post(PostState::Draft)),
        (16, "9:00am", "Sugar swaps", Post(PostState::Approved)),
        (18, "12:30pm", "Tooth fairy", Post(PostState::Draft)),
        (20, "9:00am", "Oral Health Day", Post(PostState::Approved)),
        (26, "12:30pm", "Meet Jo", Post(PostState::Draft)),
    ];
    let names = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let weeks: Vec<Vec<Day>> = (0..6)
        .map(|week| {
            (0..7)
                .map(|weekday| {
                    day(
                        week * 7 + weekday - 5,
                        names[usize::try_from(weekday).unwrap_or(0)],
                        &planned,
                    )
                })
                .collect()
        })
        .collect();
    let weeks = if view == View::Week {
        weeks.into_iter().skip(1).take(1).collect()
    } else {
        weeks
    };
    let stuck = |icon, tone, title: &str, detail: &str, label: &str| Stuck {
        icon,
        tone,
        title: title.to_owned(),
        detail: detail.to_owned(),
        action_label: label.to_owned(),
        action_href: "/gallery/post-unknown".to_owned(),
    };
    Calendar {
        shell: shell(Section::Calendar),
        title: if view == View::Week {
            "2 to 8 March 2026"
        } else {
            "March 2026"
        }
        .to_owned(),
        lead: "14 posts. Three need a look.".to_owned(),
        view,
        month_href: "/gallery/calendar".to_owned(),
        week_href: "/gallery/calendar-week".to_owned(),
        list_href: "/gallery/calendar-list".to_owned(),
        earlier: Step {
            label: "February 2026".to_owned(),
            href: "/gallery/calendar".to_owned(),
        },
        today_href: "/gallery/calendar".to_owned(),
        later: Step {
            label: "April 2026".to_owned(),
            href: "/gallery/calendar".to_owned(),
        },
        write_label: "Write for Thursday 5 March".to_owned(),
        write_href: "/posts/new?date=2026-03-05".to_owned(),
        stuck: vec![
            stuck(
                Icon::Question,
                Tone::Warn,
                "Today, 9:00am: we did not hear back from Facebook.",
                "It may be live. Look before sending it again.",
                "Look at it",
            ),
            stuck(
                Icon::Cross,
                Tone::Block,
                "Yesterday, 9:00am: not sent.",
                "Bluesky asks us to sign in again. Nothing is lost.",
                "Sign in again",
            ),
            stuck(
                Icon::Pause,
                Tone::Block,
                "Friday 6 March, 9:00am: held.",
                "Consent “Smile story, R-0142” was withdrawn yesterday.",
                "Change the post",
            ),
        ],
        weeks,
    }
}

/// Day `n` of March 2026; 0 and less is February, 32 and more is April.
fn day(n: i64, weekday: &str, planned: &[Planned]) -> Day {
    let (number, month, short) = match n {
        ..=0 => (n + 28, "February", "Feb"),
        1..=31 => (n, "March", "Mar"),
        _ => (n - 31, "April", "Apr"),
    };
    let outside = !(1..=31).contains(&n);
    let posts = planned
        .iter()
        .filter(|post| post.0 == n)
        .map(|(_, time, title, state)| Entry {
            time: when(time, &format!("2026-03-{n:02}T09:00:00Z"), ""),
            title: (*title).to_owned(),
            tag: match state {
                PostOrPlace::Post(state) => Tag::from(*state),
                PostOrPlace::Place(state) => Tag::from(*state),
            },
            href: "/gallery/post".to_owned(),
            places: "Bluesky, Facebook".to_owned(),
        })
        .collect();
    Day {
        date: format!("2026-03-{n:02}"),
        words: format!("{weekday} {number} {month}"),
        number: if outside && (number == 1 || n == -5) {
            format!("{number} {short}")
        } else {
            number.to_string()
        },
        outside,
        today: n == 2,
        past: n < 2,
        chosen: n == 5,
        href: "/gallery/calendar".to_owned(),
        note: if n == 29 {
            "Clocks go forward".to_owned()
        } else {
            String::new()
        },
        posts,
    }
}
