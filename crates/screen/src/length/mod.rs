//! How long a text is, as each network counts it.
//!
//! One counter for browser, server and command line. Nothing is ever cut: the count and whether it fits is all that is told.
//! Limits are data with a date; a network that tells its own limit (a Mastodon server) overrides them.

mod limits;
mod tld;
mod url;
mod x;

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;

pub use limits::{Limit, limit};

/// Networks whose texts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    Bluesky,
    Mastodon,
    Facebook,
    Instagram,
    #[serde(rename = "linkedin")]
    LinkedIn,
    X,
    Threads,
    GoogleBusiness,
    #[serde(rename = "tiktok")]
    TikTok,
}

impl Network {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Bluesky,
        Self::Mastodon,
        Self::Facebook,
        Self::Instagram,
        Self::LinkedIn,
        Self::X,
        Self::Threads,
        Self::GoogleBusiness,
        Self::TikTok,
    ];

    /// The network of that name; case, blanks, hyphens and underscores do not matter.
    pub fn from_name(name: &str) -> Option<Self> {
        let name: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Some(match name.as_str() {
            "bluesky" | "bsky" | "atproto" => Self::Bluesky,
            "mastodon" => Self::Mastodon,
            "facebook" | "facebookpage" => Self::Facebook,
            "instagram" => Self::Instagram,
            "linkedin" => Self::LinkedIn,
            "x" | "twitter" => Self::X,
            "threads" => Self::Threads,
            "googlebusiness" | "google" | "googlebusinessprofile" => Self::GoogleBusiness,
            "tiktok" => Self::TikTok,
            _ => return None,
        })
    }
}

/// An amount in the network's own units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// One unit: characters, grapheme clusters or weighted characters.
    Units(usize),
    /// Bluesky: both must hold.
    Graphemes { graphemes: usize, bytes: usize },
    /// Instagram: both must hold.
    Tagged { chars: usize, hashtags: usize },
}

/// How long a text is for a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    pub count: Amount,
    pub limit: Amount,
    pub fits: bool,
}

/// Counts `text` as the network does; `spoiler` is the content warning, which Mastodon counts with the text.
pub fn count(network: Network, text: &str, spoiler: &str) -> Count {
    let limit = limit(network).amount;
    let (count, valid) = match network {
        Network::Bluesky => (
            Amount::Graphemes {
                graphemes: text.graphemes(true).count(),
                bytes: text.len(),
            },
            true,
        ),
        Network::Mastodon => (
            Amount::Units(mastodon(text) + spoiler.graphemes(true).count()),
            true,
        ),
        Network::X => {
            let (weight, valid) = x::weigh(text);
            (Amount::Units(weight), valid)
        }
        Network::Instagram => (
            Amount::Tagged {
                chars: text.chars().count(),
                hashtags: hashtags(text),
            },
            true,
        ),
        Network::Threads => (Amount::Units(threads(text)), true),
        Network::TikTok => (Amount::Units(text.encode_utf16().count()), true),
        Network::Facebook | Network::LinkedIn | Network::GoogleBusiness => {
            (Amount::Units(text.chars().count()), true)
        }
    };
    Count {
        count,
        limit,
        fits: valid && within(count, limit),
    }
}

fn within(count: Amount, limit: Amount) -> bool {
    match (count, limit) {
        (Amount::Units(n), Amount::Units(most)) => n <= most,
        (
            Amount::Graphemes { graphemes, bytes },
            Amount::Graphemes {
                graphemes: g,
                bytes: b,
            },
        ) => graphemes <= g && bytes <= b,
        (
            Amount::Tagged { chars, hashtags },
            Amount::Tagged {
                chars: c,
                hashtags: h,
            },
        ) => chars <= c && hashtags <= h,
        _ => false,
    }
}

/// Length that Mastodon gives each link.
const MASTODON_LINK: usize = 23;

/// Grapheme clusters, each link as 23, of a mention only the name.
fn mastodon(text: &str) -> usize {
    let mut total = 0;
    let mut from = 0;
    for link in url::with_protocol(text) {
        total += without_domains(text.get(from..link.start).unwrap_or_default()) + MASTODON_LINK;
        from = link.end;
    }
    total + without_domains(text.get(from..).unwrap_or_default())
}

/// Grapheme clusters, the server's name of `@name@server` left out.
fn without_domains(text: &str) -> usize {
    let mut total = 0;
    let mut from = 0;
    let bytes = text.as_bytes();
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let mut at = 0;
    while let Some(p) = text.get(at..).and_then(|t| t.find('@')).map(|p| p + at) {
        at = p + 1;
        // A mention does not stand inside a word or a path.
        let before = text.get(..p).and_then(|t| t.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '/' || c == '_') {
            continue;
        }
        let mut user = bytes[at..].iter().take_while(|b| name(b)).count();
        // A name does not end in a mark.
        while user > 0 && matches!(bytes[at + user - 1], b'.' | b'-') {
            user -= 1;
        }
        let second = at + user;
        if user == 0 || bytes.get(second) != Some(&b'@') {
            continue;
        }
        let server: usize = text[second + 1..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
            .map(char::len_utf8)
            .sum();
        let mut end = second + 1 + server;
        while end > second + 1 && matches!(bytes[end - 1], b'.' | b'-' | b':' | b'_') {
            end -= 1;
        }
        if end == second + 1 {
            continue;
        }
        total += text
            .get(from..second)
            .map_or(0, |t| t.graphemes(true).count());
        from = end;
        at = end;
    }
    total + text.get(from..).map_or(0, |t| t.graphemes(true).count())
}

/// Hashtags: `#` that no letter or figure precedes, with a letter in what follows.
fn hashtags(text: &str) -> usize {
    let mut count = 0;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let opens = matches!(c, '#' | '＃')
            && !before.is_some_and(|b: char| b.is_alphanumeric() || matches!(b, '_' | '&' | '/'));
        if opens {
            let tag = text.get(at + c.len_utf8()..).unwrap_or_default();
            let word: String = tag
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if word.chars().any(char::is_alphabetic) {
                count += 1;
            }
        }
        before = Some(c);
        let _ = chars.peek();
    }
    count
}

/// Characters, emoji by their bytes, as the makers' page says.
fn threads(text: &str) -> usize {
    text.graphemes(true)
        .map(|g| {
            if x::is_emoji(g) {
                g.len()
            } else {
                g.chars().count()
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Amount, Network, count};

    #[test]
    fn bluesky_counts_graphemes_and_bytes() {
        let family = "👨‍👩‍👧‍👦";
        let c = count(Network::Bluesky, family, "");
        assert_eq!(
            c.count,
            Amount::Graphemes {
                graphemes: 1,
                bytes: 25
            }
        );
        assert!(count(Network::Bluesky, &"a".repeat(300), "").fits);
        assert!(!count(Network::Bluesky, &"a".repeat(301), "").fits);
        // 130 families are few graphemes and too many bytes.
        assert!(!count(Network::Bluesky, &family.repeat(130), "").fits);
    }

    #[test]
    fn mastodon_counts_links_as_23_and_no_servers() {
        let units = |text: &str, spoiler: &str| count(Network::Mastodon, text, spoiler).count;
        assert_eq!(
            units(
                "https://larchlane.example.org/a/very/long/way/to/say/nothing?at=all",
                ""
            ),
            Amount::Units(23)
        );
        assert_eq!(units("@bev@social.example hello", ""), Amount::Units(10));
        assert_eq!(units("@bev hello", ""), Amount::Units(10));
        assert_eq!(units("jo@mail.example", ""), Amount::Units(15));
        assert_eq!(units("text", "warning"), Amount::Units(11));
        assert_eq!(
            units("Ends here: http://a.uk. Next.", ""),
            Amount::Units(11 + 23 + 7)
        );
        assert_eq!(units("👩🏽‍⚕️", ""), Amount::Units(1));
    }

    #[test]
    fn instagram_counts_hashtags() {
        let c = count(Network::Instagram, "#one #two a#three #4 ##five &#39;", "");
        assert_eq!(
            c.count,
            Amount::Tagged {
                chars: 33,
                hashtags: 3
            }
        );
        assert!(!count(Network::Instagram, &"#tag ".repeat(31), "").fits);
        assert!(count(Network::Instagram, &"#tag ".repeat(30), "").fits);
    }

    #[test]
    fn x_weighs_characters_links_and_emoji() {
        let units = |text: &str| count(Network::X, text, "").count;
        assert_eq!(units("Hello"), Amount::Units(5));
        assert_eq!(
            units("See larchlane.co.uk/flu now"),
            Amount::Units(4 + 23 + 4)
        );
        assert_eq!(units("See http://larchlane.example now"), Amount::Units(32));
        assert_eq!(units("診所"), Amount::Units(4));
        assert_eq!(units("👨‍👩‍👧‍👦"), Amount::Units(2));
        assert_eq!(units("e\u{301}"), Amount::Units(1));
        assert_eq!(units("Price £5 – “now”…"), Amount::Units(18));
        assert!(!count(Network::X, "bad \u{ffff}", "").fits);
    }

    #[test]
    fn names_are_read_kindly() {
        assert_eq!(
            Network::from_name("Google Business"),
            Some(Network::GoogleBusiness)
        );
        assert_eq!(Network::from_name("LinkedIn"), Some(Network::LinkedIn));
        assert_eq!(Network::from_name("myspace"), None);
    }
}
