//! The state of the disk, shared by all conversations of this isolate.

use std::cell::RefCell;

use sql::Fault;
use store::Outage;

use super::random::now;

thread_local! {
    static OUTAGE: RefCell<Outage> = RefCell::default();
}

/// A write failed.
pub(super) fn failed(fault: Fault) {
    OUTAGE.with_borrow_mut(|outage| outage.failed(now(), fault));
}

/// A probe write is on disk.
pub(super) fn works() {
    OUTAGE.with_borrow_mut(Outage::works);
}

/// A conversation has written.
pub(super) fn wrote(name: &str) {
    OUTAGE.with_borrow_mut(|outage| outage.wrote(now(), name));
}

/// The platform has called an existing life of a conversation.
pub(super) fn lives_on(name: &str) {
    OUTAGE.with_borrow_mut(|outage| outage.lives_on(name));
}

/// A life of a conversation begins.
pub(super) fn begins(name: &str) {
    OUTAGE.with_borrow_mut(|outage| outage.begins(now(), name));
}

/// Why nothing is written now; `None` when a write may be tried.
pub(super) fn refuses() -> Option<Fault> {
    OUTAGE.with_borrow(|outage| outage.refuses(now()))
}
