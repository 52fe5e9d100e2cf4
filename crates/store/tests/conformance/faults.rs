//! When the database is busy or the disk is full: a clear answer, and a store that goes on.

use bedside_core::event::Event;
use bedside_core::people::Role;
use bedside_core::standing::Override;
use bedside_store::{Error, JobKind};

use crate::support::{Raw, roles};

on_both!(who_waits_too_long_for_another_writer_is_told_so, |db| {
    let seed = db.practice().await;
    let (post, _) = db.draft(&seed, "One").await;
    let held = match &db.raw {
        Raw::Sqlite(pool) => {
            let tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let busy = db.store.write().await.map(|_| ());
            drop(tx);
            busy
        }
        Raw::Postgres(pool) => {
            let mut holder = pool.begin().await.unwrap();
            sqlx::query("SELECT id FROM posts FOR UPDATE")
                .execute(&mut *holder)
                .await
                .unwrap();
            let mut tx = db.write().await;
            let busy = tx.lock_post(seed.id, post.id).await.map(|_| ());
            drop(holder);
            busy
        }
    };
    assert!(matches!(held, Err(Error::Busy)), "{held:?}");
    let mut tx = db.write().await;
    tx.lock_post(seed.id, post.id).await.unwrap();
    tx.commit().await.unwrap();
});

on_both!(readers_are_not_held_up_by_a_writer, |db| {
    let seed = db.practice().await;
    let (post, _) = db.draft(&seed, "One").await;
    let mut writer = db.write().await;
    writer
        .delete_draft(seed.id, post.id, db.now())
        .await
        .unwrap();
    let mut reader = db.read().await;
    assert_eq!(reader.post(seed.id, post.id).await.unwrap(), post);
    writer.commit().await.unwrap();
    // A reading unit of work sees one moment from its first look on.
    assert_eq!(reader.post(seed.id, post.id).await.unwrap(), post);
    drop(reader);
    assert!(db.read().await.post(seed.id, post.id).await.is_err());
});

on_both!(a_unit_of_work_that_is_dropped_leaves_nothing, |db| {
    let seed = db.practice().await;
    let (post, revision) = db.new_post(&seed, "One");
    let mut tx = db.write().await;
    tx.create_post(&post, &revision).await.unwrap();
    tx.queue_job(seed.id, db.world.id(), JobKind::Deliver, "a", db.now())
        .await
        .unwrap();
    drop(tx);
    let entries = db.raw.count("audit_entries").await;
    let mut tx = db.write().await;
    assert!(tx.post(seed.id, post.id).await.is_err());
    assert!(tx.post_record(seed.id, post.id).await.unwrap().is_empty());
    drop(tx);
    assert_eq!(db.raw.count("jobs").await, 0);
    assert_eq!(db.raw.count("revisions").await, 0);
    // Nor does the file outside the database know of it.
    let report = db.store.verify_record(seed.id).await.unwrap();
    assert_eq!((report.sound, report.fault), (u64::from(entries), None));
});

on_both!(after_a_refusal_of_the_database_the_store_goes_on, |db| {
    let seed = db.practice().await;
    for _ in 0..20 {
        let (post, revision) = db.new_post(&seed, "One");
        let mut tx = db.write().await;
        tx.create_post(&post, &revision).await.unwrap();
        assert!(tx.create_post(&post, &revision).await.is_err());
    }
    db.draft(&seed, "Two").await;
    assert_eq!(db.raw.count("posts").await, 1);
});

on_both!(who_names_a_member_does_not_wait_for_who_changes_one, |db| {
    if !db.raw.is_postgres() {
        return; // One writer at a time: there is nobody to wait for.
    }
    let seed = db.practice().await;
    let (post, revision) = db.draft(&seed, "One").await;
    let mut first = db.write().await;
    let asked = Event::OpinionAsked {
        post: post.id,
        revision: revision.id,
    };
    first
        .record(seed.id, db.now(), Some(seed.author.member), &asked)
        .await
        .unwrap();
    // The second has the members and waits for the end of the record, which the first has; the first names a member.
    let second = async {
        let mut tx = db.store.write().await?;
        let both = roles(&[Role::Author, Role::Approver]);
        tx.set_roles(
            seed.id,
            seed.author.member,
            &both,
            &seed.responsible,
            db.now(),
        )
        .await?;
        tx.commit().await
    };
    let first = async {
        while db.raw.count("pg_locks WHERE NOT granted").await == 0 {
            tokio::task::yield_now().await;
        }
        let pass = Override {
            rule: "A".into(),
            words: "hash".into(),
            by: seed.author.member,
            reason: "It is ours".into(),
            at: db.now(),
        };
        first.keep_override(seed.id, revision.id, &pass).await?;
        first.commit().await
    };
    let (second, first) = tokio::join!(second, first);
    first.unwrap();
    second.unwrap();
});
