//! The calendar: what stands on which day, for whom.

use bedside_core::people::Role;
use bedside_core::practice::Settings;

use crate::compose::{FINE, write};
use crate::support::{House, Person, Practice};

/// A practice whose posts go into the calendar without a second opinion.
async fn scene() -> (House, Practice, Person) {
    let house = House::new().await;
    let settings = Settings {
        name: "Weir Lane Surgery".into(),
        kind: Some(bedside_core::screen::PracticeType::Gp),
        needs_second_opinion: false,
        ..Settings::default()
    };
    let practice = house.practice_with(settings).await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    (house, practice, sam)
}

async fn plan(
    house: &House,
    practice: &Practice,
    who: &Person,
    text: &str,
    date: &str,
    time: &str,
) {
    let facebook = practice.facebook.to_string();
    write(
        house,
        who,
        &[
            ("text", text),
            ("channels", &facebook),
            ("when", "at"),
            ("date", date),
            ("time", time),
            ("act", "ask"),
        ],
    )
    .await
    .is(303);
}

async fn draft(house: &House, who: &Person, text: &str, date: &str) {
    let fields = [
        ("text", text),
        ("when", "at"),
        ("date", date),
        ("time", "09:00"),
        ("act", "save"),
    ];
    write(house, who, &fields).await.is(303);
}

/// The cell of a day in the month's table.
fn cell(page: &str, words: &str) -> String {
    let table = &page[..page.find("aria-label=\"Days\"").unwrap()];
    let at = table
        .find(&format!("visually-hidden\">{words}"))
        .unwrap_or_else(|| panic!("no {words} in {table}"));
    table[at..].split("</td>").next().unwrap().to_owned()
}

#[tokio::test]
async fn posts_and_drafts_stand_on_their_days_in_every_view() {
    let (house, practice, sam) = scene().await;
    plan(&house, &practice, &sam, FINE, "2026-03-05", "09:30").await;
    draft(&house, &sam, "Our new opening hours", "2026-03-12").await;
    let page = house
        .get(&sam, "/calendar")
        .await
        .is(200)
        .says("March 2026");
    let page = page.says("2 posts.").body();
    assert!(cell(&page, "Thursday 5 March").contains("9:30am"));
    assert!(cell(&page, "Thursday 5 March").contains("flu clinic"));
    assert!(cell(&page, "Thursday 12 March").contains("opening hours"));
    assert!(!cell(&page, "Wednesday 4 March").contains("<time"));
    house
        .get(&sam, "/calendar?view=week&day=2026-03-04")
        .await
        .says("2 to 8 March 2026")
        .says("flu clinic")
        .says("One post.")
        .does_not_say("opening hours");
    house
        .get(&sam, "/calendar?view=list&month=2026-03")
        .await
        .says("flu clinic")
        .says("opening hours");
    house
        .get(&sam, "/calendar?month=2026-04")
        .await
        .says("Nothing is planned.")
        .does_not_say("flu clinic");
}

#[tokio::test]
async fn around_the_clock_change_each_post_stands_on_the_day_on_the_wall() {
    let (house, practice, sam) = scene().await;
    // 29 March 2026 has 23 hours: 00:30 is still winter time, 23:30 is summer time, an hour before midnight in UTC.
    for (n, (date, time)) in [
        ("2026-03-28", "23:30"),
        ("2026-03-29", "00:30"),
        ("2026-03-29", "23:30"),
        ("2026-03-30", "00:30"),
    ]
    .iter()
    .enumerate()
    {
        let text = format!("Notice {n}: our flu clinic runs on Saturday. Ring us to book.");
        plan(&house, &practice, &sam, &text, date, time).await;
    }
    let page = house.get(&sam, "/calendar?month=2026-03").await.is(200);
    let page = page.says("Clocks go forward").body();
    for (day, notices) in [
        ("Saturday 28 March", vec!["Notice 0"]),
        ("Sunday 29 March", vec!["Notice 1", "Notice 2"]),
        ("Monday 30 March", vec!["Notice 3"]),
    ] {
        let cell = cell(&page, day);
        assert_eq!(cell.matches("Notice ").count(), notices.len(), "{cell}");
        for notice in notices {
            assert!(cell.contains(notice), "{day}: {cell}");
        }
    }
    assert!(cell(&page, "Sunday 29 March").contains("12:30am"));
    assert!(cell(&page, "Sunday 29 March").contains("11:30pm"));
    // The week that ends with the short day has both of its posts, the next one has not.
    let week = house.get(&sam, "/calendar?view=week&day=2026-03-29").await;
    week.says("Notice 1")
        .says("Notice 2")
        .does_not_say("Notice 3");
    let next = house.get(&sam, "/calendar?view=week&day=2026-03-30").await;
    next.says("Notice 3").does_not_say("Notice 2");
    house
        .get(&sam, "/calendar?month=2026-10")
        .await
        .says("Clocks go back");
}

#[tokio::test]
async fn an_agency_sees_its_own_and_another_practice_nothing() {
    let (house, practice, sam) = scene().await;
    let agency = house
        .person(practice.id, "Bright Ideas", &[Role::Agency])
        .await;
    plan(&house, &practice, &sam, FINE, "2026-03-05", "09:30").await;
    draft(&house, &sam, "Our new opening hours", "2026-03-12").await;
    draft(&house, &agency, "Agency words", "2026-03-13").await;
    let theirs = house.practice("Harbour Dental").await;
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    for view in ["month", "week&day=2026-03-05", "list"] {
        let path = format!("/calendar?view={view}");
        house
            .get(&agency, &path)
            .await
            .is(200)
            .does_not_say("flu clinic")
            .does_not_say("opening hours");
        house
            .get(&stranger, &path)
            .await
            .is(200)
            .does_not_say("flu clinic")
            .does_not_say("opening hours")
            .does_not_say("Agency words")
            .does_not_say("Weir Lane");
    }
    house.get(&agency, "/calendar").await.says("Agency words");
    let auditor = house
        .person(practice.id, "Lee Auditor", &[Role::Auditor])
        .await;
    house
        .get(&auditor, "/calendar")
        .await
        .is(200)
        .says("flu clinic")
        .says("Agency words");
    let staff = house
        .person(practice.id, "Robin Staff", &[Role::Staff])
        .await;
    house
        .get(&staff, "/calendar")
        .await
        .is(403)
        .does_not_say("flu clinic");
}

#[tokio::test]
async fn nonsense_in_the_address_shows_the_present_month() {
    let (house, _, sam) = scene().await;
    for query in [
        "month=x&view=y&day=z",
        "month=2026-13",
        "month=9999-12",
        "month=-001-01",
        "day=2026-02-30",
        "day=2026-02-30T00:00:00Z",
        "month=2026-03&month=2026-04",
        "month=%ff",
        "month=%00",
        "unknown=1",
        "&&&=",
    ] {
        house
            .get(&sam, &format!("/calendar?{query}"))
            .await
            .is(200)
            .says("March 2026");
    }
    let long = format!("/calendar?month={}", "9".repeat(8_000));
    house.get(&sam, &long).await.is(200).says("March 2026");
    for edge in [
        "month=2000-01",
        "month=2100-12",
        "view=week&day=2100-12-31",
        "view=list&month=2000-01",
    ] {
        house.get(&sam, &format!("/calendar?{edge}")).await.is(200);
    }
}
