//! The Worker around `CoderAgent`. The agent machine and the layers below it are separate crates, beside this one.
//!
//! - [`door`]: which requests are admitted. [`headers`]: what browsers may do with responses. [`picture`]: pictures of
//!   other servers.
//! - [`config`]: the settings. [`routing`]: the agent of a request.
//! - [`events`]: events and counters for operators. [`forwarded`]: the sender of a request, as a proxy reports it.
//! - [`version`]: the build of the server.
//! - [`edge`]: the only code that names the platform. It is compiled for wasm32 only, so that host tests build and run
//!   everything else.

pub mod config;
pub mod door;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod events;
pub mod forwarded;
pub mod headers;
pub mod picture;
pub mod routing;
pub mod version;
