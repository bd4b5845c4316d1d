//! How long a list is good for, and how its callers share a fetch.

use std::{rc::Rc, time::Duration};

use common::time::Timestamp;

use super::{ModelList, NoList};

/// Vendors add a model or change a price every few days.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// A server that is down is not asked by every call.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// Also a caller who insists does not make a server list its models all the time.
const LEAST_INTERVAL: Duration = Duration::from_secs(5);

/// Whether a fresh list will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// It will.
    WhenDue,
    /// It is fetched again.
    Now,
}

/// What is known of one server's models. A list outlives its time, for as long as the server cannot be asked.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    list: Option<(Timestamp, Rc<ModelList>)>,
    /// The last fetch, when it failed.
    failed: Option<(Timestamp, NoList)>,
}

/// What a caller gets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lookup {
    /// The list, and when it was fetched.
    pub list: Option<(Timestamp, Rc<ModelList>)>,
    /// Whether the list is past its time, or could not be fetched again.
    pub stale: bool,
    /// Why it could not be fetched again.
    pub error: Option<NoList>,
}

impl Kept {
    /// Whether the server is to be asked.
    #[must_use]
    pub fn is_due(&self, now: Timestamp, refresh: Refresh) -> bool {
        let listed = self.list.as_ref().map(|(at, _)| now.since(*at));
        let failed = self.failed.as_ref().map(|(at, _)| now.since(*at));
        match refresh {
            Refresh::WhenDue => {
                listed.is_none_or(|age| age >= FRESH) && failed.is_none_or(|age| age >= RETRY_AFTER)
            }
            Refresh::Now => [listed, failed]
                .into_iter()
                .flatten()
                .all(|age| age >= LEAST_INTERVAL),
        }
    }

    /// What there is.
    #[must_use]
    pub fn lookup(&self, now: Timestamp) -> Lookup {
        let is_old = |(at, _): &(Timestamp, Rc<ModelList>)| now.since(*at) >= FRESH;
        Lookup {
            list: self.list.clone(),
            stale: self.list.as_ref().is_some_and(is_old)
                || (self.list.is_some() && self.failed.is_some()),
            error: self.failed.as_ref().map(|(_, error)| error.clone()),
        }
    }

    /// The server has answered, or not.
    pub fn fetched(&mut self, now: Timestamp, result: Result<ModelList, NoList>) {
        match result {
            Ok(list) => {
                self.list = Some((now, Rc::new(list)));
                self.failed = None;
            }
            Err(error) => self.failed = Some((now, error)),
        }
    }

    /// A list of another time, unless a later one is known.
    pub fn recall(&mut self, at: Timestamp, list: ModelList) {
        if self.list.as_ref().is_none_or(|(known, _)| *known < at) {
            self.list = Some((at, Rc::new(list)));
        }
    }

    /// Whether there is any list.
    #[must_use]
    pub const fn has_list(&self) -> bool {
        self.list.is_some()
    }
}

/// Callers that wait for the same fetch.
#[derive(Debug)]
pub struct Sharing<W> {
    waiting: Vec<W>,
}

/// What a caller who joins has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is the first: it fetches.
    First,
    /// A fetch is under way.
    Later,
}

impl<W> Default for Sharing<W> {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
        }
    }
}

impl<W> Sharing<W> {
    /// One more caller.
    pub fn join(&mut self, waiter: W) -> Joined {
        let joined = if self.waiting.is_empty() {
            Joined::First
        } else {
            Joined::Later
        };
        self.waiting.push(waiter);
        joined
    }

    /// The fetch is over: those who waited for it.
    pub fn end(&mut self) -> Vec<W> {
        std::mem::take(&mut self.waiting)
    }
}
