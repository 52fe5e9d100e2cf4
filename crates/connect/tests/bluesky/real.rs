//! The connector against a real Bluesky server on loopback (`e2e/pds`).

use bedside_connect::bluesky::{PICTURE_BYTES, TEXT_GRAPHEMES};
use bedside_core::network::{
    Account, Credentials, Frozen, Network, Outcome, PictureBytes, Sighting, Trouble,
};
use serde_json::{Value, json};

use crate::support::{Bench, described, parcel, png};

#[tokio::test]
async fn a_post_arrives_as_it_was_frozen_with_links_mentions_and_tags() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let friend = bench.pds.new_account().await.account;
    let text = format!(
        "Flu clinic on Saturday 💉👩‍⚕️ with @{} and @nobody-{}\nBook: nhs.uk/flu or (https://weirlane.example/flu). #FluJab",
        friend.handle, friend.handle
    );
    let mentions = bench
        .network
        .resolve_mentions(&bench.credentials, &text)
        .await
        .unwrap();
    assert_eq!(mentions.len(), 1);
    assert_eq!(
        (&mentions[0].handle, &mentions[0].id),
        (&friend.handle, &friend.id)
    );

    let mut parcel = parcel(&text);
    parcel.mentions = mentions;
    let frozen = bench.freeze(&parcel);
    assert_eq!(bench.look(&frozen).await, Ok(Sighting::Gone));
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    assert_eq!(bench.look(&frozen).await, Ok(bench.there(&frozen)));

    let posts = bench.pds.posts(bench.account()).await;
    assert_eq!(posts.len(), 1);
    let value = &posts[0]["value"];
    assert_eq!(value, &serde_json::from_str::<Value>(&frozen.body).unwrap());
    let covered: Vec<&str> = value["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facet| {
            let at = |end: &str| usize::try_from(facet["index"][end].as_u64().unwrap()).unwrap();
            &text[at("byteStart")..at("byteEnd")]
        })
        .collect();
    let mention = format!("@{}", friend.handle);
    assert_eq!(
        covered,
        [
            mention.as_str(),
            "nhs.uk/flu",
            "https://weirlane.example/flu",
            "#FluJab"
        ]
    );
}

#[tokio::test]
async fn sending_twice_is_one_post() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    let first = bench.cids().await;
    assert_eq!(bench.send(&frozen, &[]).await, Outcome::Accepted);
    assert_eq!(bench.cids().await, first);
    assert_eq!(first.len(), 1);
}

#[tokio::test]
async fn two_posts_of_the_same_moment_are_two_posts() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    for seed in [1, 2] {
        let mut parcel = parcel("Open on Saturday");
        parcel.key_seed = seed;
        assert_eq!(
            bench.send(&bench.freeze(&parcel), &[]).await,
            Outcome::Accepted
        );
    }
    assert_eq!(bench.cids().await.len(), 2);
}

#[tokio::test]
async fn pictures_go_with_their_descriptions_under_the_names_we_computed() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let largest = usize::try_from(PICTURE_BYTES).unwrap();
    let pictures = [png(largest), png(101), png(102), png(103)];
    let mut parcel = parcel("New chairs on Saturday");
    parcel.pictures = pictures
        .iter()
        .zip(["A blue chair", "", "Zwei Stühle 🪑", "A table"])
        .map(|(bytes, alt)| described(bytes, alt))
        .collect();
    let frozen = bench.freeze(&parcel);
    assert_eq!(bench.send(&frozen, &pictures).await, Outcome::Accepted);
    assert_eq!(bench.look(&frozen).await, Ok(bench.there(&frozen)));
    // The whole of it again, as after a crash.
    assert_eq!(bench.send(&frozen, &pictures).await, Outcome::Accepted);
    let posts = bench.pds.posts(bench.account()).await;
    assert_eq!(posts.len(), 1);
    let images = posts[0]["value"]["embed"]["images"].as_array().unwrap();
    let alts: Vec<&str> = images
        .iter()
        .map(|image| image["alt"].as_str().unwrap())
        .collect();
    assert_eq!(alts, ["A blue chair", "", "Zwei Stühle 🪑", "A table"]);
    assert_eq!(images[0]["image"]["size"], PICTURE_BYTES);
}

#[tokio::test]
async fn pictures_that_are_not_the_approved_ones_are_not_sent() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let (approved, other) = (png(100), png(101));
    let mut parcel = parcel("New chairs on Saturday");
    parcel.pictures = vec![described(&approved, "A chair")];
    let frozen = bench.freeze(&parcel);
    for wrong in [vec![other.clone()], vec![], vec![approved.clone(), other]] {
        let outcome = bench.send(&frozen, &wrong).await;
        assert!(
            matches!(&outcome, Outcome::Refused(why) if why.contains("not the ones")),
            "{outcome:?}"
        );
    }
    // Said to be a JPEG, is a PNG: the server looks, and the post that names a JPEG would not go through.
    let mislabelled = PictureBytes {
        mime: "image/jpeg".to_owned(),
        ..approved
    };
    parcel.pictures = vec![described(&mislabelled, "A chair")];
    let outcome = bench.send(&bench.freeze(&parcel), &[mislabelled]).await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("not of the kind")),
        "{outcome:?}"
    );
    assert_eq!(bench.cids().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_else_is_under_the_key_is_seen_and_never_overwritten() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    let other = json!({"$type": "app.bsky.feed.post", "text": "Something else", "createdAt": "2026-03-03T09:00:00.000Z"});
    bench.pds.put(&bench.owner, &frozen.key, &other).await;
    assert!(matches!(
        bench.look(&frozen).await,
        Ok(Sighting::Different { .. })
    ));
    let outcome = bench.send(&frozen, &[]).await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("already in this post's place")),
        "{outcome:?}"
    );
    assert_eq!(bench.pds.posts(bench.account()).await[0]["value"], other);
}

#[tokio::test]
async fn a_post_is_taken_down_and_asking_again_is_harmless() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let (kept, gone) = (bench.freeze(&parcel("Open on Saturday")), {
        let mut second = parcel("Closed on Saturday");
        second.key_seed = 8;
        bench.freeze(&second)
    });
    for frozen in [&kept, &gone] {
        assert_eq!(bench.send(frozen, &[]).await, Outcome::Accepted);
    }
    for _ in 0..2 {
        assert_eq!(bench.take_down(&gone).await, Ok(()));
        assert_eq!(bench.look(&gone).await, Ok(Sighting::Gone));
    }
    assert_eq!(bench.look(&kept).await, Ok(bench.there(&kept)));
    assert_eq!(bench.cids().await.len(), 1);
}

#[tokio::test]
async fn the_longest_text_we_let_through_is_taken_and_a_longer_one_is_refused_by_the_server_too() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    for (seed, longest) in [
        "Saturday. ".repeat(30),
        format!("Saturday {}", "é".repeat(TEXT_GRAPHEMES - 9)),
        // 117 families of 25 bytes each.
        format!("Saturday {}", "👩‍👩‍👧‍👦".repeat(117)),
        format!("Saturday {}", "🏴󠁧󠁢󠁷󠁬󠁳󠁿".repeat(106)),
        format!("Saturday {}", "नि".repeat(TEXT_GRAPHEMES - 9)),
    ]
    .iter()
    .enumerate()
    {
        let mut parcel = parcel(longest);
        parcel.key_seed = seed as u64;
        assert_eq!(
            bench.send(&bench.freeze(&parcel), &[]).await,
            Outcome::Accepted,
            "{longest}"
        );
    }
    // Past our own check, as if a limit had changed since.
    let mut over = bench.freeze(&parcel("Saturday"));
    over.body = over.body.replace(
        "Saturday",
        &format!("Saturday {}", "é".repeat(TEXT_GRAPHEMES)),
    );
    let outcome = bench.send(&over, &[]).await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("does not take this post")),
        "{outcome:?}"
    );
    assert_eq!(bench.look(&over).await, Ok(Sighting::Gone));
}

#[tokio::test]
async fn connecting_tells_whose_account_it_is() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let credentials = Credentials {
        identifier: format!(" @{}", bench.account().handle),
        secret: bench.pds.app_password(&bench.owner).await,
        ..bench.credentials.clone()
    };
    let connected = bench.network.connect(&credentials).await.unwrap();
    assert_eq!(&connected, bench.account());
    assert_eq!(bench.cids().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_nothing_is_sent() {
    let Some(mut bench) = Bench::direct().await else {
        return;
    };
    bench.credentials.secret = "not-the-password".to_owned();
    let refused = bench.network.connect(&bench.credentials).await;
    assert!(
        matches!(&refused, Err(Trouble::Refused(why)) if why.contains("app password")),
        "{refused:?}"
    );
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    assert!(matches!(
        bench.send(&frozen, &[]).await,
        Outcome::Refused(_)
    ));
    assert!(matches!(
        bench.look(&frozen).await,
        Err(Trouble::Refused(_))
    ));
    assert!(matches!(
        bench.take_down(&frozen).await,
        Err(Trouble::Refused(_))
    ));
    assert_eq!(bench.cids().await, Vec::<String>::new());
}

#[tokio::test]
async fn credentials_of_another_account_neither_post_nor_look_nor_delete() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let other: Account = bench.pds.new_account().await.account;
    let frozen: Frozen = bench.freeze(&parcel("Open on Saturday"));
    let outcome = bench
        .network
        .send(&bench.credentials, &other, &frozen, &[])
        .await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("another Bluesky account")),
        "{outcome:?}"
    );
    assert!(matches!(
        bench
            .network
            .look(&bench.credentials, &other, &frozen)
            .await,
        Err(Trouble::Refused(_))
    ));
    assert!(matches!(
        bench
            .network
            .take_down(&bench.credentials, &other, &frozen)
            .await,
        Err(Trouble::Refused(_))
    ));
    assert_eq!(bench.cids().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deactivated_account_is_said_to_be_so() {
    let Some(bench) = Bench::direct().await else {
        return;
    };
    let frozen = bench.freeze(&parcel("Open on Saturday"));
    bench.network.connect(&bench.credentials).await.unwrap();
    bench.pds.deactivate(&bench.owner).await;
    let outcome = bench.send(&frozen, &[]).await;
    assert!(
        matches!(&outcome, Outcome::Refused(why) if why.contains("deactivated")),
        "{outcome:?}"
    );
    let refused = bench.network.connect(&bench.credentials).await;
    assert!(
        matches!(&refused, Err(Trouble::Refused(why)) if why.contains("deactivated")),
        "{refused:?}"
    );
}
