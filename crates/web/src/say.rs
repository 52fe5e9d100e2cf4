//! Moments as pages say them.

use bedside_core::time;
use jiff::Timestamp;

use crate::view::When;

/// "Tuesday 3 March at 9:00am (UK time)", with "in 2 hours".
pub(crate) fn when(moment: Timestamp, zone: &str, now: Timestamp) -> When {
    When {
        words: time::say(moment, zone, now),
        datetime: moment.to_string(),
        relative: time::say_relative(moment, now),
    }
}

/// "yesterday at 4:05pm", for histories.
pub(crate) fn short(moment: Timestamp, zone: &str, now: Timestamp) -> When {
    When {
        words: time::say_short(moment, zone, now),
        datetime: moment.to_string(),
        relative: String::new(),
    }
}

/// "9:00am".
pub(crate) fn clock(moment: Timestamp, zone: &str) -> When {
    let words = time::zone(zone).map_or_else(
        |_| moment.to_string(),
        |zone| time::say_time(moment.to_zoned(zone).datetime()),
    );
    When {
        words,
        datetime: moment.to_string(),
        relative: String::new(),
    }
}

/// "a, b and c".
pub(crate) fn list<S: AsRef<str>>(words: &[S], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., end] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", first.join(", "), end.as_ref())
        }
    }
}

/// "One", "Nine", "10": how many, at the beginning of a sentence.
pub(crate) fn count(n: usize) -> String {
    const WORDS: [&str; 10] = [
        "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
    ];
    WORDS
        .get(n)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_people_say_them() {
        assert_eq!(list(&["a", "b", "c"], "and"), "a, b and c");
        assert_eq!(list(&["a", "b"], "or"), "a or b");
        assert_eq!(list::<&str>(&[], "or"), "");
    }
}
