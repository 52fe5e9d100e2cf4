//! Times as a practice says them: wall time and zone kept, UTC worked out, clock-change days told.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// The zone of a practice unless it says otherwise.
pub const UK: &str = "Europe/London";

/// A moment as someone chose it on a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wall {
    pub local: DateTime,
    /// IANA name.
    pub zone: String,
}

impl Wall {
    /// From the date and time fields of a form: `2026-03-03`, `09:00`.
    ///
    /// # Errors
    /// When a field is no date or time, or when the clocks skip that time.
    pub fn parse(date: &str, time: &str, zone: &str) -> Result<Self, Refusal> {
        let date: jiff::civil::Date = date.trim().parse().map_err(|_| {
            Refusal::input("date_form", "Choose a day, like 3 March 2026 (2026-03-03).")
        })?;
        let time: jiff::civil::Time = time
            .trim()
            .parse()
            .map_err(|_| Refusal::input("time_form", "Choose a time, like 9:00am (09:00)."))?;
        if !(2000..=2100).contains(&date.year()) {
            return Err(Refusal::input(
                "date_range",
                "Choose a day within the next few years.",
            ));
        }
        let wall = Self {
            local: date.to_datetime(time),
            zone: zone.to_owned(),
        };
        wall.instant()?;
        Ok(wall)
    }

    /// The moment in UTC. Where clocks go back and a time comes twice, the first is meant.
    ///
    /// # Errors
    /// `time_skipped` where clocks go forward over it; `zone_unknown`.
    pub fn instant(&self) -> Result<Timestamp, Refusal> {
        let ambiguous = zone(&self.zone)?.to_ambiguous_zoned(self.local);
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            return Err(Refusal::input(
                "time_skipped",
                format!(
                    "The clocks go forward on {}, so {} does not exist that day. Choose a time an hour later.",
                    say_date(self.local),
                    say_time(self.local)
                ),
            ));
        }
        ambiguous
            .earlier()
            .map(|zoned| zoned.timestamp())
            .map_err(|_| Refusal::input("date_range", "Choose a day within the next few years."))
    }

    /// A sentence when the clocks change that day and the time comes twice.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let ambiguous = zone(&self.zone).ok()?.to_ambiguous_zoned(self.local);
        matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. }).then(|| {
            format!(
                "The clocks go back that night and {} comes twice; this goes out the first time.",
                say_time(self.local)
            )
        })
    }
}

/// The zone of a name.
///
/// # Errors
/// `zone_unknown`.
pub fn zone(name: &str) -> Result<TimeZone, Refusal> {
    TimeZone::get(name).map_err(|_| {
        Refusal::input(
            "zone_unknown",
            "Choose a time zone from the list, like Europe/London.",
        )
    })
}

fn local(moment: Timestamp, zone_name: &str) -> DateTime {
    moment
        .to_zoned(zone(zone_name).unwrap_or(TimeZone::UTC))
        .datetime()
}

/// The day on a practice's wall.
#[must_use]
pub fn local_date(moment: Timestamp, zone_name: &str) -> jiff::civil::Date {
    local(moment, zone_name).date()
}

/// "9:00am".
#[must_use]
pub fn say_time(at: DateTime) -> String {
    let (hour, half) = match at.hour() {
        0 => (12, "am"),
        h @ 1..=11 => (h, "am"),
        12 => (12, "pm"),
        h => (h - 12, "pm"),
    };
    format!("{hour}:{:02}{half}", at.minute())
}

/// "Tuesday 3 March".
#[must_use]
pub fn say_date(at: DateTime) -> String {
    at.strftime("%A %-d %B").to_string()
}

/// "Tuesday 3 March at 9:00am (UK time)", with the year when it is not the present one.
#[must_use]
pub fn say(moment: Timestamp, zone_name: &str, now: Timestamp) -> String {
    let at = local(moment, zone_name);
    let year = if at.year() == local(now, zone_name).year() {
        String::new()
    } else {
        format!(" {}", at.year())
    };
    let place = if zone_name == UK {
        "UK time".to_owned()
    } else {
        zone_name.to_owned()
    };
    format!("{}{year} at {} ({place})", say_date(at), say_time(at))
}

/// "today at 9:00am", "yesterday at 4:05pm", "Friday 27 February at 4:05pm": for histories.
#[must_use]
pub fn say_short(moment: Timestamp, zone_name: &str, now: Timestamp) -> String {
    let (at, today) = (local(moment, zone_name), local(now, zone_name).date());
    let days = at
        .date()
        .since((Unit::Day, today))
        .map_or(i32::MAX, |span| span.get_days());
    let day = match days {
        0 => "today".to_owned(),
        -1 => "yesterday".to_owned(),
        1 => "tomorrow".to_owned(),
        _ if at.year() == today.year() => say_date(at),
        _ => format!("{} {}", say_date(at), at.year()),
    };
    format!("{day} at {}", say_time(at))
}

/// "in 2 hours", "3 days ago", "now".
#[must_use]
pub fn say_relative(moment: Timestamp, now: Timestamp) -> String {
    let seconds = moment.duration_since(now).as_secs();
    let size = seconds.unsigned_abs();
    let (count, unit) = match size {
        0..=59 => return "now".to_owned(),
        60..=5_399 => ((size + 30) / 60, "minute"),
        5_400..=129_599 => ((size + 1_800) / 3_600, "hour"),
        _ => ((size + 43_200) / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn summer_and_winter_times_differ_by_an_hour_in_utc() {
        let winter = Wall::parse("2026-03-28", "09:00", UK).unwrap();
        let summer = Wall::parse("2026-03-29", "09:00", UK).unwrap();
        assert_eq!(winter.instant().unwrap(), at("2026-03-28T09:00:00Z"));
        assert_eq!(summer.instant().unwrap(), at("2026-03-29T08:00:00Z"));
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused_and_says_so() {
        let refusal = Wall::parse("2026-03-29", "01:30", UK).unwrap_err();
        assert_eq!(refusal.code, "time_skipped");
        assert!(
            refusal.sentence.contains("Sunday 29 March"),
            "{}",
            refusal.sentence
        );
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first_and_is_told() {
        let wall = Wall::parse("2026-10-25", "01:30", UK).unwrap();
        assert_eq!(wall.instant().unwrap(), at("2026-10-25T00:30:00Z"));
        assert!(wall.note().unwrap().contains("comes twice"));
        assert_eq!(Wall::parse("2026-10-25", "03:30", UK).unwrap().note(), None);
    }

    #[test]
    fn times_read_as_people_say_them() {
        let now = at("2026-03-02T10:42:00Z");
        assert_eq!(
            say(at("2026-03-03T09:00:00Z"), UK, now),
            "Tuesday 3 March at 9:00am (UK time)"
        );
        assert_eq!(
            say(at("2027-07-01T11:00:00Z"), UK, now),
            "Thursday 1 July 2027 at 12:00pm (UK time)"
        );
        assert_eq!(
            say_short(at("2026-03-01T16:05:00Z"), UK, now),
            "yesterday at 4:05pm"
        );
        assert_eq!(
            say_short(at("2026-02-27T00:05:00Z"), UK, now),
            "Friday 27 February at 12:05am"
        );
        assert_eq!(say_relative(at("2026-03-02T12:42:00Z"), now), "in 2 hours");
        assert_eq!(say_relative(at("2026-02-27T10:42:00Z"), now), "3 days ago");
        assert_eq!(say_relative(now, now), "now");
    }

    proptest! {
        #[test]
        fn wall_and_utc_agree_round_the_clock_change_days(day in 0_i64..400, minute in 0_i64..1440) {
            let start: jiff::civil::Date = "2026-01-01".parse().unwrap();
            let date = start.checked_add(jiff::Span::new().days(day)).unwrap();
            let time = format!("{:02}:{:02}", minute / 60, minute % 60);
            match Wall::parse(&date.to_string(), &time, UK) {
                Ok(wall) => prop_assert_eq!(local(wall.instant().unwrap(), UK), wall.local),
                Err(refusal) => prop_assert_eq!(refusal.code, "time_skipped"),
            }
        }
    }
}
