//! How many model calls of one person run at the same time, in this isolate.

use std::cell::RefCell;

use super::{instance::Instance, ledger};
use crate::{accounts::PersonId, limits::AtOnce, providers::ProviderError};

thread_local! {
    static CALLS: RefCell<AtOnce> = RefCell::default();
}

/// A model call that runs, until it is dropped.
pub(super) struct Running(PersonId);

impl Drop for Running {
    fn drop(&mut self) {
        CALLS.with_borrow_mut(|calls| calls.end(&self.0));
    }
}

/// Lets a call of a conversation run.
pub(super) fn begin(instance: &Instance, most: usize) -> Result<Running, ProviderError> {
    // Whoever cannot be read from the store counts with those who have no sign-in.
    let person = ledger::person(instance).unwrap_or_else(|_| PersonId::owner());
    if CALLS.with_borrow_mut(|calls| calls.begin(&person, most)) {
        Ok(Running(person))
    } else {
        Err(ProviderError::TooManyCalls { most })
    }
}
