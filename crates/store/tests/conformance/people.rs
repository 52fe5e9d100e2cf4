//! People, members, invitations.

use bedside_core::people::Role;
use bedside_core::{InvitationId, MemberId};
use bedside_store::{Invitation, Login, Session, Tx};
use jiff::SignedDuration;

use crate::support::{Db, KEY, Seed, roles, settings, stopped, told};

const DAY: i64 = 24 * 60 * 60;

on_both!(a_person_has_one_address_and_a_password, |db| {
    let mut tx = db.write().await;
    let person = db.person(&mut tx, "Pat Example").await;
    let email = format!("{person}@weirlane.example");
    let known = tx.login(&email).await.unwrap().unwrap();
    assert_eq!((known.person, &*known.name), (person, "Pat Example"));
    tx.set_password(person, "$argon2id$new").await.unwrap();
    assert_eq!(
        tx.login(&email).await.unwrap().unwrap().password_hash,
        "$argon2id$new"
    );
    assert!(tx.login("nobody@weirlane.example").await.unwrap().is_none());
    tx.commit().await.unwrap();

    let mut tx = db.write().await;
    let again = Login {
        person: db.world.id(),
        ..known
    };
    stopped(tx.create_person(&again, db.now()).await);
});

on_both!(a_nul_in_a_name_is_kept_as_the_replacement_sign, |db| {
    let mut tx = db.write().await;
    let person = db.person(&mut tx, "Pat\0 Example").await;
    let known = tx
        .login(&format!("{person}@weirlane.example"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.name, "Pat\u{fffd} Example");
});

on_both!(members_belong_to_their_practice, |db| {
    let (here, there) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let names: Vec<String> = tx
        .members(here.id)
        .await
        .unwrap()
        .into_iter()
        .map(|member| member.name)
        .collect();
    assert_eq!(
        names,
        ["Al Example", "Bo Example", "Cy Example", "Pat Example"]
    );
    let author = tx
        .member(here.id, here.author.member)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(author.roles, roles(&[Role::Author]));
    assert!(author.active);
    assert!(
        tx.member(there.id, here.author.member)
            .await
            .unwrap()
            .is_none()
    );

    // The same person in two practices is two members; twice in one is refused.
    let second: MemberId = db.world.id();
    tx.add_member(
        there.id,
        second,
        author.person,
        &roles(&[Role::Staff]),
        db.now(),
    )
    .await
    .unwrap();
    let mut memberships = tx.memberships(author.person).await.unwrap();
    memberships.sort();
    let mut wanted = vec![(here.id, author.id), (there.id, second)];
    wanted.sort();
    assert_eq!(memberships, wanted);
    stopped(
        tx.add_member(
            there.id,
            db.world.id(),
            author.person,
            &roles(&[Role::Staff]),
            db.now(),
        )
        .await,
    );
});

on_both!(roles_are_changed_by_who_may_and_recorded, |db| {
    let (here, there) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let both = roles(&[Role::Author, Role::Approver]);
    let id = here.author.member;
    tx.set_roles(here.id, id, &both, &here.responsible, db.now())
        .await
        .unwrap();
    assert_eq!(tx.member(here.id, id).await.unwrap().unwrap().roles, both);
    let last = &tx.record_lines(here.id, 0, 1).await.unwrap()[0];
    assert_eq!(last.actor_name, "Pat Example");
    assert_eq!(
        last.entry.read().unwrap().words(),
        "changed someone's roles from author to approver author"
    );

    // The same roles again are no change.
    let before = last.entry.seq;
    tx.set_roles(here.id, id, &both, &here.responsible, db.now())
        .await
        .unwrap();
    assert_eq!(
        tx.record_lines(here.id, 0, 1).await.unwrap()[0].entry.seq,
        before
    );

    let none = roles(&[]);
    told(
        tx.set_roles(here.id, id, &none, &here.responsible, db.now())
            .await,
        "no_role",
    );
    told(
        tx.set_roles(here.id, id, &both, &here.author, db.now())
            .await,
        "not_your_role",
    );
    told(
        tx.set_roles(here.id, id, &both, &there.responsible, db.now())
            .await,
        "not_found",
    );
    told(
        tx.set_roles(there.id, id, &both, &there.responsible, db.now())
            .await,
        "not_found",
    );
});

on_both!(the_last_responsible_person_stays, |db| {
    let seed = db.practice().await;
    let (pat, author) = (seed.responsible.member, seed.author.member);
    let mut tx = db.write().await;
    told(
        tx.remove_member(seed.id, pat, &seed.responsible, db.now())
            .await,
        "last_responsible",
    );
    told(
        tx.set_roles(
            seed.id,
            pat,
            &roles(&[Role::Staff]),
            &seed.responsible,
            db.now(),
        )
        .await,
        "last_responsible",
    );
    let also = roles(&[Role::Responsible]);
    tx.set_roles(seed.id, author, &also, &seed.responsible, db.now())
        .await
        .unwrap();
    tx.remove_member(seed.id, pat, &seed.responsible, db.now())
        .await
        .unwrap();
    // One who has left does not count.
    told(
        tx.remove_member(seed.id, author, &seed.responsible, db.now())
            .await,
        "last_responsible",
    );
});

on_both!(two_responsible_people_cannot_remove_each_other, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    let other = db
        .member(&mut tx, seed.id, "Di Example", Role::Responsible)
        .await;
    tx.commit().await.unwrap();
    let remove = async |by: &bedside_core::people::Actor, whom| {
        let mut tx = db.store.write().await?;
        tx.remove_member(seed.id, whom, by, db.now()).await?;
        tx.commit().await
    };
    let (one, two) = tokio::join!(
        remove(&seed.responsible, other.member),
        remove(&other, seed.responsible.member)
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    told(one.and(two), "last_responsible");
});

on_both!(who_leaves_loses_access_and_keeps_a_name, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let id = seed.author.member;
    let person = tx.member(seed.id, id).await.unwrap().unwrap().person;
    let session = Session {
        token: "token".into(),
        csrf: "csrf".into(),
        practice: seed.id,
        member: id,
        person,
    };
    tx.begin_session(&session, db.now()).await.unwrap();
    told(
        tx.remove_member(seed.id, id, &seed.author, db.now()).await,
        "not_your_role",
    );
    told(
        tx.remove_member(seed.id, id, &other.responsible, db.now())
            .await,
        "not_found",
    );
    told(
        tx.remove_member(other.id, id, &other.responsible, db.now())
            .await,
        "not_found",
    );
    assert!(tx.signed("token", db.now()).await.unwrap().is_some());
    tx.remove_member(seed.id, id, &seed.responsible, db.now())
        .await
        .unwrap();
    assert!(tx.signed("token", db.now()).await.unwrap().is_none());
    let left = tx.member(seed.id, id).await.unwrap().unwrap();
    assert_eq!((left.active, &*left.name), (false, "Al Example"));
    assert!(tx.memberships(person).await.unwrap().is_empty());
    told(
        tx.remove_member(seed.id, id, &seed.responsible, db.now())
            .await,
        "not_found",
    );
});

fn letter(db: &Db, seed: &Seed) -> Invitation {
    Invitation {
        id: db.world.id(),
        practice: seed.id,
        email: "ny@weirlane.example".into(),
        name: "Ny Example".into(),
        roles: roles(&[Role::Author]),
        invited_by: seed.responsible.member,
        created_at: db.now(),
        expires_at: db.now() + SignedDuration::from_hours(24 * 7),
        used_at: None,
        withdrawn_at: None,
    }
}

async fn invited(db: &Db, tx: &mut Tx, seed: &Seed, token: &str) -> InvitationId {
    let letter = letter(db, seed);
    tx.invite(&letter, token, &seed.responsible, db.now())
        .await
        .unwrap();
    letter.id
}

on_both!(an_invitation_is_found_by_its_token_and_used_once, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let id = invited(db, &mut tx, &seed, "sesame").await;
    tx.commit().await.unwrap();

    // A page that only reads shows it.
    let mut tx = db.read().await;
    let found = tx.invitation_by_token("sesame").await.unwrap().unwrap();
    assert_eq!(
        found,
        Invitation {
            id,
            ..letter(db, &seed)
        }
    );
    assert!(tx.invitation_by_token("other").await.unwrap().is_none());
    assert_eq!(tx.invitations(seed.id).await.unwrap(), [found]);
    assert!(tx.invitations(other.id).await.unwrap().is_empty());
    assert_eq!(
        tx.invitation_token(seed.id, id).await.unwrap().as_deref(),
        Some("sesame")
    );
    assert_eq!(tx.invitation_token(other.id, id).await.unwrap(), None);
    drop(tx);

    let mut tx = db.write().await;
    assert!(!tx.use_invitation(other.id, id, db.now()).await.unwrap());
    assert!(tx.use_invitation(seed.id, id, db.now()).await.unwrap());
    assert!(!tx.use_invitation(seed.id, id, db.now()).await.unwrap());
    assert_eq!(tx.invitation_token(seed.id, id).await.unwrap(), None);
    let used = tx.invitation_by_token("sesame").await.unwrap().unwrap();
    assert_eq!(used.open(db.now()).unwrap_err().code, "invitation_used");
    told(
        tx.withdraw_invitation(seed.id, id, &seed.responsible, db.now())
            .await,
        "invitation_closed",
    );
    tx.commit().await.unwrap();
    // The token itself stands nowhere in the database.
    assert_eq!(
        db.raw
            .count("invitations WHERE token_hash = 'sesame'")
            .await,
        0
    );
});

on_both!(two_who_take_up_one_invitation_at_once, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    let id = invited(db, &mut tx, &seed, "sesame").await;
    tx.commit().await.unwrap();
    let take = async || {
        let mut tx = db.store.write().await.unwrap();
        let mine = tx.use_invitation(seed.id, id, db.now()).await.unwrap();
        tx.commit().await.unwrap();
        mine
    };
    let (one, two) = tokio::join!(take(), take());
    assert!(one != two);
});

on_both!(an_invitation_ends_after_seven_days, |db| {
    let seed = db.practice().await;
    let mut tx = db.write().await;
    let id = invited(db, &mut tx, &seed, "sesame").await;
    let found = tx.invitation_by_token("sesame").await.unwrap().unwrap();
    db.clock.advance(7 * DAY - 1);
    assert!(found.open(db.now()).is_ok());
    db.clock.advance(1);
    assert_eq!(found.open(db.now()).unwrap_err().code, "invitation_expired");
    assert!(!tx.use_invitation(seed.id, id, db.now()).await.unwrap());
});

on_both!(an_invitation_can_be_withdrawn, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let id = invited(db, &mut tx, &seed, "sesame").await;
    let now = db.now();
    told(
        tx.withdraw_invitation(seed.id, id, &seed.author, now).await,
        "not_your_role",
    );
    told(
        tx.withdraw_invitation(seed.id, id, &other.responsible, now)
            .await,
        "not_found",
    );
    told(
        tx.withdraw_invitation(other.id, id, &other.responsible, now)
            .await,
        "invitation_closed",
    );
    tx.withdraw_invitation(seed.id, id, &seed.responsible, now)
        .await
        .unwrap();
    assert!(!tx.use_invitation(seed.id, id, now).await.unwrap());
    let found = tx.invitation_by_token("sesame").await.unwrap().unwrap();
    assert_eq!(found.open(now).unwrap_err().code, "invitation_withdrawn");
});

on_both!(who_is_here_already_or_gets_no_role_is_not_invited, |db| {
    let (seed, other) = (db.practice().await, db.practice().await);
    let mut tx = db.write().await;
    let new = letter(db, &seed);
    let here = tx
        .member(seed.id, seed.author.member)
        .await
        .unwrap()
        .unwrap();
    let known = Invitation {
        email: here.email,
        ..new.clone()
    };
    let now = db.now();
    told(
        tx.invite(&known, "t", &seed.responsible, now).await,
        "already_member",
    );
    let idle = Invitation {
        roles: roles(&[]),
        ..new.clone()
    };
    told(
        tx.invite(&idle, "t", &seed.responsible, now).await,
        "no_role",
    );
    told(
        tx.invite(&new, "t", &seed.author, now).await,
        "not_your_role",
    );
    told(
        tx.invite(&new, "t", &other.responsible, now).await,
        "not_found",
    );
});

on_both!(an_invitation_of_another_key_is_not_read, |db| {
    let seed = db.practice_with(&settings("Weir Lane Surgery")).await;
    let mut tx = db.write().await;
    let id = invited(db, &mut tx, &seed, "sesame").await;
    tx.commit().await.unwrap();
    let strange = db.home.open([8; 32]).await.unwrap();
    let mut tx = strange.read().await.unwrap();
    assert!(matches!(
        tx.invitation_token(seed.id, id).await,
        Err(bedside_store::Error::Key)
    ));
    let same = db.home.open(KEY).await.unwrap();
    let mut tx = same.read().await.unwrap();
    assert!(tx.invitation_token(seed.id, id).await.unwrap().is_some());
});

on_both!(who_comes_back_is_the_member_that_they_were, |db| {
    let seed = db.practice().await;
    let (id, now) = (seed.author.member, db.now());
    let mut tx = db.write().await;
    let person = tx.member(seed.id, id).await.unwrap().unwrap().person;
    tx.remove_member(seed.id, id, &seed.responsible, now)
        .await
        .unwrap();
    let staff = roles(&[Role::Staff]);
    let back = tx
        .add_member(seed.id, db.world.id(), person, &staff, now)
        .await
        .unwrap();
    assert_eq!(back, id);
    let member = tx.member(seed.id, id).await.unwrap().unwrap();
    assert_eq!((member.active, member.roles), (true, staff));
    assert_eq!(tx.members(seed.id).await.unwrap().len(), 4);
});
