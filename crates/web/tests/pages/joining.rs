//! Taking up an invitation.

use bedside_core::people::Role;

use crate::browser::{Browser, PASSWORD, with_password};
use crate::support::{House, Person, Practice};

const EMAIL: &str = "tom.hale@weirlane.example";
const JOIN: [(&str, &str); 2] = [("name", "Dr Tom Hale"), ("password", PASSWORD)];

struct Scene {
    house: House,
    practice: Practice,
    boss: Person,
}

async fn scene() -> Scene {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    Scene {
        house,
        practice,
        boss,
    }
}

impl Scene {
    /// Invites [`EMAIL`]; gives the link's path.
    async fn invite(&self) -> String {
        let fields = [("name", "Tom"), ("email", EMAIL), ("roles", "approver")];
        self.house
            .post(&self.boss, "/practice/invitations", &fields)
            .await
            .is(303);
        self.link().await
    }

    async fn link(&self) -> String {
        let page = self.house.get(&self.boss, "/practice").await.body();
        let at = page.find("https://bedside.example/invitations/").unwrap();
        page[at + "https://bedside.example".len()..]
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    }

    async fn join(&self, browser: &Browser, link: &str) -> crate::support::Answer {
        browser.fill(&self.house, link, link, &JOIN).await
    }

    /// How many members have access.
    async fn members(&self) -> usize {
        let members = self.house.read().await.members(self.practice.id).await;
        members.unwrap().iter().filter(|m| m.active).count()
    }
}

#[tokio::test]
async fn an_invited_person_joins_with_the_roles_they_were_given() {
    let scene = scene().await;
    let link = scene.invite().await;
    let browser = Browser::default();
    browser
        .get(&scene.house, &link)
        .await
        .is(200)
        .says("Join Weir Lane Surgery")
        .says("Dr Aisha Shah invited you")
        .says("gives second opinions")
        .says("value=\"Tom\"");
    assert_eq!(scene.join(&browser, &link).await.is(303).location(), "/");
    browser
        .get(&scene.house, "/me")
        .await
        .is(200)
        .says("Dr Tom Hale")
        .says(EMAIL);
    let mut tx = scene.house.read().await;
    let members = tx.members(scene.practice.id).await.unwrap();
    let tom = members.iter().find(|m| m.email == EMAIL).unwrap();
    assert_eq!(tom.roles.to_text(), "approver");
    drop(tx);
    // The link is used up.
    let late = Browser::default();
    late.get(&scene.house, &link)
        .await
        .is(410)
        .says("has been used")
        .does_not_say(EMAIL);
    let csrf = late.get(&scene.house, "/sign-in").await.hidden("csrf");
    let mut fields = vec![("csrf", csrf.as_str())];
    fields.extend(JOIN);
    late.post_bare(&scene.house, &link, &fields).await.is(410);
    assert_eq!(scene.members().await, 2);
    scene
        .house
        .get(&scene.boss, "/practice")
        .await
        .does_not_say("/invitations/");
}

#[tokio::test]
async fn roles_and_address_come_from_the_invitation_and_not_from_the_form() {
    let scene = scene().await;
    let link = scene.invite().await;
    let browser = Browser::default();
    let mut fields = JOIN.to_vec();
    fields.extend([
        ("roles", "responsible"),
        ("email", "someone.else@weirlane.example"),
        ("username", "someone.else@weirlane.example"),
    ]);
    browser
        .fill(&scene.house, &link, &link, &fields)
        .await
        .is(303);
    let members = scene.house.read().await.members(scene.practice.id).await;
    let members = members.unwrap();
    let tom = members.iter().find(|m| m.email == EMAIL).unwrap();
    assert_eq!(tom.roles.to_text(), "approver");
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days() {
    let scene = scene().await;
    let link = scene.invite().await;
    let browser = Browser::default();
    let csrf = browser.get(&scene.house, &link).await.hidden("csrf");
    scene.house.clock.advance(7 * 24 * 3_600 - 1);
    browser.get(&scene.house, &link).await.is(200);
    scene.house.clock.advance(1);
    browser
        .get(&scene.house, &link)
        .await
        .is(410)
        .says("good for 7 days");
    let mut fields = vec![("csrf", csrf.as_str())];
    fields.extend(JOIN);
    browser
        .post_bare(&scene.house, &link, &fields)
        .await
        .is(410);
    assert_eq!(scene.members().await, 1);
}

#[tokio::test]
async fn a_withdrawn_or_replaced_invitation_lets_nobody_in() {
    let scene = scene().await;
    let first = scene.invite().await;
    scene.house.clock.advance(60);
    let second = scene.invite().await;
    assert_ne!(first, second);
    Browser::default()
        .get(&scene.house, &first)
        .await
        .is(410)
        .says("was withdrawn");
    let mut tx = scene.house.read().await;
    let open = tx.invitations(scene.practice.id).await.unwrap();
    let open = open.iter().find(|i| i.withdrawn_at.is_none()).unwrap().id;
    drop(tx);
    let path = format!("/practice/invitations/{open}/withdraw");
    scene.house.post(&scene.boss, &path, &[]).await.is(303);
    scene.house.post(&scene.boss, &path, &[]).await.is(409);
    Browser::default()
        .get(&scene.house, &second)
        .await
        .is(410)
        .says("was withdrawn");
    // A page that stood open must not bring it back to life.
    let again = format!("/practice/invitations/{open}/again");
    scene.house.post(&scene.boss, &again, &[]).await.is(409);
    assert_eq!(scene.members().await, 1);
}

#[tokio::test]
async fn two_at_once_make_one_member() {
    let scene = scene().await;
    let link = scene.invite().await;
    let (one, two) = (Browser::default(), Browser::default());
    let (first, second) = tokio::join!(scene.join(&one, &link), scene.join(&two, &link));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(scene.members().await, 2);
}

#[tokio::test]
async fn a_link_that_was_changed_opens_nothing() {
    let scene = scene().await;
    let link = scene.invite().await;
    let last = if link.ends_with('0') { "1" } else { "0" };
    let changed = format!("{}{last}", &link[..link.len() - 1]);
    for path in [
        changed.as_str(),
        &link[..link.len() - 1],
        &format!("{link}0"),
        &link
            .to_uppercase()
            .replace("/INVITATIONS/", "/invitations/"),
        "/invitations/%00",
        "/invitations/%ff",
    ] {
        let status = Browser::default()
            .get(&scene.house, path)
            .await
            .does_not_say(EMAIL)
            .status
            .as_u16();
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

#[tokio::test]
async fn someone_known_from_another_practice_proves_it_with_their_password() {
    let scene = scene().await;
    let other = scene.house.practice("Harbour Dental").await;
    with_password(&scene.house, other.id, EMAIL, &[Role::Author]).await;
    let link = scene.invite().await;
    let browser = Browser::default();
    let fields = [("name", "Tom"), ("password", "another password")];
    for _ in 0..5 {
        browser
            .fill(&scene.house, &link, &link, &fields)
            .await
            .is(422)
            .says("This is not it")
            .does_not_say("Harbour")
            .does_not_say("another password\"");
    }
    browser
        .fill(&scene.house, &link, &link, &fields)
        .await
        .is(429);
    assert_eq!(scene.members().await, 1);
    // The old password still opens, and it was not changed by who held the link.
    scene.house.clock.advance(31);
    scene.join(&browser, &link).await.is(303);
    assert_eq!(scene.members().await, 2);
    browser
        .get(&scene.house, "/practice")
        .await
        .is(200)
        .says("Weir Lane Surgery")
        .does_not_say("Harbour");
}

#[tokio::test]
async fn what_does_not_fit_is_told_and_the_invitation_stays_open() {
    let scene = scene().await;
    let link = scene.invite().await;
    let browser = Browser::default();
    for (name, password, says) in [
        ("", PASSWORD, "Enter a name"),
        (
            "Tom\u{7}\r\nBcc: all@weirlane.example",
            PASSWORD,
            "Enter a name",
        ),
        ("Tom", "short", "at least 10 characters"),
        ("Tom", &"x".repeat(257), "at most 256 characters"),
    ] {
        let fields = [("name", name), ("password", password)];
        browser
            .fill(&scene.house, &link, &link, &fields)
            .await
            .is(422)
            .says(says);
    }
    scene.join(&browser, &link).await.is(303);
}

#[tokio::test]
async fn a_member_who_left_comes_back_as_the_one_they_were() {
    let scene = scene().await;
    let (_, member) = with_password(&scene.house, scene.practice.id, EMAIL, &[Role::Author]).await;
    scene
        .house
        .post(
            &scene.boss,
            &format!("/practice/people/{member}/remove"),
            &[],
        )
        .await
        .is(303);
    let link = scene.invite().await;
    scene.join(&Browser::default(), &link).await.is(303);
    let members = scene.house.read().await.members(scene.practice.id).await;
    let members = members.unwrap();
    let tom = members.iter().find(|m| m.email == EMAIL).unwrap();
    assert_eq!((tom.id, tom.active), (member, true));
    assert_eq!(tom.roles.to_text(), "approver");
}
