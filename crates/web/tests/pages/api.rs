//! `POST /api/v1/check`.

use axum::http::header;
use bedside_core::people::Role;
use bedside_core::screen::{Context, Engine, MAX_TEXT};
use serde_json::json;

use crate::compose::BAD;
use crate::support::{Answer, House};

fn problem(answer: &Answer) -> String {
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    answer.json()["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_answer_is_what_the_engine_says_of_text_and_context() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let staff = house
        .person(practice.id, "Robin Staff", &[Role::Staff])
        .await;
    let context = json!({ "surface": "reply", "practice_type": "dental" });
    let body = json!({ "text": BAD, "context": context });
    let answer = house
        .post_json(Some(&staff), "/api/v1/check", body.to_string())
        .await
        .is(200)
        .json();
    let context: Context = serde_json::from_value(context).unwrap();
    let expected = Engine::builtin().check(BAD, &context).unwrap();
    assert_eq!(answer, serde_json::to_value(expected).unwrap());
    for field in [
        "rule",
        "severity",
        "label",
        "start",
        "end",
        "text",
        "message",
        "source",
        "suggestions",
    ] {
        assert!(answer["findings"][0].get(field).is_some(), "{field}");
    }
    let bare = json!({ "text": BAD }).to_string();
    assert_eq!(
        house
            .post_json(Some(&staff), "/api/v1/check", bare)
            .await
            .is(200)
            .json()["verdict"],
        "blocked"
    );
}

#[tokio::test]
async fn what_cannot_be_answered_is_told_as_a_problem_that_quotes_nothing() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let path = "/api/v1/check";
    let guest = house
        .post_json(None, path, json!({ "text": "Flu" }).to_string())
        .await
        .is(401);
    assert_eq!(problem(&guest), "sign_in");
    for bad in [
        "{\"text\": secret",
        "{\"text\": 7}",
        "[]",
        "",
        "{\"secret\": \"x\"}",
    ] {
        let answer = house
            .post_json(Some(&sam), path, bad)
            .await
            .is(400)
            .does_not_say("secret");
        assert_eq!(problem(&answer), "unreadable");
    }
    let long = json!({ "text": "x".repeat(MAX_TEXT + 1) }).to_string();
    assert_eq!(
        problem(&house.post_json(Some(&sam), path, long).await.is(413)),
        "text_long"
    );
    assert_eq!(
        problem(
            &house
                .post_json(Some(&sam), path, " ".repeat(7 * MAX_TEXT))
                .await
                .is(413)
        ),
        "text_long"
    );
    assert_eq!(
        problem(&house.post(&sam, path, &[("text", "Flu")]).await.is(415)),
        "not_json"
    );
    let most = json!({ "text": "\u{1}".repeat(MAX_TEXT) }).to_string();
    house.post_json(Some(&sam), path, most).await.is(200);
}
