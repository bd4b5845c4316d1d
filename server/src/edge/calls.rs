//! Limits the model calls of one person that run at the same time in this isolate.

use std::{cell::RefCell, time::Duration};

use accounts::PersonId;
use common::time::Timestamp;
use limits::AtOnce;
use providers::ProviderError;

use super::{instance::Instance, ledger, random::now};
use crate::config::Config;

/// The longest time of a call before and after the model has it: the price and the day's budget are read first.
const BESIDES: Duration = Duration::from_secs(60);

thread_local! {
    static CALLS: RefCell<AtOnce<PersonId>> = RefCell::default();
}

/// A running model call; dropping it ends it.
pub(super) struct Running {
    person: PersonId,
    began: Timestamp,
}

impl Drop for Running {
    fn drop(&mut self) {
        CALLS.with_borrow_mut(|calls| calls.end(&self.person, self.began));
    }
}

/// Lets a call of a conversation run, unless too many do.
pub(super) fn begin(instance: &Instance, config: &Config) -> Result<Running, ProviderError> {
    // When the owner cannot be read from the store, the call counts for the server's owner.
    let person = ledger::person(instance).unwrap_or_else(|_| PersonId::owner());
    let (most, began) = (config.calls_at_once, now());
    let longest = config.agent.model.whole_call + BESIDES;
    if CALLS.with_borrow_mut(|calls| calls.begin(&person, most, began, longest)) {
        Ok(Running { person, began })
    } else {
        Err(ProviderError::TooManyCalls { most })
    }
}
