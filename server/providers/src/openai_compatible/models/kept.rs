//! How long a model list is valid, and how callers share a fetch.

use std::{rc::Rc, time::Duration};

use common::time::Timestamp;

use super::{ModelList, NoList};

/// The validity of a list: vendors add models and change prices every few days.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// The pause after a failure, so that not every call asks a server that is down.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// The minimum interval, even for callers that demand a new list.
const LEAST_INTERVAL: Duration = Duration::from_secs(5);

/// Whether a cached list suffices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// A list that is still valid suffices.
    WhenDue,
    /// The list is fetched again.
    Now,
}

/// The cached models of a server. An expired list stays in use while the server cannot be reached.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    list: Option<(Timestamp, Rc<ModelList>)>,
    /// The time and error of the last fetch, if it failed.
    failed: Option<(Timestamp, NoList)>,
}

/// The result for a caller.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lookup {
    /// When the list was fetched, and the list.
    pub list: Option<(Timestamp, Rc<ModelList>)>,
    /// Whether the list has expired, or could not be fetched again.
    pub stale: bool,
    /// Why it could not be fetched again.
    pub error: Option<NoList>,
}

impl Kept {
    /// Whether the list must be fetched.
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

    /// The present result.
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

    /// Records the result of a fetch.
    pub fn fetched(&mut self, now: Timestamp, result: Result<ModelList, NoList>) {
        match result {
            Ok(list) => {
                self.list = Some((now, Rc::new(list)));
                self.failed = None;
            }
            Err(error) => self.failed = Some((now, error)),
        }
    }

    /// Restores a stored list, unless a newer one is known.
    pub fn recall(&mut self, at: Timestamp, list: ModelList) {
        if self.list.as_ref().is_none_or(|(known, _)| *known < at) {
            self.list = Some((at, Rc::new(list)));
        }
    }

    /// The list.
    #[must_use]
    pub fn list(&self) -> Option<&ModelList> {
        self.list.as_ref().map(|(_, list)| &**list)
    }

    /// Whether there is a list.
    #[must_use]
    pub const fn has_list(&self) -> bool {
        self.list.is_some()
    }
}

/// The callers waiting for the same fetch.
#[derive(Debug)]
pub struct Sharing<W> {
    waiting: Vec<W>,
}

/// The task of a caller that joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The first caller: it fetches.
    First,
    /// A fetch is in progress.
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
    /// Adds a caller.
    pub fn join(&mut self, waiter: W) -> Joined {
        let joined = if self.waiting.is_empty() {
            Joined::First
        } else {
            Joined::Later
        };
        self.waiting.push(waiter);
        joined
    }

    /// Ends the fetch; returns the waiting callers.
    pub fn end(&mut self) -> Vec<W> {
        std::mem::take(&mut self.waiting)
    }
}
