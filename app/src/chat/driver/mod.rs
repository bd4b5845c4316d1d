//! Runs the client machine's effects.
//!
//! - `run`: the loop that feeds the machine. `inputs`: the way into it. `history`: stored transcripts.
//! - `absent`: the same where there is no browser.

#[cfg(feature = "hydrate")]
mod history;
#[cfg(feature = "hydrate")]
mod inputs;
#[cfg(feature = "hydrate")]
mod run;
#[cfg(feature = "hydrate")]
pub(crate) use {
    history::{delete_and_leave, load},
    inputs::Inputs,
    run::start,
};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::{Inputs, delete_and_leave, start};
