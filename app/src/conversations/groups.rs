//! The list by date. It reads no clock: the caller passes the time and the time zone.

use common::{directory::Summary, time::Timestamp};

/// Conversations under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The heading.
    pub(crate) label: String,
    /// Their names, in the order of the list.
    pub(crate) names: Vec<String>,
}

/// A moment, with the offset of the local clock from UTC in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LocalTime {
    /// The moment.
    pub(crate) at: Timestamp,
    /// The minutes; negative west of Greenwich.
    pub(crate) ahead: i32,
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
const MINUTE_MILLIS: i64 = 60 * 1000;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Groups the rows, which are in the order of the list, under headings.
pub(crate) fn groups(rows: &[Summary], now: LocalTime) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let label = label(row, now);
        match groups.last_mut().filter(|group| group.label == label) {
            Some(group) => group.names.push(row.name.clone()),
            None => groups.push(Group {
                label,
                names: vec![row.name.clone()],
            }),
        }
    }
    groups
}

fn label(row: &Summary, now: LocalTime) -> String {
    if row.is_pinned {
        return "Pinned".to_owned();
    }
    let day = day(row.active, now.ahead);
    match self::day(now.at, now.ahead) - day {
        // When the clock is behind, rows of the future count as today's.
        ..=0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        2..=7 => "Previous 7 days".to_owned(),
        8..=30 => "Previous 30 days".to_owned(),
        31.. => month(day),
    }
}

/// The day of a moment, counted from 1970.
fn day(at: Timestamp, ahead: i32) -> i64 {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let ahead = i64::from(ahead).saturating_mul(MINUTE_MILLIS);
    millis.saturating_add(ahead).div_euclid(DAY_MILLIS)
}

/// The month of a day: `October 2026`. Computed with years that begin in March, so that the leap day is the last one.
fn month(day: i64) -> String {
    let day = day.saturating_add(719_468);
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = (from_march + 2) % 12;
    let year = year + era * 400 + i64::from(from_march >= 10);
    let name = usize::try_from(month)
        .ok()
        .and_then(|month| MONTHS.get(month));
    format!("{} {year}", name.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::testing::row;

    /// 2026-11-27 at 23:30 UTC.
    const NOW: u64 = 1_795_822_200_000;
    const HOUR: u64 = 60 * 60 * 1000;
    const DAY: u64 = 24 * HOUR;

    fn labels(ages: &[u64], ahead: i32) -> Vec<String> {
        let rows: Vec<Summary> = ages
            .iter()
            .map(|age| row("a", NOW.saturating_sub(*age)))
            .collect();
        let at = Timestamp::from_millis(NOW);
        let groups = groups(&rows, LocalTime { at, ahead });
        groups.into_iter().map(|group| group.label).collect()
    }

    #[test]
    fn conversations_stand_under_the_day_of_the_reader() {
        let ages = [
            0,
            23 * HOUR,
            24 * HOUR,
            3 * DAY,
            8 * DAY,
            31 * DAY,
            59 * DAY,
            300 * DAY,
        ];
        let by_utc = labels(&ages, 0);
        let expected = [
            "Today",
            "Yesterday",
            "Previous 7 days",
            "Previous 30 days",
            "October 2026",
            "September 2026",
            "January 2026",
        ];
        assert_eq!(by_utc, expected);
        // An hour to the east it is already the next day.
        assert_eq!(labels(&[0, HOUR], 60), ["Today", "Yesterday"]);
        assert_eq!(labels(&[0, 20 * HOUR], -60), ["Today"]);
        assert_eq!(labels(&[NOW], 0), ["January 1970"]);
    }

    #[test]
    fn pinned_ones_come_first_and_the_future_is_today() {
        let pinned = Summary {
            is_pinned: true,
            ..row("p", 0)
        };
        let rows = [pinned, row("a", NOW + DAY), row("b", NOW)];
        let at = Timestamp::from_millis(NOW);
        let groups = groups(&rows, LocalTime { at, ahead: 0 });
        let found: Vec<(&str, usize)> = groups
            .iter()
            .map(|group| (group.label.as_str(), group.names.len()))
            .collect();
        assert_eq!(found, [("Pinned", 1), ("Today", 2)]);
    }

    #[test]
    fn months_have_their_days() {
        for (day, expected) in [
            (0, "January 1970"),
            (59, "March 1970"),
            (11_016, "February 2000"),
            (11_017, "March 2000"),
            (20_453, "December 2025"),
            (20_454, "January 2026"),
        ] {
            assert_eq!(month(day), expected, "{day}");
        }
    }
}
