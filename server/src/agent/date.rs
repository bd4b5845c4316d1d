//! The day of a moment, as the model is told it.

use common::time::Timestamp;

const DAY_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// The days of 400 years: after so many the calendar repeats itself.
const ERA_DAYS: u64 = 146_097;

/// The days from the first of March of the year 0 to the first of January 1970.
const DAYS_BEFORE_EPOCH: u64 = 719_468;

/// The day in UTC, such as `2026-03-01`.
pub(super) fn day(at: Timestamp) -> String {
    // Years begin in March here, so that the day that comes and goes is the last one of a year.
    let days = at.as_millis() / DAY_MILLIS + DAYS_BEFORE_EPOCH;
    let (era, day_of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, next_year) = if month_from_march < 10 {
        (month_from_march + 3, 0)
    } else {
        (month_from_march - 9, 1)
    };
    let year = era * 400 + year_of_era + next_year;
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let check = |seconds: u64, expected: &str| {
            assert_eq!(day(Timestamp::from_millis(seconds * 1_000)), expected);
        };
        check(0, "1970-01-01");
        check(86_399, "1970-01-01");
        check(86_400, "1970-01-02");
        check(951_782_400, "2000-02-29");
        check(951_868_800, "2000-03-01");
        check(1_709_164_800, "2024-02-29");
        check(1_767_225_599, "2025-12-31");
        check(1_767_225_600, "2026-01-01");
        check(4_107_542_400, "2100-03-01");
    }
}
