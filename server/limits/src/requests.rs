//! Limits the rate of requests. A request beyond the limit gets 429 with the time to wait.

use std::time::Duration;

use common::{http::Header, time::Timestamp};
use thiserror::Error;

use super::{
    bucket::{Rate, seconds},
    callers::{Caller, Callers},
};

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A page, or another request with a single response.
    Request,
    /// A WebSocket.
    Upgrade,
}

/// The rates of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRates {
    /// The rate of all requests.
    pub requests: Rate,
    /// The rate of WebSockets, which count as requests too.
    pub upgrades: Rate,
}

impl RequestRates {
    /// This many requests per minute, and a WebSocket for every eight of them.
    #[must_use]
    pub const fn per_minute(requests: u64) -> Self {
        Self {
            requests: Rate::per_minute(requests),
            upgrades: Rate::per_minute(requests.div_ceil(8)),
        }
    }
}

/// The requests of each caller, in the memory of an isolate: on a self-hosted server there is one, on Cloudflare
/// there are several, so that a caller may reach a multiple of the rate there.
#[derive(Debug, Default)]
pub struct Requests {
    requests: Callers,
    upgrades: Callers,
}

/// The limit of requests is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Too many {}: {most} a minute are answered. Try again in {} s.", what(*ask), seconds(*retry_after))]
pub struct TooMany {
    /// The kind of request.
    pub ask: Ask,
    /// The limit per minute.
    pub most: u64,
    /// When the next request is answered.
    pub retry_after: Duration,
}

impl Requests {
    /// Counts a request.
    ///
    /// # Errors
    /// When the limit is exceeded.
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
    /// The status of the response.
    pub const STATUS: u16 = 429;

    /// The headers of the response: `Retry-After`, and the two of the IETF draft on rate limits.
    #[must_use]
    pub fn headers(&self) -> Vec<Header> {
        let name = match self.ask {
            Ask::Request => "requests",
            Ask::Upgrade => "connections",
        };
        headers(name, self.most, 60, self.retry_after)
    }
}

/// The headers of a refusal by the limit called `name`, of `most` per `within` seconds.
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
    fn the_first_refused_request_gets_the_time_to_wait() {
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
        // Refused requests do not count.
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
