//! Other readings of what is spelt so that a search would miss it: hashtags split at their capitals, spaced-out letters,
//! leet figures, letters joined by dots or hyphens, letters drawn out.
//!
//! A reading costs nothing unless its words are in a rule, so these guesses are generous; each is bounded in length, and
//! the whole stays linear in the text.

use super::{Doc, Token, flag};

/// Longest stretch, in bytes, that is given another reading.
const LONGEST: usize = 48;

/// Adds the other readings behind the text.
pub(super) fn add(doc: &mut Doc, text: &str) {
    spaced_letters(doc);
    let mut at = 0;
    while at < doc.words {
        let token = doc.tokens[at];
        let length = (token.end - token.start) as usize;
        if token.flags & flag::HASH != 0 && token.flags & flag::SYMBOL == 0 && length > 3 {
            split_hashtag(doc, text, at);
        }
        if token.flags & flag::LONG != 0 && length <= LONGEST {
            drawn_out(doc, at);
        }
        at += 1;
    }
    chunks(doc, text);
}

/// Writes one reading, byte for byte with its places, as words of position `pos..pos_end`.
fn write(doc: &mut Doc, reading: &[(u8, u32)], like: Token, pos_end: u32, mark: bool) {
    doc.norm.push('\n');
    doc.map.push(reading.first().map_or(0, |r| r.1));
    if mark {
        doc.norm.push('#');
        doc.map.push(reading.first().map_or(0, |r| r.1));
    }
    let mut start = doc.norm.len();
    let flags = (like.flags & !(flag::MIXED | flag::LONG | flag::NUM)) | flag::ALIAS;
    for (b, place) in reading {
        if *b == b' ' {
            end_word(doc, start, like, pos_end, flags);
            start = doc.norm.len() + 1;
        }
        doc.norm.push(char::from(*b));
        doc.map.push(*place);
    }
    end_word(doc, start, like, pos_end, flags);
    doc.norm.push('\n');
    doc.map.push(reading.last().map_or(0, |r| r.1));
}

fn end_word(doc: &mut Doc, start: usize, like: Token, pos_end: u32, flags: u16) {
    let end = doc.norm.len();
    if end > start {
        doc.tokens.push(Token {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
            pos_end,
            flags,
            ..like
        });
    }
}

/// Bytes of the normalised text with their places, ASCII only (`None` otherwise).
fn bytes_of(doc: &Doc, start: usize, end: usize) -> Option<Vec<(u8, u32)>> {
    let slice = doc.norm.as_bytes().get(start..end)?;
    if !slice.is_ascii() {
        return None;
    }
    Some(
        slice
            .iter()
            .copied()
            .zip(doc.map.get(start..end)?.iter().copied())
            .collect(),
    )
}

/// `#LipFiller` as "lip filler".
fn split_hashtag(doc: &mut Doc, text: &str, at: usize) {
    let token = doc.tokens[at];
    let Some(bytes) = bytes_of(doc, token.start as usize, token.end as usize) else {
        return;
    };
    let mut out: Vec<(u8, u32)> = Vec::with_capacity(bytes.len() + 4);
    let mut split = false;
    let typed = text.as_bytes();
    for (n, (b, place)) in bytes.iter().enumerate() {
        let here = typed.get(*place as usize).copied().unwrap_or_default();
        if n > 0 {
            let before = typed
                .get(bytes[n - 1].1 as usize)
                .copied()
                .unwrap_or_default();
            let next_small = bytes
                .get(n + 1)
                .and_then(|(_, p)| typed.get(*p as usize))
                .is_some_and(u8::is_ascii_lowercase);
            let begins = (here.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && next_small)))
                || (here.is_ascii_digit() != before.is_ascii_digit());
            if begins {
                out.push((b' ', *place));
                split = true;
            }
        }
        out.push((*b, *place));
    }
    if split {
        write(
            doc,
            &out,
            Token {
                flags: token.flags & !flag::HASH,
                ..token
            },
            token.pos_end,
            false,
        );
    }
}

/// "botoxxxx" as "botox" and "botoxx".
fn drawn_out(doc: &mut Doc, at: usize) {
    let token = doc.tokens[at];
    let Some(bytes) = bytes_of(doc, token.start as usize, token.end as usize) else {
        return;
    };
    for keep in [1, 2] {
        let mut out: Vec<(u8, u32)> = Vec::with_capacity(bytes.len());
        let mut run = 0;
        for (n, item) in bytes.iter().enumerate() {
            run = if n > 0 && bytes[n - 1].0 == item.0 {
                run + 1
            } else {
                1
            };
            let total = bytes[n..].iter().take_while(|b| b.0 == item.0).count() + run - 1;
            if total < 3 || run <= keep {
                out.push(*item);
            }
        }
        write(doc, &out, token, token.pos_end, false);
    }
}

/// "b o t o x", "B-O-T-O-X", "b.o.t.o.x" as one word, behind `#` so that phrases run together are found as well.
fn spaced_letters(doc: &mut Doc) {
    let mut at = 0;
    while at < doc.words {
        let mut end = at;
        while end < doc.words
            && single(doc, end)
            && (end == at || gap(doc, end) <= 3)
            && end - at < LONGEST
        {
            end += 1;
        }
        if end - at >= 4 {
            let mut out: Vec<(u8, u32)> = Vec::with_capacity(end - at);
            for t in at..end {
                let token = doc.tokens[t];
                let b = doc.norm.as_bytes()[token.start as usize];
                out.push((leet(b), doc.map[token.start as usize]));
            }
            let first = doc.tokens[at];
            write(
                doc,
                &out,
                Token {
                    flags: first.flags | flag::HASH,
                    ..first
                },
                doc.tokens[end - 1].pos_end,
                true,
            );
        }
        at = end.max(at + 1);
    }
}

fn single(doc: &Doc, at: usize) -> bool {
    let t = doc.tokens[at];
    t.end - t.start == 1
}

/// Bytes between a word and the one before it.
fn gap(doc: &Doc, at: usize) -> u32 {
    doc.tokens[at].start - doc.tokens[at - 1].end
}

/// The letter that a figure or sign stands for.
fn leet(b: u8) -> u8 {
    match b {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'|' => b'l',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' | b'+' => b't',
        b'8' => b'b',
        other => other,
    }
}

/// Stretches between blanks: leet figures, and letters joined by marks or hyphens.
fn chunks(doc: &mut Doc, text: &str) {
    let mut at = 0;
    while at < doc.words {
        // A chunk: words with no blank typed between them.
        let mut end = at + 1;
        let mut marks = false;
        let mut mixed = doc.tokens[at].flags & flag::MIXED != 0;
        while end < doc.words {
            let (before, after) = (
                doc.tokens[end - 1].end as usize,
                doc.tokens[end].start as usize,
            );
            if !joined(doc, text, before, after) || doc.tokens[end].flags & flag::SYMBOL != 0 {
                break;
            }
            marks = true;
            mixed |= doc.tokens[end].flags & flag::MIXED != 0;
            end += 1;
        }
        let (start, stop) = (
            doc.tokens[at].start as usize,
            doc.tokens[end - 1].end as usize,
        );
        let sign = doc
            .norm
            .as_bytes()
            .get(start.wrapping_sub(1))
            .is_some_and(|b| matches!(b, b'@' | b'$' | b'!'))
            || doc
                .norm
                .as_bytes()
                .get(stop)
                .is_some_and(|b| matches!(b, b'$' | b'@'));
        if (marks || mixed || sign) && stop - start <= LONGEST && stop - start >= 4 {
            reading(doc, at, end, start, stop);
        }
        at = end;
    }
}

/// Is what stands between two words a mark and no blank?
fn joined(doc: &Doc, text: &str, before: usize, after: usize) -> bool {
    match doc.norm.as_bytes().get(before..after) {
        // A hyphen was made a blank; a blank typed as such stays one.
        Some([b' ']) => {
            let from = doc.map[before - 1] as usize;
            let to = doc.map[after] as usize;
            text.get(from..to)
                .is_some_and(|gap| !gap.chars().any(char::is_whitespace))
        }
        Some(
            [
                b'.' | b'_' | b'*' | b'\'' | b'@' | b'$' | b'!' | b'|' | b'~' | b'/' | b'+' | b'-'
                | b'"' | b'^' | b'=',
            ],
        ) => true,
        _ => false,
    }
}

fn reading(doc: &mut Doc, at: usize, end: usize, start: usize, stop: usize) {
    let Some(bytes) = bytes_of(doc, start, stop) else {
        return;
    };
    let letters = bytes.iter().filter(|b| b.0.is_ascii_alphabetic()).count();
    if letters < 2 {
        return;
    }
    let signs = bytes.iter().filter(|b| leet(b.0) != b.0).count();
    let first = doc.tokens[at];
    let pos_end = doc.tokens[end - 1].pos_end;
    let has_one = bytes.iter().any(|b| b.0 == b'1');
    for one in if has_one {
        &[b'i', b'l'][..]
    } else {
        &[b'i'][..]
    } {
        let out: Vec<(u8, u32)> = bytes
            .iter()
            .map(|(b, p)| {
                (
                    if signs <= letters {
                        if *b == b'1' { *one } else { leet(*b) }
                    } else {
                        *b
                    },
                    *p,
                )
            })
            .filter(|(b, _)| b.is_ascii_alphanumeric())
            .collect();
        write(doc, &out, first, pos_end, false);
    }
}
