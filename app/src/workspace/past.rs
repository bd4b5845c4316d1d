//! Words for a time in the past.

use common::time::Timestamp;

/// `just now`, `5 min ago`, `3 h ago`, `2 d ago`.
pub(crate) fn ago(now: Timestamp, at: Timestamp) -> String {
    let minutes = now.since(at).as_secs() / 60;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1_440 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_told_in_the_largest_unit_that_fits() {
        let at = |seconds: u64| Timestamp::from_millis(seconds * 1_000);
        for (seconds, expected) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (86_400 * 3, "3 d ago"),
        ] {
            assert_eq!(ago(at(1_000_000 + seconds), at(1_000_000)), expected);
        }
        assert_eq!(ago(at(1), at(9)), "just now", "the clocks differ");
    }
}
