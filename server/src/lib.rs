//! The Worker: `CoderAgent` and everything around it.
//!
//! - [`agent`]: the agent machine. [`store`]: what it keeps. [`providers`]: who answers. [`tools`]: what the model may
//!   call. [`workspace`]: the files. [`portable`]: conversations as archives. [`config`]: the settings. [`routing`]: which agent a request is for.
//! - [`edge`]: the only place that names the platform; it is compiled for wasm32 alone, so that host tests build and
//!   run all the rest.

pub mod agent;
pub mod config;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod portable;
pub mod providers;
pub mod routing;
pub mod store;
#[cfg(test)]
mod testing;
pub mod tools;
pub mod workspace;
