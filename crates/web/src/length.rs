//! How long a text is on each of a post's channels, as the engine counts it, in words for a page.
//!
//! Nothing is said where the way of counting is not known.

use bedside_core::channel::Channel;
use bedside_core::content::Content;
use bedside_core::screen::length::{self, Amount, Network};

use crate::places;
use crate::view::findings::Count;

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
    let network = Network::from_name(channel.platform.slug())?;
    let told = length::count(network, text, "");
    let (count, limit) = (main(told.count), main(told.limit));
    let words = if count > limit {
        format!("{} too many for {name}: {count} of {limit}", count - limit)
    } else if told.fits {
        format!("{count} of {limit} on {name}")
    } else {
        match (told.count, told.limit) {
            (Amount::Graphemes { .. }, _) => {
                format!("Too many emoji and accents for {name}: take some out")
            }
            (Amount::Tagged { hashtags, .. }, Amount::Tagged { hashtags: most, .. }) => {
                format!("Too many hashtags for {name}: {hashtags} of {most}")
            }
            _ => format!("{name} does not take some of these characters"),
        }
    };
    Some(Count {
        channel: channel.id.to_string(),
        name: name.to_owned(),
        count: count as u64,
        limit: limit as u64,
        words,
        over: !told.fits,
    })
}

/// The unit that people count in.
fn main(amount: Amount) -> usize {
    match amount {
        Amount::Units(units) => units,
        Amount::Graphemes { graphemes, .. } => graphemes,
        Amount::Tagged { chars, .. } => chars,
    }
}

#[cfg(test)]
mod tests {
    use bedside_core::channel::{Platform, Visibility};
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
    fn each_network_is_told_in_its_own_unit() {
        let family = "👨‍👩‍👧‍👦".repeat(3);
        let count = told(Platform::Bluesky, &format!("Flu clinic {family}")).unwrap();
        assert_eq!((count.count, count.over), (14, false));
        assert_eq!(count.words, "14 of 300 on Bluesky");
        let link = "Book at https://www.example.org/flu-clinics/october/saturdays";
        assert_eq!(
            told(Platform::Mastodon, link).unwrap().words,
            "31 of 500 on Mastodon"
        );
    }

    #[test]
    fn one_sign_too_many_is_told_with_how_many() {
        assert!(!told(Platform::Bluesky, &"x".repeat(300)).unwrap().over);
        let count = told(Platform::Bluesky, &"x".repeat(312)).unwrap();
        assert!(count.over);
        assert_eq!(count.words, "12 too many for Bluesky: 312 of 300");
    }

    #[test]
    fn a_second_limit_is_told_in_words_of_its_own() {
        let count = told(Platform::Bluesky, &"👨‍👩‍👧‍👦".repeat(200)).unwrap();
        assert!(count.over && count.count == 200, "{}", count.words);
        let tags: String = (0..40).map(|n| format!("#tag{n} ")).collect();
        let count = told(Platform::Instagram, &tags).unwrap();
        assert!(count.over);
        assert!(
            count
                .words
                .starts_with("Too many hashtags for Instagram: 40 of")
        );
    }

    #[test]
    fn nothing_is_said_where_the_way_of_counting_is_not_known() {
        assert_eq!(told(Platform::Other, "Flu clinic"), None);
        assert_eq!(told(Platform::Youtube, "Flu clinic"), None);
    }
}
