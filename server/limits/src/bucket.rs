//! Token buckets. The time comes from outside.

use std::time::Duration;

use common::time::Timestamp;

/// A rate: this much at once, and as much again within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The maximum at once.
    pub most: u64,
    /// The time in which an empty bucket fills.
    pub within: Duration,
}

impl Rate {
    /// This many per minute.
    #[must_use]
    pub const fn per_minute(most: u64) -> Self {
        let within = Duration::from_secs(60);
        Self { most, within }
    }

    /// This many per hour.
    #[must_use]
    pub const fn per_hour(most: u64) -> Self {
        let within = Duration::from_secs(60 * 60);
        Self { most, within }
    }

    /// The time in which this amount flows in.
    fn time_of(self, amount: u64) -> u64 {
        let within = self.millis();
        u128::from(amount)
            .saturating_mul(u128::from(within))
            .div_ceil(u128::from(self.most.max(1)))
            .try_into()
            .unwrap_or(u64::MAX)
    }

    fn millis(self) -> u64 {
        u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX)
    }
}

/// The state of a bucket. It stores only the moment when it was or will be full, so that nothing needs to be
/// refilled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// In milliseconds since the Unix epoch.
    full_at: u64,
}

/// The bucket has too little. Nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Empty {
    /// When it will have enough.
    pub retry_after: Duration,
}

impl Bucket {
    /// Takes an amount.
    ///
    /// # Errors
    /// When the bucket has less. An amount larger than the bucket is permitted when it is full.
    pub fn take(&mut self, rate: Rate, now: Timestamp, amount: u64) -> Result<(), Empty> {
        let now = now.as_millis();
        let amount = amount.min(rate.most);
        let full_at = self.full_at.max(now).saturating_add(rate.time_of(amount));
        let latest = now.saturating_add(rate.millis());
        if full_at > latest {
            let retry_after = Duration::from_millis(full_at - latest);
            return Err(Empty { retry_after });
        }
        self.full_at = full_at;
        Ok(())
    }

    /// The present amount.
    #[must_use]
    pub fn left(&self, rate: Rate, now: Timestamp) -> u64 {
        let missing = self.full_at.saturating_sub(now.as_millis());
        let within = u128::from(rate.millis().max(1));
        let gone = (u128::from(missing) * u128::from(rate.most)).div_ceil(within);
        rate.most
            .saturating_sub(u64::try_from(gone).unwrap_or(u64::MAX))
    }

    /// Whether the bucket is full, as if nothing had ever been taken.
    #[must_use]
    pub const fn is_full(&self, now: Timestamp) -> bool {
        self.full_at <= now.as_millis()
    }
}

/// Whole seconds to wait, at least one.
pub(super) fn seconds(wait: Duration) -> u64 {
    let seconds = wait.as_millis().div_ceil(1_000);
    u64::try_from(seconds).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::per_minute(60);

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    #[test]
    fn so_much_goes_at_once_and_as_much_again_with_time() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.left(RATE, at(0)), 60);
        for _ in 0..60 {
            bucket.take(RATE, at(0), 1).unwrap();
        }
        assert_eq!(bucket.left(RATE, at(0)), 0);
        let empty = bucket.take(RATE, at(0), 1).unwrap_err();
        assert_eq!(empty.retry_after, Duration::from_secs(1));
        assert_eq!(
            bucket.take(RATE, at(999), 1),
            Err(Empty {
                retry_after: Duration::from_millis(1)
            })
        );
        bucket.take(RATE, at(1_000), 1).unwrap();
        assert_eq!(bucket.left(RATE, at(31_000)), 30);
        assert!(!bucket.is_full(at(60_999)));
        assert!(bucket.is_full(at(61_000)));
    }

    #[test]
    fn work_larger_than_the_bucket_waits_for_a_full_one() {
        let mut bucket = Bucket::default();
        bucket.take(RATE, at(0), 1_000).unwrap();
        assert!(bucket.take(RATE, at(59_999), 1_000).is_err());
        bucket.take(RATE, at(60_000), 1_000).unwrap();
    }

    #[test]
    fn never_more_than_the_rate_goes_in_any_time() {
        let mut random = fastrand::Rng::with_seed(6);
        let mut bucket = Bucket::default();
        let (mut now, mut taken) = (0, 0);
        for _ in 0..10_000 {
            now += random.u64(0..100);
            let amount = random.u64(1..5);
            if bucket.take(RATE, at(now), amount).is_ok() {
                taken += amount;
            }
        }
        // Rounded up to a millisecond each time, from a full bucket.
        assert!(
            taken <= 60 + now / 1_000 && taken > now / 1_000,
            "{taken} in {now}"
        );
    }
}
