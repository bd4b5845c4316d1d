//! Limits how many conversations a person may begin per hour.

use std::time::Duration;

use common::{http::Header, id::PersonId, time::Timestamp};
use thiserror::Error;

use super::{
    bucket::{Rate, seconds},
    callers::{Caller, Callers},
    requests::TooMany,
};

/// The conversations begun by each person. Like the counts of requests, they are in the memory of an isolate.
#[derive(Debug, Default)]
pub struct NewConversations {
    begun: Callers,
}

/// The limit of new conversations is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "You have begun {most} conversations within an hour, the most that this server allows. Begin the next one in {} s, or \
     continue one that you have.",
    seconds(*retry_after)
)]
pub struct TooManyConversations {
    /// The limit per hour.
    pub most: u64,
    /// When the next conversation may begin.
    pub retry_after: Duration,
}

impl NewConversations {
    /// Counts a new conversation. It already exists, so it counts even beyond the limit.
    pub fn count(&mut self, rate: Rate, person: &PersonId, now: Timestamp) {
        let caller = Caller::Person(person.clone());
        let _ = self.begun.take(&caller, rate, now, 1);
    }

    /// Checks that a person may begin another conversation.
    ///
    /// # Errors
    /// When the limit is reached.
    pub fn has_room(
        &self,
        rate: Rate,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<(), TooManyConversations> {
        let caller = Caller::Person(person.clone());
        let room = self.begun.try_take(&caller, rate, now, 1);
        room.map_err(|empty| TooManyConversations {
            most: rate.most,
            retry_after: empty.retry_after,
        })
    }
}

impl TooManyConversations {
    /// The status of the response.
    pub const STATUS: u16 = TooMany::STATUS;

    /// The headers of the response.
    #[must_use]
    pub fn headers(&self) -> Vec<Header> {
        super::requests::headers("conversations", self.most, 60 * 60, self.retry_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn a_person_begins_so_many_within_an_hour() {
        let rate = Rate::per_hour(2);
        let (ann, bob) = (PersonId::owner(), PersonId::stored("bob".to_owned()));
        let mut new = NewConversations::default();
        for _ in 0..2 {
            assert_eq!(new.has_room(rate, &ann, at(0)), Ok(()));
            new.count(rate, &ann, at(0));
        }
        let refused = new.has_room(rate, &ann, at(60)).unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_secs(30 * 60 - 60));
        assert_eq!(
            refused.to_string(),
            "You have begun 2 conversations within an hour, the most that this server allows. Begin the next one in 1740 s, or \
             continue one that you have."
        );
        let headers: Vec<String> = refused
            .headers()
            .iter()
            .map(|header| format!("{}: {}", header.name, header.value))
            .collect();
        assert_eq!(
            headers,
            [
                "Retry-After: 1740",
                "RateLimit-Policy: \"conversations\";q=2;w=3600",
                "RateLimit: \"conversations\";r=0;t=1740",
                "Cache-Control: no-store",
            ]
        );
        assert_eq!(
            new.has_room(rate, &bob, at(60)),
            Ok(()),
            "others have their own"
        );
        assert_eq!(new.has_room(rate, &ann, at(30 * 60)), Ok(()));
    }

    #[test]
    fn asking_counts_nothing() {
        let rate = Rate::per_hour(1);
        let ann = PersonId::owner();
        let new = NewConversations::default();
        for _ in 0..3 {
            assert_eq!(new.has_room(rate, &ann, at(0)), Ok(()));
        }
    }
}
