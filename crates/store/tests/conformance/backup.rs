//! A copy while the store is in use.

use bedside_core::world::testing::still_world;
use bedside_store::{Store, Vault};

use crate::support::{KEY, START, told};

on_both!(a_copy_holds_what_was_committed, |db| {
    let seed = db.practice().await;
    let post = db.scheduled(&seed, "Flu jabs on Saturday").await;
    let copy = db.home.dir.path().join("copy.sqlite");
    if db.raw.is_postgres() {
        told(db.store.backup_to(&copy).await, "backup_elsewhere");
        return;
    }
    // One that was cut off is in nobody's way.
    let part = db.home.dir.path().join("copy.sqlite.part");
    std::fs::write(&part, "half").unwrap();
    let mut writing = db.write().await;
    let (late, revision) = db.new_post(&seed, "Later");
    writing.create_post(&late, &revision).await.unwrap();
    db.store.backup_to(&copy).await.unwrap();
    writing.commit().await.unwrap();
    assert!(!part.exists());
    told(db.store.backup_to(&copy).await, "backup_there");
    let nowhere = db.home.dir.path().join("none").join("copy.sqlite");
    assert!(db.store.backup_to(&nowhere).await.is_err());

    let vault = Vault::new(&KEY, still_world(START).0);
    let anchors = db.home.dir.path().join("other.jsonl");
    let store = Store::open_sqlite(copy, anchors, vault).await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), post);
    assert!(tx.post(seed.id, late.id).await.is_err());
    assert_eq!(store.verify_record(seed.id).await.unwrap().fault, None);
});
