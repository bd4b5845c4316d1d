//! Logs and counters for the operators of a server: one line of JSON per event.
//!
//! - [`event`]: the events and their lines. [`level`]: log levels. [`hashed`]: names that must not be readable.
//! - [`turn_clock`]: the durations of turns.
//! - [`metrics`]: the counters, in the text format of Prometheus.
//!
//! No event contains a user's text, an address, a name of a conversation or a secret. There is no event per delta.

mod event;
mod hashed;
mod level;
mod metrics;
mod turn_clock;

pub use event::{Event, Guard, Outcome, Route, Who};
pub use hashed::Hashed;
pub use level::{Level, UnknownLevel};
pub use metrics::{CONTENT_TYPE, Metrics};
pub use turn_clock::TurnClock;
