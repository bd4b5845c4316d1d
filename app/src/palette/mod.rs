//! The palette (Ctrl or ⌘ and K) opens a conversation, a file or a command; `?` opens the list of shortcuts.
//!
//! - `commands`: all commands and shortcuts. `entries`: the results of a query. No I/O.
//! - `host`: the shortcuts that open the dialogs; their views, `view` and `sheet`, are a piece of the page. `files`: the paths
//!   of a conversation's files.

#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the browser alone opens the palette")
)]
mod commands;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the browser alone opens the palette")
)]
mod entries;
#[cfg(feature = "hydrate")]
mod files;
mod host;
#[cfg(feature = "hydrate")]
mod sheet;
#[cfg(feature = "hydrate")]
mod view;

pub(crate) use host::{OpenFiles, PaletteHost, provide_palette};
