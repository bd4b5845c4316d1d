//! The shortcuts that open the palette and the list of shortcuts.

#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::browser::keys;

/// The dialog over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// The palette.
    Palette,
    /// The list of shortcuts.
    Shortcuts,
}

/// What is open; a context of the whole page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened(RwSignal<Option<Open>>);

#[cfg(feature = "hydrate")]
impl Opened {
    /// That of this page.
    pub(crate) fn of_page() -> Option<Self> {
        use_context()
    }

    /// Shows the list of shortcuts, once what is open has closed.
    pub(crate) fn show_shortcuts(self) {
        let Self(opened) = self;
        request_animation_frame(move || {
            opened.try_set(Some(Open::Shortcuts));
        });
    }
}

/// Makes the context of the whole page, and listens to the keys.
pub(crate) fn provide_palette() {
    let opened = RwSignal::new(None);
    provide_context(Opened(opened));
    keys::on_shortcut(Callback::new(move |shortcut| {
        opened.set(Some(match shortcut {
            keys::Shortcut::Palette => Open::Palette,
            keys::Shortcut::Help => Open::Shortcuts,
        }));
    }));
}

/// The place of both dialogs.
#[component]
pub(crate) fn PaletteHost() -> impl IntoView {
    let opened = use_context::<Opened>();
    opened.map(|Opened(opened)| {
        view! { {move || opened.get().map(|open| shown(open, opened))} }
    })
}

/// The server opens neither.
#[cfg(not(feature = "hydrate"))]
fn shown(_open: Open, _opened: RwSignal<Option<Open>>) -> AnyView {
    ().into_any()
}

#[cfg(feature = "hydrate")]
fn shown(open: Open, opened: RwSignal<Option<Open>>) -> AnyView {
    use crate::piece::{MissingPiece, late};
    let view = move || piece(open, opened).now_or_never().and_then(Result::ok);
    let failed = |retry| {
        view! { <MissingPiece what="The palette could not be shown." on_retry=retry /> }.into_any()
    };
    late(view, || Box::pin(load_palette()), || ().into_any(), failed)
}

/// The code, in a piece of its own; `load_palette` only loads it.
#[cfg(feature = "hydrate")]
#[wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible, preload(load_palette))]
fn piece(open: Open, opened: RwSignal<Option<Open>>) -> Result<AnyView, SplitLoaderError> {
    use super::{sheet::Sheet, view::Palette};
    Ok(match open {
        Open::Palette => view! { <Palette opened /> }.into_any(),
        Open::Shortcuts => view! { <Sheet opened /> }.into_any(),
    })
}
