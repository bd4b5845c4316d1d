//! The Worker: what is around `CoderAgent`. Its machine and the layers below that are crates of their own, beside this one.
//!
//! - [`door`]: which requests are let in. [`headers`]: what browsers may do with answers. [`picture`]: pictures of other
//!   servers.
//! - [`config`]: the settings. [`routing`]: which agent a request is for.
//! - [`events`]: what happens, for those who run the server. [`forwarded`]: who asks, as whoever stands before the server says it.
//! - [`version`]: what the server says of its build.
//! - [`edge`]: the only place that names the platform; it is compiled for wasm32 alone, so that host tests build and
//!   run all the rest.

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
