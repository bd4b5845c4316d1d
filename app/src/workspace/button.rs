//! The way to the files: a button, and files that are dropped onto the page.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use futures::FutureExt;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::{
    chat::{UseChat, driver},
    components::{
        button::{picture, pressed},
        dynamic::when,
        node::{Node, element},
    },
};

/// Whether the drawer is open, and what was dropped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrawerState {
    /// Whether it is open.
    pub(crate) is_open: RwSignal<bool>,
    /// How often something was dropped; `driver::take_dropped` has it.
    pub(crate) drops: RwSignal<u32>,
    /// The path of a file that is to be shown.
    pub(crate) wanted: RwSignal<Option<String>>,
}

impl DrawerState {
    /// A closed one, which opens when files are dropped onto the page.
    pub(crate) fn new() -> Self {
        let state = Self {
            is_open: RwSignal::new(false),
            drops: RwSignal::new(0),
            wanted: RwSignal::new(None),
        };
        driver::on_drop(Callback::new(move |()| {
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

/// Opens and closes the drawer.
pub(crate) fn files_button(state: DrawerState) -> Node {
    let is_open = state.is_open;
    let press = Callback::new(move |()| is_open.update(|is_open| *is_open = !*is_open));
    let label = element("span", vec!["Files".into()]).with("class", "wide-only");
    let content = vec![picture("icon icon-file"), label.into()];
    pressed("button button-quiet files-button", content, press)
        .with("aria-label", "Files")
        .following("aria-expanded", move || Some(is_open.get().to_string()))
        .into()
}

/// The drawer of the conversation of this name, while it is open.
pub(crate) fn drawer(state: DrawerState, chat: UseChat, name: String) -> AnyView {
    when(
        move || state.is_open.get(),
        move || shown(state, chat, name.clone()),
    )
}

/// The server renders it closed.
#[cfg(not(feature = "hydrate"))]
fn shown(_state: DrawerState, _chat: UseChat, _name: String) -> AnyView {
    crate::components::Erase::erase(())
}

#[cfg(feature = "hydrate")]
fn shown(state: DrawerState, chat: UseChat, name: String) -> AnyView {
    use crate::components::{
        Erase,
        late::{late, missing},
    };
    let in_drawer = |content: AnyView| {
        let drawer = element("aside", vec![content.into()]).with("class", "drawer");
        drawer.with("aria-label", "Files").erase()
    };
    let view = move || {
        let piece = piece(state, chat, name.clone()).now_or_never();
        piece.and_then(Result::ok)
    };
    let waiting = move || in_drawer("Opening the files…".erase());
    late(
        view,
        || Box::pin(load_files()),
        waiting,
        |again| missing("The files could not be shown.", again),
    )
}

/// The drawer's code, which the browser fetches as a piece; `load_files` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(files, wasm_split_path = leptos::wasm_split, fallible, preload(load_files))]
fn piece(state: DrawerState, chat: UseChat, name: String) -> Result<AnyView, SplitLoaderError> {
    Ok(super::drawer::drawer(state, chat, &name))
}
