//! What changed between two texts, word by word.
//!
//! Myers' algorithm in its linear-space form (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).
//! Texts that differ almost everywhere are told as one removal and one addition, so that the time stays bounded.

use unicode_segmentation::UnicodeSegmentation;

use crate::view::DiffPart;

/// Edits looked for in one stretch before it is told as replaced as a whole.
const EDITS_MAX: usize = 1_500;

/// From `old` to `new`: what stayed and was removed, joined, is `old`; what stayed and was added, joined, is `new`.
/// Empty when the texts are the same.
#[must_use]
pub(crate) fn words(old: &str, new: &str) -> Vec<DiffPart> {
    if old == new {
        return Vec::new();
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (
        old.split_word_bounds().collect(),
        new.split_word_bounds().collect(),
    );
    let mut out = Out::default();
    compare(&a, &b, &mut out);
    out.finish()
}

/// Parts in the making: within one place, all that went comes before all that came.
#[derive(Default)]
struct Out {
    parts: Vec<DiffPart>,
    removed: String,
    added: String,
}

impl Out {
    fn same(&mut self, words: &[&str]) {
        if words.is_empty() {
            return;
        }
        self.flush();
        match self.parts.last_mut() {
            Some(DiffPart::Same(text)) => text.extend(words.iter().copied()),
            _ => self.parts.push(DiffPart::Same(words.concat())),
        }
    }

    fn flush(&mut self) {
        if !self.removed.is_empty() {
            self.parts
                .push(DiffPart::Removed(std::mem::take(&mut self.removed)));
        }
        if !self.added.is_empty() {
            self.parts
                .push(DiffPart::Added(std::mem::take(&mut self.added)));
        }
    }

    fn finish(mut self) -> Vec<DiffPart> {
        self.flush();
        self.parts
    }
}

fn compare(a: &[&str], b: &[&str], out: &mut Out) {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (same, a) = a.split_at(head);
    let b = &b[head..];
    let tail = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (a, end) = a.split_at(a.len() - tail);
    let b = &b[..b.len() - tail];
    out.same(same);
    match middle(a, b) {
        // A cut at a corner would leave the same task again.
        Some((x, y)) if (x, y) != (0, 0) && (x, y) != (a.len(), b.len()) => {
            compare(&a[..x], &b[..y], out);
            compare(&a[x..], &b[y..], out);
        }
        _ => {
            out.removed.extend(a.iter().copied());
            out.added.extend(b.iter().copied());
        }
    }
    out.same(end);
}

/// A point on a shortest way from `a` to `b`, about half-way; `None` when one of them is empty or the way is too long.
fn middle(a: &[&str], b: &[&str]) -> Option<(usize, usize)> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (n, m) = (a.len() as isize, b.len() as isize);
    let delta = n - m;
    let half = ((a.len() + b.len()).div_ceil(2)).min(EDITS_MAX / 2);
    let offset = half as isize + 1;
    let size = 2 * half + 3;
    let (mut ahead, mut back) = (vec![0_isize; size], vec![0_isize; size]);
    let at = |k: isize| usize::try_from(k + offset).unwrap_or(0);
    for d in 0..=half as isize {
        for k in (-d..=d).step_by(2) {
            let mut x = if k == -d || (k != d && ahead[at(k - 1)] < ahead[at(k + 1)]) {
                ahead[at(k + 1)]
            } else {
                ahead[at(k - 1)] + 1
            };
            while x < n && x - k < m && x - k >= 0 && a[x as usize] == b[(x - k) as usize] {
                x += 1;
            }
            ahead[at(k)] = x;
            let opposite = delta - k;
            if delta % 2 != 0
                && opposite.abs() < d
                && x + back[at(opposite)] >= n
                && let Some(point) = point(x, x - k, n, m)
            {
                return Some(point);
            }
        }
        for k in (-d..=d).step_by(2) {
            let mut x = if k == -d || (k != d && back[at(k - 1)] < back[at(k + 1)]) {
                back[at(k + 1)]
            } else {
                back[at(k - 1)] + 1
            };
            while x < n
                && x - k < m
                && x - k >= 0
                && a[(n - 1 - x) as usize] == b[(m - 1 - (x - k)) as usize]
            {
                x += 1;
            }
            back[at(k)] = x;
            let opposite = delta - k;
            if delta % 2 == 0
                && opposite.abs() <= d
                && x + ahead[at(opposite)] >= n
                && let Some(point) = point(n - x, m - (x - k), n, m)
            {
                return Some(point);
            }
        }
    }
    None
}

/// The ways may run past the ends of the texts; a point out there is none.
fn point(x: isize, y: isize, n: isize, m: isize) -> Option<(usize, usize)> {
    let inside = (0..=n).contains(&x) && (0..=m).contains(&y);
    inside
        .then(|| Some((usize::try_from(x).ok()?, usize::try_from(y).ok()?)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(parts: &[DiffPart]) -> (String, String) {
        let (mut old, mut new) = (String::new(), String::new());
        for part in parts {
            match part {
                DiffPart::Same(text) => {
                    old.push_str(text);
                    new.push_str(text);
                }
                DiffPart::Removed(text) => old.push_str(text),
                DiffPart::Added(text) => new.push_str(text),
            }
        }
        (old, new)
    }

    fn changed(parts: &[DiffPart]) -> usize {
        parts
            .iter()
            .map(|part| match part {
                DiffPart::Same(_) => 0,
                DiffPart::Removed(text) | DiffPart::Added(text) => text.split_word_bounds().count(),
            })
            .sum()
    }

    /// Length of the shortest edit script, by the textbook table.
    fn shortest(a: &[&str], b: &[&str]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut before = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let here = row[j + 1];
                row[j + 1] = if x == y { before } else { 1 + here.min(row[j]) };
                before = here;
            }
        }
        row[b.len()]
    }

    #[test]
    fn one_word_put_for_another_is_told_as_just_that() {
        assert_eq!(
            words("Book your clinic today.", "Book your surgery today."),
            vec![
                DiffPart::Same("Book your ".into()),
                DiffPart::Removed("clinic".into()),
                DiffPart::Added("surgery".into()),
                DiffPart::Same(" today.".into()),
            ]
        );
    }

    #[test]
    fn the_same_text_has_no_differences() {
        assert!(words("Flu clinic", "Flu clinic").is_empty());
        assert!(words("", "").is_empty());
    }

    #[test]
    fn long_texts_that_have_nothing_in_common_are_told_as_replaced() {
        let old: String = (0..30_000).map(|n| format!("a{n} ")).collect();
        let new: String = (0..30_000).map(|n| format!("b{n}-")).collect();
        let parts = words(&old, &new);
        assert_eq!(joined(&parts), (old, new));
        assert_eq!(parts.len(), 2);
    }

    proptest! {
        #[test]
        fn what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(
            old in "[ab c.é\n]{0,60}",
            new in "[ab c.é\n]{0,60}",
        ) {
            let parts = words(&old, &new);
            prop_assert_eq!(parts.is_empty(), old == new);
            if old != new {
                prop_assert_eq!(joined(&parts), (old, new));
            }
        }

        #[test]
        fn no_more_is_told_than_has_to_be(old in "[abc ]{0,40}", new in "[abc ]{0,40}") {
            let (a, b): (Vec<&str>, Vec<&str>) =
                (old.split_word_bounds().collect(), new.split_word_bounds().collect());
            prop_assert_eq!(changed(&words(&old, &new)), shortest(&a, &b));
        }
    }
}
