//! The palette (Ctrl or ⌘ and K) opens a conversation, a file or a command; `?` opens the list of shortcuts.
//!
//! - `entries`: what a query finds. No I/O.
//! - `host`: the keys that open them; their views, `view` and `sheet`, are a piece of the page. A shortcut is added in `sheet`, a
//!   command in `crate::commands`.

#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the browser alone opens the palette")
)]
mod entries;
mod host;
#[cfg(feature = "hydrate")]
mod sheet;
#[cfg(feature = "hydrate")]
mod view;

#[cfg(feature = "hydrate")]
pub(crate) use host::Opened;
pub(crate) use host::{PaletteHost, provide_palette};
