//! Asking for a second opinion, or letting a post out where none is needed.

use bedside_core::delivery::DeliveryState;
use bedside_core::people::Role;
use bedside_core::post::PostState;
use bedside_core::practice::Settings;
use bedside_core::{PostId, RevisionId};

use crate::compose::{BAD, FINE, content, post_of, state, write};
use crate::support::{House, Practice};

#[tokio::test]
async fn what_is_missing_is_told_in_order_and_what_was_typed_is_saved() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let page = write(
        &house,
        &sam,
        &[
            ("text", " "),
            ("when", "at"),
            ("date", "2026-03-01"),
            ("time", "09:00"),
            ("act", "ask"),
        ],
    )
    .await;
    let body = page.is(422).says("A few things to put right").body();
    let order = ["#channels", "#text", "#date"]
        .map(|field| body.find(&format!("<a href=\"{field}\">")).unwrap());
    assert!(order.is_sorted());
    let page = write(&house, &sam, &[("text", FINE), ("act", "ask")])
        .await
        .is(422);
    let page = page
        .says("Choose at least one place for this post to go.")
        .says(&format!("{FINE}</textarea>"));
    // The page now belongs to the post that was saved.
    let body = page.body();
    let rest = body.split("action=\"/posts/").nth(1).unwrap();
    let id: PostId = rest.split('"').next().unwrap().parse().unwrap();
    assert_eq!(content(&house, &practice, id).await.0.text, FINE);
    assert_eq!(state(&house, &practice, id).await, PostState::Draft);
}

#[tokio::test]
async fn asking_reaches_those_who_can_answer_without_the_text_and_only_once() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house
        .person(practice.id, "Sam Reed", &[Role::Author, Role::Approver])
        .await;
    house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    house
        .person(practice.id, "Robin Staff", &[Role::Staff, Role::Author])
        .await;
    let facebook = practice.facebook.to_string();
    let page = house
        .get(&sam, "/posts/new")
        .await
        .says("Goes to Dr Aisha Shah or Dr Tom Hale.");
    let revision = page.hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("channels", &facebook),
        ("act", "ask"),
    ];
    let first = house.post(&sam, "/posts", &fields).await.is(303);
    let second = house.post(&sam, "/posts", &fields).await.is(303);
    assert_eq!(first.location(), second.location());
    assert!(first.location().ends_with("?said=asked"));
    let id = post_of(&first);
    assert_eq!(state(&house, &practice, id).await, PostState::InReview);
    let mut tx = house.read().await;
    let mut mails = tx.mails(practice.id, 10).await.unwrap();
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!(mails.len(), 2);
    assert!(mails[0].to.starts_with("dr.aisha") && mails[1].to.starts_with("dr.tom"));
    for mail in mails {
        assert!(
            mail.body
                .contains(&format!("https://bedside.example/posts/{id}/review"))
        );
        assert!(!format!("{}{}", mail.subject, mail.body).contains("flu"));
    }
    assert!(
        tx.last_check(practice.id, tx_revision(&house, &practice, id).await)
            .await
            .unwrap()
            .is_some()
    );
}

async fn tx_revision(house: &House, practice: &Practice, post: PostId) -> RevisionId {
    house
        .read()
        .await
        .post(practice.id, post)
        .await
        .unwrap()
        .revision
}

#[tokio::test]
async fn a_text_that_must_change_is_kept_but_nobody_is_asked() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let facebook = practice.facebook.to_string();
    let page = write(
        &house,
        &sam,
        &[("text", BAD), ("channels", &facebook), ("act", "ask")],
    )
    .await
    .is(422);
    page.says("must change before this can go out")
        .says("data-severity=\"block\"")
        .says("/rules/AD-POM-");
    let posts = house
        .read()
        .await
        .posts(practice.id, &[], None, 10)
        .await
        .unwrap();
    assert_eq!((posts.len(), posts[0].post.state), (1, PostState::Draft));
    assert!(
        house
            .read()
            .await
            .mails(practice.id, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn without_a_second_person_nobody_can_be_asked_and_the_page_says_so() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let alone = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let facebook = practice.facebook.to_string();
    let page = write(
        &house,
        &alone,
        &[("text", FINE), ("channels", &facebook), ("act", "ask")],
    )
    .await
    .is(422);
    page.says("Nobody else at your practice can give a second opinion yet.")
        .says("Your text is saved.");
}

#[tokio::test]
async fn where_no_opinion_is_asked_for_a_clear_post_goes_to_the_calendar_and_a_doubtful_one_does_not()
 {
    let house = House::new().await;
    let settings = Settings {
        name: "Weir Lane".into(),
        needs_second_opinion: false,
        ..Settings::default()
    };
    let practice = house.practice_with(settings).await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let agency = house
        .person(practice.id, "Bright Ideas", &[Role::Agency])
        .await;
    let (bluesky, facebook) = (practice.bluesky.to_string(), practice.facebook.to_string());
    house
        .get(&sam, "/posts/new")
        .await
        .says("Let it go out</button>");
    let fields = [
        ("text", FINE),
        ("channels", &bluesky),
        ("channels", &facebook),
        ("act", "ask"),
    ];
    let sent = write(&house, &sam, &fields).await.is(303);
    assert!(sent.location().ends_with("?said=let-out"));
    let id = post_of(&sent);
    assert_eq!(state(&house, &practice, id).await, PostState::Scheduled);
    let mut tx = house.read().await;
    assert_eq!(tx.deliveries(practice.id, id).await.unwrap().len(), 2);
    assert_eq!(tx.next_job_at().await.unwrap(), Some(house.world.now()));
    let by_agency = write(&house, &agency, &fields).await.is(303);
    assert!(by_agency.location().ends_with("?said=asked"));
    assert_eq!(
        state(&house, &practice, post_of(&by_agency)).await,
        PostState::InReview
    );
}

#[tokio::test]
async fn a_text_too_long_for_a_network_can_be_saved_but_not_asked_for() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let (bluesky, long) = (practice.bluesky.to_string(), "Flu clinic. ".repeat(30));
    let save = [
        ("text", long.as_str()),
        ("channels", &bluesky),
        ("act", "save"),
    ];
    write(&house, &sam, &save).await.is(303);
    let ask = [
        ("text", long.as_str()),
        ("channels", &bluesky),
        ("act", "ask"),
    ];
    write(&house, &sam, &ask)
        .await
        .is(422)
        .says("60 too many for Bluesky: 360 of 300. Shorten it");
    let endless = "x".repeat(65_001);
    let page = write(&house, &sam, &[("text", endless.as_str()), ("act", "save")])
        .await
        .is(422);
    page.says("longer than 65000 characters").says(&endless);
    let posts = house
        .read()
        .await
        .posts(practice.id, &[], None, 10)
        .await
        .unwrap();
    assert!(posts.iter().all(|line| line.content.text != endless));
}

#[tokio::test]
async fn changing_an_approved_post_takes_it_out_of_the_calendar_and_says_so_before() {
    let house = House::new().await;
    let settings = Settings {
        name: "Weir Lane".into(),
        needs_second_opinion: false,
        ..Settings::default()
    };
    let practice = house.practice_with(settings).await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let facebook = practice.facebook.to_string();
    let id = post_of(
        &write(
            &house,
            &sam,
            &[("text", FINE), ("channels", &facebook), ("act", "ask")],
        )
        .await,
    );
    let page = house
        .get(&sam, &format!("/posts/{id}/edit"))
        .await
        .says("it leaves the calendar");
    let fields = [
        ("revision", &*page.hidden("revision")),
        ("text", "Other"),
        ("channels", &facebook),
        ("act", "save"),
    ];
    house
        .post(&sam, &format!("/posts/{id}"), &fields)
        .await
        .is(303);
    assert_eq!(state(&house, &practice, id).await, PostState::Draft);
    let deliveries = house
        .read()
        .await
        .deliveries(practice.id, id)
        .await
        .unwrap();
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Cancelled)
    );
}

#[tokio::test]
async fn what_came_out_of_the_calendar_is_asked_about_afresh_without_a_change() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let hale = house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let facebook = practice.facebook.to_string();
    let fields = [("text", FINE), ("channels", &facebook), ("act", "ask")];
    let post = post_of(&write(&house, &sam, &fields).await.is(303));
    let page = house.get(&hale, &format!("/posts/{post}/review")).await;
    let approve = [("revision", &*page.hidden("revision")), ("act", "approve")];
    house
        .post(&hale, &format!("/posts/{post}/review"), &approve)
        .await
        .is(303);
    let mut tx = house.store.write().await.unwrap();
    for waiting in tx.deliveries(practice.id, post).await.unwrap() {
        let step = bedside_core::delivery::cancel(&waiting).unwrap();
        tx.apply_step(&step, Some(sam.member()), &house.world)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(state(&house, &practice, post).await, PostState::Approved);
    let page = house.get(&sam, &format!("/posts/{post}/edit")).await;
    let again = [
        ("revision", &*page.hidden("revision")),
        ("text", FINE),
        ("channels", &facebook),
        ("when", "asap"),
        ("act", "ask"),
    ];
    for _ in 0..2 {
        let asked = house.post(&sam, &format!("/posts/{post}"), &again).await;
        assert!(asked.is(303).location().ends_with("?said=asked"));
    }
    assert_eq!(state(&house, &practice, post).await, PostState::InReview);
    assert_eq!(content(&house, &practice, post).await.1, 2);
}
