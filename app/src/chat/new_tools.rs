//! The choices for a conversation that has not begun, whose code is in the piece of the conversations.

use common::state::Choices;
#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::tasks::ChoiceTools;
#[cfg(feature = "hydrate")]
use crate::piece::{MissingPiece, late};

/// Model, effort and mode.
#[component]
pub(crate) fn NewTools(
    /// What is chosen; `None` before that is known.
    choices: RwSignal<Option<Choices>>,
    /// Takes what the person chooses.
    on_choose: Callback<Choices>,
) -> impl IntoView {
    let is_known = move || choices.with(Option::is_some);
    view! { <Show when=is_known>{shown(choices, on_choose)}</Show> }
}

/// The server has the code at hand.
#[cfg(not(feature = "hydrate"))]
fn shown(choices: RwSignal<Option<Choices>>, on_choose: Callback<Choices>) -> AnyView {
    view! { <ChoiceTools choices on_choose /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(choices: RwSignal<Option<Choices>>, on_choose: Callback<Choices>) -> AnyView {
    let view = move || {
        let piece = piece(choices, on_choose).now_or_never();
        piece.and_then(Result::ok)
    };
    let missing = |retry| {
        let what = "The model and the mode could not be loaded.";
        view! { <MissingPiece what on_retry=retry /> }.into_any()
    };
    late(view, || Box::pin(load_choices()), || ().into_any(), missing)
}

/// The code, which the browser fetches as a piece; `load_choices` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(conversation, wasm_split_path = leptos::wasm_split, fallible, preload(load_choices))]
fn piece(
    choices: RwSignal<Option<Choices>>,
    on_choose: Callback<Choices>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <ChoiceTools choices on_choose /> }.into_any())
}
