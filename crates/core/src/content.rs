//! What is to be said, and the seal over its exact bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::Wall;
use crate::{ChannelId, MemberId, PostId, Refusal, RevisionId};

/// Most characters of one text; longer than any network takes.
pub const TEXT_MAX: usize = 65_000;
/// Most characters of a picture's alternative text.
pub const ALT_MAX: usize = 2_000;
/// Most pictures of one post.
pub const PICTURES_MAX: usize = 4;

/// The content of a post at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub text: String,
    pub places: Vec<Place>,
    pub pictures: Vec<PictureRef>,
    pub when: When,
}

/// One channel that the post goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub channel: ChannelId,
    /// A text for this channel only.
    pub own_text: Option<String>,
}

/// A picture by the hash of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRef {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    pub mime: String,
    pub size: u64,
    pub width: u32,
    pub height: u32,
    pub alt: String,
}

/// When it goes out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    #[default]
    AsSoonAsApproved,
    At(Wall),
}

/// SHA-256 over exact content, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seal(String);

impl Seal {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As read from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// Immutable content of a post at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub id: RevisionId,
    pub post: PostId,
    /// Counts from 1 within the post.
    pub number: u32,
    pub author: MemberId,
    pub made_at: jiff::Timestamp,
    pub content: Content,
}

impl Content {
    /// The text that goes to a channel.
    #[must_use]
    pub fn text_for(&self, channel: ChannelId) -> &str {
        self.places
            .iter()
            .find(|place| place.channel == channel)
            .and_then(|place| place.own_text.as_deref())
            .unwrap_or(&self.text)
    }

    /// Each different text with the channels it goes to; the common text first, even when no channel is chosen.
    #[must_use]
    pub fn texts(&self) -> Vec<(&str, Vec<ChannelId>)> {
        let mut texts: Vec<(&str, Vec<ChannelId>)> = Vec::new();
        if self.places.is_empty() || self.places.iter().any(|place| place.own_text.is_none()) {
            texts.push((&self.text, Vec::new()));
        }
        for place in &self.places {
            let text = place.own_text.as_deref().unwrap_or(&self.text);
            match texts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, channels)) => channels.push(place.channel),
                None => texts.push((text, vec![place.channel])),
            }
        }
        texts
    }

    /// What an approval covers for one channel: text, pictures, alternative texts, channel and time.
    #[must_use]
    pub fn seal_for(&self, channel: ChannelId) -> Seal {
        let mut sealer = Sealer::new("bedside content 1");
        sealer.field(channel.to_string().as_bytes());
        sealer.field(self.text_for(channel).as_bytes());
        sealer.count(self.pictures.len());
        for picture in &self.pictures {
            sealer.field(picture.sha256.as_bytes());
            sealer.field(picture.mime.as_bytes());
            sealer.field(picture.alt.as_bytes());
        }
        match &self.when {
            When::AsSoonAsApproved => sealer.field(b"as soon as approved"),
            When::At(wall) => {
                sealer.field(wall.local.to_string().as_bytes());
                sealer.field(wall.zone.as_bytes());
            }
        }
        sealer.seal()
    }

    /// The seal over every channel's seal, in order.
    #[must_use]
    pub fn seal(&self) -> Seal {
        let mut sealer = Sealer::new("bedside revision 1");
        sealer.field(self.text.as_bytes());
        sealer.count(self.places.len());
        for place in &self.places {
            sealer.field(self.seal_for(place.channel).0.as_bytes());
        }
        sealer.seal()
    }

    /// Checks what a form gave against the stated limits; does not ask for completeness (a draft may be empty).
    ///
    /// # Errors
    /// `channel_twice`, `text_long`, `alt_long`, `pictures_many`.
    pub fn fits(&self) -> Result<(), Refusal> {
        let channels: BTreeSet<ChannelId> = self.places.iter().map(|place| place.channel).collect();
        if channels.len() != self.places.len() {
            return Err(Refusal::input(
                "channel_twice",
                "Choose each place once, so that the post cannot appear there twice.",
            ));
        }
        for text in std::iter::once(&self.text).chain(
            self.places
                .iter()
                .filter_map(|place| place.own_text.as_ref()),
        ) {
            if text.chars().count() > TEXT_MAX {
                return Err(Refusal::input(
                    "text_long",
                    format!(
                        "This text is longer than {TEXT_MAX} characters, more than any network takes. Shorten it."
                    ),
                ));
            }
        }
        if self.pictures.len() > PICTURES_MAX {
            return Err(Refusal::input(
                "pictures_many",
                format!("A post can have {PICTURES_MAX} pictures at most."),
            ));
        }
        if self
            .pictures
            .iter()
            .any(|picture| picture.alt.chars().count() > ALT_MAX)
        {
            return Err(Refusal::input(
                "alt_long",
                format!("Describe each picture in at most {ALT_MAX} characters."),
            ));
        }
        Ok(())
    }

    /// What is missing before someone can be asked, in the order of the page.
    ///
    /// # Errors
    /// `no_channel`, `no_text`, `no_alt`.
    pub fn complete(&self) -> Result<(), Refusal> {
        if self.places.is_empty() {
            return Err(Refusal::input(
                "no_channel",
                "Choose at least one place for this post to go.",
            ));
        }
        if self
            .places
            .iter()
            .any(|place| self.text_for(place.channel).trim().is_empty())
        {
            return Err(Refusal::input("no_text", "Write the text first."));
        }
        if self
            .pictures
            .iter()
            .any(|picture| picture.alt.trim().is_empty())
        {
            return Err(Refusal::input(
                "no_alt",
                "Say what each picture shows, for people who cannot see it.",
            ));
        }
        Ok(())
    }

    /// The first words, for lists and titles. Never for logs.
    #[must_use]
    pub fn title(&self) -> String {
        let line = self
            .text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or("Untitled draft");
        let mut title: String = line.chars().take(60).collect();
        if line.chars().count() > 60 {
            title.truncate(title.rfind(' ').unwrap_or(title.len()));
            title.push('…');
        }
        title
    }
}

/// Hashes fields with their lengths, so that no two different lists of fields have the same bytes.
struct Sealer(Sha256);

impl Sealer {
    fn new(domain: &str) -> Self {
        let mut sealer = Self(Sha256::new());
        sealer.field(domain.as_bytes());
        sealer
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn seal(self) -> Seal {
        Seal(hex(&self.0.finalize()))
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::Id;

    fn channel(n: u128) -> ChannelId {
        ChannelId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn sample() -> Content {
        Content {
            text: "We open late on Thursday.".into(),
            places: vec![
                Place {
                    channel: channel(1),
                    own_text: None,
                },
                Place {
                    channel: channel(2),
                    own_text: Some("Late opening: Thursday.".into()),
                },
            ],
            pictures: vec![PictureRef {
                sha256: "ab".repeat(32),
                mime: "image/jpeg".into(),
                size: 10,
                width: 1,
                height: 1,
                alt: "Our front door".into(),
            }],
            when: When::At(Wall::parse("2026-03-03", "09:00", crate::time::UK).unwrap()),
        }
    }

    #[test]
    fn every_change_of_what_is_said_changes_the_seal() {
        type Change = fn(&mut Content);
        let changes: [(&str, Change); 6] = [
            ("text", |c| c.text.push(' ')),
            ("alt", |c| c.pictures[0].alt.push('.')),
            ("picture", |c| c.pictures[0].sha256 = "cd".repeat(32)),
            ("no picture", |c| c.pictures.clear()),
            ("time", |c| {
                c.when = When::At(Wall::parse("2026-03-03", "09:01", crate::time::UK).unwrap());
            }),
            ("at once", |c| c.when = When::AsSoonAsApproved),
        ];
        for (name, change) in changes {
            let mut changed = sample();
            change(&mut changed);
            assert_ne!(
                changed.seal_for(channel(1)),
                sample().seal_for(channel(1)),
                "{name}"
            );
            assert_ne!(changed.seal(), sample().seal(), "{name}");
        }
    }

    #[test]
    fn the_seal_of_one_channel_is_not_the_seal_of_another() {
        let mut content = sample();
        content.places[1].own_text = None;
        assert_ne!(content.seal_for(channel(1)), content.seal_for(channel(2)));
    }

    #[test]
    fn a_text_for_one_channel_leaves_the_others_seal_alone() {
        let mut content = sample();
        content.places[1].own_text = Some("Other words".into());
        assert_eq!(content.seal_for(channel(1)), sample().seal_for(channel(1)));
        assert_ne!(content.seal(), sample().seal());
    }

    #[test]
    fn texts_are_listed_once_each() {
        let content = sample();
        let texts = content.texts();
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0].1, vec![channel(1)]);
        assert_eq!(texts[1], ("Late opening: Thursday.", vec![channel(2)]));
    }

    #[test]
    fn a_place_chosen_twice_is_refused() {
        let mut twice = sample();
        assert_eq!(twice.fits(), Ok(()));
        twice.places[1].channel = twice.places[0].channel;
        assert_eq!(twice.fits().unwrap_err().code, "channel_twice");
    }

    #[test]
    fn what_is_missing_is_told_in_the_order_of_the_page() {
        let mut content = Content::default();
        assert_eq!(content.complete().unwrap_err().code, "no_channel");
        content.places.push(Place {
            channel: channel(1),
            own_text: None,
        });
        assert_eq!(content.complete().unwrap_err().code, "no_text");
        content.text = "Hello".into();
        assert!(content.complete().is_ok());
    }

    proptest! {
        #[test]
        fn moving_a_letter_between_fields_never_gives_the_same_seal(a in "[a-z]{1,8}", b in "[a-z]{1,8}") {
            let picture = |alt: &str| PictureRef { alt: alt.into(), ..sample().pictures[0].clone() };
            let whole = Content { text: format!("{a}{b}"), pictures: vec![picture("")], ..sample() };
            let split = Content { text: a, pictures: vec![picture(&b)], ..sample() };
            prop_assert_ne!(whole.seal_for(channel(1)), split.seal_for(channel(1)));
        }
    }
}
