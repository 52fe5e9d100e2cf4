//! The weighted length of X (docs.x.com, counting characters; configuration v3): after NFC, four low ranges weigh 1 and all
//! else 2, an emoji sequence weighs 2, a link 23.

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::url;

/// Weight of a link, whatever its length.
const LINK: usize = 23;

/// The weight, and whether every character may be posted.
pub(super) fn weigh(text: &str) -> (usize, bool) {
    let text: String = text.nfc().collect();
    let valid = !text
        .chars()
        .any(|c| matches!(c, '\u{fffe}' | '\u{feff}' | '\u{ffff}'));
    let mut total = 0;
    let mut from = 0;
    for link in url::with_or_without_protocol(&text) {
        total += plain(text.get(from..link.start).unwrap_or_default()) + LINK;
        from = link.end;
    }
    (total + plain(text.get(from..).unwrap_or_default()), valid)
}

fn plain(text: &str) -> usize {
    text.graphemes(true)
        .map(|g| {
            if is_emoji(g) {
                2
            } else {
                g.chars().map(weight).sum()
            }
        })
        .sum()
}

fn weight(c: char) -> usize {
    match c as u32 {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

/// Is the grapheme cluster one emoji?
pub(super) fn is_emoji(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    let rest = || grapheme.chars().skip(1);
    match first as u32 {
        // A key cap: a figure or sign, with the mark of a picture or without.
        0x23 | 0x2a | 0x30..=0x39 => rest().any(|c| c == '\u{20e3}'),
        0xa9 | 0xae => rest().any(|c| c == '\u{fe0f}'),
        0x1f000..=0x1faff
        | 0x231a..=0x231b
        | 0x23e9..=0x23f3
        | 0x25fd..=0x25fe
        | 0x2600..=0x27bf
        | 0x2b1b..=0x2b1c
        | 0x2b50
        | 0x2b55 => true,
        0x203c
        | 0x2049
        | 0x2122
        | 0x2139
        | 0x2194..=0x21aa
        | 0x2328
        | 0x23cf
        | 0x23f8..=0x23fa
        | 0x24c2
        | 0x25aa..=0x25fc
        | 0x2934..=0x2935
        | 0x2b05..=0x2b07
        | 0x3030
        | 0x303d
        | 0x3297
        | 0x3299 => rest().any(|c| c == '\u{fe0f}') || (first as u32) > 0x2122,
        _ => false,
    }
}
