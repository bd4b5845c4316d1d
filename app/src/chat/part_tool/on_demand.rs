//! Tool calls, whose code is a piece of its own: a page without calls needs none of it.
//!
//! The browser fetches the piece before it hydrates a page with calls (`app.rs`), and otherwise for the first call.

#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Runs, call_view::CallView};
use crate::chat::{PartHandle, RowHandle, UseChat};
#[cfg(feature = "hydrate")]
use crate::piece::after;

/// What was asked of which tool, and the result.
#[component]
pub(crate) fn ToolView(
    /// The message that the call is in.
    row: RowHandle,
    /// The part.
    part: PartHandle,
    /// The conversation.
    chat: UseChat,
    /// The runs of calls in the message.
    runs: Runs,
) -> impl IntoView {
    shown(row, part, chat, runs)
}

#[cfg(not(feature = "hydrate"))]
fn shown(row: RowHandle, part: PartHandle, chat: UseChat, runs: Runs) -> AnyView {
    view! { <CallView row part chat runs /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(row: RowHandle, part: PartHandle, chat: UseChat, runs: Runs) -> AnyView {
    let call = move || {
        let call = piece(row.clone(), part.clone(), chat, runs);
        call.now_or_never().and_then(Result::ok)
    };
    // Without content: what the server sent stays until there is something to replace it.
    let waiting = || View::new(view! { <div class="tool-part"></div> }.into_any()).into_any();
    after(call, || Box::pin(load_tools()), waiting, |show| show())
}

/// The code, which the browser fetches as a piece; `load_tools` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(tools, wasm_split_path = leptos::wasm_split, fallible, preload(load_tools))]
pub(crate) fn piece(
    row: RowHandle,
    part: PartHandle,
    chat: UseChat,
    runs: Runs,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <CallView row part chat runs /> }.into_any())
}
