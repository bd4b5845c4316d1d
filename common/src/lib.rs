//! The code shared by browser and agent. No platform crate, no clock, no randomness.
//!
//! - [`id`], [`time`]: newtypes for ids and for moments.
//! - [`naming`]: the names of agents and instances in URLs. [`agent_path`]: a URL path with both.
//! - [`http`]: headers and refusals. [`secret`]: a key that does not print itself.
//! - [`models`]: facts about models. [`vendor_data`]: opaque data of their vendors. [`tool`]: descriptions of tools.
//! - [`message`], [`chunk`]: the entries of a transcript, and the steps in which one grows.
//! - [`transcript`]: the fold, the only place that applies a chunk to a message.
//! - [`final_close`]: close codes that tell a client not to reconnect.
//! - [`frame`]: the wire, with all its quirks.
//! - [`ask_user`], [`callable`], [`workspace`], [`attachments`]: other agreements of both sides: a tool, methods, files, and
//!   files that come with a message.
//! - [`json`]: lenient reading of JSON that others wrote.
//! - [`state`]: the synced state of an agent and its clients.
//! - [`client`]: the client machine, the browser half of a conversation.
//! - [`directory`]: the list of a person's conversations.
//! - [`door`]: texts with which a server refuses admission.
//! - [`doctor`]: finds out why an agent cannot be reached.

pub mod agent_path;
#[macro_use]
mod fields;

pub mod ask_user;
pub mod attachments;
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
