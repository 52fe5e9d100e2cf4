//! Sessions and the brake on wrong passwords.

use bedside_store::{Session, Tx};

use crate::support::{Db, Seed};

const HOUR: i64 = 60 * 60;

async fn signed_in(db: &Db, tx: &mut Tx, seed: &Seed, token: &str) -> Session {
    let member = tx
        .member(seed.id, seed.author.member)
        .await
        .unwrap()
        .unwrap();
    let session = Session {
        token: token.into(),
        csrf: "csrf".into(),
        practice: seed.id,
        member: member.id,
        person: member.person,
    };
    tx.begin_session(&session, db.now()).await.unwrap();
    session
}

on_both!(a_session_says_who_is_signed_in, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    let session = signed_in(db, &mut tx, &seed, "token").await;
    let signed = tx.signed("token", db.now()).await.unwrap().unwrap();
    assert_eq!(signed.actor, seed.author);
    assert_eq!((signed.person, &*signed.csrf), (session.person, "csrf"));
    assert!(tx.signed("other", db.now()).await.unwrap().is_none());
    tx.end_session("token").await.unwrap();
    assert!(tx.signed("token", db.now()).await.unwrap().is_none());
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("sessions").await, 0);
});

on_both!(a_session_ends_after_twelve_idle_hours, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    signed_in(db, &mut tx, &seed, "token").await;
    db.clock.advance(12 * HOUR - 1);
    assert!(tx.signed("token", db.now()).await.unwrap().is_some());
    tx.touch_session("token", db.now()).await.unwrap();
    db.clock.advance(12 * HOUR - 1);
    assert!(tx.signed("token", db.now()).await.unwrap().is_some());
    db.clock.advance(1);
    assert!(tx.signed("token", db.now()).await.unwrap().is_none());
    // Once ended, using it does not bring it back.
    tx.touch_session("token", db.now()).await.unwrap();
    assert!(tx.signed("token", db.now()).await.unwrap().is_none());
});

on_both!(a_session_ends_after_two_weeks_however_busy, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    signed_in(db, &mut tx, &seed, "token").await;
    for _ in 0..33 {
        db.clock.advance(10 * HOUR);
        assert!(tx.signed("token", db.now()).await.unwrap().is_some());
        tx.touch_session("token", db.now()).await.unwrap();
    }
    db.clock.advance(6 * HOUR);
    assert!(tx.signed("token", db.now()).await.unwrap().is_none());
    // The next sign-in clears it away.
    signed_in(db, &mut tx, &seed, "next").await;
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("sessions").await, 1);
});

on_both!(reading_pages_writes_once_a_minute, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    signed_in(db, &mut tx, &seed, "token").await;
    db.clock.advance(60);
    assert!(!tx.session_idle("token", db.now()).await.unwrap());
    db.clock.advance(1);
    assert!(tx.session_idle("token", db.now()).await.unwrap());
    tx.touch_session("token", db.now()).await.unwrap();
    assert!(!tx.session_idle("token", db.now()).await.unwrap());
    assert!(!tx.session_idle("none", db.now()).await.unwrap());
});

on_both!(signing_out_everywhere_ends_this_persons_sessions, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let session = signed_in(db, &mut tx, &seed, "phone").await;
    signed_in(db, &mut tx, &seed, "desk").await;
    signed_in(db, &mut tx, &other, "else").await;
    assert_eq!(tx.end_all_sessions(session.person).await.unwrap(), 2);
    assert!(tx.signed("phone", db.now()).await.unwrap().is_none());
    assert!(tx.signed("else", db.now()).await.unwrap().is_some());
});

on_both!(wrong_passwords_brake_from_the_fifth_on, |db| {
    let name = "pat@weirlane.example";
    let mut tx = db.write().await;
    let mut waits = Vec::new();
    for _ in 0..12 {
        tx.count_failure(name, db.now()).await.unwrap();
        let until = tx.braked_until(name, db.now()).await.unwrap();
        waits.push(until.map_or(0, |until| until.duration_since(db.now()).as_secs()));
    }
    assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    assert_eq!(
        tx.braked_until("bo@weirlane.example", db.now())
            .await
            .unwrap(),
        None
    );
    db.clock.advance(900);
    assert_eq!(tx.braked_until(name, db.now()).await.unwrap(), None);
    tx.count_failure(name, db.now()).await.unwrap();
    assert!(tx.braked_until(name, db.now()).await.unwrap().is_some());
    db.clock.advance(24 * HOUR);
    tx.count_failure(name, db.now()).await.unwrap();
    assert_eq!(tx.braked_until(name, db.now()).await.unwrap(), None);

    for _ in 0..5 {
        tx.count_failure(name, db.now()).await.unwrap();
    }
    tx.forget_failures(name).await.unwrap();
    assert_eq!(tx.braked_until(name, db.now()).await.unwrap(), None);
    tx.commit().await.unwrap();
    // Whose name it was is not to be read.
    assert_eq!(
        db.raw.count("throttle WHERE name LIKE '%weirlane%'").await,
        0
    );
});

on_both!(wrong_passwords_at_the_same_moment_all_count, |db| {
    let count = async || {
        let mut tx = db.store.write().await.unwrap();
        tx.count_failure("pat", db.now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    tokio::join!(count(), count(), count(), count(), count());
    assert_eq!(
        db.raw
            .texts("SELECT CAST(failures AS TEXT) FROM throttle")
            .await,
        ["5"]
    );
});
