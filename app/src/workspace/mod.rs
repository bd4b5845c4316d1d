//! The files of a conversation, beside it.
//!
//! - `files`: the drawer's state, made of `tree`, the directories, and `uploads`; `entry`: what a directory holds;
//!   `edit`: a change of a file in place; `history`: who changed what, and what can be undone; `versions`: those of one file; `past`: times as text. No I/O.
//! - `driver`: runs the effects of that state.
//! - `button`: the button that opens the drawer, and the drawer itself, whose code is a piece that the browser fetches for
//!   it; `drawer_state`: what outlives it. `drawer`, `branch`, `viewer`, `editor`, `history_view`, `versions_view`, `upload`, `deletion`, `failure`: its views;
//!   `focus`: where the focus goes.

#[cfg(feature = "hydrate")]
mod branch;
mod button;
#[cfg(feature = "hydrate")]
mod deletion;
#[cfg(feature = "hydrate")]
mod drawer;
mod drawer_state;
#[cfg(feature = "hydrate")]
mod driver;
#[cfg(any(feature = "hydrate", test))]
mod edit;
#[cfg(feature = "hydrate")]
mod editor;
#[cfg(any(feature = "hydrate", test))]
mod entry;
#[cfg(feature = "hydrate")]
mod failure;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the driver and the views are the browser's")
)]
mod files;
#[cfg(feature = "hydrate")]
mod focus;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the driver and the views are the browser's")
)]
mod history;
#[cfg(feature = "hydrate")]
mod history_view;
#[cfg(any(feature = "hydrate", test))]
mod past;
#[cfg(feature = "hydrate")]
mod paths;
#[cfg(any(feature = "hydrate", test))]
mod tree;
#[cfg(feature = "hydrate")]
mod upload;
#[cfg(any(feature = "hydrate", test))]
mod uploads;
#[cfg(any(feature = "hydrate", test))]
mod versions;
#[cfg(feature = "hydrate")]
mod versions_view;
#[cfg(feature = "hydrate")]
mod viewer;

pub(crate) use button::{Drawer, FilesButton};
pub(crate) use drawer_state::DrawerState;
#[cfg(feature = "hydrate")]
pub(crate) use driver::reverse_last;
#[cfg(any(feature = "hydrate", test))]
pub(crate) use entry::size_words;
#[cfg(feature = "hydrate")]
pub(crate) use history::Way;
#[cfg(feature = "hydrate")]
pub(crate) use paths::paths_of;
