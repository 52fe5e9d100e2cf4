//! The delivery ledger.

use bedside_core::content::Seal;
use bedside_core::delivery::{Authorisation, Delivery, DeliveryState};
use bedside_core::network::Frozen;
use bedside_core::post::Post;
use bedside_core::practice::Settings;
use bedside_core::{DeliveryId, OpinionId};
use bedside_store::{Attempt, Error};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Db, Seed, settings, stopped};

/// The one delivery of a post in the calendar.
pub async fn delivery(db: &Db, seed: &Seed) -> Delivery {
    let post = db.scheduled(seed, "Flu jabs on Saturday").await;
    let mut tx = db.read().await;
    tx.deliveries(seed.id, post.id).await.unwrap().remove(0)
}

on_both!(a_delivery_comes_back_as_it_was_written, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let queued = delivery(db, &seed).await;
    assert_eq!(queued.state, DeliveryState::Queued);
    let mut sent = Delivery {
        state: DeliveryState::Sending,
        due: db.now() + SignedDuration::from_secs(5),
        frozen: Some(Frozen {
            key: "3kk".into(),
            body: "{\"text\":\"Flu jabs\"}".into(),
        }),
        attempts: 1,
        late_allowed: true,
        trouble: "Slow".into(),
        ..queued.clone()
    };
    let mut tx = db.write().await;
    tx.save_delivery(&sent).await.unwrap();
    assert_eq!(
        tx.delivery(seed.id, sent.id).await.unwrap().as_ref(),
        Some(&sent)
    );
    sent.state = DeliveryState::Live;
    sent.link = "https://example.org/1".into();
    sent.settled_at = Some(db.now());
    tx.save_delivery(&sent).await.unwrap();
    assert_eq!(
        tx.lock_delivery(seed.id, sent.id).await.unwrap().as_ref(),
        Some(&sent)
    );
    assert_eq!(
        tx.deliveries(seed.id, sent.post).await.unwrap(),
        [sent.clone()]
    );

    assert_eq!(tx.delivery(other.id, sent.id).await.unwrap(), None);
    assert_eq!(tx.lock_delivery(other.id, sent.id).await.unwrap(), None);
    assert!(tx.deliveries(other.id, sent.post).await.unwrap().is_empty());
    let foreign = Delivery {
        practice: other.id,
        ..sent.clone()
    };
    assert!(matches!(
        tx.save_delivery(&foreign).await,
        Err(Error::Stale)
    ));
    assert!(tx.authorisation(other.id, sent.id).await.unwrap().is_none());
    tx.void_authorisation(other.id, sent.id, db.now())
        .await
        .unwrap();
    let live = tx.authorisation(seed.id, sent.id).await.unwrap().unwrap();
    assert!(!live.voided);
    assert_eq!((live.revision, &live.seal), (sent.revision, &sent.seal));
    assert!(live.opinion.is_some());
    tx.void_authorisation(seed.id, sent.id, db.now())
        .await
        .unwrap();
    tx.void_authorisation(seed.id, sent.id, db.now() + SignedDuration::from_secs(1))
        .await
        .unwrap();
    let voided = Authorisation {
        voided: true,
        ..live
    };
    assert_eq!(
        tx.authorisation(seed.id, sent.id).await.unwrap(),
        Some(voided)
    );
});

on_both!(any_key_seed_survives, |db| {
    let seed = db
        .practice_with(&Settings {
            needs_second_opinion: false,
            ..settings("Weir Lane Surgery")
        })
        .await;
    for key_seed in [0, 1, u64::MAX, 1 << 63] {
        let new = Delivery {
            key_seed,
            ..unwritten(db, &seed).await
        };
        let mut tx = db.write().await;
        tx.let_out(&new, &authorisation(&new, None), db.now())
            .await
            .unwrap();
        assert_eq!(tx.delivery(seed.id, new.id).await.unwrap(), Some(new));
    }
});

/// A delivery of a draft, as nobody would make it outside a test.
async fn unwritten(db: &Db, seed: &Seed) -> Delivery {
    let (post, revision) = db.draft(seed, "One").await;
    of(db, seed, &post, revision.content.seal_for(seed.channel))
}

fn of(db: &Db, seed: &Seed, post: &Post, seal: Seal) -> Delivery {
    Delivery {
        id: db.world.id(),
        practice: seed.id,
        post: post.id,
        revision: post.revision,
        channel: seed.channel,
        seal,
        state: DeliveryState::Queued,
        due: db.now(),
        key_seed: 7,
        frozen: None,
        attempts: 0,
        late_allowed: false,
        link: String::new(),
        trouble: String::new(),
        settled_at: None,
    }
}

fn authorisation(delivery: &Delivery, opinion: Option<OpinionId>) -> Authorisation {
    Authorisation {
        delivery: delivery.id,
        revision: delivery.revision,
        seal: delivery.seal.clone(),
        opinion,
        accepted: Vec::new(),
        voided: false,
    }
}

on_both!(
    without_the_opinion_that_is_needed_nothing_is_let_out,
    |db| {
        let seed = db.practice().await;
        let new = unwritten(db, &seed).await;
        let mut tx = db.write().await;
        let told = stopped(tx.let_out(&new, &authorisation(&new, None), db.now()).await);
        assert!(told.contains("asks for a second opinion"), "{told}");
        drop(tx);
        // An opinion that does not exist, or is about another text, helps nothing.
        let strange = authorisation(&new, Some(db.world.id()));
        let mut tx = db.write().await;
        stopped(tx.let_out(&new, &strange, db.now()).await);
        drop(tx);
        let elsewhere = delivery(db, &seed).await;
        let mut tx = db.write().await;
        let opinion = tx.opinions(seed.id, elsewhere.post).await.unwrap()[0].id;
        stopped(
            tx.let_out(&new, &authorisation(&new, Some(opinion)), db.now())
                .await,
        );
    }
);

on_both!(a_wish_for_changes_lets_nothing_out, |db| {
    let seed = db.practice().await;
    let post = db.asked(&seed, "One").await;
    let mut tx = db.write().await;
    let opinion = db.opinion(
        &post,
        seed.approver.member,
        bedside_core::opinion::Answer::AskForChanges,
    );
    tx.keep_opinion(&post, &opinion).await.unwrap();
    let new = of(db, &seed, &post, Seal::from_stored("seal".into()));
    stopped(
        tx.let_out(&new, &authorisation(&new, Some(opinion.id)), db.now())
            .await,
    );
});

on_both!(one_text_goes_to_one_channel_once, |db| {
    let seed = db.practice().await;
    let first = delivery(db, &seed).await;
    let mut tx = db.write().await;
    let authorised = tx.authorisation(seed.id, first.id).await.unwrap().unwrap();
    let twin = Delivery {
        id: db.world.id(),
        ..first
    };
    stopped(
        tx.let_out(&twin, &authorisation(&twin, authorised.opinion), db.now())
            .await,
    );
});

on_both!(a_delivery_begins_in_the_queue, |db| {
    let seed = db
        .practice_with(&Settings {
            needs_second_opinion: false,
            ..settings("Weir Lane Surgery")
        })
        .await;
    for state in DeliveryState::ALL {
        let new = Delivery {
            state,
            ..unwritten(db, &seed).await
        };
        let mut tx = db.write().await;
        let made = tx.let_out(&new, &authorisation(&new, None), db.now()).await;
        assert_eq!(made.is_ok(), state == DeliveryState::Queued, "{state:?}");
    }
});

/// Tries to write the delivery in this state.
async fn moved(db: &Db, delivery: &Delivery, state: DeliveryState) -> Result<(), Error> {
    let mut tx = db.write().await;
    tx.save_delivery(&Delivery {
        state,
        ..delivery.clone()
    })
    .await?;
    tx.commit().await
}

on_both!(nothing_is_sent_without_a_live_authorisation, |db| {
    let seed = db.practice().await;
    let queued = delivery(db, &seed).await;
    let mut tx = db.write().await;
    tx.void_authorisation(seed.id, queued.id, db.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for state in [DeliveryState::Sending, DeliveryState::ByHand] {
        let told = stopped(moved(db, &queued, state).await);
        assert!(told.contains("needs a live authorisation"), "{told}");
        // Nor by way of another state.
        for between in [DeliveryState::Held, DeliveryState::Late] {
            moved(db, &queued, between).await.unwrap();
            stopped(moved(db, &queued, state).await);
            moved(db, &queued, DeliveryState::Queued).await.unwrap();
            stopped(moved(db, &queued, state).await);
        }
    }
    // It is never live either, and a voided authorisation stays voided.
    stopped(moved(db, &queued, DeliveryState::Live).await);
    db.raw
        .refused("UPDATE authorisations SET voided_at = NULL", "stays voided")
        .await;
});

on_both!(nothing_is_sent_once_the_post_has_another_text, |db| {
    let seed = db.practice().await;
    let queued = delivery(db, &seed).await;
    db.raw
        .run(format!(
            "UPDATE posts SET revision = 'other' WHERE id = '{}'",
            queued.post
        ))
        .await
        .unwrap();
    let told = stopped(moved(db, &queued, DeliveryState::Sending).await);
    assert!(told.contains("needs a live authorisation"), "{told}");
});

on_both!(
    nothing_is_sent_once_the_practice_asks_for_an_opinion,
    |db| {
        let mut lenient = settings("Weir Lane Surgery");
        lenient.needs_second_opinion = false;
        let seed = db.practice_with(&lenient).await;
        let (post, _) = db.draft(&seed, "One").await;
        let mut tx = db.write().await;
        assert!(db.ask(&mut tx, &seed, post.id).await.lets_out);
        let queued = tx.deliveries(seed.id, post.id).await.unwrap().remove(0);
        let strict = settings("Weir Lane Surgery");
        tx.change_settings(seed.id, &strict, seed.responsible.member, db.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        stopped(moved(db, &queued, DeliveryState::Sending).await);
        let mut tx = db.write().await;
        tx.change_settings(seed.id, &lenient, seed.responsible.member, db.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        moved(db, &queued, DeliveryState::Sending).await.unwrap();
    }
);

on_both!(states_follow_each_other_only_as_they_can, |db| {
    use DeliveryState as D;
    let seed = db.practice().await;
    let ways = [
        (
            vec![D::Sending, D::Sending, D::Live, D::TakingDown, D::Gone],
            true,
        ),
        (vec![D::ByHand, D::Live, D::TakeDownByHand, D::Gone], true),
        (
            vec![D::Sending, D::Queued, D::Sending, D::Unknown, D::Live],
            true,
        ),
        (vec![D::Sending, D::Unknown, D::Queued, D::Sending], true),
        (
            vec![D::Late, D::Queued, D::Sending, D::NotSent, D::Queued],
            true,
        ),
        (vec![D::Held, D::Cancelled, D::Cancelled], true),
        (vec![D::Sending, D::Live, D::Sending], false),
        (vec![D::Held, D::Sending], false),
        (vec![D::Late, D::ByHand], false),
        // A person sees with their own eyes what the program did not know of.
        (vec![D::Cancelled, D::Live], true),
        (vec![D::Sending, D::NotSent, D::Live], true),
        (vec![D::Live], false),
        (vec![D::Sending, D::Live, D::TakingDown, D::Live], false),
        (vec![D::Cancelled, D::Queued], false),
        (vec![D::Cancelled, D::Sending], false),
    ];
    for (way, possible) in ways {
        let queued = delivery(db, &seed).await;
        let (last, before) = way.split_last().unwrap();
        for state in before {
            moved(db, &queued, *state).await.unwrap();
        }
        let result = moved(db, &queued, *last).await;
        assert_eq!(result.is_ok(), possible, "{way:?}");
    }
});

on_both!(what_was_frozen_stays_frozen, |db| {
    let seed = db.practice().await;
    let queued = delivery(db, &seed).await;
    let frozen = |body: &str| Delivery {
        frozen: Some(Frozen {
            key: "3kk".into(),
            body: body.into(),
        }),
        ..queued.clone()
    };
    let mut tx = db.write().await;
    tx.save_delivery(&frozen("Flu")).await.unwrap();
    tx.save_delivery(&frozen("Flu")).await.unwrap();
    tx.commit().await.unwrap();
    for other in [frozen("Other"), queued.clone()] {
        let mut tx = db.write().await;
        stopped(tx.save_delivery(&other).await);
    }
});

on_both!(tries_are_written_before_and_after, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut now = delivery(db, &seed).await;
    let mut tx = db.write().await;
    now.attempts = 1;
    let started_at = db.now();
    tx.begin_attempt(&now, started_at).await.unwrap();
    db.clock.advance(1);
    tx.begin_attempt(&now, db.now()).await.unwrap();
    tx.end_attempt(&now, "accepted", db.now()).await.unwrap();
    let heard_at = Some(db.now());
    now.attempts = 2;
    tx.begin_attempt(&now, db.now()).await.unwrap();
    let foreign = Delivery {
        practice: other.id,
        ..now.clone()
    };
    tx.end_attempt(&foreign, "refused", db.now()).await.unwrap();
    let wanted = [
        Attempt {
            number: 1,
            started_at,
            heard_at,
            outcome: "accepted".into(),
        },
        Attempt {
            number: 2,
            started_at: db.now(),
            heard_at: None,
            outcome: "sending".into(),
        },
    ];
    assert_eq!(tx.attempts(seed.id, now.id).await.unwrap(), wanted);
    assert!(tx.attempts(other.id, now.id).await.unwrap().is_empty());
    stopped(tx.begin_attempt(&foreign, db.now()).await);
});

on_both!(the_calendar_lists_by_time_and_state, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let first = delivery(db, &seed).await;
    db.clock.advance(60);
    let second = delivery(db, &seed).await;
    delivery(db, &other).await;
    moved(db, &second, DeliveryState::Held).await.unwrap();
    let mut tx = db.read().await;
    let ids = async |tx: &mut bedside_store::Tx, from, until, states: &[DeliveryState]| {
        tx.delivery_lines(seed.id, from, until, states)
            .await
            .unwrap()
            .into_iter()
            .map(|line| line.delivery.id)
            .collect::<Vec<DeliveryId>>()
    };
    let (long_ago, far) = (Timestamp::MIN, Timestamp::MAX);
    let (one, two) = (first.id, second.id);
    assert_eq!(ids(&mut tx, long_ago, far, &[]).await, [one, two]);
    assert_eq!(ids(&mut tx, first.due, second.due, &[]).await, [one]);
    assert_eq!(ids(&mut tx, second.due, far, &[]).await, [two]);
    let held = [DeliveryState::Held, DeliveryState::Late];
    assert_eq!(ids(&mut tx, long_ago, far, &held).await, [two]);
    let line = tx
        .delivery_lines(seed.id, long_ago, far, &held)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (&*line.title, &*line.channel_name, line.platform),
        (
            "Flu jabs on Saturday",
            "Newsletter",
            bedside_core::channel::Platform::Other
        )
    );
});

on_both!(an_authorisation_of_other_bytes_opens_no_gate, |db| {
    let seed = db
        .practice_with(&Settings {
            needs_second_opinion: false,
            ..settings("Weir Lane Surgery")
        })
        .await;
    let new = unwritten(db, &seed).await;
    let other = Authorisation {
        seal: Seal::from_stored("other".into()),
        ..authorisation(&new, None)
    };
    let mut tx = db.write().await;
    tx.let_out(&new, &other, db.now()).await.unwrap();
    tx.commit().await.unwrap();
    stopped(moved(db, &new, DeliveryState::Sending).await);
});
