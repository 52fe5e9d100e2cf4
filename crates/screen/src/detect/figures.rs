//! Runs of figures with the blanks and marks that people put between them.

/// One run in the normalised text.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub start: usize,
    pub end: usize,
    /// The figures alone.
    pub digits: String,
    /// How many figures stand together, group by group.
    pub groups: Vec<usize>,
    /// A plus sign stands before.
    pub plus: bool,
}

/// Longest run that is looked at, in figures; longer ones are no number of anything.
const LONGEST: usize = 24;

/// All runs of six figures or more.
pub(super) fn runs(norm: &str) -> Vec<Figures> {
    let bytes = norm.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).map(|p| bytes[p]);
        let lettered = before.is_some_and(|b| b.is_ascii_alphabetic());
        let mut run = Figures {
            start: at,
            end: at,
            digits: String::new(),
            groups: Vec::new(),
            plus: false,
        };
        if let Some(open) = before {
            if open == b'(' {
                run.start = at - 1;
            }
            let sign = if open == b'(' {
                at.checked_sub(2).map(|p| bytes[p])
            } else {
                before
            };
            if sign == Some(b'+') {
                run.plus = true;
                run.start = if open == b'(' { at - 2 } else { at - 1 };
            }
        }
        let mut group = 0;
        loop {
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                run.digits.push(char::from(bytes[at]));
                group += 1;
                at += 1;
            }
            run.groups.push(group);
            group = 0;
            run.end = at;
            let mut next = at;
            while next < bytes.len()
                && next - at < 3
                && matches!(bytes[next], b' ' | b'-' | b'.' | b'(' | b')')
            {
                next += 1;
            }
            // What people put between the groups of one number; a full stop with a blank ends a sentence.
            if !matches!(
                &bytes[at..next],
                b" " | b"-" | b"." | b")" | b") " | b" (" | b")-"
            ) {
                break;
            }
            if next == at
                || next >= bytes.len()
                || !bytes[next].is_ascii_digit()
                || run.digits.len() >= LONGEST
            {
                break;
            }
            at = next;
        }
        let trailing = bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        if run.digits.len() >= 6 && !lettered && !trailing {
            all.push(run);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn groups_and_marks_are_read_as_one_number() {
        let all = runs("ring (01632) 960 464 or +44 7700 900719; 9,434,765,910");
        let digits: Vec<&str> = all.iter().map(|r| r.digits.as_str()).collect();
        assert_eq!(digits, ["01632960464", "447700900719"]);
        assert!(all[1].plus);
    }
}
