//! Who gets where: roles, other practices, forged forms, guests.

use axum::body::Body;
use axum::http::{Request, header};
use bedside_core::people::Role;

use crate::compose::{FINE, content, post_of, write};
use crate::support::House;

const SECRET: &str = "Words that only one practice may read.";

/// Every address of a post that a form can be sent to.
fn posts_to(post: impl std::fmt::Display) -> [String; 4] {
    ["", "/delete", "/review", "/override"].map(|rest| format!("/posts/{post}{rest}"))
}

#[tokio::test]
async fn another_practice_and_an_agency_find_nothing_of_a_post_that_is_not_theirs() {
    let house = House::new().await;
    let (ours, theirs) = (
        house.practice("Weir Lane Surgery").await,
        house.practice("Harbour Dental").await,
    );
    let sam = house.person(ours.id, "Sam Reed", &[Role::Author]).await;
    let agency = house.person(ours.id, "Bright Ideas", &[Role::Agency]).await;
    let staff = house.person(ours.id, "Robin Staff", &[Role::Staff]).await;
    let stranger = house
        .person(
            theirs.id,
            "Jo Harbour",
            &[Role::Responsible, Role::Approver, Role::Author],
        )
        .await;
    let facebook = ours.facebook.to_string();
    house
        .person(ours.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let asked = write(
        &house,
        &sam,
        &[("text", SECRET), ("channels", &facebook), ("act", "ask")],
    )
    .await
    .is(303);
    let post = post_of(&asked);
    let revision = house
        .get(&sam, &format!("/posts/{post}/edit"))
        .await
        .hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", "Taken over"),
        ("act", "save"),
        ("rule", "AD-X"),
        ("words", "0"),
        ("reason", "Because I want to"),
    ];
    for who in [&stranger, &agency] {
        for page in ["edit", "review"] {
            house
                .get(who, &format!("/posts/{post}/{page}"))
                .await
                .is(404)
                .does_not_say("Words that only");
        }
        for address in posts_to(post) {
            let act = if address.ends_with("review") {
                "approve"
            } else {
                "save"
            };
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, if *name == "act" { act } else { *value }))
                .collect();
            house
                .post(who, &address, &fields)
                .await
                .is(404)
                .does_not_say("Words that only");
        }
        let body =
            serde_json::json!({ "csrf": who.csrf, "revision": revision, "text": "Taken over" })
                .to_string();
        house
            .post_json(Some(who), &format!("/posts/{post}/autosave"), body.clone())
            .await
            .is(404);
    }
    // The form of a new post that names a revision of someone else's post.
    house
        .post(&agency, "/posts", &fields)
        .await
        .is(404)
        .does_not_say("Words that only");
    for page in ["edit", "review"] {
        house
            .get(&staff, &format!("/posts/{post}/{page}"))
            .await
            .is(404);
    }
    let (kept, revisions) = content(&house, &ours, post).await;
    assert_eq!((kept.text.as_str(), revisions), (SECRET, 1));
}

#[tokio::test]
async fn a_revision_of_another_practice_is_not_reached_by_a_new_post() {
    let house = House::new().await;
    let (ours, theirs) = (
        house.practice("Weir Lane Surgery").await,
        house.practice("Harbour Dental").await,
    );
    let sam = house.person(ours.id, "Sam Reed", &[Role::Author]).await;
    let stranger = house.person(theirs.id, "Jo Harbour", &[Role::Author]).await;
    let post = post_of(&write(&house, &sam, &[("text", SECRET), ("act", "save")]).await);
    let revision = house
        .get(&sam, &format!("/posts/{post}/edit"))
        .await
        .hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", "Mine"),
        ("act", "save"),
    ];
    let own = post_of(&house.post(&stranger, "/posts", &fields).await.is(303));
    assert_ne!(own, post);
    assert_eq!(content(&house, &theirs, own).await.0.text, "Mine");
    assert_eq!(content(&house, &ours, post).await.0.text, SECRET);
}

#[tokio::test]
async fn channels_and_pictures_of_another_practice_cannot_be_used() {
    let house = House::new().await;
    let (ours, theirs) = (
        house.practice("Weir Lane Surgery").await,
        house.practice("Harbour Dental").await,
    );
    let sam = house.person(ours.id, "Sam Reed", &[Role::Author]).await;
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    let foreign = theirs.bluesky.to_string();
    let page = write(
        &house,
        &sam,
        &[("text", FINE), ("channels", &foreign), ("act", "save")],
    )
    .await
    .is(422);
    page.says("not there any more");
    house
        .get(&sam, "/posts/new")
        .await
        .does_not_say(&foreign)
        .does_not_say("Harbour Dental");
    let revision = house.get(&sam, "/posts/new").await.hidden("revision");
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 2)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("act", "save"),
    ];
    let files = [("a.png", png.into_inner())];
    let post = post_of(
        &house
            .post_files(&sam, "/posts", &fields, &files)
            .await
            .is(303),
    );
    let path = format!(
        "/media/{}",
        content(&house, &ours, post).await.0.pictures[0].sha256
    );
    house.get(&sam, &path).await.is(200);
    house.get(&stranger, &path).await.is(404);
}

#[tokio::test]
async fn a_disconnected_channel_cannot_be_chosen() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let facebook = practice.facebook.to_string();
    let post = post_of(
        &write(
            &house,
            &boss,
            &[("text", FINE), ("channels", &facebook), ("act", "save")],
        )
        .await,
    );
    let mut tx = house.store.write().await.unwrap();
    tx.disconnect_channel(
        practice.id,
        practice.facebook,
        &boss.actor,
        house.world.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let page = house
        .get(&boss, &format!("/posts/{post}/edit"))
        .await
        .says("No longer connected");
    let revision = page.hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("channels", &facebook),
        ("act", "ask"),
    ];
    let page = house
        .post(&boss, &format!("/posts/{post}"), &fields)
        .await
        .is(422);
    page.says("Facebook is no longer connected. Untick it, or connect it again.");
    assert!(content(&house, &practice, post).await.0.places.is_empty());
}

#[tokio::test]
async fn who_does_not_write_is_told_so() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let post = post_of(&write(&house, &sam, &[("text", FINE), ("act", "save")]).await);
    for role in [Role::Staff, Role::Auditor] {
        let who = house.person(practice.id, "Robin Reader", &[role]).await;
        house
            .get(&who, "/posts/new")
            .await
            .is(403)
            .says("Your role does not include writing posts");
        let revision = house.world.id::<bedside_core::RevisionId>().to_string();
        let fields = [
            ("revision", revision.as_str()),
            ("text", "Mine"),
            ("act", "save"),
        ];
        house
            .post(&who, "/posts", &fields)
            .await
            .is(403)
            .says("Mine");
        let body = serde_json::json!({ "csrf": who.csrf, "revision": revision, "text": "Mine" })
            .to_string();
        house
            .post_json(Some(&who), "/posts/autosave", body)
            .await
            .is(403);
    }
    let auditor = house
        .person(practice.id, "Lee Auditor", &[Role::Auditor])
        .await;
    let revision = house
        .get(&sam, &format!("/posts/{post}/edit"))
        .await
        .hidden("revision");
    house
        .get(&auditor, &format!("/posts/{post}/edit"))
        .await
        .is(403);
    house
        .get(&auditor, &format!("/posts/{post}/review"))
        .await
        .is(200)
        .does_not_say("Approve this text");
    for address in posts_to(post) {
        let act = if address.ends_with("review") {
            "approve"
        } else {
            "save"
        };
        let fields = [
            ("revision", revision.as_str()),
            ("text", "x"),
            ("act", act),
            ("reason", "Because I can"),
        ];
        let status = house
            .post(&auditor, &address, &fields)
            .await
            .status
            .as_u16();
        assert!(matches!(status, 403 | 409), "{address}: {status}");
    }
    assert_eq!(content(&house, &practice, post).await.0.text, FINE);
}

#[tokio::test]
async fn a_form_without_the_members_own_token_does_nothing() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let other = house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let post = post_of(&write(&house, &sam, &[("text", FINE), ("act", "save")]).await);
    let revision = house
        .get(&sam, &format!("/posts/{post}/edit"))
        .await
        .hidden("revision");
    let mut addresses: Vec<String> = posts_to(post).to_vec();
    addresses.extend(["/posts".to_owned(), "/check".to_owned()]);
    for address in addresses {
        for csrf in ["", other.csrf.as_str()] {
            let fields = [
                ("csrf", csrf),
                ("revision", revision.as_str()),
                ("text", "Forged"),
                ("act", "save"),
            ];
            house
                .post_bare(&sam, &address, &fields)
                .await
                .is(403)
                .says("form_too_old");
        }
    }
    for path in [
        "/posts/autosave".to_owned(),
        format!("/posts/{post}/autosave"),
    ] {
        let body =
            serde_json::json!({ "csrf": other.csrf, "revision": revision, "text": "Forged" })
                .to_string();
        house.post_json(Some(&sam), &path, body).await.is(403);
        let bare = serde_json::json!({ "revision": revision, "text": "Forged" }).to_string();
        house.post_json(Some(&sam), &path, bare).await.is(400);
    }
    let (kept, revisions) = content(&house, &practice, post).await;
    assert_eq!((kept.text.as_str(), revisions), (FINE, 1));
    assert_eq!(
        house
            .read()
            .await
            .posts(practice.id, &[], None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn guests_are_sent_to_sign_in_and_come_back() {
    let house = House::new().await;
    house.practice("Weir Lane Surgery").await;
    for (path, next) in [
        (
            "/posts/new?date=2026-03-05",
            "%2Fposts%2Fnew%3Fdate%3D2026-03-05",
        ),
        ("/media/00", "%2Fmedia%2F00"),
    ] {
        let answer = house
            .send(Request::get(path).body(Body::empty()).unwrap())
            .await
            .is(303);
        assert_eq!(answer.location(), format!("/sign-in?next={next}"));
    }
    let request = Request::post("/check")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("text=Flu"))
        .unwrap();
    house.send(request).await.is(303);
}

#[tokio::test]
async fn what_is_no_id_or_no_act_is_answered_plainly() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let post = post_of(&write(&house, &sam, &[("text", FINE), ("act", "save")]).await);
    house.get(&sam, "/posts/not-an-id/edit").await.is(404);
    house
        .get(&sam, "/posts/01980000-0000-7000-8000-000000000000/review")
        .await
        .is(404);
    house.get(&sam, "/media/..%2Fbedside.db").await.is(404);
    house
        .post(&sam, "/posts", &[("text", "x"), ("act", "save")])
        .await
        .is(400);
    house
        .post(&sam, &format!("/posts/{post}/review"), &[("act", "maybe")])
        .await
        .is(400);
}
