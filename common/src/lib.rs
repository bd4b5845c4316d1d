//! What browser and agent share. No platform crate, no clock, no randomness.
//!
//! - [`id`], [`time`]: newtypes for ids and for moments.
//! - [`naming`]: how agents and instances are named in URLs. [`agent_path`]: a URL's path with both.
//! - [`http`]: headers of answers. [`secret`]: a key that does not print itself.
//! - [`models`]: what is known of models. [`vendor_data`]: what their vendors want back. [`tool`]: what models may call.
//! - [`message`], [`chunk`]: the transcript's entries and the steps in which one grows.
//! - [`transcript`]: the fold, the only place that applies a chunk to a message.
//! - [`final_close`]: close codes that mean: do not try again.
//! - [`frame`]: the wire; every quirk of it stays in there.
//! - [`ask_user`], [`callable`], [`http`], [`workspace`]: the rest of what both sides agree on: a tool, methods, refusals, files.
//! - [`json`]: reads JSON that others wrote, leniently.
//! - [`state`]: what an agent and its clients keep in step.
//! - [`client`]: the client machine, the browser half of a conversation.
//! - [`directory`]: the list of a person's conversations.
//! - [`door`]: what a server says to clients that it does not let in.
//! - [`doctor`]: finds out where the way to an agent ends.

pub mod agent_path;
#[macro_use]
mod fields;

pub mod ask_user;
pub mod callable;
pub mod chunk;
pub mod client;
pub mod directory;
pub mod doctor;
pub mod door;
pub mod final_close;
pub mod frame;
pub mod http;
pub mod id;
mod id_map;
pub mod json;
pub mod message;
pub mod models;
pub mod naming;
pub mod secret;
pub mod state;
pub mod time;
pub mod tool;
pub mod transcript;
pub mod vendor_data;
pub mod workspace;
