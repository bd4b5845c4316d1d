//! The pages of a conversation, whose code is a piece of its own: the start page needs none of it to be hydrated.

#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::view::{ConversationPage, Shown};
use crate::{
    api::{BackendError, Transcript},
    pages::earlier::EarlierPage,
};
#[cfg(feature = "hydrate")]
use crate::{
    browser::{field, storage},
    pages::on_demand::{is_hydrating, readable_on_demand},
    piece::Loading,
};

/// One of the pages.
#[derive(Clone)]
pub(crate) enum Page {
    /// The end of the conversation.
    Newest(Shown),
    /// Earlier messages of the conversation of this name.
    Earlier(String, Result<Transcript, BackendError>),
}

#[cfg(feature = "hydrate")]
impl Page {
    /// Takes over what the user has written into the composer that the server sent: where the code arrives late, the page is
    /// not hydrated but made anew.
    fn with_written(mut self) -> Self {
        if let Self::Newest(shown) = &mut self
            && let Some((text, has_focus)) = field::composer_in_document()
        {
            shown.is_focused |= has_focus;
            if !text.is_empty() {
                storage::keep_draft(&shown.draft_place(), &text);
            }
        }
        self
    }
}

/// The page of a conversation.
pub(super) fn conversation_page(shown: Shown) -> AnyView {
    page_of(Page::Newest(shown))
}

/// The page of earlier messages.
pub(in crate::pages) fn earlier_page(
    name: String,
    stored: Result<Transcript, BackendError>,
) -> AnyView {
    page_of(Page::Earlier(name, stored))
}

/// The server has the pages' code.
#[cfg(not(feature = "hydrate"))]
fn page_of(page: Page) -> AnyView {
    view_of(page)
}

#[cfg(feature = "hydrate")]
fn page_of(page: Page) -> AnyView {
    let is_in_document = is_hydrating();
    let view = move || {
        let page = if is_in_document {
            page.clone().with_written()
        } else {
            page.clone()
        };
        piece(page).now_or_never().and_then(Result::ok)
    };
    let load = || -> Loading { Box::pin(load_conversation()) };
    readable_on_demand("Opening the conversation…", view, load)
}

/// The pages' code, in a piece of its own; `load_conversation` only loads it.
#[cfg(feature = "hydrate")]
#[wasm_split(conversation, wasm_split_path = leptos::wasm_split, fallible, preload(load_conversation))]
pub(crate) fn piece(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(view_of(page))
}

fn view_of(page: Page) -> AnyView {
    match page {
        Page::Newest(shown) => view! { <ConversationPage shown /> }.into_any(),
        Page::Earlier(name, stored) => view! { <EarlierPage name stored /> }.into_any(),
    }
}
