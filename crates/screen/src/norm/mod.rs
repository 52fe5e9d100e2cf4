//! One pass over a text: what it says once case, width, look-alike letters, accents and invisible marks are set aside.
//!
//! The result is the normalised text, its words and sentences, and for each byte of it the place in the text as typed.
//! After the text stand its *other readings* (hashtags split, spaced-out and leet spellings undone), each on a line of its
//! own, so that one search covers all; their words carry the position of the words that they are readings of.

mod alias;
mod fold;
mod sentence;

pub(crate) use fold::{Fold, fold};

/// What a word is, besides its letters.
pub(crate) mod flag {
    /// Begins with a capital.
    pub const CAP: u16 = 1;
    /// Two letters or more, all capitals.
    pub const UPPER: u16 = 2;
    /// Begins with a figure.
    pub const NUM: u16 = 4;
    /// Stands behind `#`.
    pub const HASH: u16 = 8;
    /// Stands behind `@` that no letter precedes.
    pub const AT: u16 = 16;
    /// A picture.
    pub const SYMBOL: u16 = 32;
    /// Another reading of words of the text.
    pub const ALIAS: u16 = 64;
    /// Has letters and figures.
    pub const MIXED: u16 = 128;
    /// Has a letter three times running.
    pub const LONG: u16 = 256;
    /// First word of its sentence.
    pub const FIRST: u16 = 512;
}

/// One word (or picture) of the normalised text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Bytes of the normalised text.
    pub start: u32,
    pub end: u32,
    /// Position among the words of the text as typed; for another reading, that of the words it is a reading of.
    pub pos: u32,
    /// Position after the last word.
    pub pos_end: u32,
    pub sentence: u32,
    /// Counts the clauses of the whole text.
    pub clause: u32,
    pub flags: u16,
}

/// One sentence: words `first..end`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence {
    pub first: u32,
    pub end: u32,
    pub question: bool,
    /// Most of its words are in capitals.
    pub shouted: bool,
}

/// A text, normalised. Reused from one check to the next, so that its memory is.
#[derive(Debug, Default)]
pub(crate) struct Doc {
    pub norm: String,
    /// For each byte of `norm`, the byte of the text as typed where its character begins.
    pub map: Vec<u32>,
    /// Words of the text, then those of the other readings.
    pub tokens: Vec<Token>,
    /// How many of `tokens` are words of the text itself.
    pub words: usize,
    /// Length of the text itself in `norm`; behind it stand the other readings.
    pub main_len: usize,
    pub sentences: Vec<Sentence>,
    /// The text has a figure somewhere.
    pub digits: bool,
    /// Where in `norm` a line ended: (byte, it was an empty line or the next begins with no small letter).
    breaks: Vec<u32>,
    buffer: String,
}

impl Doc {
    /// Reads `text` afresh.
    pub fn read(&mut self, text: &str) {
        self.norm.clear();
        self.map.clear();
        self.tokens.clear();
        self.sentences.clear();
        self.breaks.clear();
        self.normalise(text);
        self.main_len = self.norm.len();
        self.digits = self.norm.bytes().any(|b| b.is_ascii_digit());
        self.split(text);
        self.words = self.tokens.len();
        alias::add(self, text);
    }

    fn normalise(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut space = false;
        let mut newline = false;
        let mut last = ' ';
        for (at, c) in text.char_indices() {
            let here = u32::try_from(at).unwrap_or(u32::MAX);
            if c.is_ascii_alphanumeric() {
                self.gap(&mut space, &mut newline, here, c);
                self.push(char::from(c as u8).to_ascii_lowercase(), here);
                last = c;
                continue;
            }
            if c == '\n' || c == '\r' || c == '\u{2028}' || c == '\u{2029}' {
                space = true;
                newline = true;
                continue;
            }
            if c == '-' {
                let next_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
                if !space && last.is_ascii_digit() && next_digit {
                    self.push('-', here);
                } else {
                    space = true;
                }
                continue;
            }
            self.buffer.clear();
            let mut buffer = std::mem::take(&mut self.buffer);
            let folded = fold(c, &mut buffer);
            match folded {
                Fold::Drop => {}
                Fold::Space => space = true,
                Fold::Symbol(s) => {
                    self.gap(&mut space, &mut newline, here, c);
                    self.push(s, here);
                    last = s;
                }
                Fold::Letters => {
                    self.gap(&mut space, &mut newline, here, c);
                    for l in buffer.chars() {
                        self.push(l, here);
                        last = l;
                    }
                }
            }
            self.buffer = buffer;
        }
    }

    /// Writes the blank that is due, if any.
    fn gap(&mut self, space: &mut bool, newline: &mut bool, here: u32, next: char) {
        if *space {
            *space = false;
            if *newline && !next.is_lowercase() {
                self.breaks
                    .push(u32::try_from(self.norm.len()).unwrap_or(u32::MAX));
            }
            *newline = false;
            if !self.norm.is_empty() {
                self.push(' ', here);
            }
        }
    }

    fn push(&mut self, c: char, from: u32) {
        self.norm.push(c);
        for _ in 0..c.len_utf8() {
            self.map.push(from);
        }
    }

    /// The place in `text` of the bytes `start..end` of the normalised text, in bytes.
    pub fn typed(&self, text: &str, start: usize, end: usize) -> (usize, usize) {
        let from = self.map.get(start).copied().unwrap_or_default() as usize;
        let last = end
            .checked_sub(1)
            .and_then(|e| self.map.get(e))
            .copied()
            .unwrap_or_default() as usize;
        let width = text
            .get(last..)
            .and_then(|t| t.chars().next())
            .map_or(0, char::len_utf8);
        (from.min(last), last + width)
    }

    /// The word that holds byte `at` of the normalised text, or the next one.
    pub fn token_at(&self, at: usize) -> usize {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.partition_point(|t| t.end <= at)
    }

    /// The letters of a word.
    pub fn word(&self, token: usize) -> &str {
        self.tokens
            .get(token)
            .and_then(|t| self.norm.get(t.start as usize..t.end as usize))
            .unwrap_or_default()
    }

    /// The words of the text itself.
    pub fn main(&self) -> &[Token] {
        self.tokens.get(..self.words).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Doc;

    fn norm(text: &str) -> String {
        let mut doc = Doc::default();
        doc.read(text);
        doc.norm
    }

    #[test]
    fn case_width_accents_and_marks_are_set_aside() {
        assert_eq!(norm("Ｂｏｔｏｘ"), "botox");
        assert_eq!(norm("café  —  tŷ"), "cafe ty");
        assert_eq!(norm("bo\u{200b}to\u{ad}x"), "botox");
        assert_eq!(norm("\u{202e}Вotох"), "botox");
        assert_eq!(norm("𝐁𝐨𝐭𝐨𝐱"), "botox");
        assert_eq!(norm("we’re “here”"), "we're \"here\"");
        assert_eq!(norm("Botox™"), "botox");
    }

    #[test]
    fn other_readings_follow_the_text() {
        assert!(norm("b0tox now").contains("\nbotox"));
        assert!(norm("b o t o x now").contains("\n#botox"));
        assert!(norm("B.O.T.O.X now").contains("botox\n"));
        assert!(norm("bo-tox").contains("\nbotox"));
        assert!(norm("#LipFiller").contains("\nlip filler"));
        assert!(norm("botoxxxx").contains("\nbotox\n"));
        assert!(norm("b*o*t*o*x").contains("botox\n"));
    }

    #[test]
    fn every_byte_has_its_place_as_typed() {
        let text = "Ⓑotox für 😀 Ｊｏ\u{301}";
        let mut doc = Doc::default();
        doc.read(text);
        assert_eq!(doc.norm.len(), doc.map.len());
        let at = doc.norm.find("jo").unwrap_or_default();
        let (start, end) = doc.typed(text, at, at + 2);
        assert_eq!(&text[start..end], "Ｊｏ");
    }
}
