//! People of a practice: who may invite, change and remove whom.

use bedside_core::people::Role;

use crate::support::{House, Person, Practice};

const OTHERS: [Role; 5] = [
    Role::Approver,
    Role::Author,
    Role::Agency,
    Role::Staff,
    Role::Auditor,
];

async fn boss(house: &House, practice: &Practice) -> Person {
    house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await
}

async fn roles_of(house: &House, practice: &Practice, who: &Person) -> String {
    let member = house
        .read()
        .await
        .member(practice.id, who.member())
        .await
        .unwrap();
    member.map_or_else(String::new, |m| {
        if m.active {
            m.roles.to_text()
        } else {
            "left".to_owned()
        }
    })
}

#[tokio::test]
async fn only_the_responsible_person_changes_anything_of_people() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let invite = [("email", "new@weirlane.example"), ("roles", "author")];
    house
        .post(&boss, "/practice/invitations", &invite)
        .await
        .is(303);
    let open = house.read().await.invitations(practice.id).await.unwrap()[0].id;
    for role in OTHERS {
        let who = house.person(practice.id, "Lee Other", &[role]).await;
        house
            .get(&who, "/practice")
            .await
            .is(200)
            .does_not_say("new@weirlane.example")
            .does_not_say("/invitations/")
            .does_not_say("/remove");
        for (path, fields) in [
            ("/practice/invitations".to_owned(), invite.to_vec()),
            (format!("/practice/invitations/{open}/again"), vec![]),
            (format!("/practice/invitations/{open}/withdraw"), vec![]),
            (
                format!("/practice/people/{}/roles", who.member()),
                vec![("roles", "responsible")],
            ),
            (
                format!("/practice/people/{}/roles", sam.member()),
                vec![("roles", "staff")],
            ),
            (format!("/practice/people/{}/remove", sam.member()), vec![]),
            (format!("/practice/people/{}/remove", who.member()), vec![]),
        ] {
            house
                .post(&who, &path, &fields)
                .await
                .is(403)
                .says("Only the responsible person can change this.");
        }
        assert_eq!(roles_of(&house, &practice, &who).await, role.slug());
    }
    assert_eq!(roles_of(&house, &practice, &sam).await, "author");
    let invitations = house.read().await.invitations(practice.id).await.unwrap();
    assert_eq!(invitations.len(), 1);
    assert!(invitations[0].withdrawn_at.is_none());
}

#[tokio::test]
async fn another_practice_sees_and_changes_nobody_here() {
    let house = House::new().await;
    let (ours, theirs) = (
        house.practice("Weir Lane Surgery").await,
        house.practice("Harbour Dental").await,
    );
    let boss = boss(&house, &ours).await;
    let sam = house.person(ours.id, "Sam Reed", &[Role::Author]).await;
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    let invite = [("email", "new@weirlane.example"), ("roles", "author")];
    house
        .post(&boss, "/practice/invitations", &invite)
        .await
        .is(303);
    let open = house.read().await.invitations(ours.id).await.unwrap()[0].id;
    house
        .get(&stranger, "/practice")
        .await
        .does_not_say("Sam Reed")
        .does_not_say("weir lane")
        .does_not_say("Weir Lane")
        .does_not_say("new@weirlane");
    for path in [
        format!("/practice/invitations/{open}/again"),
        format!("/practice/people/{}/roles", sam.member()),
        format!("/practice/people/{}/remove", sam.member()),
        "/practice/people/not-an-id/remove".to_owned(),
        "/practice/people/not-an-id/roles".to_owned(),
        "/practice/invitations/7/withdraw".to_owned(),
    ] {
        house
            .post(&stranger, &path, &[("roles", "staff")])
            .await
            .is(404)
            .says("<h1>");
    }
    let path = format!("/practice/invitations/{open}/withdraw");
    let status = house.post(&stranger, &path, &[]).await.status.as_u16();
    assert!(matches!(status, 404 | 409), "{status}");
    let invitations = house.read().await.invitations(ours.id).await.unwrap();
    assert!(invitations[0].withdrawn_at.is_none());
    assert_eq!(roles_of(&house, &ours, &sam).await, "author");
}

#[tokio::test]
async fn the_last_responsible_person_cannot_go_or_step_down() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let own = boss.member();
    house
        .get(&boss, "/practice")
        .await
        .says("A practice needs a responsible person");
    for (path, fields) in [
        (
            format!("/practice/people/{own}/roles"),
            vec![("roles", "author")],
        ),
        (format!("/practice/people/{own}/remove"), vec![]),
    ] {
        house
            .post(&boss, &path, &fields)
            .await
            .is(409)
            .says("at least one responsible person");
    }
    let second = house
        .person(practice.id, "Dr Tom Hale", &[Role::Responsible])
        .await;
    // Each removes the other at one moment: one of them stays.
    let (boss_goes, second_goes) = (
        format!("/practice/people/{own}/remove"),
        format!("/practice/people/{}/remove", second.member()),
    );
    let (one, two) = tokio::join!(
        house.post(&second, &boss_goes, &[]),
        house.post(&boss, &second_goes, &[])
    );
    let gone = [one, two]
        .iter()
        .filter(|answer| answer.status == 303 && answer.location().contains("said"))
        .count();
    assert_eq!(gone, 1);
    let members = house.read().await.members(practice.id).await.unwrap();
    assert_eq!(members.iter().filter(|m| m.active).count(), 1);
}

#[tokio::test]
async fn new_roles_count_from_the_next_request_on() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let path = format!("/practice/people/{}/roles", sam.member());
    house.get(&sam, "/calendar").await.is(200);
    for (roles, status) in [
        (vec![("roles", "staff"), ("roles", "auditor")], 303),
        (vec![], 422),
        (vec![("roles", "emperor")], 422),
    ] {
        house.post(&boss, &path, &roles).await.is(status);
    }
    assert_eq!(roles_of(&house, &practice, &sam).await, "staff auditor");
    house.get(&sam, "/posts/new").await.is(403);
    house
        .get(&boss, "/record")
        .await
        .says("Dr Aisha Shah")
        .says("roles");
}

#[tokio::test]
async fn an_invitation_is_told_once_however_often_it_is_clicked() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let fields = [
        ("name", "Tom"),
        ("email", "Tom.Hale@weirlane.example"),
        ("roles", "approver"),
    ];
    let (one, two) = tokio::join!(
        house.post(&boss, "/practice/invitations", &fields),
        house.post(&boss, "/practice/invitations", &fields)
    );
    assert_eq!(one.is(303).location(), two.is(303).location());
    let mut tx = house.read().await;
    let invitations = tx.invitations(practice.id).await.unwrap();
    assert_eq!(invitations.len(), 1);
    assert_eq!(tx.mails(practice.id, 10).await.unwrap().len(), 1);
    drop(tx);
    let again = format!("/practice/invitations/{}/again", invitations[0].id);
    house.clock.advance(3_600);
    for _ in 0..2 {
        house.post(&boss, &again, &[]).await.is(303);
    }
    let mut tx = house.read().await;
    let open = tx.invitations(practice.id).await.unwrap();
    assert_eq!(open.iter().filter(|i| i.withdrawn_at.is_none()).count(), 1);
    assert_eq!(tx.mails(practice.id, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_invitation_that_cannot_be_made_keeps_what_was_typed() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let known = house
        .read()
        .await
        .member(practice.id, boss.member())
        .await
        .unwrap()
        .unwrap()
        .email;
    for (name, email, role, says) in [
        ("Tom", "no address", "approver", "Enter an e-mail address"),
        ("Tom", "tom@weirlane.example", "", "Choose"),
        ("Tom", &known, "approver", "at your practice already"),
        (
            "Tom\u{202e}",
            "tom@weirlane.example",
            "approver",
            "Enter a name",
        ),
        (
            "Tom",
            "tom@weirlane.example\r\nBcc: all@weirlane.example",
            "approver",
            "Enter an e-mail address",
        ),
        (
            &"x".repeat(101),
            "tom@weirlane.example",
            "approver",
            "at most 100",
        ),
    ] {
        let mut fields = vec![("name", name), ("email", email)];
        if !role.is_empty() {
            fields.push(("roles", role));
        }
        house
            .post(&boss, "/practice/invitations", &fields)
            .await
            .is(422)
            .says(says)
            .says(&format!("value=\"{name}\""));
    }
    assert!(
        house
            .read()
            .await
            .invitations(practice.id)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn names_cannot_begin_lines_of_their_own_in_a_mail() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let fields = [
        ("name", "Tom\r\nBcc: all@weirlane.example"),
        ("email", "zoë@weirlane.example"),
        ("roles", "approver"),
    ];
    house
        .post(&boss, "/practice/invitations", &fields)
        .await
        .is(303);
    let mail = house
        .read()
        .await
        .mails(practice.id, 10)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(mail.to, "zoë@weirlane.example");
    assert!(!mail.subject.contains('\n') && !mail.to.contains('\n'));
    assert!(
        mail.body
            .starts_with("Hello Tom Bcc: all@weirlane.example,\n\n"),
        "{}",
        mail.body
    );
}

#[tokio::test]
async fn with_mail_set_up_links_are_sent_and_not_shown() {
    let networks = std::sync::Arc::new(crate::channels::NoNetworks);
    let house = House::with(networks, "https://bedside.example", Some("mail.example")).await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = boss(&house, &practice).await;
    let fields = [("email", "tom@weirlane.example"), ("roles", "approver")];
    house
        .post(&boss, "/practice/invitations", &fields)
        .await
        .is(303);
    house
        .get(&boss, "/practice")
        .await
        .says("tom@weirlane.example")
        .does_not_say("https://bedside.example/invitations/");
    house
        .get(&boss, "/practice/mail")
        .await
        .is(200)
        .says("Sent through mail.example")
        .says("Being sent");
}

#[tokio::test]
async fn the_mail_page_is_for_the_responsible_person_of_this_practice() {
    let house = House::new().await;
    let (ours, theirs) = (
        house.practice("Weir Lane Surgery").await,
        house.practice("Harbour Dental").await,
    );
    let boss = boss(&house, &ours).await;
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    let fields = [("email", "tom@weirlane.example"), ("roles", "approver")];
    house
        .post(&boss, "/practice/invitations", &fields)
        .await
        .is(303);
    house
        .get(&boss, "/practice/mail")
        .await
        .is(200)
        .says("tom@weirlane.example")
        .says("No mail is set up")
        .says("Waits here");
    house
        .get(&stranger, "/practice/mail")
        .await
        .is(200)
        .does_not_say("weirlane")
        .says("No messages yet");
    for role in OTHERS {
        let who = house.person(ours.id, "Lee Other", &[role]).await;
        house
            .get(&who, "/practice/mail")
            .await
            .is(403)
            .does_not_say("tom@weirlane");
    }
}
