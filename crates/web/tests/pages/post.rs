//! The page of a post: in each state, for each role, with its findings and its history.

use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::Role;

use crate::compose::{BAD, FINE, post_of, write};
use crate::stage::Stage;
use crate::support::{Answer, Person};

async fn page(stage: &Stage, who: &Person, post: bedside_core::PostId) -> Answer {
    stage
        .house
        .get(who, &format!("/posts/{post}"))
        .await
        .is(200)
}

/// A refusal of every form of the page, for who only reads.
const FORMS: [&str; 5] = [
    "action=\"/deliveries/",
    "/take-down\"",
    "/leave\"",
    "/delete\"",
    "/edit\"",
];

#[tokio::test]
async fn each_state_of_a_delivery_says_what_happened_and_what_can_be_done() {
    let stage = Stage::new().await;
    for state in D::ALL {
        let (post, id) = stage.at(stage.practice.bluesky, state).await;
        let (says, offers): (&[&str], &[&str]) = match state {
            D::Queued => (
                &["Waiting", "It goes out now.", "Nothing of this post is out"],
                &["Take it out of the calendar", "Change the post"],
            ),
            D::Held => (
                &["Held: not sent to Bluesky", "something new was found"],
                &["send-now", "leave", "Change the post"],
            ),
            D::Late => (
                &["Late: not sent to Bluesky yet", "did not get to it in time"],
                &["send-now", "leave", "Choose another time"],
            ),
            D::Sending => (&["Sending", "Sent at 10:42am."], &["Take this post down"]),
            D::ByHand => (&["Post it on Bluesky by hand"], &["/by-hand/", "leave"]),
            D::Live => (
                &["Live", "Sent at 10:42am. Seen there at 10:42am."],
                &["Take this post down"],
            ),
            D::NotSent => (
                &["Not sent to Bluesky", "asks you to sign in again"],
                &["send-now", "leave", "it-is-there", "Change the post"],
            ),
            D::Unknown => (
                &[
                    "We do not know whether Bluesky has it",
                    "One outcome not known",
                    "Look before sending it again",
                    "https://bsky.app/profile/weirlane.example",
                ],
                &["it-is-there", "not-there", "Take this post down"],
            ),
            D::Cancelled => (&["Left out", "Not in the calendar"], &["Change the post"]),
            D::TakingDown => (&["Being taken down", "0 of 1 place is finished."], &[]),
            D::TakeDownByHand => (
                &["Delete it on Bluesky by hand", "a person must"],
                &["it-is-gone"],
            ),
            D::Gone => (&["Gone", "Looked for at 10:42am and not found."], &[]),
        };
        let mut answer = page(&stage, &stage.sam, post).await;
        for words in says.iter().chain(offers) {
            answer = answer.says(words);
        }
        let body = answer.body();
        for act in [
            "it-is-there",
            "not-there",
            "send-now",
            "leave",
            "it-is-gone",
        ] {
            let address = format!("/deliveries/{id}/{act}\"");
            assert_eq!(
                body.contains(&address),
                offers.contains(&act),
                "{state:?} {act}"
            );
        }
        let refreshes = matches!(state, D::Queued | D::Sending | D::TakingDown);
        let refresh = answer.headers.get("refresh");
        assert_eq!(refresh.is_some(), refreshes, "{state:?}");
        if let Some(value) = refresh {
            assert_eq!(value.to_str().unwrap(), format!("3; url=/posts/{post}"));
        }
    }
}

#[tokio::test]
async fn who_only_reads_is_offered_nothing_and_others_find_nothing() {
    let stage = Stage::new().await;
    let house = &stage.house;
    let practice = stage.practice.id;
    let other = house.practice("Harbour Dental").await;
    let stranger = house
        .person(other.id, "Jo Harbour", &[Role::Responsible, Role::Author])
        .await;
    let auditor = house
        .person(practice, "Lee Auditor", &[Role::Auditor])
        .await;
    let agency = house
        .person(practice, "Bright Ideas", &[Role::Agency])
        .await;
    let staff = house.person(practice, "Robin Staff", &[Role::Staff]).await;
    for state in D::ALL {
        let (post, _) = stage.at(stage.practice.bluesky, state).await;
        let body = page(&stage, &auditor, post).await.body();
        assert!(body.contains("flu clinic"));
        for form in FORMS {
            assert!(!body.contains(form), "{state:?}: {form}");
        }
        for who in [&stranger, &agency, &staff] {
            house
                .get(who, &format!("/posts/{post}"))
                .await
                .is(404)
                .does_not_say("flu clinic");
        }
    }
    house.get(&stage.sam, "/posts/not-an-id").await.is(404);
}

#[tokio::test]
async fn a_draft_is_carried_on_or_deleted() {
    let stage = Stage::new().await;
    let post = post_of(&write(&stage.house, &stage.sam, &[("text", BAD), ("act", "save")]).await);
    let body = page(&stage, &stage.sam, post)
        .await
        .says("Carry on writing")
        .says("Delete it")
        .says("Nobody was asked yet")
        .says("must change")
        .says("Must change")
        .does_not_say("Where it went")
        .body();
    assert!(body.contains("No place chosen yet."), "{body}");
    let revision = stage.revision(post).await;
    stage
        .house
        .post(
            &stage.sam,
            &format!("/posts/{post}/delete"),
            &[("revision", &revision)],
        )
        .await
        .is(303);
    stage
        .house
        .get(&stage.sam, &format!("/posts/{post}"))
        .await
        .is(404);
}

#[tokio::test]
async fn the_one_who_can_answer_is_sent_to_the_review_and_the_author_waits() {
    let stage = Stage::with(true).await;
    let facebook = stage.practice.facebook.to_string();
    let fields = [("text", FINE), ("channels", &facebook), ("act", "ask")];
    let post = post_of(&write(&stage.house, &stage.sam, &fields).await);
    page(&stage, &stage.hale, post)
        .await
        .says("Read it and answer")
        .says(&format!("/posts/{post}/review"));
    page(&stage, &stage.sam, post)
        .await
        .says("Waiting for Dr Tom Hale, asked at 10:42am by Sam Reed.")
        .says("Awaiting opinion")
        .does_not_say("Read it and answer");
    let revision = stage.revision(post).await;
    let fields = [
        ("revision", revision.as_str()),
        ("act", "changes"),
        ("reason", "Say which Saturday <b>"),
    ];
    stage
        .house
        .post(&stage.hale, &format!("/posts/{post}/review"), &fields)
        .await
        .is(303);
    page(&stage, &stage.sam, post)
        .await
        .says("Dr Tom Hale asks for changes")
        .says("Say which Saturday &#60;b&#62;")
        .says("Change the post");
}

#[tokio::test]
async fn a_change_after_the_approval_is_told_with_the_difference() {
    let stage = Stage::with(true).await;
    let post = stage.post(FINE, &[stage.practice.facebook]).await;
    let edit = stage
        .house
        .get(&stage.sam, &format!("/posts/{post}/edit"))
        .await;
    let (revision, facebook) = (edit.hidden("revision"), stage.practice.facebook.to_string());
    let fields = [
        ("revision", revision.as_str()),
        (
            "text",
            "Our flu clinic runs every Sunday in October. Ring us to book.",
        ),
        ("channels", &facebook),
        ("when", "asap"),
        ("act", "save"),
    ];
    stage
        .house
        .post(&stage.sam, &format!("/posts/{post}"), &fields)
        .await
        .is(303);
    page(&stage, &stage.sam, post)
        .await
        .says("It needs a new opinion")
        .says("Sam Reed changed it after Dr Tom Hale approved it at 10:42am.")
        .says("Saturday<span class=\"nhsuk-u-visually-hidden\">] </span></del>")
        .says("Sunday<span class=\"nhsuk-u-visually-hidden\">] </span></ins>")
        .says("Dr Tom Hale approved exactly this text");
}

#[tokio::test]
async fn findings_are_told_with_what_became_of_them() {
    let stage = Stage::with(true).await;
    let house = &stage.house;
    let boss = house
        .person(stage.practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let facebook = stage.practice.facebook.to_string();
    let fields = [("text", BAD), ("channels", &facebook), ("act", "save")];
    let post = post_of(&write(house, &stage.sam, &fields).await);
    // The author may not let the law's own findings pass; a second person may, with a reason.
    page(&stage, &stage.sam, post)
        .await
        .does_not_say("Let this pass");
    let body = page(&stage, &boss, post).await.says("Let this pass").body();
    let form = body
        .split(&format!("action=\"/posts/{post}/override\""))
        .nth(1)
        .unwrap();
    let field = |name: &str| {
        let start = format!("name=\"{name}\" value=\"");
        let at = form.find(&start).unwrap() + start.len();
        form[at..].split('"').next().unwrap().to_owned()
    };
    let (revision, rule, words) = (field("revision"), field("rule"), field("words"));
    let fields = [
        ("revision", revision.as_str()),
        ("rule", &rule),
        ("words", &words),
        ("reason", "Agreed with the insurer"),
    ];
    let done = house
        .post(&boss, &format!("/posts/{post}/override"), &fields)
        .await
        .is(303);
    page(&stage, &stage.sam, post)
        .await
        .says("Let pass")
        .says("Dr Aisha Shah, at 10:42am: “Agreed with the insurer”")
        .says("let a finding pass");
    house
        .get(&boss, done.location())
        .await
        .says("Your reason is in the record.");
}

#[tokio::test]
async fn saves_in_a_row_are_one_change_in_the_history() {
    let stage = Stage::new().await;
    let post = post_of(
        &write(
            &stage.house,
            &stage.sam,
            &[("text", "One"), ("act", "save")],
        )
        .await,
    );
    for text in ["One two", "One two three"] {
        let revision = stage.revision(post).await;
        let fields = [
            ("revision", revision.as_str()),
            ("text", text),
            ("act", "save"),
        ];
        stage
            .house
            .post(&stage.sam, &format!("/posts/{post}"), &fields)
            .await
            .is(303);
    }
    let body = page(&stage, &stage.hale, post).await.body();
    let history = &body[body.find("How it came to be").unwrap()..];
    assert_eq!(history.matches("Sam Reed wrote a post").count(), 1);
    assert_eq!(history.matches("changed a post").count(), 0, "{history}");
}
