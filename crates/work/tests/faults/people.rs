//! People and workers who act at the same time, and the world that changes between approval and sending.

use std::time::Duration;

use bedside_connect::testing::Fault;
use bedside_core::delivery::{DeliveryState, Settle};
use bedside_store::Error;

use crate::crash::dies_after;
use crate::support::{IN_FLIGHT, NAME, Scene, TEXT};

const PUT: &str = "com.atproto.repo.putRecord";

on_both!(what_is_found_just_before_sending_holds_the_post, |store| {
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    scene
        .change_settings(|settings| settings.profile.phones = vec!["07700 900123".to_owned()])
        .await;
    let post = scene.approved("Call us on 07700 900123.").await;
    scene
        .change_settings(|settings| settings.profile.phones.clear())
        .await;
    scene.turn().await;
    let held = scene.delivery(&post).await;
    assert_eq!(held.state, DeliveryState::Held);
    assert!(
        held.trouble.contains("Read again just before sending"),
        "{}",
        held.trouble
    );
    assert!(scene.out().await.is_empty());
    scene
        .told(
            "A post for Bluesky was held back",
            &["Priya Nair", "Sam Reed"],
        )
        .await;
    scene.later(3_600).await;
    assert!(scene.out().await.is_empty());
    scene.at_rest().await;
});

on_both!(an_edit_while_it_waits_takes_it_back, |store| {
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let post = scene.approved(TEXT).await;
    scene.clock.advance(1);
    scene
        .change(&post, "Our flu clinics begin on Sunday.")
        .await
        .unwrap();
    assert_eq!(scene.state(&post).await, DeliveryState::Cancelled);
    scene.turn().await;
    assert!(scene.out().await.is_empty());
    scene.at_rest().await;
});

on_both!(an_edit_that_comes_while_it_leaves_is_refused, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    proxy.next(PUT, Fault::Delay(Duration::from_millis(300)));
    let post = scene.approved(TEXT).await;
    let edit = async {
        while proxy.count(PUT) == 0 {
            tokio::task::yield_now().await;
        }
        scene
            .change(&post, "Our flu clinics begin on Sunday.")
            .await
    };
    let ((), edit) = tokio::join!(scene.turn(), edit);
    assert!(matches!(edit, Err(Error::Refused(_))), "{edit:?}");
    assert_eq!(scene.state(&post).await, DeliveryState::Live);
    assert_eq!(scene.out().await, [TEXT]);
    scene.at_rest().await;
});

on_both!(taken_down_while_it_leaves_it_does_not_stay, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    proxy.next(PUT, Fault::Delay(Duration::from_millis(300)));
    let post = scene.approved(TEXT).await;
    let press = async {
        while proxy.count(PUT) == 0 {
            tokio::task::yield_now().await;
        }
        scene.settle(&post, &Settle::TakeDown).await
    };
    let ((), pressed) = tokio::join!(scene.turn(), press);
    assert_eq!(pressed.unwrap().state, DeliveryState::TakingDown);
    assert_eq!(scene.state(&post).await, DeliveryState::TakingDown);
    scene.later(IN_FLIGHT).await;
    assert_eq!(scene.state(&post).await, DeliveryState::Gone);
    assert!(scene.out().await.is_empty());

    // And when the program died while it was sending.
    for polls in [30, 40, 50] {
        let post = scene.approved(TEXT).await;
        dies_after(polls, &scene).await;
        scene.settle(&post, &Settle::TakeDown).await.unwrap();
        for _ in 0..3 {
            scene.clock.advance(IN_FLIGHT);
            scene.restart().await;
        }
        assert!(matches!(
            scene.state(&post).await,
            DeliveryState::Gone | DeliveryState::Cancelled
        ));
        assert!(scene.out().await.is_empty());
    }
    scene.at_rest().await;
});

on_both!(two_workers_at_once_send_each_post_once, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    let mut posts = Vec::new();
    for n in 1..=12 {
        let text = format!("Our flu clinics begin on Saturday, at desk {n}.");
        posts.push(scene.approved(&text).await);
    }
    let (one, two) = (
        scene.worker_named(NAME, None),
        scene.worker_named("server 2", None),
    );
    let (one, two) = tokio::join!(one.once(), two.once());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one + two, 12);
    for post in &posts {
        assert_eq!(scene.state(post).await, DeliveryState::Live);
    }
    let mut out = scene.out().await;
    out.sort_unstable();
    out.dedup();
    assert_eq!((out.len(), proxy.count(PUT)), (12, 12));
    scene.at_rest().await;
});

on_both!(a_worker_that_was_thought_dead_changes_nothing, |store| {
    let Some((scene, proxy)) = Scene::through_proxy(store).await else {
        return;
    };
    proxy.next(PUT, Fault::Delay(Duration::from_millis(300)));
    let post = scene.approved(TEXT).await;
    let slow = scene.worker_named(NAME, None);
    let other = async {
        while proxy.count(PUT) == 0 {
            tokio::task::yield_now().await;
        }
        // Its lease has run out: another takes over, looks, and waits.
        scene.clock.advance(660);
        scene.worker_named("server 2", None).once().await.unwrap();
    };
    let (slow, ()) = tokio::join!(slow.once(), other);
    slow.unwrap();
    scene.worker_named("server 2", None).once().await.unwrap();
    scene.clock.advance(IN_FLIGHT);
    scene.worker_named("server 2", None).once().await.unwrap();
    assert_eq!(scene.state(&post).await, DeliveryState::Live);
    assert_eq!(scene.out().await, [TEXT]);
    scene.at_rest().await;
});

on_both!(after_a_long_stop_old_posts_wait_for_a_word, |store| {
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let mut posts = Vec::new();
    for n in 1..=4 {
        let text = format!("Our flu clinics begin on Saturday, at desk {n}.");
        posts.push(scene.approved(&text).await);
    }
    scene.clock.advance(2 * 3_600);
    scene.restart().await;
    for post in &posts {
        assert_eq!(scene.state(post).await, DeliveryState::Late);
    }
    assert!(scene.out().await.is_empty());
    let names = [["Priya Nair"; 4], ["Sam Reed"; 4]].concat();
    scene.told("A post for Bluesky is late", &names).await;
    scene.settle(&posts[2], &Settle::SendNow).await.unwrap();
    scene.settle(&posts[3], &Settle::Leave).await.unwrap();
    scene.turn().await;
    assert_eq!(
        scene.out().await,
        ["Our flu clinics begin on Saturday, at desk 3."]
    );
    scene.at_rest().await;
});
