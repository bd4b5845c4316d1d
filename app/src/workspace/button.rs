//! The way to the files: a button, and files that are dropped onto the page.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use futures::FutureExt;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::{
    chat::{UseChat, driver},
    components::Icon,
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
#[component]
pub(crate) fn FilesButton(
    /// The drawer.
    state: DrawerState,
) -> impl IntoView {
    let is_open = state.is_open;
    view! {
        <button
            type="button"
            class="button button-quiet files-button"
            aria-label="Files"
            aria-expanded=move || is_open.get().to_string()
            on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
        >
            <Icon class="icon icon-file" />
            <span class="wide-only">"Files"</span>
        </button>
    }
}

/// The drawer with the files, while it is open.
#[component]
pub(crate) fn Drawer(
    /// The drawer.
    state: DrawerState,
    /// The conversation.
    chat: UseChat,
    /// Its name.
    name: String,
) -> impl IntoView {
    view! { <Show when=move || state.is_open.get()>{shown(state, chat, name.clone())}</Show> }
}

/// The server renders it closed.
#[cfg(not(feature = "hydrate"))]
fn shown(_state: DrawerState, _chat: UseChat, _name: String) -> AnyView {
    ().into_any()
}

#[cfg(feature = "hydrate")]
fn shown(state: DrawerState, chat: UseChat, name: String) -> AnyView {
    use crate::components::late::{MissingPiece, late};
    let view = move || {
        let piece = piece(state, chat, name.clone()).now_or_never();
        piece.and_then(Result::ok)
    };
    let waiting = || {
        view! {
            <aside class="drawer" aria-label="Files">
                "Opening the files…"
            </aside>
        }
        .into_any()
    };
    let failed = |retry| {
        view! { <MissingPiece what="The files could not be shown." on_retry=retry /> }.into_any()
    };
    late(view, || Box::pin(load_files()), waiting, failed)
}

/// The drawer's code, which the browser fetches as a piece; `load_files` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(files, wasm_split_path = leptos::wasm_split, fallible, preload(load_files))]
fn piece(state: DrawerState, chat: UseChat, name: String) -> Result<AnyView, SplitLoaderError> {
    use super::drawer::FilesDrawer;
    Ok(view! { <FilesDrawer state=state chat=chat name=name /> }.into_any())
}
