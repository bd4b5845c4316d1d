//! The commands of the page: chosen in the palette, or written in the composer after a `/`.
//!
//! - [`COMMANDS`]: all of them; the place to add one. `line`: what is written after a `/`. `fuzzy`: what a few letters find.
//!   `github`: what is asked of the model about GitHub. No I/O.
//! - `on_page`: the conversation on the page, which some commands are for. `run`: does what a command does.

mod fuzzy;
#[cfg(any(feature = "hydrate", test))]
mod github;
#[cfg(any(feature = "hydrate", test))]
mod line;
mod on_page;
#[cfg(feature = "hydrate")]
mod run;
#[cfg(any(feature = "hydrate", test))]
mod table;

pub(crate) use fuzzy::best;
#[cfg(any(feature = "hydrate", test))]
pub(crate) use line::first_word;
#[cfg(feature = "hydrate")]
pub(crate) use line::{Line, read};
pub(crate) use on_page::{Current, OnPage, provide_on_page};
#[cfg(feature = "hydrate")]
pub(crate) use run::{Runner, runner};
#[cfg(feature = "hydrate")]
pub(crate) use table::{Action, Deed};
#[cfg(any(feature = "hydrate", test))]
pub(crate) use table::{Argument, COMMANDS, Command, Offered};
