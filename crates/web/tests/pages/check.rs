//! The check while someone writes.

use bedside_core::people::Role;

use crate::compose::{BAD, FINE};
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
