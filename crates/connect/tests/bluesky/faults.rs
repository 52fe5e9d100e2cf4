//! What the connector says of a try when the line or the service fails at every point of it. The server is real
//! (`e2e/pds`); a proxy before it fails on demand.

use std::time::Duration;

use bedside_connect::http::{ANSWER_LIMIT, Limits};
use bedside_connect::testing::Fault;
use bedside_core::network::{Network, Outcome, Sighting, Trouble};

use crate::support::{Bench, described, not_sent, parcel, png};

const PUT: &str = "com.atproto.repo.putRecord";
const UPLOAD: &str = "com.atproto.repo.uploadBlob";
const SIGN_IN: &str = "com.atproto.server.createSession";
const REFRESH: &str = "com.atproto.server.refreshSession";
const GET: &str = "com.atproto.repo.getRecord";
const DELETE: &str = "com.atproto.repo.deleteRecord";

/// Short enough that a test of silence does not hold up the others, long enough for a busy machine.
fn short() -> Limits {
    Limits {
        words: Duration::from_secs(3),
        picture: Duration::from_secs(3),
        ..Limits::default()
    }
}

fn answer(status: u16, error: &str, headers: &[(&'static str, &str)]) -> Fault {
    let headers = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    Fault::Answer {
        status,
        headers,
        body: format!(r#"{{"error":"{error}","message":"Open on Saturday"}}"#),
    }
}

#[tokio::test]
async fn when_the_answer_is_lost_the_outcome_is_unknown_and_looking_finds_the_post() {
    for fault in [Fault::CutAfter, Fault::CutMidAnswer, Fault::Silence] {
        let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
            return;
        };
        let frozen = bench.freeze(&parcel("Open on Saturday"));
        proxy.next(PUT, fault.clone());
        let outcome = bench.send(&frozen, &[]).await;
        assert!(
            matches!(outcome, Outcome::Unknown { .. }),
            "{fault:?}: {outcome:?}"
        );
        assert_eq!(
            bench.look(&frozen).await,
            Ok(bench.there(&frozen)),
            "{fault:?}"
        );
        let before = bench.cids().await;
        assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
        assert_eq!(bench.cids().await, before, "{fault:?}");
        assert_eq!(before.len(), 1);
    }
}

#[tokio::test]
async fn when_the_request_is_lost_the_outcome_is_unknown_and_looking_finds_nothing() {
    for fault in [
        Fault::CutBefore,
        Fault::CutMidway,
        answer(503, "NotEnoughResources", &[]),
        answer(502, "", &[]),
    ] {
        let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
            return;
        };
        let frozen = bench.freeze(&parcel("Open on Saturday"));
        proxy.next(PUT, fault.clone());
        let outcome = bench.send(&frozen, &[]).await;
        assert!(
            matches!(outcome, Outcome::Unknown { .. }),
            "{fault:?}: {outcome:?}"
        );
        assert_eq!(
            proxy.count(PUT),
            1,
            "the connector does not send again by itself"
        );
        assert_eq!(bench.look(&frozen).await, Ok(Sighting::Gone), "{fault:?}");
        assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
        assert_eq!(bench.cids().await.len(), 1);
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let Some((bench, mut proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    proxy.down().await;
    // Once before there is a session, once with one: then the post itself is what cannot be handed over.
    assert!(not_sent(&bench.send(&frozen, &[]).await).is_some());
    proxy.up().await.unwrap();
    bench.network.connect(&bench.credentials).await.unwrap();
    proxy.down().await;
    assert!(not_sent(&bench.send(&frozen, &[]).await).is_some());
    assert!(matches!(
        bench.look(&frozen).await,
        Err(Trouble::Later { .. })
    ));
    proxy.up().await.unwrap();
    assert_eq!(proxy.count(PUT), 0);
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    assert_eq!(bench.cids().await.len(), 1);
}

#[tokio::test]
async fn a_slow_answer_is_waited_for() {
    let Some((bench, proxy)) = Bench::through_proxy(Limits::default()).await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    proxy.next(PUT, Fault::Delay(Duration::from_millis(300)));
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
}

#[tokio::test]
async fn too_many_requests_wait_as_long_as_the_network_asks() {
    let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    let date = ("date", "Tue, 03 Mar 2026 09:00:00 GMT");
    for (headers, expected) in [
        (vec![("retry-after", "17")], 17),
        (vec![date, ("ratelimit-reset", "1772528475")], 75),
        (vec![], 300),
    ] {
        proxy.next(PUT, answer(429, "RateLimitExceeded", &headers));
        assert_eq!(not_sent(&bench.send(&frozen, &[]).await), Some(expected));
    }
    proxy.next(
        SIGN_IN,
        answer(429, "RateLimitExceeded", &[("retry-after", "240")]),
    );
    let connected = bench.network.connect(&bench.credentials).await;
    assert!(
        matches!(
            connected,
            Err(Trouble::Later {
                wait_seconds: 240,
                ..
            })
        ),
        "{connected:?}"
    );
    assert_eq!(bench.cids().await, Vec::<String>::new());
}

#[tokio::test]
async fn whatever_happens_to_a_picture_nothing_was_posted() {
    let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    let picture = png(100);
    let mut parcel = parcel("New chairs on Saturday");
    parcel.pictures = vec![described(&picture, "A chair")];
    let frozen = bench.freeze(&parcel);
    let pictures = [picture];
    for fault in [
        Fault::CutBefore,
        Fault::CutMidway,
        Fault::CutAfter,
        Fault::CutMidAnswer,
        Fault::Silence,
        answer(500, "InternalServerError", &[]),
        answer(429, "RateLimitExceeded", &[]),
    ] {
        proxy.next(UPLOAD, fault.clone());
        assert!(
            not_sent(&bench.send(&frozen, &pictures).await).is_some(),
            "{fault:?}"
        );
    }
    proxy.next(UPLOAD, answer(413, "PayloadTooLarge", &[]));
    assert!(matches!(
        bench.send(&frozen, &pictures).await,
        Outcome::Refused(_)
    ));
    // The server keeps other bytes than it was given.
    proxy.next(UPLOAD, Fault::Answer {
        status: 200,
        headers: vec![],
        body: r#"{"blob":{"$type":"blob","ref":{"$link":"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},"mimeType":"image/png","size":100}}"#.to_owned(),
    });
    assert!(matches!(
        bench.send(&frozen, &pictures).await,
        Outcome::Refused(_)
    ));
    assert_eq!(proxy.count(PUT), 0);
    assert_eq!(bench.cids().await, Vec::<String>::new());
    // The upload is forgotten before the post that names it comes.
    proxy.next(PUT, answer(400, "BlobNotFound", &[]));
    assert!(not_sent(&bench.send(&frozen, &pictures).await).is_some());
    assert_eq!(bench.send(&frozen, &pictures).await, Outcome::Accepted);
}

#[tokio::test]
async fn an_answer_that_is_not_blueskys_is_not_believed() {
    let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    let page = |status, body: &str| Fault::Answer {
        status,
        headers: vec![("location", bench.pds.address().to_owned())],
        body: body.to_owned(),
    };
    // Turned away by something in between: the post did not reach a Bluesky server.
    for status in [302, 403, 404, 407] {
        proxy.next(
            PUT,
            page(status, "<html>Please accept the terms of our wi-fi</html>"),
        );
        assert!(
            not_sent(&bench.send(&frozen, &[]).await).is_some(),
            "{status}"
        );
    }
    // "Done", says something that cannot know.
    for body in [
        "<html>Welcome</html>",
        "{}",
        r#"{"uri":"at://did:plc:other/app.bsky.feed.post/3lbqabcdefg2k"}"#,
        &"x".repeat(ANSWER_LIMIT + 1),
    ] {
        proxy.next(PUT, page(200, body));
        let outcome = bench.send(&frozen, &[]).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    }
    for body in ["<html>Welcome</html>", "{}"] {
        proxy.next(GET, page(404, body));
        assert!(matches!(
            bench.look(&frozen).await,
            Err(Trouble::Later { .. })
        ));
    }
    proxy.next(SIGN_IN, page(404, "<html>Not here</html>"));
    assert!(matches!(
        bench.network.connect(&bench.credentials).await,
        Err(Trouble::Later { .. })
    ));
    assert_eq!(bench.cids().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_sign_in_serves_many_posts_that_start_together() {
    let Some((bench, proxy)) = Bench::through_proxy(Limits::default()).await else {
        return;
    };
    let mut posts = Vec::new();
    for seed in 0..20 {
        let mut parcel = parcel("Open on Saturday");
        parcel.key_seed = seed;
        posts.push(bench.freeze(&parcel));
    }
    let bench = std::sync::Arc::new(bench);
    let mut sending = tokio::task::JoinSet::new();
    for frozen in posts {
        let bench = bench.clone();
        sending.spawn(async move { bench.send(&frozen, &[]).await });
    }
    assert!(
        sending
            .join_all()
            .await
            .iter()
            .all(|outcome| *outcome == Outcome::Accepted)
    );
    assert_eq!(proxy.count(SIGN_IN), 1);
    assert_eq!(bench.cids().await.len(), 20);
}

#[tokio::test]
async fn a_token_out_of_date_is_renewed_once_and_the_post_goes_out() {
    let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    for (turn, fault) in [
        answer(400, "ExpiredToken", &[]),
        answer(400, "InvalidToken", &[]),
        answer(401, "AuthenticationRequired", &[]),
    ]
    .into_iter()
    .enumerate()
    {
        let mut parcel = parcel("Open on Saturday");
        parcel.key_seed = turn as u64;
        let frozen = bench.freeze(&parcel);
        proxy.next(PUT, fault);
        assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
        assert_eq!((proxy.count(SIGN_IN), proxy.count(REFRESH)), (1, turn + 1));
    }
    // Still not accepted after that: a person has to see to it, and the network is not pestered.
    proxy.next(PUT, answer(401, "AuthenticationRequired", &[]));
    proxy.next(PUT, answer(401, "AuthenticationRequired", &[]));
    let outcome = bench
        .send(&bench.freeze(&parcel("Open on Saturday")), &[])
        .await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("Connect the channel again")),
        "{outcome:?}"
    );
    assert_eq!((proxy.count(SIGN_IN), proxy.count(REFRESH)), (1, 4));
}

#[tokio::test]
async fn when_refreshing_is_refused_the_password_is_used_and_when_that_is_gone_a_person_is_told() {
    let Some((mut bench, proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    bench.credentials.secret = bench.pds.app_password(&bench.owner).await;
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    bench.network.connect(&bench.credentials).await.unwrap();
    proxy.next(PUT, answer(400, "ExpiredToken", &[]));
    proxy.next(REFRESH, answer(400, "ExpiredToken", &[]));
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    assert_eq!(proxy.count(SIGN_IN), 2);
    // Revoked on the real server: refreshing and signing in are both refused there.
    bench.pds.revoke_app_passwords(&bench.owner).await;
    proxy.next(PUT, answer(400, "ExpiredToken", &[]));
    let outcome = bench.send(&frozen, &[]).await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("app password")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_failure_while_renewing_the_token_leaves_nothing_sent() {
    for fault in [
        Fault::CutAfter,
        Fault::CutBefore,
        answer(503, "", &[]),
        answer(429, "RateLimitExceeded", &[]),
    ] {
        let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
            return;
        };
        let frozen = bench.freeze(&parcel("Open on Saturday"));
        proxy.next(PUT, answer(400, "ExpiredToken", &[]));
        proxy.next(REFRESH, fault.clone());
        assert!(
            not_sent(&bench.send(&frozen, &[]).await).is_some(),
            "{fault:?}"
        );
        assert_eq!(
            proxy.count(SIGN_IN),
            1,
            "a failing server is no reason to spend a sign-in"
        );
        assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    }
}

#[tokio::test]
async fn looking_and_taking_down_never_guess() {
    let Some((bench, proxy)) = Bench::through_proxy(short()).await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    for fault in [
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Silence,
        answer(500, "InternalServerError", &[]),
        answer(400, "InvalidRequest", &[]),
    ] {
        proxy.next(GET, fault.clone());
        let seen = bench.look(&frozen).await;
        assert!(
            matches!(seen, Err(Trouble::Later { .. })),
            "{fault:?}: {seen:?}"
        );
    }
    for fault in [Fault::CutBefore, Fault::CutAfter] {
        proxy.next(DELETE, fault.clone());
        let done = bench.take_down(&frozen).await;
        assert!(
            matches!(done, Err(Trouble::Later { .. })),
            "{fault:?}: {done:?}"
        );
    }
    assert_eq!(bench.look(&frozen).await, Ok(Sighting::Gone));
    assert_eq!(bench.take_down(&frozen).await, Ok(()));
}
