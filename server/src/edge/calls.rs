//! How many model calls of one person run at the same time, in this isolate.

use std::{cell::RefCell, time::Duration};

use accounts::PersonId;
use common::time::Timestamp;
use limits::AtOnce;
use providers::ProviderError;

use super::{instance::Instance, ledger, random::now};
use crate::config::Config;

/// What a call may take besides the time that the model has: prices and the day's budget are asked for before.
const BESIDES: Duration = Duration::from_secs(60);

thread_local! {
    static CALLS: RefCell<AtOnce<PersonId>> = RefCell::default();
}

/// A model call that runs, until it is dropped.
pub(super) struct Running {
    person: PersonId,
    began: Timestamp,
}

impl Drop for Running {
    fn drop(&mut self) {
        CALLS.with_borrow_mut(|calls| calls.end(&self.person, self.began));
    }
}

/// Lets a call of a conversation run.
pub(super) fn begin(instance: &Instance, config: &Config) -> Result<Running, ProviderError> {
    // Whoever cannot be read from the store counts with those who have no sign-in.
    let person = ledger::person(instance).unwrap_or_else(|_| PersonId::owner());
    let (most, began) = (config.calls_at_once, now());
    let longest = config.agent.model.whole_call + BESIDES;
    if CALLS.with_borrow_mut(|calls| calls.begin(&person, most, began, longest)) {
        Ok(Running { person, began })
    } else {
        Err(ProviderError::TooManyCalls { most })
    }
}
