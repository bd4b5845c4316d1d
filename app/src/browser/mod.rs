//! The browser, a module for each of its features. Only this folder names it.
//!
//! - `dom`, `field`, `dialog`, `scroll`, `kept`: the page. `events`: its events. `location`: its address.
//! - `storage`: the browser's storage. `build`: the build of the page. `files`: files that the user has chosen or dropped. `save`:
//!   files for the user.
//! - `socket`, `http`, `address`: the connection to the server.
//! - `keys`: shortcuts of the whole page. `notice`: notifications of the system.
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
pub(crate) mod kept;
#[cfg(feature = "hydrate")]
pub(crate) mod keys;
#[cfg(feature = "hydrate")]
pub(crate) mod location;
#[cfg(feature = "hydrate")]
pub(crate) mod notice;
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
