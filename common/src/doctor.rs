//! The connection doctor: finds out why a client cannot reach its agent.
//!
//! [`Doctor::handle`] takes an [`Input`] and returns the [`Effect`]s to run in order, like the client machine: no
//! clock and no I/O. A failed check ends the run, except the check of the settings: a server without a key still
//! accepts connections.
//!
//! - `io`: inputs and effects. [`machine`]: the checks in order.
//! - [`diagnosis`]: finds the cause of a failure. [`words`]: titles, causes and fixes, from `words.json`.
//!
//! The page at `/doctor` runs it in the browser; the program in `doctor/` runs it for a terminal.

mod diagnosis;
mod io;
mod machine;
mod words;

#[cfg(test)]
mod tests;

pub use io::{Asks, Cause, Check, CheckOutcome, Effect, Finding, HttpAnswer, Input, Page};
pub use machine::Doctor;
pub use words::{Words, line, report};
