//! The queue.

use std::collections::BTreeSet;

use bedside_core::JobId;
use bedside_store::{Job, JobKind, Tx};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Db, Seed};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn queue(db: &Db, tx: &mut Tx, seed: &Seed, subject: &str, at: Timestamp) {
    tx.queue_job(seed.id, db.world.id(), JobKind::Deliver, subject, at)
        .await
        .unwrap();
}

async fn claim(db: &Db, tx: &mut Tx, worker: &str, limit: u32) -> Vec<Job> {
    tx.claim_jobs(worker, db.now(), LEASE, limit).await.unwrap()
}

fn subjects(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| &*job.subject).collect()
}

on_both!(due_jobs_are_claimed_the_longest_due_first, |db| {
    let seed = db.practice().await;
    let (mut tx, now) = (db.write().await, db.now());
    assert_eq!(tx.next_job_at().await.unwrap(), None);
    queue(db, &mut tx, &seed, "b", now - SignedDuration::from_secs(1)).await;
    queue(db, &mut tx, &seed, "a", now - SignedDuration::from_secs(2)).await;
    queue(db, &mut tx, &seed, "c", now).await;
    queue(
        db,
        &mut tx,
        &seed,
        "later",
        now + SignedDuration::from_secs(1),
    )
    .await;
    assert_eq!(
        tx.next_job_at().await.unwrap(),
        Some(now - SignedDuration::from_secs(2))
    );
    assert_eq!(subjects(&claim(db, &mut tx, "one", 2).await), ["a", "b"]);
    let third = claim(db, &mut tx, "two", 10).await;
    assert_eq!(subjects(&third), ["c"]);
    assert_eq!((third[0].practice, third[0].tries), (seed.id, 1));
    assert!(claim(db, &mut tx, "three", 10).await.is_empty());
    assert_eq!(
        tx.next_job_at().await.unwrap(),
        Some(now + SignedDuration::from_secs(1))
    );
});

on_both!(a_lease_that_ran_out_comes_back, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    queue(db, &mut tx, &seed, "a", db.now()).await;
    let first = claim(db, &mut tx, "one", 1).await.remove(0);
    assert!(tx.holds_job(&first, "one").await.unwrap());
    assert!(!tx.holds_job(&first, "two").await.unwrap());
    db.clock.advance(59);
    assert!(claim(db, &mut tx, "two", 1).await.is_empty());
    // A longer job lengthens its lease; one that it does not hold is not lengthened.
    tx.extend_lease(&first, "two", db.now() + LEASE * 9)
        .await
        .unwrap();
    tx.extend_lease(&first, "one", db.now() + LEASE)
        .await
        .unwrap();
    db.clock.advance(59);
    assert!(claim(db, &mut tx, "two", 1).await.is_empty());
    db.clock.advance(1);
    let second = claim(db, &mut tx, "two", 1).await.remove(0);
    assert_eq!((second.id, second.tries), (first.id, 2));
    assert!(!tx.holds_job(&first, "one").await.unwrap());
    assert!(tx.holds_job(&second, "two").await.unwrap());

    // Who lost the lease moves, sets aside and lengthens nothing.
    tx.postpone_job(&first, db.now(), "late").await.unwrap();
    tx.park_job(&first, "late").await.unwrap();
    tx.extend_lease(&first, "one", db.now() + LEASE * 9)
        .await
        .unwrap();
    assert!(tx.holds_job(&second, "two").await.unwrap());
    assert!(tx.parked_jobs(seed.id).await.unwrap().is_empty());

    // An old lease of the same worker is not its new one.
    db.clock.advance(60);
    let third = claim(db, &mut tx, "two", 1).await.remove(0);
    assert!(!tx.holds_job(&second, "two").await.unwrap());
    assert!(tx.holds_job(&third, "two").await.unwrap());
});

on_both!(one_piece_of_work_is_in_the_queue_once, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (mut tx, now) = (db.write().await, db.now());
    queue(db, &mut tx, &seed, "a", now).await;
    queue(db, &mut tx, &other, "a", now).await;
    let held = claim(db, &mut tx, "one", 10).await;
    assert_eq!(held.len(), 2);
    // Queued anew it is free at its new time, and the old lease counts no more.
    queue(db, &mut tx, &seed, "a", now + SignedDuration::from_secs(5)).await;
    let old = held.iter().find(|job| job.practice == seed.id).unwrap();
    assert!(!tx.holds_job(old, "one").await.unwrap());
    db.clock.advance(5);
    let again = claim(db, &mut tx, "two", 10).await;
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].practice, again[0].id), (seed.id, old.id));

    // Done: it leaves; the other practice's stays.
    tx.finish_job(seed.id, JobKind::Mail, "a").await.unwrap();
    assert!(tx.holds_job(&again[0], "two").await.unwrap());
    tx.finish_job(seed.id, JobKind::Deliver, "a").await.unwrap();
    assert!(!tx.holds_job(&again[0], "two").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("jobs").await, 1);
});

on_both!(a_job_is_postponed_or_set_aside_and_taken_up_again, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    queue(db, &mut tx, &seed, "a", db.now()).await;
    let job = claim(db, &mut tx, "one", 1).await.remove(0);
    let stray = Job {
        practice: other.id,
        ..job.clone()
    };
    tx.postpone_job(&stray, db.now(), "").await.unwrap();
    tx.park_job(&stray, "").await.unwrap();
    tx.extend_lease(&stray, "one", db.now()).await.unwrap();
    assert!(!tx.holds_job(&stray, "one").await.unwrap());
    assert!(tx.holds_job(&job, "one").await.unwrap());

    let later = db.now() + SignedDuration::from_secs(30);
    tx.postpone_job(&job, later, "The network is away.")
        .await
        .unwrap();
    assert!(!tx.holds_job(&job, "one").await.unwrap());
    assert_eq!(tx.next_job_at().await.unwrap(), Some(later));
    db.clock.advance(30);
    let job = claim(db, &mut tx, "one", 1).await.remove(0);
    assert_eq!(job.tries, 2);
    tx.park_job(&job, "It failed too often.").await.unwrap();
    assert_eq!(
        tx.parked_jobs(seed.id).await.unwrap(),
        [("deliver".to_owned(), "It failed too often.".to_owned())]
    );
    assert!(tx.parked_jobs(other.id).await.unwrap().is_empty());
    assert_eq!(tx.next_job_at().await.unwrap(), None);
    db.clock.advance(3600);
    assert!(claim(db, &mut tx, "one", 1).await.is_empty());

    // Taken up again it begins anew, or the next failure would set it aside at once.
    queue(db, &mut tx, &seed, "a", db.now()).await;
    assert!(tx.parked_jobs(seed.id).await.unwrap().is_empty());
    assert_eq!(claim(db, &mut tx, "one", 1).await[0].tries, 1);
});

on_both!(a_worker_that_starts_anew_frees_its_own_leases, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    for subject in ["a", "b", "c"] {
        queue(db, &mut tx, &seed, subject, db.now()).await;
    }
    assert_eq!(claim(db, &mut tx, "one", 2).await.len(), 2);
    assert_eq!(claim(db, &mut tx, "two", 1).await.len(), 1);
    assert_eq!(tx.free_leases("one").await.unwrap(), 2);
    assert_eq!(claim(db, &mut tx, "one", 9).await.len(), 2);
});

on_both!(a_thousand_jobs_go_to_four_workers_each_once, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    for n in 0..1_000 {
        queue(db, &mut tx, &seed, &n.to_string(), db.now()).await;
    }
    tx.commit().await.unwrap();
    let work = async |worker: &str| {
        let mut mine = Vec::new();
        loop {
            let mut tx = db.store.write().await.unwrap();
            let jobs = claim(db, &mut tx, worker, 37).await;
            assert!(jobs.len() <= 37, "{} are more than asked for", jobs.len());
            tx.commit().await.unwrap();
            if jobs.is_empty() {
                return mine;
            }
            mine.extend(jobs.into_iter().map(|job| job.id));
        }
    };
    let (a, b, c, d) = tokio::join!(work("a"), work("b"), work("c"), work("d"));
    let all: Vec<JobId> = [a, b, c, d].concat();
    assert_eq!(all.len(), 1_000);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 1_000);
});

on_both!(a_claim_that_is_not_committed_gives_the_jobs_back, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    queue(db, &mut tx, &seed, "a", db.now()).await;
    tx.commit().await.unwrap();
    let mut tx = db.write().await;
    assert_eq!(claim(db, &mut tx, "one", 1).await.len(), 1);
    drop(tx);
    // PostgreSQL hears of it a moment later, and until then the job is passed over.
    let job = loop {
        let mut tx = db.write().await;
        if let Some(job) = claim(db, &mut tx, "two", 1).await.pop() {
            break job;
        }
    };
    assert_eq!(job.tries, 1);
});

on_both!(what_waited_for_something_is_hurried_by_its_kind, |db| {
    let seed = db.practice().await;
    let (mut tx, now) = (db.write().await, db.now());
    let later = now + SignedDuration::from_secs(600);
    queue(db, &mut tx, &seed, "a", later).await;
    tx.queue_job(seed.id, db.world.id(), JobKind::Mail, "m", later)
        .await
        .unwrap();
    tx.hurry_jobs(JobKind::Mail, now).await.unwrap();
    assert_eq!(subjects(&claim(db, &mut tx, "one", 9).await), ["m"]);
});
