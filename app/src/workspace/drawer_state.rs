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
    /// The path of a file that is to be shown.
    pub(crate) wanted: RwSignal<Option<String>>,
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
            self.wanted.set(Some(path));
            self.is_open.set(true);
        })
    }
}
