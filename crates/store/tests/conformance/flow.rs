//! Decisions written down: from the draft to what the calendar, the queue and the record hold.

use bedside_core::content::{Content, Revision, When};
use bedside_core::delivery::{self, Delivery, DeliveryState, Gate, LastTry, Next, Settle};
use bedside_core::event::Event;
use bedside_core::network::{Frozen, Outcome, RetrySafety, Sighting};
use bedside_core::post::{Act, Post, PostState, decide};
use bedside_core::time::{UK, Wall};
use bedside_store::{Error, Job, Tx};
use jiff::SignedDuration;

use crate::support::{Db, Seed, facts};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn due_jobs(db: &Db, tx: &mut Tx) -> Vec<Job> {
    tx.claim_jobs("worker", db.now(), LEASE, 100).await.unwrap()
}

async fn one(tx: &mut Tx, seed: &Seed, post: &Post) -> Delivery {
    let mut all = tx.deliveries(seed.id, post.id).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn state(tx: &mut Tx, seed: &Seed, post: &Post) -> PostState {
    tx.post(seed.id, post.id).await.unwrap().state
}

/// The author changes the text.
async fn change(db: &Db, tx: &mut Tx, seed: &Seed, post: &Post, text: &str) -> Post {
    let post = tx.lock_post(seed.id, post.id).await.unwrap();
    let number = tx.revisions(seed.id, post.id).await.unwrap().len();
    let content = db.content(seed, text);
    let revision = Revision {
        id: db.world.id(),
        post: post.id,
        number: u32::try_from(number).unwrap() + 1,
        author: seed.author.member,
        made_at: db.now(),
        content,
    };
    let act = Act::Change {
        content: &revision.content,
        revision: revision.id,
    };
    let deliveries = tx.deliveries(seed.id, post.id).await.unwrap();
    let decision = decide(
        &post,
        post.revision,
        &act,
        &seed.author,
        &deliveries,
        db.now(),
    )
    .unwrap();
    tx.add_revision(seed.id, &revision).await.unwrap();
    tx.apply_post(&decision, facts(&post, &seed.author, None), &db.world)
        .await
        .unwrap();
    decision.post
}

fn gate<'a>(
    delivery: &Delivery,
    authorisation: &'a bedside_core::delivery::Authorisation,
) -> Gate<'a> {
    Gate {
        authorisation: Some(authorisation),
        current_revision: delivery.revision,
        seal_now: delivery.seal.clone(),
        needs_opinion: true,
        new_finding: None,
        channel_ready: true,
        sends_itself: true,
        retry_safety: RetrySafety::Idempotent,
        late_limit_minutes: 60,
    }
}

/// The worker begins: the step is written before anything leaves.
async fn begin(db: &Db, tx: &mut Tx, seed: &Seed, post: &Post) -> delivery::Step {
    let now = one(tx, seed, post).await;
    let authorisation = tx.authorisation(seed.id, now.id).await.unwrap().unwrap();
    let mut step = delivery::begin(&now, &gate(&now, &authorisation), db.now());
    step.delivery.frozen = Some(Frozen {
        key: "3kk".into(),
        body: "{}".into(),
    });
    tx.begin_attempt(&step.delivery, db.now()).await.unwrap();
    tx.apply_step(&step, None, &db.world).await.unwrap();
    step
}

on_both!(a_post_goes_from_draft_to_the_world, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let (post, first) = db.draft(&seed, "Flu jabs on Saturday").await;
    let mut tx = db.write().await;
    db.ask(&mut tx, &seed, post.id).await;
    let asked = tx.post(seed.id, post.id).await.unwrap();
    assert_eq!(
        (asked.state, asked.asked_by),
        (PostState::InReview, Some(seed.author.member))
    );
    assert!(tx.deliveries(seed.id, post.id).await.unwrap().is_empty());
    let opinion = db.approve(&mut tx, &seed.approver, post.id).await.unwrap();
    let approved = tx.post(seed.id, post.id).await.unwrap();
    assert_eq!(
        (approved.state, approved.asked_by),
        (PostState::Scheduled, None)
    );
    let queued = one(&mut tx, &seed, &post).await;
    assert_eq!(queued.seal, first.content.seal_for(seed.channel));
    assert_eq!(
        (queued.state, queued.due),
        (DeliveryState::Queued, db.now())
    );
    let authorisation = tx.authorisation(seed.id, queued.id).await.unwrap().unwrap();
    assert_eq!(authorisation.opinion, Some(opinion));
    tx.commit().await.unwrap();

    let mut tx = db.write().await;
    let job = due_jobs(db, &mut tx).await.remove(0);
    assert_eq!(
        (job.practice, &job.subject),
        (seed.id, &queued.id.to_string())
    );
    let step = begin(db, &mut tx, &seed, &post).await;
    assert_eq!(step.next, Next::Send);
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Publishing);
    // The worker goes on with its own lease.
    assert!(tx.holds_job(&job, "worker").await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = db.write().await;
    let sending = one(&mut tx, &seed, &post).await;
    let heard = delivery::heard(&sending, 1, &Outcome::Accepted, 60, db.now());
    tx.apply_step(&heard, None, &db.world).await.unwrap();
    let there = Ok(Sighting::There {
        link: "https://example.org/3kk".into(),
    });
    let last = LastTry {
        started: db.now(),
        accepted: true,
    };
    let saw = delivery::saw(
        &heard.delivery,
        &there,
        RetrySafety::Idempotent,
        last,
        db.now(),
    );
    tx.apply_step(&saw, None, &db.world).await.unwrap();
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Published);
    assert!(!tx.holds_job(&job, "worker").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("jobs").await, 0);

    // A person takes it down: the worker is called for it, keeps its lease meanwhile, and it is gone.
    let mut tx = db.write().await;
    let live = one(&mut tx, &seed, &post).await;
    let settled = delivery::settle(&live, &Settle::TakeDown, &seed.author, true, db.now()).unwrap();
    tx.apply_step(&settled, Some(seed.author.member), &db.world)
        .await
        .unwrap();
    let job = due_jobs(db, &mut tx).await.remove(0);
    let now = one(&mut tx, &seed, &post).await;
    let step = delivery::begin(&now, &gate(&now, &authorisation), db.now());
    assert_eq!(step.next, Next::Delete);
    tx.apply_step(&step, None, &db.world).await.unwrap();
    assert!(tx.holds_job(&job, "worker").await.unwrap());
    let gone = delivery::took_down(&now, &Ok(Sighting::Gone), 1, db.now());
    tx.apply_step(&gone, None, &db.world).await.unwrap();
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Withdrawn);
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("jobs").await, 0);

    let mut tx = db.read().await;
    let acts: Vec<String> = tx
        .post_record(seed.id, post.id)
        .await
        .unwrap()
        .iter()
        .map(|line| line.entry.read().unwrap().words())
        .collect();
    assert_eq!(acts.len(), 8, "{acts:#?}");
    assert_eq!(db.store.verify_record(seed.id).await.unwrap().fault, None);
    assert!(tx.posts(other.id, &[], None, 9).await.unwrap().is_empty());
});

on_both!(an_edit_after_the_approval_takes_everything_back, |db| {
    let seed = db.practice().await;
    let post = db.scheduled(&seed, "Flu jabs on Saturday").await;
    db.clock.advance(1);
    let mut tx = db.write().await;
    let new = change(db, &mut tx, &seed, &post, "Flu jabs on Sunday").await;
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), new);
    assert_eq!(new.state, PostState::Draft);
    let old = one(&mut tx, &seed, &post).await;
    assert_eq!(old.state, DeliveryState::Cancelled);
    let authorisation = tx.authorisation(seed.id, old.id).await.unwrap().unwrap();
    assert!(authorisation.voided);
    tx.commit().await.unwrap();
    assert_eq!(db.raw.count("jobs").await, 0);
    let mut tx = db.read().await;
    let events: Vec<Event> = tx
        .post_record(seed.id, post.id)
        .await
        .unwrap()
        .iter()
        .skip(4)
        .filter_map(|line| line.entry.read())
        .collect();
    assert!(
        matches!(
            &events[..],
            [
                Event::OpinionVoided { .. },
                Event::PostChanged { .. },
                Event::DeliveryCancelled { .. }
            ]
        ),
        "{events:#?}"
    );
    drop(tx);

    // Asked again and approved again, the new text goes; the old delivery stays cancelled.
    let mut tx = db.write().await;
    db.ask(&mut tx, &seed, post.id).await;
    db.approve(&mut tx, &seed.second, post.id).await.unwrap();
    let all = tx.deliveries(seed.id, post.id).await.unwrap();
    let mut states: Vec<_> = all.iter().map(|delivery| delivery.state.slug()).collect();
    states.sort_unstable();
    assert_eq!(states, ["cancelled", "queued"]);
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Scheduled);
    assert_eq!(due_jobs(db, &mut tx).await.len(), 1);
});

on_both!(a_crash_between_leaves_the_earlier_state, |db| {
    let seed = db.practice().await;
    let post = db.asked(&seed, "One").await;
    let before = db.raw.count("audit_entries").await;
    let mut tx = db.write().await;
    db.approve(&mut tx, &seed.approver, post.id).await.unwrap();
    drop(tx);
    let mut tx = db.write().await;
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), post);
    assert!(tx.opinions(seed.id, post.id).await.unwrap().is_empty());
    drop(tx);
    for (table, rows) in [
        ("deliveries", 0),
        ("authorisations", 0),
        ("jobs", 0),
        ("audit_entries", before),
    ] {
        assert_eq!(db.raw.count(table).await, rows, "{table}");
    }
    // It can be done again, and then it holds.
    let mut tx = db.write().await;
    db.approve(&mut tx, &seed.approver, post.id).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = db.write().await;
    begin(db, &mut tx, &seed, &post).await;
    drop(tx);
    let mut tx = db.write().await;
    assert_eq!(
        one(&mut tx, &seed, &post).await.state,
        DeliveryState::Queued
    );
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Scheduled);
    assert_eq!(db.store.verify_record(seed.id).await.unwrap().fault, None);
});

on_both!(a_decision_on_an_old_text_is_stale, |db| {
    let seed = db.practice().await;
    let (post, _) = db.draft(&seed, "One").await;
    let mut tx = db.write().await;
    let content = db.content(&seed, "Two");
    let revision = db.world.id();
    let act = Act::Change {
        content: &content,
        revision,
    };
    let decision = decide(&post, post.revision, &act, &seed.author, &[], db.now()).unwrap();
    change(db, &mut tx, &seed, &post, "Three").await;
    let stale = tx
        .apply_post(&decision, facts(&post, &seed.author, None), &db.world)
        .await;
    assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
});

on_both!(a_post_waits_in_the_queue_for_its_time, |db| {
    let seed = db.practice().await;
    let (post, mut first) = db.new_post(&seed, "One");
    let other = db.channel(seed.id, "https://other.example");
    first.content = Content {
        when: When::At(Wall::parse("2026-03-03", "09:00", UK).unwrap()),
        ..first.content
    };
    first.content.places.push(bedside_core::content::Place {
        channel: other.id,
        own_text: Some("Two".into()),
    });
    let mut tx = db.write().await;
    tx.add_channel(&other, None, &seed.responsible, db.now())
        .await
        .unwrap();
    tx.create_post(&post, &first).await.unwrap();
    db.ask(&mut tx, &seed, post.id).await;
    db.approve(&mut tx, &seed.approver, post.id).await.unwrap();
    let all = tx.deliveries(seed.id, post.id).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all[0].seal != all[1].seal);
    let due = "2026-03-03T09:00:00Z".parse().unwrap();
    assert!(all.iter().all(|delivery| delivery.due == due));
    assert_eq!(tx.next_job_at().await.unwrap(), Some(due));
    assert!(due_jobs(db, &mut tx).await.is_empty());
    db.clock.set(due);
    assert_eq!(due_jobs(db, &mut tx).await.len(), 2);

    // One is out and the other waits: going out. The other is taken out of the calendar: live.
    let mut sent = all[0].clone();
    for state in [DeliveryState::Sending, DeliveryState::Live] {
        sent.state = state;
        tx.save_delivery(&sent).await.unwrap();
    }
    tx.refresh_post(seed.id, post.id, db.now()).await.unwrap();
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Publishing);
    let leave = delivery::settle(&all[1], &Settle::Leave, &seed.author, true, db.now()).unwrap();
    tx.apply_step(&leave, Some(seed.author.member), &db.world)
        .await
        .unwrap();
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Published);
});

on_both!(
    a_post_taken_out_of_the_calendar_is_approved_and_no_more,
    |db| {
        let seed = db.practice().await;
        let post = db.scheduled(&seed, "One").await;
        let mut tx = db.write().await;
        let queued = one(&mut tx, &seed, &post).await;
        let leave =
            delivery::settle(&queued, &Settle::Leave, &seed.author, true, db.now()).unwrap();
        tx.apply_step(&leave, Some(seed.author.member), &db.world)
            .await
            .unwrap();
        assert_eq!(state(&mut tx, &seed, &post).await, PostState::Approved);
        let authorisation = tx.authorisation(seed.id, queued.id).await.unwrap().unwrap();
        assert!(
            authorisation.voided,
            "what was left does not go by accident"
        );
        assert!(due_jobs(db, &mut tx).await.is_empty());
    }
);

on_both!(a_try_that_failed_comes_back_later, |db| {
    let seed = db.practice().await;
    let post = db.scheduled(&seed, "One").await;
    let mut tx = db.write().await;
    let job = due_jobs(db, &mut tx).await.remove(0);
    let step = begin(db, &mut tx, &seed, &post).await;
    let not_sent = Outcome::NotSent {
        why: "The network is away.".into(),
        wait_seconds: 0,
    };
    let again = delivery::heard(&step.delivery, 1, &not_sent, 60, db.now());
    tx.apply_step(&again, None, &db.world).await.unwrap();
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Scheduled);
    assert!(due_jobs(db, &mut tx).await.is_empty());
    // An answer to an earlier try that comes late changes nothing and loses no job.
    let stale = delivery::heard(&again.delivery, 9, &not_sent, 60, db.now());
    tx.apply_step(&stale, None, &db.world).await.unwrap();
    db.clock.advance(30);
    let next = due_jobs(db, &mut tx).await.remove(0);
    assert_eq!((next.id, next.tries), (job.id, 2));
});

on_both!(without_a_second_opinion_where_none_is_asked_for, |db| {
    let mut lenient = crate::support::settings("Weir Lane Surgery");
    lenient.needs_second_opinion = false;
    let seed = db.practice_with(&lenient).await;
    let (post, _) = db.draft(&seed, "One").await;
    let mut tx = db.write().await;
    assert!(db.ask(&mut tx, &seed, post.id).await.lets_out);
    assert_eq!(state(&mut tx, &seed, &post).await, PostState::Scheduled);
    let queued = one(&mut tx, &seed, &post).await;
    let authorisation = tx.authorisation(seed.id, queued.id).await.unwrap().unwrap();
    assert_eq!(authorisation.opinion, None);
    assert_eq!(begin_lenient(db, &mut tx, &seed, &post).await, Next::Send);
});

async fn begin_lenient(db: &Db, tx: &mut Tx, seed: &Seed, post: &Post) -> Next {
    let now = one(tx, seed, post).await;
    let authorisation = tx.authorisation(seed.id, now.id).await.unwrap().unwrap();
    let gate = Gate {
        needs_opinion: false,
        ..gate(&now, &authorisation)
    };
    let step = delivery::begin(&now, &gate, db.now());
    tx.apply_step(&step, None, &db.world).await.unwrap();
    step.next
}

on_both!(a_worker_and_a_person_never_wait_for_each_other, |db| {
    if !db.raw.is_postgres() {
        return; // One writer at a time: there is nobody to wait for.
    }
    let seed = db.practice().await;
    let post = db.scheduled(&seed, "One").await;
    let mut tx = db.write().await;
    let job = due_jobs(db, &mut tx).await.remove(0);
    tx.commit().await.unwrap();

    // The person has the post; the worker begins; once it waits, the person goes on to the job.
    let mut person = db.write().await;
    person.lock_post(seed.id, post.id).await.unwrap();
    let worker = async {
        let mut tx = db.store.write().await?;
        let ours = tx.holds_job(&job, "worker").await?;
        tx.commit().await?;
        Ok::<_, Error>(ours)
    };
    let person = async {
        while db.raw.count("pg_locks WHERE NOT granted").await == 0 {
            tokio::task::yield_now().await;
        }
        let queued = one(&mut person, &seed, &post).await;
        let leave = delivery::settle(&queued, &Settle::Leave, &seed.author, true, db.now())?;
        person
            .apply_step(&leave, Some(seed.author.member), &db.world)
            .await?;
        person.commit().await
    };
    let (worker, person) = tokio::join!(worker, person);
    person.unwrap();
    assert!(!worker.unwrap(), "the person took the work away");
});
