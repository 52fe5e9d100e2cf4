//! What a bad line and an overloaded server do, through a proxy before the real one: the state stays true, and in the
//! end the post is out once or people know that it is not.

use bedside_connect::testing::Fault;
use bedside_core::delivery::{DeliveryState, Settle};
use serde_json::json;

use crate::support::{IN_FLIGHT, Scene, TEXT};

const PUT: &str = "com.atproto.repo.putRecord";
const GET: &str = "com.atproto.repo.getRecord";
const DELETE: &str = "com.atproto.repo.deleteRecord";

fn answer(status: u16, headers: Vec<(&'static str, String)>) -> Fault {
    Fault::Answer {
        status,
        headers,
        body: r#"{"error":"Busy","message":"Not now"}"#.to_owned(),
    }
}

on_both!(a_lost_answer_is_looked_for_and_not_sent_again, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    for fault in [Fault::CutAfter, Fault::CutMidAnswer] {
        proxy.next(PUT, fault);
        let post = scene.approved(TEXT).await;
        scene.turn().await;
        assert_eq!(scene.state(&post).await, DeliveryState::Live);
        assert_eq!(scene.attempts(&post).await, ["unknown"]);
    }
    assert_eq!(scene.out().await.len(), 2);
    assert_eq!(proxy.count(PUT), 2);
    assert!(scene.mails().await.is_empty());
    scene.at_rest().await;
});

on_both!(
    what_never_arrived_is_sent_again_when_it_no_longer_can,
    |store| {
        let Some((scene, proxy)) = Scene::through_proxy(store).await else {
            return;
        };
        for (n, fault) in [Fault::CutBefore, Fault::CutMidway, answer(503, vec![])]
            .into_iter()
            .enumerate()
        {
            proxy.next(PUT, fault);
            let post = scene.approved(TEXT).await;
            scene.turn().await;
            assert_eq!(scene.state(&post).await, DeliveryState::Sending);
            scene.later(60).await;
            assert_eq!(scene.state(&post).await, DeliveryState::Sending);
            assert_eq!(
                proxy.count(PUT),
                2 * n + 1,
                "sent again while it may be on its way"
            );
            scene.later(70).await;
            assert_eq!(scene.state(&post).await, DeliveryState::Live);
            assert_eq!(scene.attempts(&post).await, ["unknown", "accepted"]);
            assert_eq!(scene.out().await.len(), n + 1);
        }
        scene.at_rest().await;
    }
);

on_both!(a_server_that_asks_for_patience_gets_it, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    proxy.next(PUT, answer(429, vec![("retry-after", "300".to_owned())]));
    let post = scene.approved(TEXT).await;
    scene.turn().await;
    let waiting = scene.delivery(&post).await;
    assert_eq!(waiting.state, DeliveryState::Queued);
    assert!(
        waiting.trouble.contains("asks us to wait"),
        "{}",
        waiting.trouble
    );
    scene.later(290).await;
    assert_eq!((proxy.count(PUT), scene.out().await.len()), (1, 0));
    scene.later(15).await;
    let live = scene.delivery(&post).await;
    assert_eq!(
        (live.state, live.trouble.as_str()),
        (DeliveryState::Live, "")
    );
    assert_eq!(scene.out().await, [TEXT]);
    assert_eq!(scene.attempts(&post).await, ["not sent", "accepted"]);
    assert!(scene.mails().await.is_empty());
    scene.at_rest().await;
});

on_both!(a_network_that_stays_away_is_told_as_not_sent, |store| {
    let Some((scene, mut proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    proxy.down().await;
    let post = scene.approved(TEXT).await;
    scene.turn().await;
    assert_eq!(scene.state(&post).await, DeliveryState::Queued);
    for _ in 0..65 {
        scene.later(60).await;
    }
    let given_up = scene.delivery(&post).await;
    assert_eq!(given_up.state, DeliveryState::NotSent);
    assert!(
        given_up.trouble.contains("could not be reached"),
        "{}",
        given_up.trouble
    );
    scene
        .told(
            "A post was not sent to Bluesky",
            &["Priya Nair", "Sam Reed"],
        )
        .await;
    proxy.up().await.unwrap();
    scene.later(901).await;
    assert!(
        scene.out().await.is_empty(),
        "sent although it said that it was not"
    );
    assert_eq!(scene.channel_trouble().await, "");
    scene.settle(&post, &Settle::SendNow).await.unwrap();
    scene.turn().await;
    assert_eq!(scene.state(&post).await, DeliveryState::Live);
    assert_eq!(scene.out().await, [TEXT]);
    scene.at_rest().await;
});

on_both!(what_nobody_can_know_is_told_as_not_known, |store| {
    let Some((scene, mut proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    let mut out = 0;
    for (arrives, fault) in [(true, Fault::CutAfter), (false, Fault::CutBefore)] {
        proxy.next(PUT, fault);
        proxy.next(GET, Fault::CutBefore);
        let post = scene.approved(TEXT).await;
        scene.turn().await;
        assert_eq!(scene.state(&post).await, DeliveryState::Sending);
        proxy.down().await;
        for _ in 0..6 {
            scene.later(600).await;
        }
        assert_eq!(scene.state(&post).await, DeliveryState::Unknown);
        proxy.up().await.unwrap();
        scene.later(IN_FLIGHT).await;
        assert_eq!(
            scene.state(&post).await,
            DeliveryState::Unknown,
            "only a person settles it"
        );
        let act = if arrives {
            let link = "https://bsky.app/profile/weirlane.example/post/3k".to_owned();
            Settle::ItIsThere { link }
        } else {
            Settle::NotThere
        };
        scene.settle(&post, &act).await.unwrap();
        scene.turn().await;
        assert_eq!(scene.state(&post).await, DeliveryState::Live);
        out += 1;
        assert_eq!(scene.out().await.len(), out);
    }
    let subject = "We do not know whether a post went out on Bluesky";
    let names = ["Priya Nair", "Priya Nair", "Sam Reed", "Sam Reed"];
    scene.told(subject, &names).await;
    scene.at_rest().await;
});

on_both!(
    something_else_in_the_posts_place_is_a_persons_to_settle,
    |store| {
        let Some((scene, proxy)) = Scene::through_proxy(store).await else {
            return;
        };
        proxy.next(PUT, Fault::CutBefore);
        let post = scene.approved(TEXT).await;
        scene.turn().await;
        let key = scene.delivery(&post).await.frozen.unwrap().key;
        let other = json!({"$type": "app.bsky.feed.post", "text": "Not ours", "createdAt": "2026-03-02T10:42:00Z"});
        scene.pds.put(&scene.owner, &key, &other).await;
        scene.later(IN_FLIGHT).await;
        let found = scene.delivery(&post).await;
        assert_eq!(found.state, DeliveryState::Unknown);
        assert!(
            found.trouble.contains("Something else"),
            "{}",
            found.trouble
        );
        assert_eq!(scene.out().await, ["Not ours"]);
        scene.at_rest().await;
    }
);

on_both!(a_sign_in_that_is_refused_shows_at_the_channel, |store| {
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let live = scene.approved(TEXT).await;
    scene.turn().await;
    scene.pds.revoke_app_passwords(&scene.owner).await;
    // Revoked passwords end their sessions when these are renewed; a program that starts signs in at once.
    let post = scene.approved(TEXT).await;
    scene.fresh_worker().once().await.unwrap();
    assert_eq!(scene.state(&post).await, DeliveryState::NotSent);
    let trouble = scene.channel_trouble().await;
    assert!(trouble.contains("app password"), "{trouble}");
    scene
        .told(
            "A post was not sent to Bluesky",
            &["Priya Nair", "Sam Reed"],
        )
        .await;

    scene.settle(&live, &Settle::TakeDown).await.unwrap();
    scene.fresh_worker().once().await.unwrap();
    assert_eq!(scene.state(&live).await, DeliveryState::TakeDownByHand);
    scene
        .told(
            "A post must be removed from Bluesky by hand",
            &["Priya Nair", "Sam Reed"],
        )
        .await;

    scene.reconnect().await;
    assert_eq!(scene.channel_trouble().await, "");
    scene.settle(&post, &Settle::SendNow).await.unwrap();
    scene.turn().await;
    assert_eq!(scene.state(&post).await, DeliveryState::Live);
    assert_eq!(scene.out().await.len(), 2);
    scene.at_rest().await;
});

on_both!(a_channel_that_works_again_loses_its_trouble, |store| {
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let mut tx = scene.store.write().await.unwrap();
    tx.set_channel_trouble(scene.practice, scene.channel, "It did not let us in.")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    scene.approved(TEXT).await;
    scene.turn().await;
    assert_eq!(scene.channel_trouble().await, "");
});

on_both!(a_takedown_goes_on_until_it_is_seen_to_be_gone, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    let post = scene.approved(TEXT).await;
    scene.turn().await;
    for fault in [Fault::CutBefore, answer(503, vec![]), Fault::CutAfter] {
        proxy.next(DELETE, fault);
    }
    scene.settle(&post, &Settle::TakeDown).await.unwrap();
    scene.turn().await;
    assert_eq!(scene.state(&post).await, DeliveryState::TakingDown);
    for _ in 0..4 {
        scene.later(901).await;
    }
    assert_eq!(scene.state(&post).await, DeliveryState::Gone);
    assert!(scene.out().await.is_empty());
    scene.at_rest().await;
});

on_both!(a_picture_goes_with_its_words, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    proxy.next("com.atproto.repo.uploadBlob", Fault::CutAfter);
    let picture = scene.picture("A poster with the opening times").await;
    let post = scene.approved_at(TEXT, scene.channel, vec![picture]).await;
    scene.turn().await;
    assert_eq!(scene.state(&post).await, DeliveryState::Queued);
    scene.later(901).await;
    assert_eq!(scene.state(&post).await, DeliveryState::Live);
    let posts = scene.pds.posts(&scene.owner.account).await;
    assert_eq!(posts.len(), 1);
    let image = &posts[0]["value"]["embed"]["images"][0];
    assert_eq!(image["alt"], "A poster with the opening times");
    assert_eq!(image["image"]["mimeType"], "image/png");
});
