//! Posts, revisions, checks, opinions and what was let pass.

use bedside_core::content::Revision;
use bedside_core::opinion::Answer;
use bedside_core::post::{Post, PostState};
use bedside_core::screen::Finding;
use bedside_core::standing::Override;
use bedside_store::{CheckMoment, Error};

use crate::support::{stopped, told};

on_both!(a_post_comes_back_as_it_was_written, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (post, first) = db.draft(&seed, "Flu jabs on Saturday").await;
    let mut tx = db.write().await;
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), post);
    assert_eq!(tx.lock_post(seed.id, post.id).await.unwrap(), post);
    assert_eq!(tx.revision(seed.id, first.id).await.unwrap(), first);
    let second = Revision {
        id: db.world.id(),
        number: 2,
        content: db.content(&seed, "Flu jabs on Sunday"),
        ..first.clone()
    };
    tx.add_revision(seed.id, &second).await.unwrap();
    assert_eq!(
        tx.revisions(seed.id, post.id).await.unwrap(),
        [first.clone(), second.clone()]
    );

    told(tx.post(other.id, post.id).await, "not_found");
    told(tx.lock_post(other.id, post.id).await, "not_found");
    told(tx.revision(other.id, first.id).await, "not_found");
    assert!(tx.revisions(other.id, post.id).await.unwrap().is_empty());
    let foreign = Post {
        practice: other.id,
        state: PostState::Published,
        ..post.clone()
    };
    assert!(matches!(
        tx.save_post(&foreign, post.revision).await,
        Err(Error::Stale)
    ));
    tx.refresh_post(other.id, post.id, db.now()).await.unwrap();
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), post);

    // A number is taken once, and a revision of one practice never hangs on a post of another.
    let third = Revision {
        id: db.world.id(),
        ..second.clone()
    };
    drop(tx);
    let mut tx = db.write().await;
    tx.add_revision(seed.id, &second).await.unwrap();
    stopped(tx.add_revision(seed.id, &third).await);
    drop(tx);
    let mut tx = db.write().await;
    let stray = Revision {
        author: other.author.member,
        ..third
    };
    stopped(tx.add_revision(other.id, &stray).await);
});

on_both!(posts_are_listed_by_state_author_and_last_change, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (one, _) = db.draft(&seed, "One").await;
    db.clock.advance(1);
    let two = db.asked(&seed, "Two").await;
    db.clock.advance(1);
    let three = db.scheduled(&seed, "Three").await;
    db.draft(&other, "Elsewhere").await;
    let mut tx = db.read().await;
    let list = async |tx: &mut bedside_store::Tx, states: &[PostState], author, limit| {
        tx.posts(seed.id, states, author, limit)
            .await
            .unwrap()
            .into_iter()
            .map(|line| line.content.text)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&mut tx, &[], None, 9).await, ["Three", "Two", "One"]);
    assert_eq!(list(&mut tx, &[], None, 2).await, ["Three", "Two"]);
    let open = [PostState::Draft, PostState::InReview];
    assert_eq!(list(&mut tx, &open, None, 9).await, ["Two", "One"]);
    assert_eq!(
        list(&mut tx, &[PostState::Scheduled], None, 9).await,
        ["Three"]
    );
    let (author, approver) = (seed.author.member, seed.approver.member);
    assert_eq!(list(&mut tx, &[], Some(author), 9).await.len(), 3);
    assert!(list(&mut tx, &[], Some(approver), 9).await.is_empty());
    let lines = tx.posts(seed.id, &[], None, 9).await.unwrap();
    assert_eq!(
        lines
            .iter()
            .map(|line| line.post.clone())
            .collect::<Vec<_>>(),
        [three, two, one]
    );
    assert_eq!(lines[0].author_name, "Al Example");
});

on_both!(a_post_that_moved_on_is_not_overwritten, |db| {
    let seed = db.practice().await;
    let (post, first) = db.draft(&seed, "One").await;
    let mut tx = db.write().await;
    let second = Revision {
        id: db.world.id(),
        number: 2,
        ..first
    };
    tx.add_revision(seed.id, &second).await.unwrap();
    let new = Post {
        revision: second.id,
        changed_at: db.now(),
        ..post.clone()
    };
    tx.save_post(&new, post.revision).await.unwrap();
    assert!(matches!(
        tx.save_post(&post, post.revision).await,
        Err(Error::Stale)
    ));
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), new);
});

/// From JSON, as a row of an earlier version would hold it: fields that came later have their defaults.
fn finding(rule: &str) -> Finding {
    serde_json::from_value(serde_json::json!({
        "rule": rule, "severity": "warn", "label": null, "start": 0, "end": 3, "text": "One",
        "message": "A number", "why": "Numbers can tell", "suggestions": ["Two"],
        "source": {"title": "Guide", "by": "A body", "at": "", "read": "2026-03-01"},
    }))
    .unwrap()
}

on_both!(what_was_found_and_let_pass_is_kept, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (_, first) = db.draft(&seed, "One").await;
    let mut tx = db.write().await;
    assert_eq!(tx.last_check(seed.id, first.id).await.unwrap(), None);
    let keep = async |tx: &mut bedside_store::Tx, moment, rule| {
        tx.keep_check(
            seed.id,
            first.id,
            moment,
            "pack",
            &[finding(rule)],
            db.now(),
        )
        .await
        .unwrap();
        tx.last_check(seed.id, first.id).await.unwrap().unwrap()
    };
    assert_eq!(keep(&mut tx, CheckMoment::Asked, "A").await, [finding("A")]);
    assert_eq!(
        keep(&mut tx, CheckMoment::Approved, "B").await,
        [finding("B")]
    );
    assert_eq!(
        keep(&mut tx, CheckMoment::Asked, "C").await,
        [finding("B")],
        "in the same moment the later step counts"
    );
    db.clock.advance(1);
    assert_eq!(keep(&mut tx, CheckMoment::Asked, "D").await, [finding("D")]);
    assert_eq!(
        keep(&mut tx, CheckMoment::Sending, "E").await,
        [finding("E")]
    );
    assert_eq!(tx.last_check(other.id, first.id).await.unwrap(), None);

    let pass = Override {
        rule: "A".into(),
        words: "hash".into(),
        by: seed.responsible.member,
        reason: "It is ours".into(),
        at: db.now(),
    };
    tx.keep_override(seed.id, first.id, &pass).await.unwrap();
    let again = Override {
        reason: "Other".into(),
        ..pass.clone()
    };
    tx.keep_override(seed.id, first.id, &again).await.unwrap();
    assert_eq!(
        tx.overrides(seed.id, first.id).await.unwrap(),
        std::slice::from_ref(&pass)
    );
    assert!(tx.overrides(other.id, first.id).await.unwrap().is_empty());
    tx.commit().await.unwrap();

    let mut tx = db.write().await;
    stopped(tx.keep_override(other.id, first.id, &pass).await);
    drop(tx);
    let mut tx = db.write().await;
    stopped(
        tx.keep_check(
            other.id,
            first.id,
            CheckMoment::Asked,
            "pack",
            &[],
            db.now(),
        )
        .await,
    );
});

on_both!(opinions_are_listed_for_their_post, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let post = db.asked(&seed, "One").await;
    let mut tx = db.write().await;
    let opinion = db.opinion(&post, seed.approver.member, Answer::AskForChanges);
    tx.keep_opinion(&post, &opinion).await.unwrap();
    assert_eq!(tx.opinions(seed.id, post.id).await.unwrap(), [opinion]);
    assert!(tx.opinions(other.id, post.id).await.unwrap().is_empty());
});

on_both!(a_deleted_draft_takes_its_texts_along, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (post, first) = db.draft(&seed, "One").await;
    let mut tx = db.write().await;
    tx.keep_check(
        seed.id,
        first.id,
        CheckMoment::Asked,
        "pack",
        &[finding("A")],
        db.now(),
    )
    .await
    .unwrap();
    assert!(matches!(
        tx.delete_draft(other.id, post.id, db.now()).await,
        Err(Error::Stale)
    ));
    tx.post(seed.id, post.id).await.unwrap();
    tx.delete_draft(seed.id, post.id, db.now()).await.unwrap();
    told(tx.post(seed.id, post.id).await, "not_found");
    told(tx.lock_post(seed.id, post.id).await, "not_found");
    assert!(tx.posts(seed.id, &[], None, 9).await.unwrap().is_empty());
    assert!(matches!(
        tx.save_post(&post, post.revision).await,
        Err(Error::Stale)
    ));
    assert!(matches!(
        tx.delete_draft(seed.id, post.id, db.now()).await,
        Err(Error::Stale)
    ));
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("revisions").await, 0);
    assert_eq!(db.raw.count("checks").await, 0);
    // What happened stays in the record.
    let mut tx = db.read().await;
    assert_eq!(tx.post_record(seed.id, post.id).await.unwrap().len(), 1);
});

on_both!(
    a_deleted_draft_keeps_what_someone_gave_an_opinion_on,
    |db| {
        let seed = db.practice().await;
        let post = db.asked(&seed, "One").await;
        let mut tx = db.write().await;
        let opinion = db.opinion(&post, seed.approver.member, Answer::AskForChanges);
        tx.keep_opinion(&post, &opinion).await.unwrap();
        tx.delete_draft(seed.id, post.id, db.now()).await.unwrap();
        assert_eq!(tx.revisions(seed.id, post.id).await.unwrap().len(), 1);
    }
);

on_both!(what_is_let_out_is_no_draft_to_delete, |db| {
    let seed = db.practice().await;
    let post = db.scheduled(&seed, "One").await;
    let mut tx = db.write().await;
    assert!(matches!(
        tx.delete_draft(seed.id, post.id, db.now()).await,
        Err(Error::Stale)
    ));
});
