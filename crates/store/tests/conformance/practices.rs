//! Practices, their settings, and the installation's own values.

use bedside_core::PracticeId;
use bedside_core::practice::Settings;

use crate::support::{settings, told};

on_both!(values_of_the_installation_are_set_and_removed, |db| {
    let mut tx = db.write().await;
    assert_eq!(tx.installation("first_run").await.unwrap(), None);
    tx.set_installation("first_run", Some("one")).await.unwrap();
    tx.set_installation("first_run", Some("two")).await.unwrap();
    assert_eq!(
        tx.installation("first_run").await.unwrap().as_deref(),
        Some("two")
    );
    tx.set_installation("first_run", None).await.unwrap();
    assert_eq!(tx.installation("first_run").await.unwrap(), None);
});

on_both!(settings_come_back_as_they_were_set, |db| {
    let mut wanted = settings("Weir Lane Surgery");
    wanted.profile.clinicians = vec![bedside_core::screen::Clinician {
        name: "Dr Example".into(),
        ..Default::default()
    }];
    wanted.late_limit_minutes = 90;
    let (here, there) = (db.practice_with(&wanted).await, db.practice().await);
    let mut tx = db.read().await;
    assert_eq!(tx.practice(here.id).await.unwrap().settings, wanted);
    let mut all: Vec<PracticeId> = tx
        .practices()
        .await
        .unwrap()
        .iter()
        .map(|practice| practice.id)
        .collect();
    all.sort();
    let mut ids = vec![here.id, there.id];
    ids.sort();
    assert_eq!(all, ids);
    told(tx.practice(db.world.id()).await, "not_found");
    let mut tx = db.write().await;
    told(
        tx.create_practice(db.world.id(), &Settings::default(), db.now())
            .await,
        "practice_name",
    );
});

on_both!(a_change_of_settings_is_recorded_by_its_fields, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut new = settings("Weir Lane Surgery");
    new.needs_second_opinion = false;
    new.late_limit_minutes = 30;
    new.profile.town = "Weir".into();
    let mut tx = db.write().await;
    let pat = seed.responsible.member;
    tx.change_settings(seed.id, &new, pat, db.now())
        .await
        .unwrap();
    let last = tx.record_lines(seed.id, 0, 1).await.unwrap().remove(0);
    assert_eq!(last.entry.actor, Some(pat));
    assert_eq!(
        last.entry.read().unwrap().words(),
        "changed the practice's settings: late limit minutes, needs second opinion, profile"
    );
    assert!(!last.entry.event.contains("Weir"), "{}", last.entry.event);
    assert_eq!(tx.practice(seed.id).await.unwrap().settings, new);
    assert_eq!(
        tx.practice(other.id).await.unwrap().settings,
        settings("Weir Lane Surgery")
    );

    // Nothing changed: nothing recorded. Nothing usable: nothing changed.
    tx.change_settings(seed.id, &new, pat, db.now())
        .await
        .unwrap();
    assert_eq!(
        tx.record_lines(seed.id, 0, 1).await.unwrap()[0].entry.seq,
        last.entry.seq
    );
    let bad = Settings {
        late_limit_minutes: 1,
        ..new.clone()
    };
    told(
        tx.change_settings(seed.id, &bad, pat, db.now()).await,
        "late_limit",
    );
    told(
        tx.change_settings(db.world.id(), &new, pat, db.now()).await,
        "not_found",
    );
});
