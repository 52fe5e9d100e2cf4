//! What people say of a delivery: each act in each state, twice, by whom, and from elsewhere.

use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::Role;
use bedside_core::post::PostState;

use crate::compose::{FINE, state};
use crate::stage::{KEY, Stage};

const THERE: &str = "https://bsky.app/profile/weirlane.example/post/3mg2other";
const ACTS: [&str; 5] = [
    "it-is-there",
    "not-there",
    "send-now",
    "leave",
    "it-is-gone",
];

/// What each act makes of each state; where nothing stands, it is refused.
fn becomes(act: &str, from: D) -> Option<D> {
    match (act, from) {
        ("it-is-there", D::Unknown | D::ByHand | D::NotSent | D::Cancelled) => Some(D::Live),
        ("not-there", D::Unknown) | ("send-now", D::Late | D::Held | D::NotSent) => Some(D::Queued),
        ("leave", D::Late | D::Held | D::ByHand | D::NotSent | D::Queued) => Some(D::Cancelled),
        ("it-is-gone", D::TakeDownByHand) => Some(D::Gone),
        _ => None,
    }
}

#[tokio::test]
async fn each_act_does_what_the_state_allows_and_a_second_press_changes_nothing() {
    for act in ACTS {
        let stage = Stage::new().await;
        for from in D::ALL {
            let (post, id) = stage.at(stage.practice.bluesky, from).await;
            let address = format!("/deliveries/{id}/{act}");
            let fields = [("link", THERE)];
            let before = (stage.delivery(id).await, stage.entries().await);
            let answer = stage.house.post(&stage.sam, &address, &fields).await;
            let after = stage.delivery(id).await;
            match becomes(act, from) {
                Some(wanted) => {
                    let answer = answer.is(303);
                    assert!(
                        answer
                            .location()
                            .starts_with(&format!("/posts/{post}?said=")),
                        "{act} {from:?}"
                    );
                    assert_eq!(after.state, wanted, "{act} {from:?}");
                    let entries = stage.entries().await;
                    assert_eq!(entries, before.1 + 1, "{act} {from:?}");
                    let again = stage
                        .house
                        .post(&stage.sam, &address, &fields)
                        .await
                        .is(303);
                    assert_eq!(again.location(), answer.location());
                    assert_eq!(stage.entries().await, entries, "{act} {from:?} twice");
                    assert_eq!(stage.delivery(id).await, after, "{act} {from:?} twice");
                }
                None => {
                    let status = answer.status.as_u16();
                    let told_already = matches!(
                        (act, from),
                        ("leave", D::Cancelled) | ("it-is-gone", D::Gone)
                    );
                    assert_eq!(
                        status,
                        if told_already { 303 } else { 409 },
                        "{act} {from:?}"
                    );
                    assert_eq!((after, stage.entries().await), before, "{act} {from:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn two_presses_at_once_have_one_outcome() {
    let stage = Stage::new().await;
    let (_, id) = stage.at(stage.practice.bluesky, D::Late).await;
    let before = stage.entries().await;
    let address = format!("/deliveries/{id}/send-now");
    let (one, two) = tokio::join!(
        stage.house.post(&stage.sam, &address, &[]),
        stage.house.post(&stage.hale, &address, &[])
    );
    one.is(303);
    two.is(303);
    assert_eq!(stage.entries().await, before + 1);
    assert_eq!(stage.delivery(id).await.state, D::Queued);
    // The other way round: one sends it, the other leaves it.
    let (_, id) = stage.at(stage.practice.bluesky, D::Late).await;
    let send = format!("/deliveries/{id}/send-now");
    stage
        .house
        .post(&stage.hale, &format!("/deliveries/{id}/leave"), &[])
        .await
        .is(303);
    stage
        .house
        .post(&stage.sam, &send, &[])
        .await
        .is(409)
        .says("moved on meanwhile");
    assert_eq!(stage.delivery(id).await.state, D::Cancelled);
}

#[tokio::test]
async fn sending_again_queues_a_job_for_now() {
    let stage = Stage::new().await;
    let (post, id) = stage.at(stage.practice.bluesky, D::Unknown).await;
    stage.house.clock.advance(3_600);
    stage
        .house
        .post(&stage.sam, &format!("/deliveries/{id}/not-there"), &[])
        .await
        .is(303);
    let delivery = stage.delivery(id).await;
    assert_eq!(delivery.due, stage.house.world.now());
    assert_eq!(
        stage.house.read().await.next_job_at().await.unwrap(),
        Some(stage.house.world.now())
    );
    assert_eq!(
        state(&stage.house, &stage.practice, post).await,
        PostState::Scheduled
    );
}

#[tokio::test]
async fn a_link_that_cannot_be_the_post_is_told_where_it_was_typed() {
    let stage = Stage::new().await;
    let (_, id) = stage.at(stage.practice.bluesky, D::Unknown).await;
    let address = format!("/deliveries/{id}/it-is-there");
    for (link, says) in [
        ("", "Paste the address of the post."),
        ("https://evil.example/post/1", "not on Bluesky"),
        (
            "http://bsky.app/profile/x/post/1",
            "must start with https://",
        ),
        ("https://bsky.app/profile/weirlane.example", "not a post"),
        ("javascript:alert(1)", "address"),
    ] {
        let page = stage
            .house
            .post(&stage.sam, &address, &[("link", link)])
            .await
            .is(422);
        let page = page.says(says);
        page.says("We do not know whether Bluesky has it")
            .says(&format!("value=\"{link}\""));
    }
    assert_eq!(stage.delivery(id).await.state, D::Unknown);
    // Elsewhere on the page there is no room for it: it stands on a page of its own.
    let (_, id) = stage.at(stage.practice.bluesky, D::NotSent).await;
    let link = "https://evil.example/post/1";
    stage
        .house
        .post(
            &stage.sam,
            &format!("/deliveries/{id}/it-is-there"),
            &[("link", link)],
        )
        .await
        .is(422)
        .says("not on Bluesky")
        .says(link);
}

#[tokio::test]
async fn a_link_pasted_too_late_is_kept_on_the_page_that_says_so() {
    let stage = Stage::new().await;
    let (post, id) = stage.at(stage.practice.bluesky, D::Unknown).await;
    let first = format!("https://bsky.app/profile/weirlane.example/post/{KEY}");
    let address = format!("/deliveries/{id}/it-is-there");
    stage
        .house
        .post(&stage.hale, &address, &[("link", &first)])
        .await
        .is(303);
    stage
        .house
        .post(
            &stage.sam,
            &format!("/deliveries/{id}/it-is-there"),
            &[("link", THERE)],
        )
        .await
        .is(409)
        .says("moved on meanwhile")
        .says(THERE)
        .says(&format!("/posts/{post}"));
    assert!(stage.delivery(id).await.link.ends_with(KEY));
}

#[tokio::test]
async fn only_those_who_may_settle_do_and_others_find_nothing() {
    let stage = Stage::new().await;
    let house = &stage.house;
    let other = house.practice("Harbour Dental").await;
    let stranger = house
        .person(
            other.id,
            "Jo Harbour",
            &[Role::Responsible, Role::Approver, Role::Author],
        )
        .await;
    let practice = stage.practice.id;
    let agency = house
        .person(practice, "Bright Ideas", &[Role::Agency])
        .await;
    let staff = house.person(practice, "Robin Staff", &[Role::Staff]).await;
    let auditor = house
        .person(practice, "Lee Auditor", &[Role::Auditor])
        .await;
    let (_, id) = stage.at(stage.practice.bluesky, D::Unknown).await;
    let before = (stage.delivery(id).await, stage.entries().await);
    for act in ACTS {
        let address = format!("/deliveries/{id}/{act}");
        let fields = [("link", THERE)];
        for who in [&stranger, &agency, &staff] {
            house
                .post(who, &address, &fields)
                .await
                .is(404)
                .does_not_say("flu clinic");
        }
        house.post(&auditor, &address, &fields).await.is(403);
        for csrf in ["", stage.hale.csrf.as_str()] {
            let fields = [("csrf", csrf), ("link", THERE)];
            house
                .post_bare(&stage.sam, &address, &fields)
                .await
                .is(403)
                .says("form_too_old");
        }
        house
            .post(&stage.sam, &format!("/deliveries/not-an-id/{act}"), &fields)
            .await
            .is(404);
    }
    assert_eq!((stage.delivery(id).await, stage.entries().await), before);
}

#[tokio::test]
async fn an_agency_does_not_settle_its_own_posts_either() {
    let stage = Stage::with(true).await;
    let house = &stage.house;
    let agency = house
        .person(stage.practice.id, "Bright Ideas", &[Role::Agency])
        .await;
    let facebook = stage.practice.facebook.to_string();
    let fields = [("text", FINE), ("channels", &facebook), ("act", "ask")];
    let post = crate::compose::post_of(&crate::compose::write(house, &agency, &fields).await);
    let revision = stage.revision(post).await;
    let fields = [("revision", revision.as_str()), ("act", "approve")];
    house
        .post(&stage.hale, &format!("/posts/{post}/review"), &fields)
        .await
        .is(303);
    let id = stage.deliveries(post).await[0].id;
    stage.bring(id, D::ByHand).await;
    for address in [
        format!("/deliveries/{id}/leave"),
        format!("/posts/{post}/take-down"),
        format!("/posts/{post}/leave"),
        format!("/by-hand/{id}"),
    ] {
        let fields = [("revision", revision.as_str()), ("link", THERE)];
        house.post(&agency, &address, &fields).await.is(403);
    }
    house.get(&agency, &format!("/by-hand/{id}")).await.is(403);
    house
        .get(&agency, &format!("/posts/{post}"))
        .await
        .is(200)
        .says("To do by hand")
        .does_not_say("Leave it out of");
    assert_eq!(stage.delivery(id).await.state, D::ByHand);
}
