//! What people do by hand stands in the same ledger.

use bedside_core::delivery::{DeliveryState, Settle};

use crate::support::{Scene, TEXT};

on_both!(a_post_by_hand_is_asked_for_confirmed_and_removed, |store| {
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let post = scene.approved_at(TEXT, scene.facebook, Vec::new()).await;
    scene.turn().await;
    let asked = scene.delivery(&post).await;
    assert_eq!((asked.state, asked.attempts), (DeliveryState::ByHand, 0));
    scene.told("Time to post on Facebook", &["Sam Reed"]).await;
    assert!(
        scene.mails().await[0]
            .body
            .contains(&format!("/by-hand/{}", asked.id))
    );
    // However late: people decide.
    scene.later(3 * 3_600).await;
    assert_eq!(scene.state(&post).await, DeliveryState::ByHand);
    let link = "https://www.facebook.com/weirlane.example/posts/1".to_owned();
    let live = scene
        .settle(&post, &Settle::ItIsThere { link })
        .await
        .unwrap();
    assert_eq!(live.state, DeliveryState::Live);
    let removing = scene.settle(&post, &Settle::TakeDown).await.unwrap();
    assert_eq!(removing.state, DeliveryState::TakeDownByHand);
    scene.turn().await;
    scene.settle(&post, &Settle::ItIsGone).await.unwrap();
    assert_eq!(scene.state(&post).await, DeliveryState::Gone);
    assert_eq!(scene.mails().await.len(), 1);
    scene.at_rest().await;
});
