//! How often somebody may ask. The answer to one request too many is 429 with the time to wait.

use std::time::Duration;

use common::{http::Header, time::Timestamp};
use thiserror::Error;

use super::{
    bucket::{Rate, seconds},
    callers::{Caller, Callers},
};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A page, or anything else that is answered and over.
    Request,
    /// A WebSocket.
    Upgrade,
}

/// The rates of one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRates {
    /// Of requests of any kind.
    pub requests: Rate,
    /// Of WebSockets, which are requests too.
    pub upgrades: Rate,
}

impl RequestRates {
    /// So many requests a minute, and a WebSocket for every eight of them.
    #[must_use]
    pub const fn per_minute(requests: u64) -> Self {
        Self {
            requests: Rate::per_minute(requests),
            upgrades: Rate::per_minute(requests.div_ceil(8)),
        }
    }
}

/// Who has asked how often. It lives in the memory of an isolate: on one's own machine that is the server, on Cloudflare one
/// of several, so that a caller may have a multiple of the rate there.
#[derive(Debug, Default)]
pub struct Requests {
    requests: Callers,
    upgrades: Callers,
}

/// One request too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Too many {}: {most} a minute are answered. Try again in {} s.", what(*ask), seconds(*retry_after))]
pub struct TooMany {
    /// Of what.
    pub ask: Ask,
    /// How many there may be each minute.
    pub most: u64,
    /// After this time the next one is answered.
    pub retry_after: Duration,
}

impl Requests {
    /// Counts a request.
    ///
    /// # Errors
    /// When it is one too many.
    pub fn count(
        &mut self,
        rates: RequestRates,
        caller: &Caller,
        ask: Ask,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let counts: &mut [(&mut Callers, Rate, Ask)] = &mut [
            (&mut self.upgrades, rates.upgrades, Ask::Upgrade),
            (&mut self.requests, rates.requests, Ask::Request),
        ];
        for (callers, rate, of) in counts {
            if *of == Ask::Upgrade && ask == Ask::Request {
                continue;
            }
            callers
                .take(caller, *rate, now, 1)
                .map_err(|empty| TooMany {
                    ask: *of,
                    most: rate.most,
                    retry_after: empty.retry_after,
                })?;
        }
        Ok(())
    }
}

impl TooMany {
    /// The status of the answer.
    pub const STATUS: u16 = 429;

    /// The headers of the answer: `Retry-After`, and the two of the IETF's draft on rate limits.
    #[must_use]
    pub fn headers(&self) -> Vec<Header> {
        let name = match self.ask {
            Ask::Request => "requests",
            Ask::Upgrade => "connections",
        };
        headers(name, self.most, 60, self.retry_after)
    }
}

/// The headers of a refusal for too much of something that has a name, where `most` may come within so many seconds.
pub(super) fn headers(name: &str, most: u64, within: u64, retry_after: Duration) -> Vec<Header> {
    let wait = seconds(retry_after);
    vec![
        Header::new("Retry-After", wait.to_string()),
        Header::new(
            "RateLimit-Policy",
            format!("\"{name}\";q={most};w={within}"),
        ),
        Header::new("RateLimit", format!("\"{name}\";r=0;t={wait}")),
        Header::new("Cache-Control", "no-store"),
    ]
}

const fn what(ask: Ask) -> &'static str {
    match ask {
        Ask::Request => "requests",
        Ask::Upgrade => "connections",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: RequestRates = RequestRates::per_minute(80);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn the_first_too_many_is_told_when_to_come_again() {
        let mut requests = Requests::default();
        let caller = Caller::at("1.2.3.4");
        let mut ask = |ask, seconds| requests.count(RATES, &caller, ask, at(seconds));
        for _ in 0..80 {
            assert_eq!(ask(Ask::Request, 0), Ok(()));
        }
        let refused = ask(Ask::Request, 0).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Too many requests: 80 a minute are answered. Try again in 1 s."
        );
        let headers: Vec<String> = refused
            .headers()
            .iter()
            .map(|header| format!("{}: {}", header.name, header.value))
            .collect();
        let expected = [
            "Retry-After: 1",
            "RateLimit-Policy: \"requests\";q=80;w=60",
            "RateLimit: \"requests\";r=0;t=1",
            "Cache-Control: no-store",
        ];
        assert_eq!(headers, expected);
        assert_eq!(ask(Ask::Request, 1), Ok(()));
    }

    #[test]
    fn connections_have_a_rate_of_their_own() {
        let mut requests = Requests::default();
        let caller = Caller::Unknown;
        let mut ask = |ask| requests.count(RATES, &caller, ask, at(0));
        for _ in 0..10 {
            assert_eq!(ask(Ask::Upgrade), Ok(()));
        }
        let refused = ask(Ask::Upgrade).unwrap_err();
        assert_eq!(
            (refused.ask, refused.retry_after),
            (Ask::Upgrade, Duration::from_secs(6))
        );
        // What was refused is not counted as a request.
        for _ in 0..70 {
            assert_eq!(ask(Ask::Request), Ok(()));
        }
        assert!(ask(Ask::Request).is_err());
    }

    #[test]
    fn others_are_answered_meanwhile() {
        let mut requests = Requests::default();
        let hostile = Caller::at("6.6.6.6");
        let refused = (0..10_000)
            .filter(|_| {
                requests
                    .count(RATES, &hostile, Ask::Request, at(0))
                    .is_err()
            })
            .count();
        assert_eq!(refused, 9_920);
        let other = Caller::at("1.1.1.1");
        assert_eq!(requests.count(RATES, &other, Ask::Request, at(0)), Ok(()));
    }
}
