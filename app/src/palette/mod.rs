//! The palette: by Ctrl or ⌘ and K to a conversation, a file or a command; by `?` to the list of shortcuts.
//!
//! - `commands`: all commands and shortcuts; the place to add one. `entries`: what a query finds. No I/O.
//! - `host`: the keys that open them; their views, `view` and `sheet`, are a piece of the page. `files`: the paths of a conversation's files.

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
