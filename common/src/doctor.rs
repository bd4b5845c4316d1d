//! The connection doctor: finds out where the way from a client to its agent ends.
//!
//! [`Doctor::handle`] takes an [`Input`] and returns the [`Effect`]s to be run in order, as the client machine does: no
//! clock and no I/O. A check that fails ends the run, but for the settings: a server without its key can be connected to.
//!
//! - `io`: what the machine is given and asks for. [`machine`]: the checks, one after the other.
//! - [`diagnosis`]: which cause an answer means. [`words`]: titles, causes and fixes, from `words.json`.
//!
//! The page at `/doctor` runs it in the browser; the program in `doctor/` runs it for a terminal.

mod diagnosis;
mod io;
mod machine;
mod words;

#[cfg(test)]
mod tests;

pub use io::{Answer, Asks, Cause, Check, Effect, Finding, Input, Outcome, Page};
pub use machine::Doctor;
pub use words::{Words, line, report};
