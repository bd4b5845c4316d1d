//! Views whose code is a piece of its own, fetched when they are called for instead of with every first view.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};

use crate::{
    components::{Alert, Button, ButtonKind},
    update::Update,
};

/// Why a piece may be missing, and what to do about it.
pub(crate) const WHAT_TO_DO: &str = "Either the server cannot be reached from here, or Coder was updated after you opened it. \
    Check your network and try again; if that does not help, reload the page.";

/// The fetching of a piece.
pub(crate) type Loading = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// Shows a view as soon as its piece is there. `view` gives none until then, `load` fetches the piece; meanwhile there is
/// `waiting`. Where it cannot be fetched there is `failed`, whose callback tries again.
pub(crate) fn late(
    view: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
    load: fn() -> Loading,
    waiting: impl Fn() -> AnyView + Send + Sync + 'static,
    failed: fn(Callback<()>) -> AnyView,
) -> AnyView {
    let has_failed = RwSignal::new(false);
    let update = Update::of_page();
    let shown = move || {
        if has_failed.get() {
            return failed(Callback::new(move |()| {
                has_failed.try_set(false);
            }));
        }
        view().unwrap_or_else(|| {
            spawn_local(async move {
                let is_missing = load().await.is_err();
                if let Some(update) = update.filter(|_| is_missing) {
                    update.piece_is_missing();
                }
                has_failed.try_set(is_missing);
            });
            waiting()
        })
    };
    view! { {move || shown()} }.into_any()
}

/// Says that a part of the page is missing.
#[component]
pub(crate) fn MissingPiece(
    /// What is missing, in a sentence.
    what: &'static str,
    /// Tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <Alert text=format!("{what} {WHAT_TO_DO}")>
            <Button kind=ButtonKind::Plain on_press=on_retry>
                "Try again"
            </Button>
        </Alert>
    }
}
