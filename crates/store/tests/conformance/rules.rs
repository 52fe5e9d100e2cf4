//! What the database itself never lets happen, whoever writes to it.

use bedside_core::opinion::Answer;

use crate::support::{Db, Seed, stopped};

/// An opinion by raw SQL that claims these authors.
fn opinion(db: &Db, seed: &Seed, post: &str, revision: &str, claim: [&str; 2], by: &str) -> String {
    let id: bedside_core::OpinionId = db.world.id();
    let [post_author, revision_author] = claim;
    format!(
        "INSERT INTO opinions (practice, id, post, revision, post_author, revision_author, by_member, answer, reason, at) \
         VALUES ('{}', '{id}', '{post}', '{revision}', '{post_author}', '{revision_author}', '{by}', 'approve', 'Fine', 0)",
        seed.id
    )
}

on_both!(nobody_gives_an_opinion_on_their_own_post, |db| {
    let seed = db.practice().await;
    let post = db.asked(&seed, "One").await;
    let mut tx = db.write().await;
    let own = db.opinion(&post, seed.author.member, Answer::Approve);
    stopped(tx.keep_opinion(&post, &own).await);
    drop(tx);

    // Claiming other authors does not help, and who began a post is not rewritten.
    let (id, revision) = (post.id.to_string(), post.revision.to_string());
    let author = seed.author.member.to_string();
    let other = seed.approver.member.to_string();
    for claim in [
        [&*author, &*author],
        [&other, &author],
        [&author, &other],
        [&other, &other],
    ] {
        db.raw
            .refused(opinion(db, &seed, &id, &revision, claim, &author), "")
            .await;
    }
    db.raw
        .refused(
            format!("UPDATE posts SET author = '{other}', revision_author = '{other}'"),
            "who began a post",
        )
        .await;
    db.raw
        .refused(
            format!("UPDATE revisions SET author = '{other}'"),
            "a revision is never changed",
        )
        .await;
});

on_both!(who_wrote_the_present_text_gives_no_opinion_on_it, |db| {
    let seed = db.practice().await;
    let (mut post, first) = db.draft(&seed, "One").await;
    // The approver changed the author's text.
    let second = bedside_core::content::Revision {
        id: db.world.id(),
        number: 2,
        author: seed.approver.member,
        ..first
    };
    let seen = post.revision;
    post.revision = second.id;
    post.revision_author = seed.approver.member;
    post.asked_by = Some(seed.second.member);
    let mut tx = db.write().await;
    tx.add_revision(seed.id, &second).await.unwrap();
    tx.save_post(&post, seen).await.unwrap();
    tx.commit().await.unwrap();
    // The writer, the beginner, and who asked.
    for by in [&seed.approver, &seed.author, &seed.second] {
        let mut tx = db.write().await;
        stopped(
            tx.keep_opinion(&post, &db.opinion(&post, by.member, Answer::Approve))
                .await,
        );
    }
    let mut tx = db.write().await;
    let pat = db.opinion(&post, seed.responsible.member, Answer::Approve);
    tx.keep_opinion(&post, &pat).await.unwrap();
});

on_both!(a_text_has_one_opinion_and_only_the_present_one, |db| {
    let seed = db.practice().await;
    let post = db.asked(&seed, "One").await;
    let mut tx = db.write().await;
    let first = db.opinion(&post, seed.approver.member, Answer::Approve);
    tx.keep_opinion(&post, &first).await.unwrap();
    tx.commit().await.unwrap();
    for (who, answer) in [
        (&seed.second, Answer::Approve),
        (&seed.second, Answer::AskForChanges),
        (&seed.approver, Answer::Approve),
    ] {
        let mut tx = db.write().await;
        let again = db.opinion(&post, who.member, answer);
        let told = stopped(tx.keep_opinion(&post, &again).await);
        assert!(
            told.contains("a second opinion on this text already"),
            "{told}"
        );
    }
    let other = db.asked(&seed, "Two").await;
    db.raw
        .run(format!(
            "UPDATE posts SET revision = 'later' WHERE id = '{}'",
            other.id
        ))
        .await
        .unwrap();
    let mut tx = db.write().await;
    let stale = db.opinion(&other, seed.approver.member, Answer::Approve);
    let told = stopped(tx.keep_opinion(&other, &stale).await);
    assert!(told.contains("about the present text"), "{told}");
});

on_both!(a_member_of_another_practice_gives_no_opinion, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let post = db.asked(&seed, "One").await;
    let mut tx = db.write().await;
    let stranger = db.opinion(&post, other.approver.member, Answer::Approve);
    stopped(tx.keep_opinion(&post, &stranger).await);
});

on_both!(two_approvers_at_once_one_wins_and_the_other_is_told, |db| {
    let seed = db.practice().await;
    for n in 0..5 {
        let post = db.asked(&seed, &format!("Post {n}")).await;
        let approve = async |who| {
            let mut tx = db.store.write().await?;
            db.approve(&mut tx, who, post.id).await?;
            tx.commit().await
        };
        let (one, two) = tokio::join!(approve(&seed.approver), approve(&seed.second));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        crate::support::told(one.and(two), "already_answered");
        let mut tx = db.read().await;
        assert_eq!(tx.opinions(seed.id, post.id).await.unwrap().len(), 1);
        assert_eq!(tx.deliveries(seed.id, post.id).await.unwrap().len(), 1);
    }
});

on_both!(
    two_opinions_at_once_without_any_lock_stop_at_the_database,
    |db| {
        let seed = db.practice().await;
        let post = db.asked(&seed, "One").await;
        let keep = async |who: &bedside_core::people::Actor| {
            let mut tx = db.store.write().await?;
            let opinion = db.opinion(&post, who.member, Answer::Approve);
            tx.keep_opinion(&post, &opinion).await?;
            tx.commit().await
        };
        let (one, two) = tokio::join!(keep(&seed.approver), keep(&seed.second));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        stopped(one.and(two));
    }
);

on_both!(what_was_said_and_written_is_not_rewritten, |db| {
    let seed = db.practice().await;
    let post = db.scheduled(&seed, "One").await;
    let never = [
        (
            "UPDATE revisions SET content = '{}'",
            "a revision is never changed",
        ),
        (
            "UPDATE revisions SET seal = seal",
            "a revision is never changed",
        ),
        (
            "DELETE FROM revisions",
            "a revision goes only with its draft",
        ),
        (
            "UPDATE opinions SET reason = 'No'",
            "a second opinion is never changed",
        ),
        (
            "UPDATE opinions SET by_member = by_member",
            "a second opinion is never changed",
        ),
        ("DELETE FROM opinions", "a second opinion is never changed"),
        (
            "UPDATE authorisations SET seal = 'x'",
            "an authorisation is never changed",
        ),
        (
            "UPDATE authorisations SET opinion = NULL",
            "an authorisation is never changed",
        ),
        (
            "UPDATE authorisations SET accepted = 'x'",
            "an authorisation is never changed",
        ),
        ("DELETE FROM authorisations", "the ledger only grows"),
        (
            "UPDATE deliveries SET seal = 'x'",
            "what a delivery sends is never changed",
        ),
        (
            "UPDATE deliveries SET revision = 'x'",
            "what a delivery sends is never changed",
        ),
        (
            "UPDATE deliveries SET post = 'x'",
            "what a delivery sends is never changed",
        ),
        (
            "UPDATE deliveries SET channel = 'x'",
            "what a delivery sends is never changed",
        ),
        (
            "UPDATE deliveries SET key_seed = 0",
            "what a delivery sends is never changed",
        ),
        (
            "UPDATE deliveries SET practice = 'x'",
            "what a delivery sends is never changed",
        ),
        ("DELETE FROM deliveries", "the ledger only grows"),
        (
            "UPDATE posts SET id = 'x'",
            "who began a post is never changed",
        ),
    ];
    for (sql, words) in never {
        db.raw.refused(sql, words).await;
    }
    let whole = if db.raw.is_postgres() {
        [
            "TRUNCATE revisions CASCADE",
            "TRUNCATE opinions CASCADE",
            "TRUNCATE authorisations",
            "TRUNCATE deliveries CASCADE",
        ]
    } else {
        [
            "INSERT OR REPLACE INTO revisions SELECT * FROM revisions",
            "INSERT OR REPLACE INTO opinions SELECT * FROM opinions",
            "INSERT OR REPLACE INTO authorisations SELECT * FROM authorisations",
            "INSERT OR REPLACE INTO deliveries SELECT * FROM deliveries",
        ]
    };
    for sql in whole {
        db.raw.refused(sql, "").await;
    }
    // In the queue, with another state, or a lost parent: the tables hold together.
    db.raw
        .refused("UPDATE posts SET state = 'nonsense'", "")
        .await;
    db.raw.refused("DELETE FROM posts", "").await;
    db.raw.refused("DELETE FROM members", "").await;
    db.raw.refused("DELETE FROM practices", "").await;
    let mut tx = db.read().await;
    assert_eq!(tx.post(seed.id, post.id).await.unwrap(), post);
    assert_eq!(tx.opinions(seed.id, post.id).await.unwrap().len(), 1);
    assert_eq!(tx.deliveries(seed.id, post.id).await.unwrap().len(), 1);
});
