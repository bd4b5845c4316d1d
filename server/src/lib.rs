//! The Worker: `CoderAgent` and everything around it.
//!
//! - [`door`]: which requests are let in. [`accounts`]: who may do what, and how they prove it. [`headers`]: what browsers may do
//!   with answers. [`picture`]: pictures of other servers.
//! - [`agent`]: the agent machine. [`store`]: what it keeps. [`providers`]: who answers. [`tools`]: what the model may
//!   call. [`workspace`]: the files. [`portable`]: conversations as archives. [`limits`]: how much one caller may take.
//!   [`config`]: the settings. [`routing`]: which agent a request is for.
//! - [`directory`]: the list of a person's conversations.
//! - [`events`]: what happens, for those who run the server. [`forwarded`]: who asks, as whoever stands before the server says it.
//! - [`version`]: what the server says of its build.
//! - [`edge`]: the only place that names the platform; it is compiled for wasm32 alone, so that host tests build and
//!   run all the rest.

pub mod accounts;
pub mod agent;
pub mod config;
pub mod directory;
pub mod door;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod events;
pub mod forwarded;
pub mod headers;
pub mod limits;
pub mod picture;
pub mod portable;
pub mod providers;
pub mod routing;
pub mod store;
#[cfg(test)]
mod testing;
pub mod tools;
pub mod version;
pub mod workspace;
