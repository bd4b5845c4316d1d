//! What browser and agent share. No platform crate, no clock, no randomness.
//!
//! - [`id`], [`time`]: newtypes for ids and for moments.
//! - [`naming`]: how agents and instances are named in URLs.
//! - [`message`], [`chunk`]: the transcript's entries and the steps in which one grows.
//! - [`transcript`]: the fold, the only place that applies a chunk to a message.
//! - [`final_close`]: close codes that mean: do not try again.
//! - [`frame`]: the wire; every quirk of it stays in there.
//! - [`json`]: reads JSON that others wrote, leniently.
//! - [`state`]: what an agent and its clients keep in step.
//! - [`client`]: the client machine, the browser half of a conversation.
//! - [`directory`]: the list of a person's conversations.
//! - [`door`]: what a server says to clients that it does not let in.
//! - [`doctor`]: finds out where the way to an agent ends.

pub mod chunk;
pub mod client;
pub mod directory;
pub mod doctor;
pub mod door;
mod fields;
pub mod final_close;
pub mod frame;
pub mod id;
mod id_map;
pub mod json;
pub mod message;
pub mod naming;
pub mod state;
pub mod time;
pub mod transcript;
