//! The first run: from the code on the console to the start page, and nobody else.

use axum::http::Method;
use bedside_core::people::Role;

use crate::browser::{Browser, PASSWORD};
use crate::support::{Answer, House};

const YOU: [(&str, &str); 3] = [
    ("name", "  Aisha   Shah "),
    ("email", "Aisha.Shah@WeirLane.example"),
    ("password", PASSWORD),
];
const PRACTICE: [(&str, &str); 2] = [
    ("practice_name", "Weir Lane Surgery"),
    ("practice_type", "gp"),
];

async fn code(house: &House) -> String {
    bedside_web::first_run_code(&house.store, &house.world)
        .await
        .unwrap()
        .unwrap()
}

async fn type_code(house: &House, browser: &Browser, code: &str) -> Answer {
    browser
        .fill(house, "/setup", "/setup", &[("code", code)])
        .await
}

#[tokio::test]
async fn the_code_leads_to_a_practice_with_one_responsible_person() {
    let house = House::new().await;
    let browser = Browser::default();
    assert_eq!(
        browser.get(&house, "/calendar").await.is(303).location(),
        "/setup"
    );
    assert_eq!(
        browser.get(&house, "/sign-in").await.is(303).location(),
        "/setup"
    );
    // As people type it.
    let typed = code(&house).await.to_lowercase().replace('-', " ");
    assert_eq!(
        type_code(&house, &browser, &typed).await.is(303).location(),
        "/setup/you"
    );
    assert_eq!(
        browser
            .fill(&house, "/setup/you", "/setup/you", &YOU)
            .await
            .is(303)
            .location(),
        "/setup/practice"
    );
    let done = browser
        .fill(&house, "/setup/practice", "/setup/practice", &PRACTICE)
        .await
        .is(303);
    assert_eq!(done.location(), "/start");
    browser
        .get(&house, "/start")
        .await
        .is(200)
        .says("3 of 5 done")
        .says("Weir Lane Surgery")
        .says("Invite someone");

    let mut tx = house.read().await;
    let practices = tx.practices().await.unwrap();
    assert_eq!(practices.len(), 1);
    let members = tx.members(practices[0].id).await.unwrap();
    assert_eq!(
        (
            members.len(),
            members[0].name.as_str(),
            members[0].email.as_str()
        ),
        (1, "Aisha Shah", "aisha.shah@weirlane.example")
    );
    assert!(members[0].roles.has(Role::Responsible));
    drop(tx);

    // Set-up is closed, for this browser and for others, and the code is of no use any more.
    for path in ["/setup", "/setup/you", "/setup/practice"] {
        assert_eq!(
            Browser::default()
                .get(&house, path)
                .await
                .is(303)
                .location(),
            "/sign-in?next="
        );
    }
    let other = Browser::default();
    let csrf = other.get(&house, "/sign-in").await.hidden("csrf");
    for path in ["/setup", "/setup/you", "/setup/practice"] {
        let mut fields = vec![("csrf", csrf.as_str()), ("code", typed.as_str())];
        fields.extend(YOU);
        fields.extend(PRACTICE);
        other.post_bare(&house, path, &fields).await.is(303);
    }
    let mut tx = house.read().await;
    assert_eq!(tx.practices().await.unwrap().len(), 1);
    assert!(
        bedside_web::first_run_code(&house.store, &house.world)
            .await
            .unwrap()
            .is_none()
    );
    drop(tx);
    let again = Browser::default();
    assert_eq!(
        again
            .sign_in(&house, "aisha.shah@weirlane.example", PASSWORD)
            .await
            .is(303)
            .location(),
        "/"
    );
}

#[tokio::test]
async fn a_wrong_code_is_told_and_braked_after_five_tries() {
    let house = House::new().await;
    let right = code(&house).await;
    let browser = Browser::default();
    for _ in 0..5 {
        type_code(&house, &browser, "AAAA-BBBB-CCCC")
            .await
            .is(422)
            .says("This is not the code")
            .says("AAAA-BBBB-CCCC");
    }
    type_code(&house, &browser, "AAAA-BBBB-CCCC")
        .await
        .is(429)
        .says("30 seconds");
    // The right one must wait too, or the brake would tell which it is.
    type_code(&house, &browser, &right).await.is(429);
    type_code(&house, &Browser::default(), &right).await.is(429);
    house.clock.advance(31);
    type_code(&house, &browser, &right).await.is(303);
    // An empty code is no key when none is kept.
    let mut tx = house.store.write().await.unwrap();
    tx.set_installation("first_run_code", None).await.unwrap();
    tx.commit().await.unwrap();
    type_code(&house, &Browser::default(), "").await.is(422);
}

#[tokio::test]
async fn a_visitor_without_the_code_gets_no_further() {
    let house = House::new().await;
    let (owner, stranger) = (Browser::default(), Browser::default());
    type_code(&house, &owner, &code(&house).await).await.is(303);
    let csrf = stranger.get(&house, "/setup").await.hidden("csrf");
    for stage in 0..2 {
        for path in ["/setup/you", "/setup/practice"] {
            assert_eq!(
                stranger.get(&house, path).await.is(303).location(),
                "/setup"
            );
            let mut fields = vec![("csrf", csrf.as_str())];
            fields.extend(YOU);
            fields.extend(PRACTICE);
            assert_eq!(
                stranger
                    .post_bare(&house, path, &fields)
                    .await
                    .is(303)
                    .location(),
                "/setup"
            );
        }
        if stage == 0 {
            owner
                .fill(&house, "/setup/you", "/setup/you", &YOU)
                .await
                .is(303);
        }
    }
    assert!(house.read().await.practices().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_new_code_ends_the_old_one() {
    let house = House::new().await;
    let old = code(&house).await;
    let new = code(&house).await;
    let browser = Browser::default();
    type_code(&house, &browser, &old).await.is(422);
    type_code(&house, &browser, &new).await.is(303);
}

#[tokio::test]
async fn a_double_click_on_each_step_does_it_once() {
    let house = House::new().await;
    let browser = Browser::default();
    let code = code(&house).await;
    let csrf = browser.get(&house, "/setup").await.hidden("csrf");
    let csrf = csrf.as_str();
    let click = async |path: &str, fields: &[(&str, &str)]| {
        let mut all = vec![("csrf", csrf)];
        all.extend_from_slice(fields);
        let (first, second) = tokio::join!(
            browser.post_bare(&house, path, &all),
            browser.post_bare(&house, path, &all)
        );
        (first.is(303), second.is(303))
    };
    click("/setup", &[("code", &code)]).await;
    let (first, second) = click("/setup/you", &YOU).await;
    assert_eq!(
        (first.location(), second.location()),
        ("/setup/practice", "/setup/practice")
    );
    click("/setup/practice", &PRACTICE).await;
    let mut tx = house.read().await;
    let practices = tx.practices().await.unwrap();
    assert_eq!(practices.len(), 1);
    assert_eq!(tx.members(practices[0].id).await.unwrap().len(), 1);
    drop(tx);
    browser.get(&house, "/start").await.is(200);
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_its_field_and_what_was_typed_is_kept() {
    let house = House::new().await;
    let browser = Browser::default();
    type_code(&house, &browser, &code(&house).await)
        .await
        .is(303);
    let page = browser
        .fill(
            &house,
            "/setup/you",
            "/setup/you",
            &[
                ("name", "Aisha\u{202e}hahS"),
                ("email", "no address"),
                ("password", "short"),
            ],
        )
        .await
        .is(422);
    page.says("Enter a name")
        .says("value=\"Aisha\u{202e}hahS\"")
        .says("Enter an e-mail address")
        .says("at least 10 characters")
        .says("no address")
        .does_not_say("value=\"short\"");
    browser
        .fill(&house, "/setup/you", "/setup/you", &YOU)
        .await
        .is(303);
    browser
        .fill(
            &house,
            "/setup/practice",
            "/setup/practice",
            &[
                ("practice_name", ""),
                ("town", "Sturry"),
                ("list_size", "many"),
            ],
        )
        .await
        .is(422)
        .says("Enter the practice&#39;s name")
        .says("Choose what kind of practice it is")
        .says("Sturry")
        .says("many");
    assert!(house.read().await.practices().await.unwrap().is_empty());
    // Looking at the pages again shows where set-up stands.
    assert_eq!(
        browser
            .send(&house, Method::GET, "/setup/you", String::new())
            .await
            .location(),
        "/setup/practice"
    );
}
