//! The browser, a module for each of its features. Only this folder names it.
//!
//! - `dom`, `field`, `dialog`, `popover`, `scroll`, `kept`: the page. `events`: its events. `location`: its address.
//! - `storage`, `blobs`: what the browser keeps, as text and as files. `build`: the build of the page. `files`: files of the
//!   user. `arrivals`: files that the user chooses, drops or pastes. `picture`: makes pictures smaller. `save`: files for the user.
//! - `socket`, `http`, `upload`, `address`: the connection to the server.
//! - `keys`: shortcuts of the whole page. `notice`: notifications of the system.
//! - `clock`, `timer`, `task`, `random`, `clipboard`, `console`: the rest.
//! - `absent`: the same modules where there is no browser; their functions do nothing.

pub(crate) mod address;
pub(crate) mod clock;

#[cfg(feature = "hydrate")]
pub(crate) mod arrivals;
#[cfg(feature = "hydrate")]
pub(crate) mod blobs;
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
pub(crate) mod picture;
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
#[cfg(feature = "hydrate")]
pub(crate) mod upload;

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::*;
