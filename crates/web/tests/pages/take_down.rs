//! Taking a post down, and out of the calendar.

use bedside_core::delivery::DeliveryState as D;
use bedside_core::event::Event;
use bedside_core::people::Role;
use bedside_core::post::PostState;

use crate::compose::{FINE, state};
use crate::stage::Stage;

/// A post at both places: live on Bluesky, and live on Facebook by hand.
async fn out(stage: &Stage) -> bedside_core::PostId {
    let post = stage
        .post(FINE, &[stage.practice.bluesky, stage.practice.facebook])
        .await;
    let both = stage.deliveries(post).await;
    stage.bring(both[0].id, D::Live).await;
    stage.bring(both[1].id, D::ByHand).await;
    stage
        .house
        .post(
            &stage.sam,
            &format!("/by-hand/{}", both[1].id),
            &[("link", "https://www.facebook.com/weirlane/posts/123")],
        )
        .await
        .is(303);
    post
}

#[tokio::test]
async fn each_place_is_told_before_and_taken_down_in_its_own_way_once() {
    let stage = Stage::new().await;
    let post = out(&stage).await;
    let address = format!("/posts/{post}/take-down");
    let page = stage.house.get(&stage.hale, &address).await.is(200);
    let page = page
        .says("We delete it and look that it is gone.")
        .says("We cannot delete there. We show you where it is, and you remove it.");
    let revision = page.hidden("revision");
    let reason = "The clinic was cancelled";
    let fields = [("revision", revision.as_str()), ("reason", reason)];
    let done = stage
        .house
        .post(&stage.hale, &address, &fields)
        .await
        .is(303);
    assert_eq!(done.location(), format!("/posts/{post}?said=taking-down"));
    let states: Vec<D> = stage
        .deliveries(post)
        .await
        .iter()
        .map(|delivery| delivery.state)
        .collect();
    assert_eq!(states, [D::TakingDown, D::TakeDownByHand]);
    let entries = stage.entries().await;
    stage
        .house
        .post(&stage.hale, &address, &fields)
        .await
        .is(303);
    assert_eq!(stage.entries().await, entries);
    let mut tx = stage.house.read().await;
    let record = tx.post_record(stage.practice.id, post).await.unwrap();
    let reasons = record.iter().filter(|line| {
        matches!(line.entry.read(), Some(Event::TakeDownReason { reason: told, .. }) if told == reason)
    });
    assert_eq!(reasons.count(), 1);
    assert_eq!(
        tx.next_job_at().await.unwrap(),
        Some(stage.house.world.now())
    );
    drop(tx);
    let page = stage.house.get(&stage.sam, done.location()).await.is(200);
    page.says("0 of 2 places are finished.")
        .says("Delete it on Facebook by hand")
        .says("https://www.facebook.com/weirlane/posts/123")
        .says("The clinic was cancelled")
        .does_not_say("Take this post down");
    let facebook = stage.deliveries(post).await[1].id;
    stage
        .house
        .post(
            &stage.sam,
            &format!("/deliveries/{facebook}/it-is-gone"),
            &[],
        )
        .await
        .is(303);
    let bluesky = stage.deliveries(post).await[0].id;
    let mut tx = stage.house.store.write().await.unwrap();
    let mut delivery = tx
        .lock_delivery(stage.practice.id, bluesky)
        .await
        .unwrap()
        .unwrap();
    let looked = Ok(bedside_core::network::Sighting::Gone);
    let step = bedside_core::delivery::took_down(&delivery, &looked, 1, stage.house.world.now());
    tx.apply_step(&step, None, &stage.house.world)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    delivery = stage.delivery(bluesky).await;
    assert_eq!(delivery.state, D::Gone);
    assert_eq!(
        state(&stage.house, &stage.practice, post).await,
        PostState::Withdrawn
    );
    stage
        .house
        .get(&stage.sam, &format!("/posts/{post}"))
        .await
        .is(200)
        .says("It is gone everywhere.")
        .says("Sam Reed said at 10:42am that it is gone.")
        .says("Looked for at 10:42am and not found.");
}

#[tokio::test]
async fn what_has_not_gone_out_is_taken_back_with_it_and_no_reason_is_needed() {
    let stage = Stage::new().await;
    let post = stage
        .post(FINE, &[stage.practice.bluesky, stage.practice.facebook])
        .await;
    let both = stage.deliveries(post).await;
    stage.bring(both[0].id, D::Live).await;
    let address = format!("/posts/{post}/take-down");
    stage
        .house
        .get(&stage.sam, &address)
        .await
        .is(200)
        .says("It has not gone out, and will not.");
    stage
        .house
        .post(&stage.sam, &address, &[("reason", " ")])
        .await
        .is(303);
    assert_eq!(stage.delivery(both[0].id).await.state, D::TakingDown);
    assert_eq!(stage.delivery(both[1].id).await.state, D::Cancelled);
}

#[tokio::test]
async fn with_nothing_out_there_is_nothing_to_take_down() {
    let stage = Stage::new().await;
    for state in [D::Queued, D::Held, D::Late, D::NotSent, D::Cancelled] {
        let (post, id) = stage.at(stage.practice.bluesky, state).await;
        let address = format!("/posts/{post}/take-down");
        stage
            .house
            .get(&stage.sam, &address)
            .await
            .is(409)
            .says("Nothing of this post is out");
        stage.house.post(&stage.sam, &address, &[]).await.is(409);
        assert_eq!(stage.delivery(id).await.state, state);
    }
}

#[tokio::test]
async fn a_reason_too_long_comes_back_as_it_was_typed() {
    let stage = Stage::new().await;
    let (post, id) = stage.at(stage.practice.bluesky, D::Live).await;
    let long = "x".repeat(2_001);
    stage
        .house
        .post(
            &stage.sam,
            &format!("/posts/{post}/take-down"),
            &[("reason", &long)],
        )
        .await
        .is(422)
        .says("Keep the reason under 2000 characters.")
        .says(&long);
    assert_eq!(stage.delivery(id).await.state, D::Live);
}

#[tokio::test]
async fn a_post_is_taken_out_of_the_calendar_once_and_not_by_an_old_page() {
    let stage = Stage::new().await;
    let (post, id) = stage.at(stage.practice.bluesky, D::Queued).await;
    let address = format!("/posts/{post}/leave");
    let page = stage
        .house
        .get(&stage.sam, &format!("/posts/{post}"))
        .await
        .is(200)
        .says("Take it out of the calendar");
    let old = page.hidden("revision");
    // Someone puts another text in its place meanwhile.
    let edit = stage
        .house
        .get(&stage.sam, &format!("/posts/{post}/edit"))
        .await;
    let (revision, bluesky) = (edit.hidden("revision"), stage.practice.bluesky.to_string());
    let fields = [
        ("revision", revision.as_str()),
        ("text", "Other words, on Saturday."),
        ("channels", &bluesky),
        ("when", "asap"),
        ("act", "ask"),
    ];
    stage
        .house
        .post(&stage.sam, &format!("/posts/{post}"), &fields)
        .await
        .is(303);
    let stale = [("revision", old.as_str())];
    stage
        .house
        .post(&stage.hale, &address, &stale)
        .await
        .is(409);
    let states = async || -> Vec<D> {
        let mut all = stage.deliveries(post).await;
        all.sort_by_key(|delivery| delivery.id != id);
        all.iter().map(|delivery| delivery.state).collect()
    };
    assert_eq!(states().await, [D::Cancelled, D::Queued]);
    let revision = stage.revision(post).await;
    let fields = [("revision", revision.as_str())];
    stage
        .house
        .post(&stage.hale, &address, &fields)
        .await
        .is(303);
    assert_eq!(states().await, [D::Cancelled, D::Cancelled]);
    let entries = stage.entries().await;
    let twice = stage
        .house
        .post(&stage.hale, &address, &fields)
        .await
        .is(303);
    assert!(twice.location().ends_with("?said=unscheduled"));
    assert_eq!(stage.entries().await, entries);
    assert_eq!(
        state(&stage.house, &stage.practice, post).await,
        PostState::Approved
    );
}

#[tokio::test]
async fn only_those_who_may_take_down_do() {
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
    let (post, id) = stage.at(stage.practice.bluesky, D::Live).await;
    let before = stage.entries().await;
    for (who, status) in [
        (&stranger, 404),
        (&agency, 404),
        (&staff, 404),
        (&auditor, 403),
    ] {
        for address in ["take-down", "leave"] {
            let address = format!("/posts/{post}/{address}");
            let revision = stage.revision(post).await;
            house
                .post(who, &address, &[("revision", &revision)])
                .await
                .is(status)
                .does_not_say("flu clinic");
        }
        house
            .get(who, &format!("/posts/{post}/take-down"))
            .await
            .is(status);
    }
    for address in ["take-down", "leave"] {
        let address = format!("/posts/{post}/{address}");
        let fields = [("csrf", stage.hale.csrf.as_str())];
        house.post_bare(&stage.sam, &address, &fields).await.is(403);
    }
    assert_eq!(stage.delivery(id).await.state, D::Live);
    assert_eq!(stage.entries().await, before);
}
