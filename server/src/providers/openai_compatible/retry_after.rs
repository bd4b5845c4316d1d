//! The `Retry-After` header: seconds, or an HTTP date.

use std::time::Duration;

use chrono::DateTime;
use common::time::Timestamp;

/// How long to wait from `now`; `None` when `header` is neither a number nor a date.
pub(super) fn parse(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    http_date(header).map(|date| date.since(now))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may still write; it is a form of RFC 2822.
fn http_date(text: &str) -> Option<Timestamp> {
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    let millis = u64::try_from(date.timestamp_millis()).ok()?;
    Some(Timestamp::from_millis(millis))
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
