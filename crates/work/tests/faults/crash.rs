//! The program dies at every point at which it waits for anything; afterwards each post is out exactly once, and each
//! that was to be taken down is gone.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bedside_core::delivery::{DeliveryState, Settle};
use bedside_core::post::Post;

use crate::support::{IN_FLIGHT, Scene};

/// Work that is dropped where it stands after so many polls, as a process that is killed drops it: what waits for the
/// database or the network never hears the answer.
struct Dies<F> {
    work: Option<Pin<Box<F>>>,
    polls: usize,
}

impl<F: Future> Future for Dies<F> {
    /// What the work gave, if it came to its end.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            self.work = None;
            return Poll::Ready(None);
        }
        self.polls -= 1;
        match &mut self.work {
            Some(work) => work.as_mut().poll(cx).map(Some),
            None => Poll::Ready(None),
        }
    }
}

/// Whether it came to its end.
pub async fn dies_after(polls: usize, scene: &Scene) -> bool {
    let worker = scene.fresh_worker();
    let work = async {
        worker.recover().await?;
        worker.once().await
    };
    let dies = Dies {
        work: Some(Box::pin(work)),
        polls,
    };
    match dies.await {
        Some(result) => {
            result.unwrap();
            true
        }
        None => false,
    }
}

/// Starts the program again until the delivery stands where it should.
async fn until(scene: &Scene, post: &Post, state: DeliveryState, point: usize) {
    for _ in 0..6 {
        if scene.state(post).await == state {
            return;
        }
        scene.clock.advance(IN_FLIGHT);
        scene.restart().await;
    }
    panic!("killed at point {point}: {:?}", scene.delivery(post).await);
}

on_both!(killed_at_every_await, |store| {
    let database = store.database();
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let (mut sending, mut taking_down) = (0, 0);
    for point in 1.. {
        let text = format!("Our flu clinics begin on Saturday, at desk {point}.");
        let post = scene.approved(&text).await;
        let sent = dies_after(point, &scene).await;
        sending += usize::from(!sent);
        until(&scene, &post, DeliveryState::Live, point).await;
        assert_eq!(scene.out().await, [text], "killed at point {point}");

        scene.settle(&post, &Settle::TakeDown).await.unwrap();
        let gone = dies_after(point, &scene).await;
        taking_down += usize::from(!gone);
        until(&scene, &post, DeliveryState::Gone, point).await;
        assert!(scene.out().await.is_empty(), "killed at point {point}");
        if sent && gone {
            break;
        }
    }
    scene.at_rest().await;
    println!(
        "{database}: killed at {sending} points of sending and {taking_down} of taking down; nothing lost, nothing doubled"
    );
    // The fewest there can be: each transaction begins, reads and ends, each request goes out and is answered.
    assert!(sending >= 20 && taking_down >= 15);
});

on_both!(killed_at_every_await_with_picture_and_mention, |store| {
    let database = store.database();
    let Some(scene) = Scene::direct(store).await else {
        return;
    };
    let mut points = 0;
    // The server lists a hundred posts at most.
    for point in 1..100 {
        let text = format!(
            "Our flu clinics begin on Saturday, at desk {point}, says @{}.",
            scene.owner.account.handle
        );
        let picture = scene.picture("A poster with the opening times").await;
        let post = scene.approved_at(&text, scene.channel, vec![picture]).await;
        let done = dies_after(point, &scene).await;
        points += usize::from(!done);
        until(&scene, &post, DeliveryState::Live, point).await;
        let out = scene.out().await;
        assert_eq!(out.len(), point, "killed at point {point}");
        assert_eq!(out.iter().filter(|known| **known == text).count(), 1);
        if done {
            break;
        }
    }
    scene.at_rest().await;
    println!(
        "{database}: killed at {points} points of sending with a picture; nothing lost, nothing doubled"
    );
    assert!(points >= 25);
});
