//! NHS numbers (England, Wales, Isle of Man), CHI numbers (Scotland) and H&C numbers (Northern Ireland): ten figures with
//! the same check figure. The ranges are a hint on which it is, never a reason to pass.

use super::Finder;
use super::figures::Figures;
use super::words::Words;
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;

/// Words by which ten figures are said to be such a number.
static NAMED: Words = Words::new("nhs chi h&c hcn hc health");

/// Words by which ten figures are said to be something else.
static OTHER: Words = Words::new(
    "sn serial model order tracking parcel batch lot invoice vat company isbn barcode charity \
     crime scam case ticket fax voucher part",
);

/// Weights 10 to 2 on nine figures; eleven less the remainder is the tenth (eleven counts as nought, ten is never issued).
pub(super) fn valid(digits: &str) -> bool {
    let figures: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    if figures.len() != 10 || figures.iter().all(|f| *f == figures[0]) {
        return false;
    }
    let sum: u32 = figures
        .iter()
        .take(9)
        .zip((2..=10).rev())
        .map(|(f, w)| f * w)
        .sum();
    match 11 - sum % 11 {
        11 => figures[9] == 0,
        10 => false,
        check => figures[9] == check,
    }
}

/// Begins with a day and a month, as CHI numbers do.
fn begins_with_date(digits: &str) -> bool {
    let part = |a: usize, b: usize| {
        digits
            .get(a..b)
            .and_then(|s| s.parse::<u32>().ok())
            .unwrap_or(0)
    };
    (1..=31).contains(&part(0, 2)) && (1..=12).contains(&part(2, 4))
}

pub(super) fn find(run: &mut Run<'_>, runs: &[Figures], out: &mut Finder) {
    for figures in runs {
        for (start, end, digits, groups) in candidates(run, figures) {
            let token = run.doc.token_at(start);
            let named = run.word_before(token, 6, &NAMED)
                || run.word_after(run.doc.token_at(end), 3, &["nhs", "chi"]);
            let other = run.word_before(token, 4, &OTHER) && !named;
            let good = valid(&digits);
            let spaced = matches!(groups.as_slice(), [3, 3, 4] | [6, 4]);
            let phone =
                digits.starts_with('0') && !named && !(good && begins_with_date(&digits) && spaced);
            // A slip of the pen beside a name is still somebody's number.
            let beside_name = token > 0
                && groups == [3, 3, 4]
                && run.doc.norm.as_bytes().get(start.wrapping_sub(1)) == Some(&b' ')
                && super::names::surname(run.doc.word(token - 1))
                && run.doc.tokens[token - 1].flags & crate::norm::flag::CAP != 0;
            if other || phone || beside_name && !good {
                if beside_name && !other && !phone {
                    out.add(
                        run,
                        Detector::NhsNumber,
                        Label::NhsNumber,
                        Severity::Warn,
                        start,
                        end,
                    );
                }
                continue;
            }
            if !(good
                || (named
                    && !run.word_before(token, 6, &["vat", "company"])
                    && (spaced || groups.len() == 1)))
            {
                continue;
            }
            let chi = run.word_before(token, 4, &["chi"]);
            let nhs = run.word_before(token, 4, &["nhs"]);
            let value: u64 = digits.parse().unwrap_or(0);
            let detector = if chi
                || (!nhs
                    && begins_with_date(&digits)
                    && (10_000_000..=3_112_999_999).contains(&value))
            {
                Detector::Chi
            } else if run.word_before(token, 4, &["h&c", "hcn", "hc"])
                || (!nhs && (3_200_000_000..4_000_000_000).contains(&value))
            {
                Detector::Hcn
            } else {
                Detector::NhsNumber
            };
            out.add(run, detector, Label::NhsNumber, Severity::Block, start, end);
        }
    }
}

/// Stretches of exactly ten figures: a run of ten, or ten in a longer run whose other figures stand apart.
fn candidates(run: &Run<'_>, figures: &Figures) -> Vec<(usize, usize, String, Vec<usize>)> {
    if figures.digits.len() == 10 && !figures.plus {
        let start =
            figures.start + usize::from(run.doc.norm.as_bytes().get(figures.start) == Some(&b'('));
        return vec![(
            start,
            figures.end,
            figures.digits.clone(),
            figures.groups.clone(),
        )];
    }
    let mut all = Vec::new();
    if figures.digits.len() > 10 && figures.groups.len() > 1 {
        // Walk the groups with their places.
        let bytes = run.doc.norm.as_bytes();
        let mut places = Vec::new();
        let mut at = figures.start;
        while at < figures.end {
            if bytes[at].is_ascii_digit() {
                let begin = at;
                while at < figures.end && bytes[at].is_ascii_digit() {
                    at += 1;
                }
                places.push((begin, at));
            } else {
                at += 1;
            }
        }
        for first in 0..places.len() {
            for count in [1, 2, 3] {
                let Some(part) = places.get(first..first + count) else {
                    continue;
                };
                let groups: Vec<usize> = part.iter().map(|(a, b)| b - a).collect();
                if groups.iter().sum::<usize>() == 10
                    && matches!(groups.as_slice(), [10] | [3, 3, 4] | [6, 4])
                {
                    let digits: String = part
                        .iter()
                        .filter_map(|(a, b)| run.doc.norm.get(*a..*b))
                        .collect();
                    if let (Some(a), Some(b)) = (part.first(), part.last()) {
                        all.push((a.0, b.1, digits, groups));
                    }
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn the_check_figure_is_that_of_the_published_examples() {
        for good in ["9434765919", "9876543210", "9990000018"] {
            assert!(valid(good), "{good}");
        }
        for bad in ["1234567890", "9876544321", "0000000000", "999000001"] {
            assert!(!valid(bad), "{bad}");
        }
    }
}
