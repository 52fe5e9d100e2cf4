//! What in a post is a link, a mention or a tag. The network does not look for itself: a post carries its facets, with
//! offsets in bytes of UTF-8 (docs.bsky.app, "Links, mentions, and rich text").

use std::collections::BTreeSet;

use bedside_core::network::Mention;
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;
use url::Url;

/// One facet, in the network's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    pub features: [Feature; 1],
    pub index: Index,
}

/// Where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Index {
    #[serde(rename = "byteEnd")]
    pub end: usize,
    #[serde(rename = "byteStart")]
    pub start: usize,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "$type")]
pub enum Feature {
    #[serde(rename = "app.bsky.richtext.facet#link")]
    Link { uri: String },
    #[serde(rename = "app.bsky.richtext.facet#mention")]
    Mention { did: String },
    #[serde(rename = "app.bsky.richtext.facet#tag")]
    Tag { tag: String },
}

/// Most signs of a tag, and most bytes (app.bsky.richtext.facet#tag).
const TAG_GRAPHEMES: usize = 64;
const TAG_BYTES: usize = 640;

/// Endings after which a name without `https://` is taken for a web address. A short list on purpose: with all of the
/// world's endings, a full stop without a space after it ("our team.Please") would make links.
const ENDINGS: &[&str] = &[
    "uk", "com", "org", "net", "eu", "info", "scot", "wales", "cymru", "london", "health",
    "dental", "care",
];

/// All facets of the text, in order, none overlapping. A mention becomes one only when `known` says whose it is.
#[must_use]
pub fn facets(text: &str, known: &[Mention]) -> Vec<Facet> {
    let mut found = Vec::new();
    for (at, word) in words(text) {
        for (from, to, feature) in features(word, known) {
            found.push(Facet {
                features: [feature],
                index: Index {
                    end: at + to,
                    start: at + from,
                },
            });
        }
    }
    found
}

/// The handles that the text mentions, in lower case, each once.
#[must_use]
pub fn mentioned(text: &str) -> BTreeSet<String> {
    words(text)
        .filter_map(|(_, word)| handle(word))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Words with their offsets, without the brackets and quotes before them.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(is_gap).filter_map(move |run| {
        let word = run.trim_start_matches(['(', '[', '{', '<', '"', '\'', '“', '‘', '«', '*', '_']);
        // Both lie in `text`, so the distance between them is an offset in it.
        (!word.is_empty()).then(|| (word.as_ptr().addr() - text.as_ptr().addr(), word))
    })
}

fn is_gap(c: char) -> bool {
    // Signs without width end a tag or an address, as they do in the network's own programs.
    c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

fn features(word: &str, known: &[Mention]) -> Vec<(usize, usize, Feature)> {
    if let Some((end, uri)) = link(word) {
        return vec![(0, end, Feature::Link { uri })];
    }
    if let Some(handle) = handle(word) {
        let lower = handle.to_ascii_lowercase();
        let who = known.iter().find(|mention| mention.handle == lower);
        return who
            .map(|who| {
                (
                    0,
                    1 + handle.len(),
                    Feature::Mention {
                        did: who.id.clone(),
                    },
                )
            })
            .into_iter()
            .collect();
    }
    tags(word)
}

fn link(word: &str) -> Option<(usize, String)> {
    let shown = trim_end(word);
    let has_scheme = ["http://", "https://"].iter().any(|scheme| {
        shown
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let whole = if has_scheme {
        shown.to_owned()
    } else {
        format!("https://{}", bare(shown)?)
    };
    let url = Url::parse(&whole).ok()?;
    let host = url.domain()?;
    let ends_in_name = host
        .rsplit('.')
        .next()
        .is_some_and(|end| end.starts_with(|c: char| c.is_ascii_alphabetic()));
    let plain = url.username().is_empty() && url.password().is_none();
    if !host.contains('.') || !ends_in_name || !plain {
        return None;
    }
    // The network's uri format takes ASCII; the parsed form is that (xn-- names, percent signs).
    let uri = if whole.is_ascii() { whole } else { url.into() };
    Some((shown.len(), uri))
}

/// The word itself if it is a web address without a scheme: `www.weirlane.example`, `nhs.uk/flu`.
fn bare(word: &str) -> Option<&str> {
    let host = word.split(['/', '?', '#', ':']).next()?;
    let labels: Vec<&str> = host.split('.').collect();
    let well_formed = labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    let end = labels.last()?.to_ascii_lowercase();
    let known = labels.first()?.eq_ignore_ascii_case("www") || ENDINGS.contains(&end.as_str());
    // An address with an @ later on is a mailbox or worse.
    (well_formed && known && !word.contains('@')).then_some(word)
}

/// Without the punctuation that ends a sentence rather than an address. A closing bracket stays when it was opened.
fn trim_end(word: &str) -> &str {
    let mut word = word;
    loop {
        let shorter = word.trim_end_matches([
            '.', ',', ';', ':', '!', '?', '\'', '"', '’', '”', '»', '…', '>', '*', '_', ']', '}',
        ]);
        let shorter = match shorter.strip_suffix(')') {
            Some(open) if open.matches('(').count() <= open.matches(')').count() => open,
            _ => shorter,
        };
        if shorter.len() == word.len() {
            return word;
        }
        word = shorter;
    }
}

/// The handle that a word beginning with `@` names, if it has the form of one (atproto.com/specs/handle).
fn handle(word: &str) -> Option<&str> {
    let rest = word.strip_prefix('@')?;
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
        .unwrap_or(rest.len());
    let handle = rest[..end].trim_end_matches(['.', '-']);
    // "@name@server.example" is another network's way to name someone.
    if rest[handle.len()..].starts_with('@') {
        return None;
    }
    let labels: Vec<&str> = handle.split('.').collect();
    let well_formed = handle.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
        })
        && labels
            .last()
            .is_some_and(|end| end.starts_with(|c: char| c.is_ascii_alphabetic()));
    well_formed.then_some(handle)
}

/// The tags of a word that begins with `#`; `#flu#covid` is two.
fn tags(word: &str) -> Vec<(usize, usize, Feature)> {
    let is_hash = |c| c == '#' || c == '＃';
    if !word.starts_with(is_hash) {
        return Vec::new();
    }
    let starts: Vec<(usize, &str)> = word.match_indices(is_hash).collect();
    let mut found = Vec::new();
    for (place, (start, hash)) in starts.iter().enumerate() {
        let next = starts.get(place + 1).map_or(word.len(), |(next, _)| *next);
        let from = start + hash.len();
        let tag = word[from..next].trim_end_matches(is_tag_punctuation);
        let says_something = tag
            .chars()
            .any(|c| !c.is_ascii_digit() && !is_tag_punctuation(c));
        // "#️⃣" is a keycap, not a tag.
        let keycap = tag.starts_with(['\u{fe0f}', '\u{20e3}']);
        let fits = tag.len() <= TAG_BYTES && tag.graphemes(true).count() <= TAG_GRAPHEMES;
        if says_something && !keycap && fits {
            found.push((
                *start,
                from + tag.len(),
                Feature::Tag {
                    tag: tag.to_owned(),
                },
            ));
        }
    }
    found
}

fn is_tag_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}')
        || matches!(
            c,
            '¡' | '¿' | '«' | '»' | '！' | '？' | '，' | '．' | '：' | '；'
        )
}

#[cfg(test)]
#[path = "facets_tests.rs"]
mod tests;
