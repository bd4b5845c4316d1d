//! The facts about servers and their models that this isolate has found out.

use std::cell::RefCell;

use providers::openai_compatible::KnownModels;

thread_local! {
    static KNOWN: RefCell<KnownModels> = RefCell::default();
}

/// Reads or changes the facts.
pub(super) fn with<T>(work: impl FnOnce(&mut KnownModels) -> T) -> T {
    KNOWN.with_borrow_mut(work)
}
