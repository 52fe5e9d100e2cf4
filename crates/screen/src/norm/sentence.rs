//! Words and sentences of the normalised text.

use super::{Doc, Sentence, Token, flag};

/// Words before whose full stop a sentence does not end.
const SHORT: &[&str] = &[
    "dr", "mr", "mrs", "ms", "miss", "prof", "st", "no", "nos", "rd", "ave", "e.g", "eg", "i.e",
    "ie", "etc", "vs", "approx", "tel", "ext", "dept", "hosp", "ref", "pls", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun", "inc", "ltd", "rev", "cllr", "sr", "jr", "fig",
    "min", "max", "p.s", "u.k", "n.b",
];

impl Doc {
    /// Finds words and sentences in the text itself.
    pub(super) fn split(&mut self, text: &str) {
        let norm = std::mem::take(&mut self.norm);
        let bytes = norm.as_bytes();
        let mut at = 0;
        let mut sentence: u32 = 0;
        let mut clause: u32 = 0;
        let mut first: u32 = 0;
        let mut question = false;
        let mut capitals = 0;
        let mut next_break = 0;
        let mut mark = 0_u16;
        while at < bytes.len() {
            while self
                .breaks
                .get(next_break)
                .is_some_and(|b| *b as usize <= at)
            {
                next_break += 1;
                clause += 1;
                self.close(&mut sentence, &mut first, &mut question, &mut capitals);
            }
            let b = bytes[at];
            if b.is_ascii_alphanumeric() || b >= 0x80 {
                let (end, symbol) = word_end(&norm, at);
                if end == at {
                    at += norm[at..].chars().next().map_or(1, char::len_utf8);
                    continue;
                }
                let mut flags = mark
                    | if symbol {
                        flag::SYMBOL
                    } else {
                        shape(&norm[at..end])
                    };
                mark = 0;
                if !symbol {
                    flags |= self.case(text, &norm, at, end);
                }
                let pos = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
                if pos == first {
                    flags |= flag::FIRST;
                }
                if flags & flag::UPPER != 0 {
                    capitals += 1;
                }
                self.tokens.push(Token {
                    start: u32::try_from(at).unwrap_or(u32::MAX),
                    end: u32::try_from(end).unwrap_or(u32::MAX),
                    pos,
                    pos_end: pos + 1,
                    sentence,
                    clause,
                    flags,
                });
                at = end;
                continue;
            }
            match b {
                b'#' => mark = flag::HASH,
                b'@' if at == 0 || !bytes[at - 1].is_ascii_alphanumeric() => mark = flag::AT,
                b' ' => mark = 0,
                b',' | b';' | b':' | b'(' | b')' => clause += 1,
                b'.' | b'!' | b'?' => {
                    let mut end = at + 1;
                    let mut asks = b == b'?';
                    while end < bytes.len()
                        && matches!(bytes[end], b'.' | b'!' | b'?' | b'"' | b'\'' | b')' | b']')
                    {
                        asks |= bytes[end] == b'?';
                        end += 1;
                    }
                    if self.ends_here(&norm, text, at, end) {
                        question |= asks;
                        clause += 1;
                        self.close(&mut sentence, &mut first, &mut question, &mut capitals);
                    } else if asks {
                        question = true;
                    }
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.norm = norm;
        self.close(&mut sentence, &mut first, &mut question, &mut capitals);
    }

    fn close(
        &mut self,
        sentence: &mut u32,
        first: &mut u32,
        question: &mut bool,
        capitals: &mut u32,
    ) {
        let end = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        if end > *first {
            let words = end - *first;
            self.sentences.push(Sentence {
                first: *first,
                end,
                question: *question,
                shouted: words >= 3 && *capitals * 2 > words,
            });
            *sentence += 1;
            *first = end;
        } else if *question && let Some(last) = self.sentences.last_mut() {
            last.question = true;
        }
        *question = false;
        *capitals = 0;
    }

    /// Does a sentence end at the marks `at..end`?
    fn ends_here(&self, norm: &str, text: &str, at: usize, end: usize) -> bool {
        let bytes = norm.as_bytes();
        if end >= bytes.len() {
            return true;
        }
        if bytes[end] != b' ' {
            return false;
        }
        if bytes[at] != b'.' || end > at + 1 {
            return true;
        }
        let begin = norm[..at].rfind([' ', '(']).map_or(0, |b| b + 1);
        let last = &norm[begin..at];
        if SHORT.contains(&last)
            || (last.len() == 1 && last.as_bytes()[0].is_ascii_alphabetic() && last != "i")
        {
            return false;
        }
        let typed = self.map.get(end + 1).copied().unwrap_or_default() as usize;
        !text
            .get(typed..)
            .and_then(|t| t.chars().next())
            .is_some_and(char::is_lowercase)
    }

    /// Capitals of the word as typed.
    fn case(&self, text: &str, norm: &str, start: usize, end: usize) -> u16 {
        let first = self.map[start] as usize;
        let last = self.map[end - 1] as usize;
        let Some(typed) = text.get(first..=last).or_else(|| text.get(first..)) else {
            return 0;
        };
        let mut flags = 0;
        let begins = typed.chars().next();
        if begins.is_some_and(char::is_uppercase) {
            flags |= flag::CAP;
            if end - start >= 2
                && norm.as_bytes()[start].is_ascii_alphabetic()
                && !typed.chars().any(char::is_lowercase)
            {
                flags |= flag::UPPER;
            }
        }
        if begins.is_some_and(char::is_numeric) {
            flags |= flag::NUM;
        }
        flags
    }
}

/// End of the word that begins at `at` (equal to `at` when there is none), and whether it is a picture.
fn word_end(norm: &str, at: usize) -> (usize, bool) {
    let bytes = norm.as_bytes();
    let mut end = at;
    while end < bytes.len() {
        let b = bytes[end];
        if b.is_ascii_alphanumeric() {
            end += 1;
        } else if b >= 0x80 {
            let Some(c) = norm[end..].chars().next() else {
                break;
            };
            if c.is_alphanumeric() {
                end += c.len_utf8();
            } else if end == at && !is_mark(c) {
                return (end + c.len_utf8(), true);
            } else {
                break;
            }
        } else if end > at && end + 1 < bytes.len() {
            let before = bytes[end - 1];
            let after = bytes[end + 1];
            let joins = match b {
                b'\'' => after.is_ascii_alphabetic(),
                b'.' | b',' | b':' => before.is_ascii_digit() && after.is_ascii_digit(),
                _ => false,
            };
            if !joins {
                break;
            }
            end += 1;
        } else {
            break;
        }
    }
    (end, false)
}

/// Punctuation outside ASCII that is no picture.
fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x80..=0x2bf | 0x2000..=0x206f | 0x20a0..=0x20cf | 0x3000..=0x303f)
}

fn shape(word: &str) -> u16 {
    let bytes = word.as_bytes();
    let mut flags = 0;
    let digit = bytes.iter().any(u8::is_ascii_digit);
    if digit && bytes.iter().any(u8::is_ascii_alphabetic) {
        flags |= flag::MIXED;
    }
    if bytes
        .windows(3)
        .any(|w| w[0] == w[1] && w[1] == w[2] && w[0].is_ascii_alphabetic())
    {
        flags |= flag::LONG;
    }
    flags
}
