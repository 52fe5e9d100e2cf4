//! What holds for every page: headers, tokens, odd requests.

use axum::body::Body;
use axum::http::{Method, Request, header};
use bedside_core::people::Role;

use crate::browser::Browser;
use crate::support::{Answer, House};

const PAGES: [&str; 15] = [
    "/",
    "/me",
    "/more",
    "/start",
    "/practice",
    "/practice/channels",
    "/practice/channels/new",
    "/practice/channels/new?platform=bluesky",
    "/practice/profile",
    "/practice/mail",
    "/calendar",
    "/calendar?view=week",
    "/calendar?view=list",
    "/record",
    "/nothing-here",
];

#[track_caller]
fn is_guarded(path: &str, answer: &Answer) {
    let header = |name: &str| {
        answer
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("{path}: no {name}"))
            .to_str()
            .unwrap()
            .to_owned()
    };
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("x-frame-options"), "DENY", "{path}");
    assert_eq!(header("referrer-policy"), "same-origin", "{path}");
    assert_eq!(header("cache-control"), "no-store", "{path}");
}

#[track_caller]
fn has_nothing_inline(path: &str, page: &str) {
    for tag in page.split("<script").skip(1) {
        let (start, rest) = tag.split_once('>').unwrap();
        assert!(start.contains(" src=\"/assets/"), "{path}: <script{start}>");
        assert!(rest.starts_with("</script>"), "{path}: <script{start}>…");
    }
    assert!(!page.contains("<style"), "{path}");
    assert!(!page.contains("javascript:"), "{path}");
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        for bad in [
            " style=\"",
            " onclick=",
            " onload=",
            " onerror=",
            " onsubmit=",
        ] {
            assert!(!tag.contains(bad), "{path}: <{tag}>");
        }
        for attribute in [" src=\"", " href=\""] {
            if let Some((_, value)) = tag.split_once(attribute)
                && !tag.starts_with("a ")
            {
                assert!(
                    value.starts_with('/') || value.starts_with("data:"),
                    "{path}: <{tag}>"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_page_is_guarded_and_has_nothing_inline() {
    let house = House::new().await;
    let visitor = Browser::default();
    for path in ["/setup", "/nothing-here"] {
        let answer = visitor.get(&house, path).await;
        is_guarded(path, &answer);
        has_nothing_inline(path, &answer.body());
    }
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(
            practice.id,
            "Dr Aisha Shah",
            &[Role::Responsible, Role::Author],
        )
        .await;
    for path in PAGES {
        let answer = house.get(&boss, path).await;
        let expected = if path == "/nothing-here" { 404 } else { 200 };
        let answer = answer.is(expected);
        is_guarded(path, &answer);
        has_nothing_inline(path, &answer.body());
        assert!(answer.body().contains("<h1"), "{path}");
    }
    for path in ["/sign-in", "/me", "/invitations/00"] {
        let answer = visitor.get(&house, path).await;
        is_guarded(path, &answer);
        has_nothing_inline(path, &answer.body());
    }
    is_guarded("/record/export", &house.get(&boss, "/record/export").await);
}

/// Every address of these pages that a member's form is sent to.
fn forms(id: &str) -> Vec<String> {
    [
        "/sign-out",
        "/sign-out-everywhere",
        "/practice/invitations",
        "/practice/invitations/ID/again",
        "/practice/invitations/ID/withdraw",
        "/practice/people/ID/roles",
        "/practice/people/ID/remove",
        "/practice/channels",
        "/practice/channels/ID/test",
        "/practice/channels/ID/disconnect",
        "/practice/profile",
        "/record/verify",
    ]
    .iter()
    .map(|path| path.replace("ID", id))
    .collect()
}

#[tokio::test]
async fn no_form_is_taken_without_the_visitors_own_token() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let other = house
        .person(practice.id, "Dr Tom Hale", &[Role::Responsible])
        .await;
    let before = house
        .read()
        .await
        .record_count(practice.id, &Default::default())
        .await
        .unwrap();
    for path in forms(&other.member().to_string()) {
        for fields in [
            vec![],
            vec![("csrf", "")],
            vec![("csrf", other.csrf.as_str())],
            vec![("csrf", ""), ("csrf", boss.csrf.as_str())],
        ] {
            house
                .post_bare(&boss, &path, &fields)
                .await
                .is(403)
                .says("form_too_old");
        }
        // Not signed in at all.
        let guest = Browser::default();
        let csrf = guest.get(&house, "/sign-in").await.hidden("csrf");
        let answer = guest
            .post_bare(&house, &path, &[("csrf", &csrf)])
            .await
            .is(303);
        assert!(answer.location().starts_with("/sign-in"), "{path}");
        // There is no such page to look at.
        if !matches!(path.as_str(), "/practice/channels" | "/practice/profile") {
            house.get(&boss, &path).await.is(404);
        }
    }
    let guest = Browser::default();
    let other_guest = Browser::default();
    let foreign = other_guest.get(&house, "/sign-in").await.hidden("csrf");
    guest.get(&house, "/sign-in").await;
    for path in [
        "/sign-in",
        "/setup",
        "/setup/you",
        "/setup/practice",
        "/invitations/00",
    ] {
        for csrf in ["", foreign.as_str()] {
            guest
                .post_bare(&house, path, &[("csrf", csrf)])
                .await
                .is(403);
        }
    }
    let after = house
        .read()
        .await
        .record_count(practice.id, &Default::default())
        .await
        .unwrap();
    assert_eq!(before, after);
    house.get(&boss, "/me").await.is(200);
}

#[tokio::test]
async fn a_look_at_the_head_alone_changes_nothing() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let browser = Browser::default();
    browser.set_cookie("bedside_session", boss.token());
    let before = house
        .read()
        .await
        .record_count(practice.id, &Default::default())
        .await
        .unwrap();
    for path in PAGES.iter().chain(&["/sign-in", "/record/export"]) {
        let get = *path != "/record/export";
        let head = browser
            .send(&house, Method::HEAD, path, String::new())
            .await;
        assert!(head.bytes.is_empty(), "{path}");
        if get {
            let get = browser.get(&house, path).await;
            assert_eq!(head.status, get.status, "{path}");
        }
    }
    let after = house
        .read()
        .await
        .record_count(practice.id, &Default::default())
        .await
        .unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn odd_requests_get_a_page_in_plain_words() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let browser = Browser::default();
    browser.set_cookie("bedside_session", boss.token());
    for path in [
        "/practice?said=%ff",
        "/practice?said=a&said=b",
        "/me?said=<script>alert(1)</script>",
        "/practice/profile?said=a&said=b",
        "/sign-in?next=a&next=b",
        "/practice/channels?said=a&said=b",
        "/practice/channels/new?platform=a&platform=b",
        "/start?said=a&said=b",
        "/rules/%ff",
        "/rules/..%2F..%2Fetc",
        "/invitations/%ff",
        "/posts/new?date=a&date=b",
    ] {
        let path = path.replace('<', "%3C").replace('>', "%3E");
        let answer = browser.get(&house, &path).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.body());
        answer
            .does_not_say("Failed to deserialize")
            .does_not_say("Invalid UTF-8")
            .does_not_say("<script>alert(1)");
    }
    for (kind, body) in [
        ("application/json", "{}"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=b", "--b\r\nbroken"),
        ("text/plain", "csrf=x"),
    ] {
        let request = Request::post("/practice/profile")
            .header(header::COOKIE, format!("bedside_session={}", boss.token()))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let answer = house.send(request).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "{kind}: {}",
            answer.status
        );
        answer.says("<h1");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        browser
            .send(&house, method, "/practice/profile", String::new())
            .await
            .is(404)
            .says("<h1");
    }
}

#[tokio::test]
async fn a_rule_says_why_to_whoever_is_signed_in() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let staff = house
        .person(practice.id, "Robin Staff", &[Role::Staff])
        .await;
    let rule = bedside_core::screen::Engine::builtin().rules()[0].id;
    house
        .get(&staff, &format!("/rules/{rule}"))
        .await
        .is(200)
        .says("Where it comes from");
    house.get(&staff, "/rules/NONE1").await.is(404);
    let guest = Browser::default();
    guest.get(&house, &format!("/rules/{rule}")).await.is(303);
}

#[tokio::test]
async fn everyone_sees_themselves_and_where_they_are_signed_in() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    for role in Role::ALL {
        let who = house.person(practice.id, "Robin Reader", &[role]).await;
        house
            .get(&who, "/me")
            .await
            .is(200)
            .says("Robin Reader")
            .says(role.words().split(": ").nth(1).unwrap())
            .says("This one")
            .does_not_say(who.token());
        house.get(&who, "/more").await.is(200).says("Your account");
    }
}
