//! Posting by hand: what is shown, when nothing is, and the link that comes back.

use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::Role;
use bedside_core::practice::Settings;
use bedside_core::screen::Clinician;

use crate::compose::FINE;
use crate::stage::Stage;

const LINK: &str = "https://www.facebook.com/weirlane/posts/123";

#[tokio::test]
async fn the_words_and_the_way_are_shown_and_the_link_ends_it() {
    let stage = Stage::with(true).await;
    let (post, id) = stage.at(stage.practice.facebook, D::ByHand).await;
    let address = format!("/by-hand/{id}");
    let page = stage.house.get(&stage.sam, &address).await.is(200);
    page.says(FINE)
        .says("Copy the words")
        .says("https://www.facebook.com/")
        .says("Paste its link")
        .says("name=\"revision\"");
    // A link with what an app adds to follow who shared it.
    let typed = format!("{LINK}?fbclid=abc");
    let before = stage.entries().await;
    let fields = [("link", typed.as_str())];
    let done = stage
        .house
        .post(&stage.sam, &address, &fields)
        .await
        .is(303);
    assert_eq!(done.location(), format!("/posts/{post}?said=live"));
    let delivery = stage.delivery(id).await;
    assert_eq!((delivery.state, delivery.link.as_str()), (D::Live, LINK));
    stage
        .house
        .post(&stage.sam, &address, &fields)
        .await
        .is(303);
    assert_eq!(stage.entries().await, before + 1);
    stage
        .house
        .get(&stage.sam, &address)
        .await
        .is(200)
        .says("Done. It is live on Facebook.")
        .says(LINK)
        .does_not_say("Copy the words");
    stage
        .house
        .get(&stage.sam, done.location())
        .await
        .is(200)
        .says("Noted: it is live")
        .says("Sam Reed posted it by hand");
}

#[tokio::test]
async fn a_wrong_link_is_told_at_its_field_with_what_was_typed() {
    let stage = Stage::new().await;
    let (_, id) = stage.at(stage.practice.facebook, D::ByHand).await;
    let wrong = "https://bsky.app/profile/x/post/1";
    stage
        .house
        .post(&stage.sam, &format!("/by-hand/{id}"), &[("link", wrong)])
        .await
        .is(422)
        .says("not on Facebook")
        .says(&format!("value=\"{wrong}\""))
        .says(FINE);
    assert_eq!(stage.delivery(id).await.state, D::ByHand);
}

#[tokio::test]
async fn in_every_other_state_the_words_are_not_shown() {
    let stage = Stage::new().await;
    for state in D::ALL {
        if matches!(state, D::ByHand | D::Live) {
            continue;
        }
        let (_, id) = stage.at(stage.practice.facebook, state).await;
        stage
            .house
            .get(&stage.sam, &format!("/by-hand/{id}"))
            .await
            .is(200)
            .says("Do not post this now")
            .does_not_say("Copy the words")
            .does_not_say("Ring us to book");
    }
}

#[tokio::test]
async fn a_voided_authorisation_stops_it() {
    let stage = Stage::new().await;
    let (_, id) = stage.at(stage.practice.facebook, D::ByHand).await;
    let mut tx = stage.house.store.write().await.unwrap();
    tx.void_authorisation(stage.practice.id, id, stage.house.world.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stopped(&stage, id, "Nobody has let this text out").await;
}

#[tokio::test]
async fn a_practice_that_now_asks_for_opinions_stops_it() {
    let stage = Stage::new().await;
    let (_, id) = stage.at(stage.practice.facebook, D::ByHand).await;
    let settings = Settings {
        name: "Weir Lane Surgery".into(),
        ..Settings::default()
    };
    change(&stage, &settings).await;
    stopped(&stage, id, "asks for a second opinion on every post").await;
}

async fn stopped(stage: &Stage, id: bedside_core::DeliveryId, why: &str) {
    stage
        .house
        .get(&stage.sam, &format!("/by-hand/{id}"))
        .await
        .is(200)
        .says("Do not post this now")
        .says(why)
        .does_not_say("Ring us to book");
}

#[tokio::test]
async fn something_found_since_it_was_let_out_stops_it() {
    let stage = Stage::new().await;
    let mut settings = Settings {
        name: "Weir Lane Surgery".into(),
        needs_second_opinion: false,
        ..Settings::default()
    };
    settings.profile.clinicians.push(Clinician {
        name: "Amara Okafor".into(),
        role: "GP partner".into(),
        reg: String::new(),
    });
    change(&stage, &settings).await;
    let text = "Lovely to see Mrs Okafor back on her feet after her new hip. Ring us to book.";
    let post = stage.post(text, &[stage.practice.facebook]).await;
    let id = stage.deliveries(post).await[0].id;
    stage.bring(id, D::ByHand).await;
    stage
        .house
        .get(&stage.sam, &format!("/by-hand/{id}"))
        .await
        .is(200)
        .says("Copy the words");
    // She is no longer one of the practice's own people: now it is a patient's name.
    settings.profile.clinicians.clear();
    change(&stage, &settings).await;
    stopped(&stage, id, "something new was found").await;
}

async fn change(stage: &Stage, settings: &Settings) {
    let now = stage.house.world.now();
    let mut tx = stage.house.store.write().await.unwrap();
    tx.change_settings(stage.practice.id, settings, stage.hale.member(), now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_disconnected_page_stops_it() {
    let stage = Stage::new().await;
    let (_, id) = stage.at(stage.practice.facebook, D::ByHand).await;
    let boss = stage
        .house
        .person(stage.practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let mut tx = stage.house.store.write().await.unwrap();
    tx.disconnect_channel(
        stage.practice.id,
        stage.practice.facebook,
        &boss.actor,
        stage.house.world.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    stopped(&stage, id, "no longer connected").await;
}

#[tokio::test]
async fn others_find_nothing_of_it() {
    let stage = Stage::new().await;
    let house = &stage.house;
    let other = house.practice("Harbour Dental").await;
    let stranger = house
        .person(other.id, "Jo Harbour", &[Role::Responsible, Role::Author])
        .await;
    let practice = stage.practice.id;
    let agency = house
        .person(practice, "Bright Ideas", &[Role::Agency])
        .await;
    let staff = house.person(practice, "Robin Staff", &[Role::Staff]).await;
    let auditor = house
        .person(practice, "Lee Auditor", &[Role::Auditor])
        .await;
    let (_, id) = stage.at(stage.practice.facebook, D::ByHand).await;
    let address = format!("/by-hand/{id}");
    for (who, status) in [
        (&stranger, 404),
        (&agency, 404),
        (&staff, 404),
        (&auditor, 403),
    ] {
        house
            .get(who, &address)
            .await
            .is(status)
            .does_not_say("flu clinic");
        house
            .post(who, &address, &[("link", LINK)])
            .await
            .is(status);
    }
    let fields = [("csrf", "0"), ("link", LINK)];
    house.post_bare(&stage.sam, &address, &fields).await.is(403);
    house.get(&stage.sam, "/by-hand/not-an-id").await.is(404);
    assert_eq!(stage.delivery(id).await.state, D::ByHand);
}
