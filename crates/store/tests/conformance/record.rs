//! The record: what it holds, and that tampering shows.

use bedside_core::audit::{Entry, Fault};
use bedside_core::event::Event;
use bedside_store::{Error, Report};

use crate::support::{Db, KEY, Seed, stopped};

fn exported(what: &str) -> Event {
    Event::Exported {
        what: what.to_owned(),
    }
}

/// A practice with a record of ten entries, and its chain.
async fn ten(db: &Db) -> Seed {
    let seed = db.practice().await;
    let already = db.raw.count("audit_entries").await;
    for n in already..10 {
        let mut tx = db.write().await;
        tx.record(
            seed.id,
            db.now(),
            Some(seed.responsible.member),
            &exported(&n.to_string()),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
    seed
}

async fn verify(db: &Db, seed: &Seed) -> Report {
    db.store.verify_record(seed.id).await.unwrap()
}

async fn finds(db: &Db, seed: &Seed, sound: u64, fault: Fault) {
    let wanted = Report {
        sound,
        fault: Some(fault),
    };
    assert_eq!(verify(db, seed).await, wanted);
}

/// As someone with the database in their hands would.
async fn tamper(db: &Db, sql: &str) {
    let disarm = if db.raw.is_postgres() {
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL"
    } else {
        "DROP TRIGGER audit_entries_once; DROP TRIGGER audit_entries_no_update; DROP TRIGGER audit_entries_no_delete"
    };
    db.raw.run(disarm).await.unwrap();
    db.raw.run(sql).await.unwrap();
}

async fn chain(db: &Db, seed: &Seed) -> Vec<Entry> {
    let mut tx = db.read().await;
    let mut lines = tx.record_lines(seed.id, 0, 1_000).await.unwrap();
    lines.reverse();
    lines.into_iter().map(|line| line.entry).collect()
}

on_both!(a_record_is_read_page_by_page_and_verifies, |db| {
    let (seed, other) = (ten(db).await, db.practice().await);
    let mut tx = db.read().await;
    let seqs = async |tx: &mut bedside_store::Tx, before, limit| {
        tx.record_lines(seed.id, before, limit)
            .await
            .unwrap()
            .iter()
            .map(|line| line.entry.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(seqs(&mut tx, 0, 3).await, [10, 9, 8]);
    assert_eq!(seqs(&mut tx, 8, 3).await, [7, 6, 5]);
    assert_eq!(seqs(&mut tx, 2, 3).await, [1]);
    let line = tx.record_lines(seed.id, 0, 1).await.unwrap().remove(0);
    assert_eq!(line.actor_name, "Pat Example");
    assert_eq!(line.entry.read().unwrap(), exported("9"));
    assert_eq!(line.entry.compute(), line.entry.hash);
    assert!(
        tx.record_lines(other.id, 0, 99)
            .await
            .unwrap()
            .iter()
            .all(|line| line.entry.practice == other.id)
    );
    let whole = Report {
        sound: 10,
        fault: None,
    };
    assert_eq!(verify(db, &seed).await, whole);
    assert_eq!(
        db.store.verify_record(db.world.id()).await.unwrap(),
        Report {
            sound: 0,
            fault: None
        }
    );
});

on_both!(the_record_of_a_post_names_who_acted, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let post = db.scheduled(&seed, "One").await;
    let mut tx = db.write().await;
    let event = Event::DeliveryLate {
        post: post.id,
        delivery: db.world.id(),
    };
    tx.record(seed.id, db.now(), None, &event).await.unwrap();
    let told: Vec<String> = tx
        .post_record(seed.id, post.id)
        .await
        .unwrap()
        .iter()
        .map(|line| format!("{} {}", line.actor_name, line.entry.read().unwrap().words()))
        .collect();
    assert_eq!(
        told,
        [
            "Al Example wrote a post",
            "Al Example asked for a second opinion",
            "Bo Example approved exactly this text",
            "Bo Example put the post in the calendar",
            " did not send the post, because it was too late",
        ]
    );
    assert!(tx.post_record(other.id, post.id).await.unwrap().is_empty());
});

on_both!(the_database_lets_nobody_change_the_record, |db| {
    ten(db).await;
    let refused = async |sql: &str| db.raw.refused(sql, "the record only grows").await;
    refused("UPDATE audit_entries SET actor = NULL WHERE seq = 3").await;
    refused("DELETE FROM audit_entries WHERE seq = 10").await;
    let copy = "INTO audit_entries SELECT practice, seq, at, NULL, post, event, prev, hash FROM audit_entries WHERE seq = 3";
    if db.raw.is_postgres() {
        refused("TRUNCATE audit_entries").await;
        db.raw.refused(format!("INSERT {copy}"), "").await;
    } else {
        refused(&format!("INSERT OR REPLACE {copy}")).await;
    }
    db.raw
        .refused(
            "INSERT INTO audit_entries SELECT practice, 0, at, actor, post, event, prev, hash FROM audit_entries WHERE seq = 3",
            "",
        )
        .await;
});

on_both!(a_changed_entry_is_found_where_it_is, |db| {
    let seed = ten(db).await;
    tamper(
        db,
        "UPDATE audit_entries SET event = replace(event, 'exported', 'signed_in') WHERE seq = 7",
    )
    .await;
    finds(db, &seed, 6, Fault::Changed { seq: 7 }).await;
});

on_both!(an_entry_changed_into_nonsense_is_found_where_it_is, |db| {
    let seed = ten(db).await;
    tamper(db, "UPDATE audit_entries SET actor = 'x' WHERE seq = 7").await;
    finds(db, &seed, 6, Fault::Changed { seq: 7 }).await;
});

on_both!(an_entry_whose_actor_is_taken_out_is_found, |db| {
    let seed = ten(db).await;
    tamper(db, "UPDATE audit_entries SET actor = NULL WHERE seq = 10").await;
    finds(db, &seed, 9, Fault::Changed { seq: 10 }).await;
});

on_both!(a_removed_entry_is_found_where_it_was, |db| {
    let seed = ten(db).await;
    tamper(db, "DELETE FROM audit_entries WHERE seq = 4").await;
    let fault = Fault::Missing {
        expected: 4,
        found: 5,
    };
    finds(db, &seed, 3, fault).await;
});

on_both!(entries_that_changed_places_are_found, |db| {
    let seed = ten(db).await;
    tamper(
        db,
        "UPDATE audit_entries SET seq = 100 WHERE seq = 4; UPDATE audit_entries SET seq = 4 WHERE seq = 5; \
         UPDATE audit_entries SET seq = 5 WHERE seq = 100",
    )
    .await;
    finds(db, &seed, 3, Fault::Broken { seq: 4 }).await;
});

on_both!(a_cut_end_is_found, |db| {
    let seed = ten(db).await;
    tamper(db, "DELETE FROM audit_entries WHERE seq > 8").await;
    let fault = Fault::Truncated {
        expected: 10,
        found: 8,
    };
    finds(db, &seed, 8, fault).await;
});

on_both!(an_end_cut_together_with_its_head_is_found, |db| {
    let seed = ten(db).await;
    tamper(
        db,
        "DELETE FROM audit_entries WHERE seq > 8; \
         UPDATE audit_heads SET seq = 8, hash = (SELECT hash FROM audit_entries WHERE seq = 8)",
    )
    .await;
    let fault = Fault::Truncated {
        expected: 10,
        found: 8,
    };
    finds(db, &seed, 8, fault).await;
});

on_both!(a_record_that_is_gone_altogether_is_found, |db| {
    let seed = ten(db).await;
    tamper(db, "DELETE FROM audit_entries; DELETE FROM audit_heads").await;
    let fault = Fault::Truncated {
        expected: 10,
        found: 0,
    };
    finds(db, &seed, 0, fault).await;
});

on_both!(
    a_head_that_was_removed_is_found_and_nothing_is_written,
    |db| {
        let seed = ten(db).await;
        db.raw.run("DELETE FROM audit_heads").await.unwrap();
        finds(db, &seed, 0, Fault::Added { seq: 1 }).await;
        let mut tx = db.write().await;
        stopped(tx.record(seed.id, db.now(), None, &Event::SignedIn).await);
    }
);

on_both!(a_record_written_anew_is_found, |db| {
    let seed = ten(db).await;
    // The forger leaves out what entry 6 said and chains the rest anew, head included.
    let mut forged = chain(db, &seed).await;
    forged[5].event = forged[4].event.clone();
    let mut sql = String::new();
    for n in 5..10 {
        if n > 5 {
            forged[n].prev = forged[n - 1].hash.clone();
        }
        forged[n].hash = forged[n].compute();
        let entry = &forged[n];
        sql += &format!(
            "UPDATE audit_entries SET event = '{}', prev = '{}', hash = '{}' WHERE seq = {};",
            entry.event, entry.prev, entry.hash, entry.seq
        );
    }
    sql += &format!(
        "UPDATE audit_heads SET hash = '{}' WHERE seq = 10",
        forged[9].hash
    );
    tamper(db, &sql).await;
    finds(db, &seed, 5, Fault::Rewritten { seq: 6 }).await;

    // Without the file outside the database only someone who kept an anchor could tell: the file matters.
    std::fs::remove_file(db.home.anchors()).unwrap();
    assert_eq!(verify(db, &seed).await.fault, None);
});

on_both!(an_entry_added_by_other_means_is_found, |db| {
    let seed = ten(db).await;
    let last = chain(db, &seed).await.pop().unwrap().anchor();
    let forged = Entry::next(Some(&last), seed.id, db.now(), None, &Event::SignedIn);
    db.raw
        .run(format!(
            "INSERT INTO audit_entries (practice, seq, at, event, prev, hash) VALUES ('{}', 11, {}, '{}', '{}', '{}')",
            seed.id,
            db.now().as_microsecond(),
            forged.event,
            forged.prev,
            forged.hash
        ))
        .await
        .unwrap();
    finds(db, &seed, 10, Fault::Added { seq: 11 }).await;
});

on_both!(one_practices_tampering_is_not_anothers, |db| {
    let seed = ten(db).await;
    let other = db.practice().await;
    tamper(
        db,
        &format!("DELETE FROM audit_entries WHERE practice = '{}'", other.id),
    )
    .await;
    assert_eq!(verify(db, &seed).await.fault, None);
    assert!(verify(db, &other).await.fault.is_some());
});

on_both!(a_line_cut_short_by_a_crash_costs_no_other_anchor, |db| {
    let seed = ten(db).await;
    let mut lines = std::fs::read(db.home.anchors()).unwrap();
    lines.extend_from_slice(b"{\"practice\":\"\xff");
    std::fs::write(db.home.anchors(), lines).unwrap();
    let store = db.home.open(KEY).await.unwrap();
    let mut tx = store.write().await.unwrap();
    tx.record(seed.id, db.now(), None, &Event::SignedIn)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    tamper(
        db,
        "DELETE FROM audit_entries WHERE seq > 10; \
         UPDATE audit_heads SET seq = 10, hash = (SELECT hash FROM audit_entries WHERE seq = 10)",
    )
    .await;
    let fault = Fault::Truncated {
        expected: 11,
        found: 10,
    };
    assert_eq!(
        store.verify_record(seed.id).await.unwrap().fault,
        Some(fault)
    );
});

on_both!(a_long_record_verifies_over_several_pages, |db| {
    let seed = ten(db).await;
    let mut tx = db.write().await;
    for n in 10..2_500 {
        tx.record(seed.id, db.now(), None, &exported(&n.to_string()))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(verify(db, &seed).await.sound, 2_500);
    tamper(db, "DELETE FROM audit_entries WHERE seq = 2001").await;
    let fault = Fault::Missing {
        expected: 2_001,
        found: 2_002,
    };
    finds(db, &seed, 2_000, fault).await;
});

on_both!(many_who_write_at_once_keep_one_chain, |db| {
    // Nothing is in the record yet: the first entries too are written at once.
    let practice = db.world.id();
    let mut tx = db.write().await;
    let settings = crate::support::settings("Weir Lane Surgery");
    tx.create_practice(practice, &settings, db.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let write = async || -> Result<(), Error> {
        for n in 0..10 {
            let mut tx = db.store.write().await?;
            tx.record(practice, db.now(), None, &exported(&n.to_string()))
                .await?;
            tx.commit().await?;
        }
        Ok(())
    };
    let (a, b, c, d) = tokio::join!(write(), write(), write(), write());
    assert!(
        a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok(),
        "{a:?} {b:?} {c:?} {d:?}"
    );
    let report = db.store.verify_record(practice).await.unwrap();
    assert_eq!((report.sound, report.fault), (40, None));
});

on_both!(the_record_is_searched_by_who_what_and_when, |db| {
    use bedside_store::RecordFilter;

    let (seed, other) = (ten(db).await, db.practice().await);
    db.clock.advance(3_600);
    let later = db.now();
    let mut tx = db.write().await;
    tx.record(seed.id, later, Some(seed.author.member), &Event::SignedIn)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.read().await;
    let all = RecordFilter::default();
    assert_eq!(tx.record_count(seed.id, &all).await.unwrap(), 11);
    let one = async |tx: &mut bedside_store::Tx, filter: RecordFilter| {
        let found = tx.record_search(seed.id, &filter, 0, 50).await.unwrap();
        assert_eq!(
            tx.record_count(seed.id, &filter).await.unwrap(),
            found.len() as u64
        );
        found.iter().map(|line| line.entry.seq).collect::<Vec<_>>()
    };
    let by = RecordFilter {
        actor: Some(seed.author.member),
        from: Some(later),
        ..all.clone()
    };
    assert_eq!(one(&mut tx, by).await, [11]);
    let kind = RecordFilter {
        kind: Some("signed_in".into()),
        ..all.clone()
    };
    assert_eq!(one(&mut tx, kind).await, [11]);
    let before = RecordFilter {
        until: Some(later),
        ..all.clone()
    };
    assert_eq!(one(&mut tx, before).await.len(), 10);
    let second = tx.record_search(seed.id, &all, 3, 2).await.unwrap();
    assert_eq!(
        second.iter().map(|line| line.entry.seq).collect::<Vec<_>>(),
        [8, 7]
    );
    let elsewhere = RecordFilter {
        actor: Some(seed.author.member),
        ..all
    };
    assert_eq!(tx.record_count(other.id, &elsewhere).await.unwrap(), 0);
});
