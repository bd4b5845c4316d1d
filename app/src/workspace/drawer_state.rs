//! Whether the drawer is open, and what it is opened for.

use leptos::prelude::*;

use crate::browser::arrivals;

/// The state of the drawer that outlives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrawerState {
    /// Whether it is open.
    pub(crate) is_open: RwSignal<bool>,
    /// How often something was dropped; `browser::arrivals::take_dropped` has it.
    pub(crate) drops: RwSignal<u32>,
    /// What is to be shown.
    pub(crate) wanted: RwSignal<Option<Show>>,
}

/// What the drawer is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "nobody gives a command on the server")
)]
pub(crate) enum Show {
    /// The file at this path.
    File(String),
    /// The history of changes.
    History,
    /// What it shows, as it is now.
    Anew,
}

impl DrawerState {
    /// A closed one, which opens when a folder is dropped onto the page.
    pub(crate) fn new() -> Self {
        let state = Self {
            is_open: RwSignal::new(false),
            drops: RwSignal::new(0),
            wanted: RwSignal::new(None),
        };
        arrivals::on_drop(Callback::new(move |()| {
            state.is_open.set(true);
            state.drops.update(|drops| *drops = drops.wrapping_add(1));
        }));
        state
    }

    /// Opens the drawer at a file.
    pub(crate) fn show(self) -> Callback<String> {
        Callback::new(move |path| {
            self.wanted.set(Some(Show::File(path)));
            self.is_open.set(true);
        })
    }

    /// Opens the drawer at the history of changes.
    #[cfg(feature = "hydrate")]
    pub(crate) fn show_history(self) {
        self.wanted.try_set(Some(Show::History));
        self.is_open.try_set(true);
    }

    /// Has an open drawer look again: something was changed.
    #[cfg(feature = "hydrate")]
    pub(crate) fn refresh(self) {
        if self.is_open.try_get_untracked() == Some(true) {
            self.wanted.try_set(Some(Show::Anew));
        }
    }
}
