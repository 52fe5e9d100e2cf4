//! Sets of words that every word of a text is compared with.

/// Something that words can be looked up in.
pub(crate) trait WordList {
    /// Is `word` in it?
    fn has(&self, word: &str) -> bool;
}

impl<const N: usize> WordList for [&str; N] {
    fn has(&self, word: &str) -> bool {
        self.contains(&word)
    }
}

/// A set of words with a sieve before it: which lengths occur for each first byte. Most words of a text fall through it
/// without any comparison, and that is what the time of the detectors hangs on.
pub(crate) struct Words {
    /// The words, with blanks between them.
    list: &'static str,
    lengths: [u32; 256],
}

impl Words {
    /// The set of these words, written with blanks between them.
    pub const fn new(list: &'static str) -> Self {
        let mut lengths = [0; 256];
        let bytes = list.as_bytes();
        let mut at = 0;
        let mut start = 0;
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if at > start {
                    lengths[bytes[start] as usize] |= 1 << ((at - start) & 31);
                }
                start = at + 1;
            }
            at += 1;
        }
        Self { list, lengths }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.list.split(' ')
    }

    /// Is `word` in it?
    pub fn contains(&self, word: &str) -> bool {
        let bytes = word.as_bytes();
        bytes
            .first()
            .is_some_and(|first| self.lengths[*first as usize] & (1 << (bytes.len() & 31)) != 0)
            && self.iter().any(|w| w == word)
    }
}

impl WordList for Words {
    fn has(&self, word: &str) -> bool {
        self.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn the_sieve_lets_every_member_through() {
        static SET: Words = Words::new("a street d.o.b tŷ");
        assert!(
            SET.contains("a")
                && SET.contains("street")
                && SET.contains("d.o.b")
                && SET.contains("tŷ")
        );
        assert!(!SET.contains("strand") && !SET.contains("") && !SET.contains("b"));
    }
}
