//! The check while someone writes.

use bedside_core::people::Role;

use crate::compose::{BAD, FINE, post_of, write};
use crate::review::{DOUBTFUL, doubt};
use crate::support::House;

#[tokio::test]
async fn a_check_tells_what_was_found_where_and_how_long_it_is() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let bluesky = practice.bluesky.to_string();
    let fields = [
        ("text", BAD),
        ("channels", bluesky.as_str()),
        ("alt_2", BAD),
        ("remove_1", "yes"),
        ("alt_1", BAD),
    ];
    let answer = house.post(&sam, "/check", &fields).await.is(200).json();
    let marks = answer["marks"].as_array().unwrap();
    let first = marks
        .iter()
        .find(|mark| mark["field"] == "text" && mark["severity"] == "block")
        .unwrap();
    let (start, end) = (
        first["start"].as_u64().unwrap(),
        first["end"].as_u64().unwrap(),
    );
    assert!(start < end && end <= BAD.chars().count() as u64);
    assert!(
        marks.iter().any(|mark| mark["field"] == "alt_2"),
        "{marks:?}"
    );
    assert!(
        marks.iter().all(|mark| mark["field"] != "alt_1"),
        "{marks:?}"
    );
    assert_eq!(answer["counts"][0]["words"], "47 of 300 on Bluesky");
    assert_eq!(answer["tone"], "block");
    assert!(
        answer["findings_html"]
            .as_str()
            .unwrap()
            .contains("In the words of picture 2")
    );
}

#[tokio::test]
async fn nothing_found_and_nothing_typed_are_told_apart() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let staff = house
        .person(practice.id, "Robin Staff", &[Role::Staff])
        .await;
    let fine = house
        .post(&staff, "/check", &[("text", FINE)])
        .await
        .is(200)
        .json();
    assert_eq!(
        (fine["summary"].as_str(), fine["tone"].as_str()),
        (Some("Nothing found"), Some("ok"))
    );
    let empty = house
        .post(&staff, "/check", &[("text", " ")])
        .await
        .is(200)
        .json();
    assert_eq!(
        (empty["summary"].as_str(), empty["tone"].as_str()),
        (Some(""), Some("plain"))
    );
}

#[tokio::test]
async fn a_check_keeps_nothing() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    house.post(&sam, "/check", &[("text", BAD)]).await.is(200);
    assert!(
        house
            .read()
            .await
            .posts(practice.id, &[], None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_was_let_pass_is_told_again_once_the_words_change() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let fields = [("text", DOUBTFUL), ("act", "save")];
    let post = post_of(&write(&house, &boss, &fields).await.is(303));
    let page = house.get(&boss, &format!("/posts/{post}/edit")).await;
    let revision = page.hidden("revision");
    let (rule, words) = doubt(DOUBTFUL);
    let pass = [
        ("revision", revision.as_str()),
        ("rule", &rule),
        ("words", &words),
        ("reason", "The survey says so"),
    ];
    let path = format!("/posts/{post}/override");
    house.post(&boss, &path, &pass).await.is(303);
    let told = async |text: &str| {
        let fields = [("revision", revision.as_str()), ("text", text)];
        let answer = house.post(&boss, "/check", &fields).await.is(200).json();
        let html = answer["findings_html"].as_str().unwrap().to_owned();
        html.contains(&format!("/rules/{rule}"))
    };
    assert!(!told(DOUBTFUL).await);
    assert!(told(&format!("{DOUBTFUL}!")).await);
}
