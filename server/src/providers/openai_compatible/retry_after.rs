//! The `Retry-After` header: seconds, or an HTTP date.

use std::time::Duration;

use common::time::Timestamp;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// How long to wait from `now`; `None` when `header` is neither a number nor a date.
pub(super) fn parse(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    http_date(header).map(|date| date.since(now))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may still write.
fn http_date(text: &str) -> Option<Timestamp> {
    let (_, date) = text.split_once(", ")?;
    let fields: Vec<_> = date.split(' ').collect();
    let [day, month, year, time, "GMT"] = fields.as_slice() else {
        return None;
    };
    let clock: Vec<_> = time
        .split(':')
        .map(|part| part.parse::<u64>().ok())
        .collect::<Option<_>>()?;
    let &[hours @ 0..24, minutes @ 0..60, seconds @ 0..=60] = clock.as_slice() else {
        return None;
    };
    let day = day
        .parse::<u64>()
        .ok()
        .filter(|day| (1..=31).contains(day))?;
    let month = MONTHS.iter().position(|name| name == month)?;
    let year = year
        .parse::<u64>()
        .ok()
        .filter(|year| (1970..10_000).contains(year))?;
    let days = days_before(year, month as u64 + 1) + day - 1;
    Some(Timestamp::from_millis(
        (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000,
    ))
}

/// Days from 1970-01-01 to the first of `month` (1 to 12) of `year`. The year is taken to start in March, so that the leap
/// day comes last and the months before it follow a fixed pattern.
const fn days_before(year: u64, month: u64) -> u64 {
    const DAYS_FROM_YEAR_0_TO_1970: u64 = 719_468;
    let (year, months_since_march) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * months_since_march + 2) / 5 - DAYS_FROM_YEAR_0_TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1994-11-06 08:49:37 UTC.
    const NOW: Timestamp = Timestamp::from_millis(784_111_777_000);

    fn check(header: &str, expected: Option<u64>) {
        assert_eq!(
            parse(header, NOW),
            expected.map(Duration::from_millis),
            "{header}"
        );
    }

    #[test]
    fn seconds() {
        check("120", Some(120_000));
        check(" 1.5 ", Some(1_500));
        check("0", Some(0));
        check("-1", None);
        check("inf", None);
        check("1e300", None);
    }

    #[test]
    fn dates() {
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(0));
        check("Sun, 06 Nov 1994 08:50:07 GMT", Some(30_000));
        check("Mon, 07 Nov 1994 08:49:37 GMT", Some(86_400_000));
        check("Sat, 05 Nov 1994 08:49:37 GMT", Some(0));
        check("Thu, 01 Jan 1970 00:00:00 GMT", Some(0));
        check("soon", None);
        check("", None);
        check("Sun, 06 Foo 1994 08:49:37 GMT", None);
        check("Sun, 06 Nov 1994 25:49:37 GMT", None);
        check("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", None);
    }

    #[test]
    fn leap_years() {
        let date = |text: &str| http_date(text).unwrap().as_millis() / 1000;
        assert_eq!(date("Tue, 29 Feb 2000 00:00:00 GMT"), 951_782_400);
        assert_eq!(date("Wed, 01 Mar 2000 00:00:00 GMT"), 951_868_800);
        assert_eq!(date("Thu, 29 Feb 2024 12:00:00 GMT"), 1_709_208_000);
        assert_eq!(date("Thu, 31 Dec 2099 23:59:59 GMT"), 4_102_444_799);
    }
}
