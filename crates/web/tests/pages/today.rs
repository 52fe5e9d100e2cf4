//! Today: what needs whom, in which order.

use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::Role;

use crate::compose::{FINE, post_of, write};
use crate::stage::Stage;

#[tokio::test]
async fn what_is_stuck_comes_most_urgent_first_and_only_to_those_who_can_settle_it() {
    let stage = Stage::new().await;
    let states = [
        D::ByHand,
        D::TakeDownByHand,
        D::Late,
        D::Held,
        D::NotSent,
        D::Unknown,
    ];
    for state in states {
        stage.at(stage.practice.bluesky, state).await;
    }
    let body = stage
        .house
        .get(&stage.sam, "/")
        .await
        .is(200)
        .says("Good morning, Sam")
        .says("Monday 2 March. Six things need you.")
        .body();
    let order: Vec<usize> = [
        "We do not know whether a post went out",
        "A post was not sent",
        "A post is held back",
        "A post is late",
        "Remove a post from Bluesky by hand",
        "Post on Bluesky by hand",
    ]
    .iter()
    .map(|title| body.find(title).unwrap_or_else(|| panic!("{title}")))
    .collect();
    assert!(order.is_sorted(), "{order:?}");
    for role in [Role::Agency, Role::Staff, Role::Auditor] {
        let who = stage
            .house
            .person(stage.practice.id, "Robin Other", &[role])
            .await;
        let body = stage
            .house
            .get(&who, "/")
            .await
            .is(200)
            .says("Nothing needs you");
        if role != Role::Auditor {
            body.does_not_say("flu clinic");
        }
    }
}

#[tokio::test]
async fn another_practices_posts_do_not_show() {
    let stage = Stage::new().await;
    let other = stage.house.practice("Harbour Dental").await;
    let stranger = stage
        .house
        .person(other.id, "Jo Harbour", &[Role::Responsible, Role::Author])
        .await;
    for state in [D::Unknown, D::Queued, D::ByHand] {
        stage.at(stage.practice.bluesky, state).await;
    }
    stage
        .house
        .get(&stranger, "/")
        .await
        .is(200)
        .does_not_say("flu clinic")
        .says("Nothing goes out today.");
}

#[tokio::test]
async fn opinions_and_changes_reach_the_one_they_are_asked_of() {
    let stage = Stage::with(true).await;
    let facebook = stage.practice.facebook.to_string();
    let fields = [("text", FINE), ("channels", &facebook), ("act", "ask")];
    let post = post_of(&write(&stage.house, &stage.sam, &fields).await);
    stage
        .house
        .get(&stage.hale, "/")
        .await
        .says("Sam Reed asks for your second opinion")
        .says("One thing needs you.")
        .says(&format!("/posts/{post}/review"));
    stage
        .house
        .get(&stage.sam, "/")
        .await
        .says("Nothing needs you")
        .does_not_say("second opinion:");
    let revision = stage.revision(post).await;
    let fields = [
        ("revision", revision.as_str()),
        ("act", "changes"),
        ("reason", "Say which Saturday"),
    ];
    stage
        .house
        .post(&stage.hale, &format!("/posts/{post}/review"), &fields)
        .await
        .is(303);
    stage
        .house
        .get(&stage.sam, "/")
        .await
        .says("Dr Tom Hale asks you for changes")
        .says("One thing needs you.");
    stage
        .house
        .get(&stage.hale, "/")
        .await
        .says("Nothing needs you.");
}

#[tokio::test]
async fn who_asked_about_a_post_of_someone_else_is_not_asked_back() {
    let stage = Stage::with(true).await;
    let facebook = stage.practice.facebook.to_string();
    let fields = [("text", FINE), ("channels", &facebook), ("act", "save")];
    let post = post_of(&write(&stage.house, &stage.sam, &fields).await);
    let revision = stage.revision(post).await;
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("channels", &facebook),
        ("when", "asap"),
        ("act", "ask"),
    ];
    stage
        .house
        .person(stage.practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    stage
        .house
        .post(&stage.hale, &format!("/posts/{post}"), &fields)
        .await
        .is(303);
    stage
        .house
        .get(&stage.hale, "/")
        .await
        .does_not_say("for your second opinion");
}

#[tokio::test]
async fn drafts_come_last_and_are_not_urgent() {
    let stage = Stage::new().await;
    write(&stage.house, &stage.sam, &[("text", FINE), ("act", "save")])
        .await
        .is(303);
    stage
        .house
        .get(&stage.sam, "/")
        .await
        .says("A draft of yours")
        .says("Nothing is urgent.");
    stage
        .house
        .get(&stage.hale, "/")
        .await
        .does_not_say("flu clinic");
}

#[tokio::test]
async fn what_goes_out_today_and_the_free_day_are_told() {
    let stage = Stage::new().await;
    let facebook = stage.practice.facebook.to_string();
    for (date, time) in [
        ("2026-03-02", "12:30"),
        ("2026-03-03", "09:00"),
        ("2026-03-04", "09:00"),
    ] {
        let fields = [
            ("text", FINE),
            ("channels", facebook.as_str()),
            ("when", "at"),
            ("date", date),
            ("time", time),
            ("act", "ask"),
        ];
        write(&stage.house, &stage.sam, &fields).await.is(303);
    }
    let body = stage
        .house
        .get(&stage.sam, "/")
        .await
        .says("12:30pm")
        .says("Three posts in the next seven days. Thursday is free.")
        .says("/posts/new?date=2026-03-05")
        .body();
    assert_eq!(body.matches("<ul class=\"bs-going\">").count(), 1);
    let going = body.split("bs-going\">").nth(1).unwrap();
    assert_eq!(
        going.split("</ul>").next().unwrap().matches("<li>").count(),
        1
    );
}

#[tokio::test]
async fn waiting_mail_and_unfinished_set_up_are_for_the_responsible_person() {
    let stage = Stage::with(true).await;
    let boss = stage
        .house
        .person(stage.practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let facebook = stage.practice.facebook.to_string();
    let fields = [("text", FINE), ("channels", &facebook), ("act", "ask")];
    write(&stage.house, &stage.sam, &fields).await.is(303);
    stage
        .house
        .get(&boss, "/")
        .await
        .says("2 messages wait to be passed on")
        .says("/practice/mail");
    stage
        .house
        .get(&stage.hale, "/")
        .await
        .does_not_say("passed on");
    let alone = stage.house.practice("Harbour Dental").await;
    let only = stage
        .house
        .person(alone.id, "Jo Harbour", &[Role::Responsible])
        .await;
    stage
        .house
        .get(&only, "/")
        .await
        .says("Setting up is not finished")
        .says("Invite a second person");
}
