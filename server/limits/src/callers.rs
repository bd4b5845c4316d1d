//! A bucket for each caller, for at most [`MOST_CALLERS`] callers.

use std::{collections::HashMap, net::IpAddr};

use common::{id::PersonId, time::Timestamp};

use super::bucket::{Bucket, Empty, Rate};

/// The maximum number of callers with a bucket; the least active ones are dropped first.
const MOST_CALLERS: usize = 10_000;

/// The identity of a caller for limits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// An address; for IPv6, the network of one customer.
    Address(IpAddr),
    /// A signed-in person, at any address.
    Person(PersonId),
    /// Unknown: all such requests count as one caller.
    Unknown,
}

impl Caller {
    /// The caller at an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self::Address(network(address.to_canonical()))
    }

    /// The caller at an address as headers and platforms write it, with or without a port.
    #[must_use]
    pub fn at(address: &str) -> Self {
        let address = address.trim();
        let bare = address
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .map_or(address, |(inside, _)| inside);
        let parsed = bare.parse().ok().or_else(|| {
            let (host, _) = bare.rsplit_once(':')?;
            host.parse().ok()
        });
        parsed.map_or(Self::Unknown, Self::of)
    }
}

/// The network of a customer: for IPv6, a /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// The buckets of all callers.
#[derive(Debug, Default)]
pub struct Callers {
    buckets: HashMap<Caller, Bucket>,
}

impl Callers {
    /// Takes an amount for a caller; returns the rest.
    ///
    /// # Errors
    /// When the caller's bucket has too little.
    pub fn take(
        &mut self,
        caller: &Caller,
        rate: Rate,
        now: Timestamp,
        amount: u64,
    ) -> Result<u64, Empty> {
        if self.buckets.len() >= MOST_CALLERS && !self.buckets.contains_key(caller) {
            self.forget_some(now, rate);
        }
        let bucket = self.buckets.entry(caller.clone()).or_default();
        bucket.take(rate, now, amount)?;
        Ok(bucket.left(rate, now))
    }

    /// Whether a caller could take an amount now. Nothing is taken.
    ///
    /// # Errors
    /// When the caller's bucket has too little.
    pub fn try_take(
        &self,
        caller: &Caller,
        rate: Rate,
        now: Timestamp,
        amount: u64,
    ) -> Result<(), Empty> {
        let mut bucket = self.buckets.get(caller).copied().unwrap_or_default();
        bucket.take(rate, now, amount)
    }

    /// Drops full buckets. If there are too few of them, also the fullest others, so that active callers stay known.
    fn forget_some(&mut self, now: Timestamp, rate: Rate) {
        self.buckets.retain(|_, bucket| !bucket.is_full(now));
        let mut share = rate.most;
        while self.buckets.len() > MOST_CALLERS / 2 {
            self.buckets
                .retain(|_, bucket| bucket.left(rate, now) < share);
            if share == 0 {
                return self.buckets.clear();
            }
            share /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RATE: Rate = Rate::per_minute(100);

    #[test]
    fn an_address_is_read_in_every_spelling() {
        for (written, expected) in [
            ("1.2.3.4", "1.2.3.4"),
            ("1.2.3.4:5678", "1.2.3.4"),
            (" 1.2.3.4 ", "1.2.3.4"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("[::1]:80", "::"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::"),
        ] {
            let expected = Caller::Address(expected.parse().unwrap());
            assert_eq!(Caller::at(written), expected, "{written}");
        }
        for nonsense in ["", "unix:1", "example.org", "1.2.3"] {
            assert_eq!(Caller::at(nonsense), Caller::Unknown);
        }
    }

    #[test]
    fn callers_have_buckets_of_their_own() {
        let mut callers = Callers::default();
        let now = Timestamp::from_millis(1_000);
        let (one, two) = (Caller::at("1.1.1.1"), Caller::at("2.2.2.2"));
        assert_eq!(callers.take(&one, RATE, now, 100), Ok(0));
        assert!(callers.take(&one, RATE, now, 1).is_err());
        assert_eq!(callers.take(&two, RATE, now, 1), Ok(99));
    }

    #[test]
    fn a_flood_of_callers_takes_no_more_memory_and_the_busy_one_stays_known() {
        let mut callers = Callers::default();
        let busy = Caller::at("9.9.9.9");
        let mut now = Timestamp::from_millis(1_000);
        callers.take(&busy, RATE, now, 100).unwrap();
        for number in 0..50_000_u32 {
            let one = Caller::Address(IpAddr::from(number.to_be_bytes()));
            callers.take(&one, RATE, now, 1).unwrap();
            assert!(callers.buckets.len() <= MOST_CALLERS);
            if number % 1_000 == 0 {
                now = now + Duration::from_millis(1);
            }
        }
        assert!(callers.take(&busy, RATE, now, 10).is_err());
    }
}
