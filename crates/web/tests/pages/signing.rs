//! Signing in and out.

use axum::body::Body;
use axum::http::{Request, header};
use bedside_core::people::Role;

use crate::browser::{Browser, PASSWORD, with_password};
use crate::support::House;

const PAT: &str = "pat@weirlane.example";

/// Everything that could tell two pages apart but the token and what was typed.
fn words(page: &crate::support::Answer, email: &str) -> String {
    page.body()
        .replace(&page.hidden("csrf"), "")
        .replace(email, "")
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_read_the_same() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let browser = Browser::default();
    let wrong = browser
        .sign_in(&house, PAT, "not the password")
        .await
        .is(422);
    let unknown = browser
        .sign_in(&house, "nobody@weirlane.example", PASSWORD)
        .await
        .is(422);
    assert_eq!(
        words(&wrong, PAT),
        words(&unknown, "nobody@weirlane.example")
    );
    wrong
        .says("is not right")
        .says(PAT)
        .does_not_say("not the password");
    assert!(browser.cookie("bedside_session").is_none());
    // Cut or longer than the password is not the password.
    for almost in [&PASSWORD[1..], &format!("{PASSWORD} "), ""] {
        browser.sign_in(&house, PAT, almost).await.is(422);
    }
    browser
        .sign_in(&house, " Pat@WeirLane.Example ", PASSWORD)
        .await
        .is(303);
}

#[tokio::test]
async fn five_wrong_tries_brake_for_known_and_unknown_alike() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    with_password(&house, practice.id, "sam@weirlane.example", &[Role::Author]).await;
    for email in [PAT, "nobody@weirlane.example"] {
        let browser = Browser::default();
        for _ in 0..5 {
            browser
                .sign_in(&house, email, "wrong password")
                .await
                .is(422);
        }
        browser
            .sign_in(&house, email, "wrong password")
            .await
            .is(429)
            .says("30 seconds");
    }
    Browser::default()
        .sign_in(&house, PAT, PASSWORD)
        .await
        .is(429);
    // A colleague is not held up.
    Browser::default()
        .sign_in(&house, "sam@weirlane.example", PASSWORD)
        .await
        .is(303);
    house.clock.advance(31);
    let browser = Browser::default();
    browser.sign_in(&house, PAT, PASSWORD).await.is(303);
    // Success forgets the failures.
    let fresh = Browser::default();
    fresh.sign_in(&house, PAT, "wrong password").await.is(422);
    fresh.sign_in(&house, PAT, PASSWORD).await.is(303);
}

#[tokio::test]
async fn many_tries_at_one_moment_do_not_pass_the_brake() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let browser = Browser::default();
    let csrf = browser.get(&house, "/sign-in").await.hidden("csrf");
    let tries = (0..9).map(|n| {
        let (house, browser, csrf) = (&house, &browser, csrf.as_str());
        async move {
            let guess = format!("wrong password {n}");
            let fields = [("csrf", csrf), ("email", PAT), ("password", guess.as_str())];
            browser
                .post_bare(house, "/sign-in", &fields)
                .await
                .status
                .as_u16()
        }
    });
    let mut statuses = Vec::new();
    let mut running: Vec<std::pin::Pin<Box<dyn Future<Output = u16>>>> = Vec::new();
    for one in tries {
        running.push(Box::pin(one));
    }
    std::future::poll_fn(|context| {
        running.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(status) => {
                statuses.push(status);
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    statuses.sort_unstable();
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429, 429, 429]);
}

#[tokio::test]
async fn only_our_own_paths_are_gone_to_afterwards() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    for (next, to) in [
        ("/calendar?month=2026-03", "/calendar?month=2026-03"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("/\n/elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ] {
        let browser = Browser::default();
        let fields = [("email", PAT), ("password", PASSWORD), ("next", next)];
        let answer = browser
            .fill(&house, "/sign-in", "/sign-in", &fields)
            .await
            .is(303);
        assert_eq!(answer.location(), to, "{next:?}");
        // Who is signed in already is sent on at once, as carefully.
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        let again = browser
            .get(&house, &format!("/sign-in?{query}"))
            .await
            .is(303);
        assert_eq!(again.location(), to, "{next:?}");
    }
    Browser::default()
        .get(&house, "/sign-in?next=%22%3E%3Cscript%3E")
        .await
        .is(200)
        .does_not_say("\"><script>");
}

#[tokio::test]
async fn cookies_are_kept_from_scripts_and_other_sites() {
    for (address, secure) in [
        ("https://bedside.example", true),
        ("http://127.0.0.1:8080", false),
    ] {
        let house = House::with(
            std::sync::Arc::new(crate::channels::NoNetworks),
            address,
            None,
        )
        .await;
        let practice = house.practice("Weir Lane Surgery").await;
        with_password(&house, practice.id, PAT, &[Role::Author]).await;
        let browser = Browser::default();
        let page = browser.get(&house, "/sign-in").await;
        let answer = browser.sign_in(&house, PAT, PASSWORD).await.is(303);
        for answer in [page, answer] {
            let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
            for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(flag), "{cookie}");
            }
            assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    }
}

#[tokio::test]
async fn a_token_that_was_planted_is_not_taken_over() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let browser = Browser::default();
    let planted = "0123456789abcdef0123456789abcdef";
    browser.set_cookie("bedside_session", planted);
    browser.set_cookie("bedside_guest", "\"><script>alert(1)</script>xxxx");
    browser
        .get(&house, "/sign-in")
        .await
        .is(200)
        .does_not_say("<script>alert");
    browser.sign_in(&house, PAT, PASSWORD).await.is(303);
    let own = browser.cookie("bedside_session").unwrap();
    assert_ne!(own, planted);
    let thief = Browser::default();
    thief.set_cookie("bedside_session", planted);
    thief.get(&house, "/me").await.is(303);
    // Signing in again gives another token.
    let second = Browser::default();
    second.sign_in(&house, PAT, PASSWORD).await.is(303);
    assert_ne!(second.cookie("bedside_session").unwrap(), own);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let (desk, phone) = (Browser::default(), Browser::default());
    for browser in [&desk, &phone] {
        browser.sign_in(&house, PAT, PASSWORD).await.is(303);
    }
    phone.get(&house, "/me").await.is(200).says("This one");
    let old = desk.cookie("bedside_session").unwrap();
    let out = desk.fill(&house, "/me", "/sign-out", &[]).await.is(303);
    assert_eq!(out.location(), "/sign-in?said=signed-out");
    assert!(desk.cookie("bedside_session").is_none());
    desk.get(&house, out.location())
        .await
        .is(200)
        .says("You are signed out.");
    desk.set_cookie("bedside_session", &old);
    desk.get(&house, "/me").await.is(303);
    phone.get(&house, "/me").await.is(200);
    desk.sign_in(&house, PAT, PASSWORD).await.is(303);
    desk.fill(&house, "/me", "/sign-out-everywhere", &[])
        .await
        .is(303);
    phone.get(&house, "/me").await.is(303);
}

#[tokio::test]
async fn a_removed_member_is_out_at_once_and_stays_out() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let (_, member) = with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let browser = Browser::default();
    browser.sign_in(&house, PAT, PASSWORD).await.is(303);
    browser.get(&house, "/me").await.is(200);
    house
        .post(&boss, &format!("/practice/people/{member}/remove"), &[])
        .await
        .is(303);
    assert_eq!(
        browser.get(&house, "/me").await.is(303).location(),
        "/sign-in?next=%2Fme"
    );
    Browser::default()
        .sign_in(&house, PAT, PASSWORD)
        .await
        .is(422)
        .says("is not right");
}

#[tokio::test]
async fn very_long_input_is_answered_and_not_kept() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let browser = Browser::default();
    let long = "x".repeat(100_000);
    browser
        .sign_in(&house, &format!("{long}@x.example"), &long)
        .await
        .is(422);
    browser.sign_in(&house, PAT, &long).await.is(422);
    let three = "y".repeat(3 * 1024 * 1024);
    browser.sign_in(&house, PAT, &three).await.is(413);
}

#[tokio::test]
async fn a_form_that_another_site_sends_gets_a_page_and_no_session() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    with_password(&house, practice.id, PAT, &[Role::Author]).await;
    let request = Request::post("/sign-in")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("email={PAT}&password={PASSWORD}")))
        .unwrap();
    let answer = house.send(request).await.is(403).says("form_too_old");
    assert!(answer.headers.get(header::SET_COOKIE).is_none());
}
