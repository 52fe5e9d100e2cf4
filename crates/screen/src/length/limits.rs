//! Limits of the networks, as data with a date. They change: a limit read from the network itself goes before these.

use super::{Amount, Network};

/// What a network allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub network: Network,
    pub amount: Amount,
    /// The day on which the source was read, `YYYY-MM-DD`.
    pub as_of: &'static str,
    pub source: &'static str,
}

const LIMITS: [Limit; 9] = [
    row(
        Network::Bluesky,
        Amount::Graphemes {
            graphemes: 300,
            bytes: 3000,
        },
        "lexicon app.bsky.feed.post",
    ),
    row(
        Network::Mastodon,
        Amount::Units(500),
        "Mastodon's default; a server tells its own at /api/v2/instance",
    ),
    row(
        Network::Facebook,
        Amount::Units(63_206),
        "developers.facebook.com, Page feed",
    ),
    row(
        Network::Instagram,
        Amount::Tagged {
            chars: 2200,
            hashtags: 30,
        },
        "developers.facebook.com, Instagram content publishing",
    ),
    row(
        Network::LinkedIn,
        Amount::Units(3000),
        "learn.microsoft.com, Posts API",
    ),
    row(
        Network::X,
        Amount::Units(280),
        "docs.x.com, counting characters",
    ),
    row(
        Network::Threads,
        Amount::Units(500),
        "developers.facebook.com, Threads posts",
    ),
    row(
        Network::GoogleBusiness,
        Amount::Units(1500),
        "Google Business Profile, localPosts",
    ),
    row(
        Network::TikTok,
        Amount::Units(2200),
        "developers.tiktok.com, content posting",
    ),
];

const fn row(network: Network, amount: Amount, source: &'static str) -> Limit {
    Limit {
        network,
        amount,
        as_of: "2026-11-22",
        source,
    }
}

/// The limit of a network.
pub fn limit(network: Network) -> Limit {
    LIMITS
        .into_iter()
        .find(|l| l.network == network)
        .unwrap_or(LIMITS[0])
}
