//! Runs the client machine's effects. This folder is the only place that names the browser.
//!
//! - `run`: the loop that feeds the machine. `socket`, `history`, `events`: what it is fed from.
//! - `doctor`: the same for the connection doctor's machine.
//! - `workspace`: the same for the files, and `chosen` for those that the user puts there.
//! - `update`: which build the page is, and loading a newer one.
//! - `page`, `scroll`: what views need of the document. `storage`: what outlives the page.
//! - `absent`: the same functions where there is no browser; they do nothing.

mod address;
pub(crate) use address::Address;

#[cfg(feature = "hydrate")]
mod chosen;
#[cfg(any(feature = "hydrate", test))]
mod clock;
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
mod storage;
#[cfg(feature = "hydrate")]
mod update;
#[cfg(feature = "hydrate")]
mod workspace;
#[cfg(feature = "hydrate")]
pub(crate) use {
    chosen::{on_drop, take_chosen, take_dropped},
    doctor::{examine, place_of},
    history::{delete_and_leave, load},
    page::{
        click, close, copy, fit, focus, focus_first, focus_on, focus_tool, grow_text, has_element,
        mark_hydrated, now, open_modal, path, put_text, soon, spawn, take_text, text_of, warn_once,
    },
    random::random_bytes,
    run::{Inputs, start},
    scroll::{follow_end, near_top, scroll_to_end},
    storage::{draft, keep_draft},
    update::{
        ask_for_build, is_writing, note_reload, own_build, reload, reloaded_for, times_hidden,
    },
    workspace::Workspace,
};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::{
    Inputs, close, copy, delete_and_leave, draft, examine, fit, focus, focus_tool, follow_end,
    grow_text, is_writing, keep_draft, mark_hydrated, near_top, note_reload, now, on_drop,
    open_modal, own_build, place_of, put_text, random_bytes, reload, reloaded_for, scroll_to_end,
    soon, start, take_text, text_of, times_hidden, warn_once,
};
