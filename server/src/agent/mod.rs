//! The agent machine: `CoderAgent` without a platform.
//!
//! `handle(now, input) -> effects`. It owns the order of the transcript, the queue of turns and who is to hear what;
//! contents stay in the store. Nothing is sent before it is stored, and a turn is stored before it is run.
//!
//! - [`io`]: what it is given and what it asks to be done.
//! - [`machine`]: the machine and the dispatch of its inputs.
//! - [`connection`]: who is connected and what each one may hear.
//! - [`index`]: the order of the transcript.
//! - [`submission`]: a client's request becomes stored messages and a queued turn.
//! - [`turn`]: a turn as it is stored. [`running`]: the turn that runs.
//! - [`step`]: provider events become chunks.
//! - [`resume`]: a client re-attaches to a stream. [`recovery`]: the agent woke up in the middle of a turn.
//! - [`prompt`]: what the model is told.
//!
//! Not here: SQL ([`crate::store`]), vendors ([`crate::providers`]), sockets and alarms ([`crate::edge`]).

mod connection;
mod index;
mod io;
mod machine;
pub mod prompt;
mod recovery;
mod resume;
mod running;
mod step;
mod submission;
mod turn;

pub use connection::ConnectionKey;
pub use io::{CallId, Effect, Input, ModelCall, Progress, Replay, ReplayEnd};
pub use machine::{Agent, GATHER, HEARTBEAT_INTERVAL, MAX_SILENCE};
pub use resume::replay_frames;
pub use turn::{Position, Settlement, Turn, TurnPhase};

#[cfg(test)]
mod tests;
