//! The browser, a module for each thing that it offers. This folder is the only place that names it.
//!
//! - `dom`, `field`, `dialog`, `popover`, `scroll`: the page. `events`: what happens to it. `location`: where it is.
//! - `storage`: what outlives the page. `build`: which build it is of. `files`: what the user chose or dropped. `save`: what
//!   the user takes away.
//! - `socket`, `http`, `address`: the way to the server.
//! - `keys`: keys of the whole page. `notice`: notices of the system.
//! - `clock`, `timer`, `task`, `random`, `clipboard`, `console`: the rest.
//! - `absent`: the same modules where there is no browser; their functions do nothing.

pub(crate) mod address;
pub(crate) mod clock;

#[cfg(feature = "hydrate")]
pub(crate) mod build;
#[cfg(feature = "hydrate")]
pub(crate) mod clipboard;
#[cfg(feature = "hydrate")]
pub(crate) mod console;
#[cfg(feature = "hydrate")]
pub(crate) mod dialog;
#[cfg(feature = "hydrate")]
pub(crate) mod dom;
#[cfg(feature = "hydrate")]
pub(crate) mod events;
#[cfg(feature = "hydrate")]
pub(crate) mod field;
#[cfg(feature = "hydrate")]
pub(crate) mod files;
#[cfg(feature = "hydrate")]
pub(crate) mod http;
#[cfg(feature = "hydrate")]
pub(crate) mod keys;
#[cfg(feature = "hydrate")]
pub(crate) mod location;
#[cfg(feature = "hydrate")]
pub(crate) mod notice;
#[cfg(feature = "hydrate")]
pub(crate) mod popover;
#[cfg(feature = "hydrate")]
pub(crate) mod random;
#[cfg(feature = "hydrate")]
pub(crate) mod save;
#[cfg(feature = "hydrate")]
pub(crate) mod scroll;
#[cfg(feature = "hydrate")]
pub(crate) mod socket;
#[cfg(feature = "hydrate")]
pub(crate) mod storage;
#[cfg(feature = "hydrate")]
pub(crate) mod task;
#[cfg(feature = "hydrate")]
pub(crate) mod timer;

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::*;
