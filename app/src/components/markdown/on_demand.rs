//! Markdown whose code is a piece of its own: it would be a quarter of the first load, and a page without messages
//! needs none of it.
//!
//! The server renders Markdown like anything else. The browser fetches the piece before it hydrates a page with Markdown
//! in it (`app.rs`), and on all other pages when there is nothing else to do. While it is missing, what the server sent
//! stays, and text that is new is shown as it is written.

#[cfg(feature = "hydrate")]
use std::cell::OnceCell;
use std::sync::Arc;

#[cfg(feature = "hydrate")]
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::{
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::view::{MarkdownSource, MarkdownViews};
#[cfg(feature = "hydrate")]
use crate::{piece::fetch, update::Update};

/// The text as views. Text only ever comes in at its end.
#[component]
pub(crate) fn Markdown<S: MarkdownSource>(
    /// Where the text comes from.
    source: S,
) -> impl IntoView {
    shown(AnySource(Arc::new(source)))
}

#[cfg(not(feature = "hydrate"))]
fn shown(source: AnySource) -> AnyView {
    view! { <MarkdownViews source=source /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(source: AnySource) -> AnyView {
    let has_come = RwSignal::new(false);
    let update = Update::of_page();
    let shown = move || {
        has_come.get();
        let views = piece(source.clone()).now_or_never().and_then(Result::ok);
        views.unwrap_or_else(|| {
            spawn_local(async move {
                arrival(update).await;
                has_come.try_set(true);
            });
            waiting(source.clone())
        })
    };
    shown.into_any()
}

/// Ends when the piece is there. All texts wait for the same attempts to fetch it.
#[cfg(feature = "hydrate")]
fn arrival(update: Option<Update>) -> Shared<LocalBoxFuture<'static, ()>> {
    thread_local! {
        static ARRIVAL: OnceCell<Shared<LocalBoxFuture<'static, ()>>> = const { OnceCell::new() };
    }
    let fetch = move || fetch(|| Box::pin(load_markdown()), update, || {});
    ARRIVAL.with(|arrival| {
        arrival
            .get_or_init(|| fetch().boxed_local().shared())
            .clone()
    })
}

/// The code, which the browser fetches as a piece; `load_markdown` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(markdown, wasm_split_path = leptos::wasm_split, fallible, preload(load_markdown))]
pub(crate) fn piece(source: AnySource) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <MarkdownViews source=source /> }.into_any())
}

/// What is shown while the piece is missing.
#[cfg(feature = "hydrate")]
fn waiting(source: AnySource) -> AnyView {
    let is_hydrating = Owner::current_shared_context().is_some_and(|page| page.during_hydration());
    let text = if is_hydrating {
        // Without content: what the server sent stays until there is something to replace it.
        view! { <div class="markdown"></div> }.into_any()
    } else {
        let text = move || source.with(str::to_owned);
        view! { <div class="markdown"><p class="typed">{text}</p></div> }.into_any()
    };
    // Another kind of view than Markdown, so that this replaces it and does not go behind what the server sent.
    View::new(text).into_any()
}

/// A source without its type, so that there is one piece for all.
#[derive(Clone)]
pub(super) struct AnySource(Arc<dyn Source>);

trait Source: Send + Sync {
    fn read(&self, is_tracked: bool, read: &mut dyn FnMut(&str));
    fn is_growing(&self) -> bool;
}

impl<S: MarkdownSource> Source for S {
    fn read(&self, is_tracked: bool, read: &mut dyn FnMut(&str)) {
        if is_tracked {
            self.with(read);
        } else {
            self.with_untracked(read);
        }
    }

    fn is_growing(&self) -> bool {
        MarkdownSource::is_growing(self)
    }
}

impl AnySource {
    fn read<T: Default>(&self, is_tracked: bool, read: impl FnOnce(&str) -> T) -> T {
        let mut result = T::default();
        let mut read = Some(read);
        self.0.read(is_tracked, &mut |text| {
            if let Some(read) = read.take() {
                result = read(text);
            }
        });
        result
    }
}

impl MarkdownSource for AnySource {
    fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        self.read(true, read)
    }

    fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        self.read(false, read)
    }

    fn is_growing(&self) -> bool {
        self.0.is_growing()
    }
}

/// A text that does not change.
impl MarkdownSource for String {
    fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        read(self)
    }

    fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        read(self)
    }

    fn is_growing(&self) -> bool {
        false
    }
}
