//! Platforms, what each can do, and a practice's channels on them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::network::{Account, RetrySafety};
use crate::{ChannelId, PracticeId, Refusal};

/// Where a post can appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    Bluesky,
    Facebook,
    Instagram,
    Linkedin,
    X,
    Threads,
    Tiktok,
    Youtube,
    GoogleBusiness,
    Mastodon,
    /// A website, a newsletter, a local group: anything else that a person posts to by hand.
    Other,
}

/// What a platform allows; dated facts, not promises (networks.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// Bedside sends itself; otherwise a person posts by hand.
    pub sends: bool,
    /// Bedside can delete and look again.
    pub deletes: bool,
    pub retry_safety: RetrySafety,
    pub pictures_max: usize,
    /// Most bytes of one picture, 0 when not known.
    pub picture_bytes_max: u64,
    /// The day on which these facts were read, `YYYY-MM-DD`.
    pub read: &'static str,
}

impl Platform {
    pub const ALL: [Self; 11] = [
        Self::Bluesky,
        Self::Facebook,
        Self::Instagram,
        Self::Linkedin,
        Self::X,
        Self::Threads,
        Self::Tiktok,
        Self::Youtube,
        Self::GoogleBusiness,
        Self::Mastodon,
        Self::Other,
    ];

    /// The name on the wire and in the database.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Bluesky => "bluesky",
            Self::Facebook => "facebook",
            Self::Instagram => "instagram",
            Self::Linkedin => "linkedin",
            Self::X => "x",
            Self::Threads => "threads",
            Self::Tiktok => "tiktok",
            Self::Youtube => "youtube",
            Self::GoogleBusiness => "google_business",
            Self::Mastodon => "mastodon",
            Self::Other => "other",
        }
    }

    /// The name that people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bluesky => "Bluesky",
            Self::Facebook => "Facebook",
            Self::Instagram => "Instagram",
            Self::Linkedin => "LinkedIn",
            Self::X => "X",
            Self::Threads => "Threads",
            Self::Tiktok => "TikTok",
            Self::Youtube => "YouTube",
            Self::GoogleBusiness => "Google Business Profile",
            Self::Mastodon => "Mastodon",
            Self::Other => "Another place",
        }
    }

    #[must_use]
    pub fn capability(self) -> Capability {
        let by_hand = |pictures_max| Capability {
            sends: false,
            deletes: false,
            retry_safety: RetrySafety::Never,
            pictures_max,
            picture_bytes_max: 0,
            read: "2026-11-22",
        };
        match self {
            Self::Bluesky => Capability {
                sends: true,
                deletes: true,
                retry_safety: RetrySafety::Idempotent,
                pictures_max: 4,
                picture_bytes_max: 2_000_000,
                read: "2026-11-22",
            },
            Self::X | Self::Mastodon => by_hand(4),
            Self::GoogleBusiness | Self::Youtube => by_hand(1),
            Self::Facebook | Self::Instagram => by_hand(10),
            Self::Linkedin | Self::Threads | Self::Other => by_hand(20),
            Self::Tiktok => by_hand(35),
        }
    }
}

impl FromStr for Platform {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.slug() == text)
            .ok_or_else(|| Refusal::input("unknown_platform", "Choose a platform from the list."))
    }
}

/// Who can read what is posted there. Closed groups count as public for patients' details (product.md C2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    #[default]
    Public,
    ClosedGroup,
    PrivateForum,
}

impl Visibility {
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::ClosedGroup => "closed_group",
            Self::PrivateForum => "private_forum",
        }
    }

    #[must_use]
    pub fn from_slug(text: &str) -> Self {
        match text {
            "closed_group" => Self::ClosedGroup,
            "private_forum" => Self::PrivateForum,
            _ => Self::Public,
        }
    }
}

/// One account on one platform. Its credentials are kept apart, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: ChannelId,
    pub practice: PracticeId,
    pub platform: Platform,
    /// What the practice calls it.
    pub name: String,
    /// The page that a person opens: `https://www.facebook.com/weirlane`. May be empty for Bluesky.
    pub address: String,
    pub visibility: Visibility,
    /// Known once Bedside has signed in there.
    pub account: Option<Account>,
    pub active: bool,
    /// Why the last sign-in did not work, for people; empty when all is well.
    pub trouble: String,
}

impl Channel {
    /// True when Bedside itself sends to it.
    #[must_use]
    pub fn sends(&self) -> bool {
        self.platform.capability().sends && self.account.is_some()
    }
}
