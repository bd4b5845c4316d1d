//! The files of a conversation, beside it.
//!
//! - `files`: the drawer's state, made of `tree`, the directories, and `uploads`; `entry`: what a directory holds. No I/O:
//!   `driver::Workspace` runs their effects.
//! - `button`: the button that opens the drawer, and what takes dropped files; the rest is a piece that the browser
//!   fetches for it. `drawer`, `branch`, `viewer`, `upload`, `deletion`: its views.

#[cfg(feature = "hydrate")]
mod branch;
mod button;
#[cfg(feature = "hydrate")]
mod deletion;
#[cfg(feature = "hydrate")]
mod drawer;
#[cfg(any(feature = "hydrate", test))]
mod entry;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the driver and the views are the browser's")
)]
mod files;
#[cfg(any(feature = "hydrate", test))]
mod tree;
#[cfg(feature = "hydrate")]
mod upload;
#[cfg(any(feature = "hydrate", test))]
mod uploads;
#[cfg(feature = "hydrate")]
mod viewer;

pub(crate) use button::{Drawer, DrawerState, FilesButton};
#[cfg(feature = "hydrate")]
pub(crate) use {
    entry::Page,
    files::{Content, Effect, Files, Input},
    tree::{List, Listed},
    uploads::{Send, Sent, Unpacked, Way},
};
