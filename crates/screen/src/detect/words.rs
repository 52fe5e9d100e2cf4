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

/// Places of a table; more than twice the longest list.
const SLOTS: usize = 512;

/// A set of words in a table that is made when the program is compiled. Every word of a text is looked up in several, and
/// the time of the detectors hangs on that.
pub(crate) struct Words {
    /// The words, with blanks between them.
    list: &'static str,
    /// Where a word begins in `list`, plus one; nought for none.
    slots: [u16; SLOTS],
}

impl Words {
    /// The set of these words, written with blanks between them.
    pub const fn new(list: &'static str) -> Self {
        let mut slots = [0; SLOTS];
        let bytes = list.as_bytes();
        let mut at = 0;
        let mut start = 0;
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if at > start {
                    let mut slot = slot(bytes, start, at);
                    while slots[slot] != 0 {
                        slot = (slot + 1) % SLOTS;
                    }
                    slots[slot] = start as u16 + 1;
                }
                start = at + 1;
            }
            at += 1;
        }
        Self { list, slots }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.list.split(' ')
    }

    /// Is `word` in it?
    pub fn contains(&self, word: &str) -> bool {
        let (word, list) = (word.as_bytes(), self.list.as_bytes());
        if word.is_empty() {
            return false;
        }
        let mut slot = slot(word, 0, word.len());
        while self.slots[slot] != 0 {
            let start = usize::from(self.slots[slot]) - 1;
            let ends = list.get(start + word.len()).is_none_or(|b| *b == b' ');
            if ends && list.get(start..start + word.len()) == Some(word) {
                return true;
            }
            slot = (slot + 1) % SLOTS;
        }
        false
    }
}

/// Where to look first for the word `start..end`, which is not empty.
const fn slot(bytes: &[u8], start: usize, end: usize) -> usize {
    let middle = bytes[usize::midpoint(start, end)] as usize;
    (bytes[start] as usize * 31 + middle * 7 + bytes[end - 1] as usize * 131 + (end - start) * 17)
        % SLOTS
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
    fn every_member_is_found_and_nothing_else() {
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
