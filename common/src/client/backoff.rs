//! The delay before the next attempt to connect.

use std::time::Duration;

/// The delay before the first retry after a failed attempt; each later delay is 1.3 times as long.
const RETRY_MIN: Duration = Duration::from_secs(3);
/// The longest delay between retries.
pub(super) const RETRY_MAX: Duration = Duration::from_secs(10);
/// The delay before the first retry after an open connection was lost: most losses are short. Its random spread keeps
/// the clients of a new deployment from reconnecting at the same moment.
const QUICK_RETRY: Duration = Duration::from_millis(300);
const QUICK_RETRY_SPREAD_MILLIS: u64 = 300;

/// The delay before the n-th retry in a row; `retry` starts at 1.
pub(super) fn backoff(retry: u32) -> Duration {
    // The tenth step exceeds the maximum; the bound keeps the power finite.
    let steps = i32::try_from(retry.saturating_sub(1).min(10)).unwrap_or(10);
    RETRY_MIN.mul_f64(1.3_f64.powi(steps)).min(RETRY_MAX)
}

/// The delay before the first retry after an open connection was lost. `fresh`: a unique id, the source of the
/// spread.
pub(super) fn quick(fresh: &str) -> Duration {
    let mixed = fresh.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    QUICK_RETRY + Duration::from_millis(mixed % QUICK_RETRY_SPREAD_MILLIS)
}
