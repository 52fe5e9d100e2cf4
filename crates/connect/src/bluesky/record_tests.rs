use bedside_core::network::{Mention, Parcel, Picture, PictureBytes, Trouble};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::{Blob, PICTURE_BYTES, blobs, freeze};

fn parcel(text: &str) -> Parcel {
    Parcel {
        text: text.to_owned(),
        mentions: vec![Mention {
            handle: "weirlane.test".to_owned(),
            id: "did:plc:weir".to_owned(),
        }],
        pictures: Vec::new(),
        created_at: "2026-03-03T09:00:00.123456Z".parse().unwrap(),
        key_seed: 42,
        language: "en-GB".to_owned(),
    }
}

fn picture(size: u64, alt: &str) -> Picture {
    Picture {
        sha256: [7; 32],
        mime: "image/png".to_owned(),
        size,
        width: 800,
        height: 600,
        alt: alt.to_owned(),
    }
}

fn why(parcel: &Parcel) -> String {
    match freeze(parcel) {
        Err(Trouble::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_whole_record_is_as_the_network_wants_it() {
    let mut parcel = parcel("Thanks @weirlane.test 💉 https://weirlane.example #flu");
    parcel.pictures = vec![picture(1234, "A nurse in a blue tunic")];
    let frozen = freeze(&parcel).unwrap();
    let record: serde_json::Value = serde_json::from_str(&frozen.body).unwrap();
    assert_eq!(
        record,
        json!({
            "$type": "app.bsky.feed.post",
            "text": "Thanks @weirlane.test 💉 https://weirlane.example #flu",
            "facets": [
                {"index": {"byteStart": 7, "byteEnd": 21},
                 "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:weir"}]},
                {"index": {"byteStart": 27, "byteEnd": 51},
                 "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://weirlane.example"}]},
                {"index": {"byteStart": 52, "byteEnd": 56},
                 "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "flu"}]},
            ],
            "embed": {
                "$type": "app.bsky.embed.images",
                "images": [{
                    "alt": "A nurse in a blue tunic",
                    "aspectRatio": {"width": 800, "height": 600},
                    "image": {
                        "$type": "blob",
                        "ref": {"$link": "bafkreiaha4dqobyha4dqobyha4dqobyha4dqobyha4dqobyha4dqobyha4"},
                        "mimeType": "image/png",
                        "size": 1234,
                    },
                }],
            },
            "langs": ["en-GB"],
            "createdAt": "2026-03-03T09:00:00.123Z",
        })
    );
}

#[test]
fn what_is_empty_is_left_out() {
    let mut parcel = parcel("Open as usual");
    parcel.language = "not a language".to_owned();
    let frozen = freeze(&parcel).unwrap();
    assert_eq!(
        frozen.body,
        r#"{"$type":"app.bsky.feed.post","text":"Open as usual","createdAt":"2026-03-03T09:00:00.123Z"}"#
    );
}

#[test]
fn limits_are_told_with_figures() {
    let family = "👩‍👩‍👧‍👦";
    assert!(freeze(&parcel(&"é".repeat(300))).is_ok());
    assert_eq!(
        why(&parcel(&"é".repeat(303))),
        "Bluesky takes 300 characters and this has 303. Take out 3."
    );
    assert!(freeze(&parcel(&family.repeat(120))).is_ok());
    assert!(why(&parcel(&family.repeat(121))).contains("3025 bytes of 3000"));
    assert!(why(&parcel(" \n")).starts_with("There is nothing to post."));

    let mut five = parcel("x");
    five.pictures = vec![picture(1, "a"); 5];
    assert_eq!(
        why(&five),
        "Bluesky takes 4 pictures in a post and this has 5. Take out 1."
    );
    five.pictures = vec![picture(PICTURE_BYTES, "a"), picture(PICTURE_BYTES + 1, "b")];
    assert_eq!(
        why(&five),
        "Picture 2 has 2.1 MB and Bluesky takes 2.0 MB. Make it smaller."
    );
    five.pictures = vec![picture(1, &"a".repeat(2001))];
    assert!(why(&five).starts_with("The description of picture 1 has 2001 characters"));
    five.pictures = vec![Picture {
        mime: "application/pdf".to_owned(),
        ..picture(1, "a")
    }];
    assert!(why(&five).starts_with("Number 1 is not a picture."));
    let mut early = parcel("x");
    early.created_at = Timestamp::from_second(-1).unwrap();
    assert!(why(&early).starts_with("The date of this post cannot be right."));
}

#[test]
fn pictures_are_read_back_from_the_body_in_order() {
    let bytes = PictureBytes {
        mime: "image/png".to_owned(),
        bytes: b"not really a picture".to_vec(),
    };
    let blob = Blob::of(&bytes);
    let mut parcel = parcel("x");
    parcel.pictures = vec![picture(5, "a"), picture(6, "b")];
    let read = blobs(&freeze(&parcel).unwrap().body).unwrap();
    assert_eq!(read.len(), 2);
    assert!(read[0] != read[1] && read[0] != blob);
    assert_eq!(blobs(r#"{"text":"x"}"#), Some(Vec::new()));
    assert_eq!(blobs("not json"), None);
}

proptest! {
    #[test]
    fn the_same_parcel_freezes_to_the_same_bytes(
        text in r"(\PC|[ \n#@]|nhs\.uk|@weirlane\.test){1,200}", seed in any::<u64>(), second in 0_i64..4_000_000_000,
        alt in r"\PC{0,40}",
    ) {
        let mut parcel = parcel(&text);
        parcel.key_seed = seed;
        parcel.created_at = Timestamp::from_second(second).unwrap();
        parcel.pictures = vec![picture(10, &alt)];
        let first = freeze(&parcel);
        prop_assert_eq!(&first, &freeze(&parcel.clone()));
        if let Ok(frozen) = first {
            let record: serde_json::Value = serde_json::from_str(&frozen.body).unwrap();
            prop_assert_eq!(&record["text"], &text);
            prop_assert_eq!(&record["embed"]["images"][0]["alt"], &alt);
            for facet in record["facets"].as_array().into_iter().flatten() {
                let at = |end: &str| usize::try_from(facet["index"][end].as_u64().unwrap()).unwrap();
                prop_assert!(text.get(at("byteStart")..at("byteEnd")).is_some());
            }
        }
    }
}
