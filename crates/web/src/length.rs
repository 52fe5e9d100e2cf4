//! How long a text is on each of a post's channels, in the network's own unit.
//!
//! Only networks whose way of counting is known here are told about; nothing is said where it would be a guess.

use bedside_core::channel::{Channel, Platform};
use bedside_core::content::Content;
use unicode_segmentation::UnicodeSegmentation;

use crate::places;
use crate::view::findings::Count;

/// Most graphemes of a post on Bluesky, and most bytes (lexicon `app.bsky.feed.post`).
const BLUESKY: (u64, u64) = (300, 3_000);

/// One count for each channel of the post whose limit is known, in the order of the post.
#[must_use]
pub(crate) fn counts(channels: &[Channel], content: &Content) -> Vec<Count> {
    content
        .places
        .iter()
        .filter_map(|place| {
            let channel = channels
                .iter()
                .find(|channel| channel.id == place.channel)?;
            count(
                channel,
                &places::name(channel, channels),
                content.text_for(channel.id),
            )
        })
        .collect()
}

fn count(channel: &Channel, name: &str, text: &str) -> Option<Count> {
    let characters = || text.chars().count() as u64;
    let (count, limit) = match channel.platform {
        Platform::Bluesky => (text.graphemes(true).count() as u64, BLUESKY.0),
        Platform::Facebook => (characters(), 63_206),
        Platform::Linkedin => (characters(), 3_000),
        Platform::Instagram => (characters(), 2_200),
        Platform::GoogleBusiness => (characters(), 1_500),
        Platform::Threads => (characters(), 500),
        _ => return None,
    };
    let too_heavy = channel.platform == Platform::Bluesky && text.len() as u64 > BLUESKY.1;
    let over = count > limit || too_heavy;
    let words = if count > limit {
        format!("{} too many for {name}: {count} of {limit}", count - limit)
    } else if too_heavy {
        format!("Too many emoji and accents for {name}: take some out")
    } else {
        format!("{count} of {limit} on {name}")
    };
    Some(Count {
        channel: channel.id.to_string(),
        name: name.to_owned(),
        count,
        limit,
        words,
        over,
    })
}

#[cfg(test)]
mod tests {
    use bedside_core::channel::Visibility;
    use bedside_core::content::Place;
    use bedside_core::id::Id;
    use bedside_core::{ChannelId, PracticeId};

    use super::*;

    fn told(platform: Platform, text: &str) -> Option<Count> {
        let id = ChannelId::from_uuid(uuid::Uuid::from_u128(1));
        let channel = Channel {
            id,
            practice: PracticeId::from_uuid(uuid::Uuid::from_u128(2)),
            platform,
            name: "Weir Lane".into(),
            address: String::new(),
            visibility: Visibility::Public,
            account: None,
            active: true,
            trouble: String::new(),
        };
        let content = Content {
            text: text.into(),
            places: vec![Place {
                channel: id,
                own_text: None,
            }],
            ..Content::default()
        };
        counts(&[channel], &content).pop()
    }

    #[test]
    fn bluesky_counts_what_people_see_as_one_sign() {
        let family = "👨‍👩‍👧‍👦".repeat(3);
        let count = told(Platform::Bluesky, &format!("Flu clinic {family}")).unwrap();
        assert_eq!((count.count, count.over), (14, false));
        assert_eq!(count.words, "14 of 300 on Bluesky");
    }

    #[test]
    fn one_sign_too_many_is_told_with_how_many() {
        assert!(!told(Platform::Bluesky, &"x".repeat(300)).unwrap().over);
        let count = told(Platform::Bluesky, &"x".repeat(312)).unwrap();
        assert!(count.over);
        assert_eq!(count.words, "12 too many for Bluesky: 312 of 300");
    }

    #[test]
    fn bluesky_has_a_limit_of_bytes_too() {
        let count = told(Platform::Bluesky, &"👨‍👩‍👧‍👦".repeat(200)).unwrap();
        assert!(count.over && count.count == 200, "{}", count.words);
    }

    #[test]
    fn nothing_is_said_where_the_way_of_counting_is_not_known() {
        assert_eq!(told(Platform::Other, "Flu clinic"), None);
    }
}
