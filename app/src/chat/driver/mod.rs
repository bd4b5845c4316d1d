//! Runs the client machine's effects. This folder is the only place that names the browser.
//!
//! - `run`: the loop that feeds the machine. `socket`, `history`, `events`: what it is fed from.
//! - `doctor`: the same for the connection doctor's machine.
//! - `page`, `scroll`: what views need of the document.
//! - `absent`: the same functions where there is no browser; they do nothing.

mod address;
pub(crate) use address::Address;

#[cfg(feature = "hydrate")]
mod doctor;
#[cfg(feature = "hydrate")]
mod events;
#[cfg(feature = "hydrate")]
mod history;
#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
mod random;
#[cfg(feature = "hydrate")]
mod run;
#[cfg(feature = "hydrate")]
mod scroll;
#[cfg(feature = "hydrate")]
mod socket;
#[cfg(feature = "hydrate")]
pub(crate) use {
    doctor::{examine, place_of},
    history::load,
    page::{
        close, copy, fit, focus, focus_tool, mark_hydrated, now, open_modal, path, spawn,
        take_text, warn_once,
    },
    random::random_bytes,
    run::start,
    scroll::{follow_end, scroll_to_end},
};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::{
    close, copy, examine, fit, focus, focus_tool, follow_end, mark_hydrated, now, open_modal,
    place_of, random_bytes, scroll_to_end, start, take_text, warn_once,
};
