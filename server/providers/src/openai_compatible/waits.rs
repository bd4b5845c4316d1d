//! Reads how long a vendor asks to wait: from a header, from its text, or from Google's details.

use std::time::Duration;

use chrono::DateTime;
use common::time::Timestamp;
use regex_lite::Regex;

/// The wait from `now` in the headers.
pub(super) fn from_headers(
    header: impl Fn(&str) -> Option<String>,
    now: Timestamp,
) -> Option<Duration> {
    let millis = || {
        let millis = header("retry-after-ms")?.trim().parse::<f64>().ok()?;
        Duration::try_from_secs_f64(millis / 1000.0).ok()
    };
    let used_up = |of: &str| {
        let left = header(&format!("x-ratelimit-remaining-{of}"));
        let reset = header(&format!("x-ratelimit-reset-{of}"))?;
        // The other limit is not exhausted, so that its reset does not matter.
        left.is_none_or(|left| left.trim() == "0")
            .then(|| duration(&reset))?
    };
    millis()
        .or_else(|| parse(&header("retry-after")?, now))
        .or_else(|| used_up("requests").max(used_up("tokens")))
        .or_else(|| reset(&header("x-ratelimit-reset")?, now))
}

/// A moment or a duration: vendors write epoch milliseconds, epoch seconds, or seconds from now.
fn reset(header: &str, now: Timestamp) -> Option<Duration> {
    let number: f64 = header.trim().parse().ok()?;
    let now = Duration::from_millis(now.as_millis());
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).ok();
    if number > 1e11 {
        Some(seconds(number / 1000.0)?.saturating_sub(now))
    } else if number > 1e8 {
        Some(seconds(number)?.saturating_sub(now))
    } else {
        seconds(number)
    }
}

/// The wait in the text or details of an error: `Please try again in 1m6.5s`, `"retryDelay": "34s"`.
pub(super) fn from_words(words: &str) -> Option<Duration> {
    let span = Regex::new(
        r"(?i)(?:try again|retry|retrydelay)[^0-9]{0,20}((?:[0-9]+(?:\.[0-9]+)?\s*[a-z]+\s*)+)",
    );
    let found = span.ok()?.captures(words)?;
    duration(found.get(1)?.as_str())
}

/// Parses `1m6.5s`, `20ms` or `7 seconds`; a number alone means seconds. The rest is ignored.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let part = Regex::new(r"([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]+)").ok()?;
    let mut seconds = 0.0;
    let mut is_any = false;
    for found in part.captures_iter(text) {
        let number: f64 = found.get(1)?.as_str().parse().ok()?;
        let factor = match found.get(2)?.as_str().to_ascii_lowercase().as_str() {
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            _ => break,
        };
        seconds += number * factor;
        is_any = true;
    }
    is_any.then(|| Duration::try_from_secs_f64(seconds).ok())?
}

/// The wait from `now`; `None` when `header` is neither a number nor a date.
fn parse(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    http_date(header).map(|date| date.since(now))
}

/// Parses `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that servers may still write; it is a form of RFC 2822.
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
    fn every_header() {
        let wait = |headers: &[(&str, &str)]| {
            let header = |name: &str| {
                let found = headers.iter().find(|(header, _)| *header == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            from_headers(header, NOW).map(|wait| wait.as_millis())
        };
        assert_eq!(wait(&[]), None);
        assert_eq!(
            wait(&[("retry-after", "2"), ("retry-after-ms", "1500")]),
            Some(1500)
        );
        assert_eq!(
            wait(&[("retry-after", "2"), ("x-ratelimit-reset", "9")]),
            Some(2000)
        );
        let groq = [
            ("x-ratelimit-remaining-requests", "14370"),
            ("x-ratelimit-reset-requests", "2m59.56s"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "7.66s"),
        ];
        assert_eq!(wait(&groq), Some(7660));
        assert_eq!(wait(&[("x-ratelimit-reset", "784111807000")]), Some(30_000));
        assert_eq!(wait(&[("x-ratelimit-reset", "784111807")]), Some(30_000));
        assert_eq!(wait(&[("x-ratelimit-reset", "30")]), Some(30_000));
        assert_eq!(wait(&[("x-ratelimit-reset", "soon")]), None);
    }

    #[test]
    fn words() {
        let check = |words: &str, millis: Option<u128>| {
            let wait = from_words(words).map(|wait| wait.as_millis());
            assert_eq!(wait, millis, "{words}");
        };
        check(
            "Rate limit reached. Please try again in 6.5s. Visit",
            Some(6500),
        );
        check("Please try again in 1m6.5s.", Some(66_500));
        check("Please try again in 20ms.", Some(20));
        check("Try again in 3 seconds", Some(3000));
        check("Please retry after 2 minutes.", Some(120_000));
        check("Please retry in 34.074824224s.", Some(34_074));
        check(
            r#"[{"@type":"RetryInfo","retryDelay":"34s"}]"#,
            Some(34_000),
        );
        check("Try again later.", None);
        check("Try again in 5 attempts", None);
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
