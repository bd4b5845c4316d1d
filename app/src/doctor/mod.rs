//! The connection check: finds the step at which the connection to a conversation fails. The machine is `common::doctor`.
//!
//! - `driver`: runs the machine's effects. `absent`: the same where there is no browser.
//! - `view`: the checks on screen.

#[cfg(not(feature = "hydrate"))]
#[path = "absent.rs"]
mod driver;
#[cfg(feature = "hydrate")]
mod driver;
mod view;

pub(crate) use view::Doctor;
