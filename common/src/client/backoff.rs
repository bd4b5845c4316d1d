//! How long to wait before the connection is tried again.

use std::time::Duration;

/// Before the first retry, unless the connection had been up; each later one waits 1.3 times as long.
const RETRY_MIN: Duration = Duration::from_secs(3);
/// Between retries, at most.
pub(super) const RETRY_MAX: Duration = Duration::from_secs(10);
/// Before the first retry after a connection that was up: most losses are short. The spread keeps a deployment's
/// clients from coming back all at once.
const QUICK_RETRY: Duration = Duration::from_millis(300);
const QUICK_RETRY_SPREAD_MILLIS: u64 = 300;

/// Before this retry in a row, from 1.
pub(super) fn backoff(retry: u32) -> Duration {
    // The tenth step is beyond the maximum; the bound keeps the power finite.
    let steps = i32::try_from(retry.saturating_sub(1).min(10)).unwrap_or(10);
    RETRY_MIN.mul_f64(1.3_f64.powi(steps)).min(RETRY_MAX)
}

/// Before the first retry after a connection that was up. `fresh`: an id that nobody else has.
pub(super) fn quick(fresh: &str) -> Duration {
    let mixed = fresh.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    QUICK_RETRY + Duration::from_millis(mixed % QUICK_RETRY_SPREAD_MILLIS)
}
