//! Name lists, searched as they are compiled in: sorted lines, nothing to build at start.

static GIVEN: &str = include_str!("../../data/names_given.txt");
static GIVEN_RARE: &str = include_str!("../../data/names_given_rare.txt");
static GIVEN_WEAK: &str = include_str!("../../data/names_given_weak.txt");
static SURNAME: &str = include_str!("../../data/names_surname.txt");
static SURNAME_WEAK: &str = include_str!("../../data/names_surname_weak.txt");

/// A given name that is hardly ever another word.
pub(super) fn given(word: &str) -> bool {
    contains(GIVEN, word)
}

/// A given name that few people have.
pub(super) fn given_rare(word: &str) -> bool {
    contains(GIVEN_RARE, word)
}

/// A given name that is also a word.
pub(super) fn given_weak(word: &str) -> bool {
    contains(GIVEN_WEAK, word)
}

/// A surname that is hardly ever another word.
pub(super) fn surname(word: &str) -> bool {
    contains(SURNAME, word)
}

/// A surname that is also a word.
pub(super) fn surname_weak(word: &str) -> bool {
    contains(SURNAME_WEAK, word)
}

/// Is `word` a line of the sorted list? Lines that begin with `#` sort before all names.
fn contains(list: &str, word: &str) -> bool {
    if word.len() < 2 || !word.is_ascii() {
        return false;
    }
    let bytes = list.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let mid = low + (high - low) / 2;
        let start = bytes[..mid]
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |p| p + 1)
            .max(low);
        let end = bytes[start..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(bytes.len(), |p| start + p);
        let line = &bytes[start..end];
        if line.starts_with(b"#") {
            low = end + 1;
            continue;
        }
        match line.cmp(word.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{GIVEN, GIVEN_RARE, GIVEN_WEAK, SURNAME, SURNAME_WEAK, contains};

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for list in [GIVEN, GIVEN_RARE, GIVEN_WEAK, SURNAME, SURNAME_WEAK] {
            for line in list.lines().filter(|l| !l.starts_with('#') && l.len() > 1) {
                assert!(contains(list, line), "{line}");
            }
            assert!(!contains(list, "qqqq") && !contains(list, "") && !contains(list, "zzzzzz"));
        }
    }
}
