//! What a server tells those who run it: one line of JSON an event, and counters.
//!
//! - [`event`]: what can happen, and its line. [`level`]: how much is logged. [`hashed`]: names that must not be read back.
//! - [`turn_clock`]: when turns begin and end.
//! - [`metrics`]: the counters, in the text format of Prometheus.
//!
//! No event holds what somebody wrote, an address, a name of a conversation or a secret. Nothing happens for each delta.

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
