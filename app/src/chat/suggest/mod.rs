//! The list beside what is being written: commands after a `/`, files after an `@`.
//!
//! - [`Suggest`]: what the composer knows of it. Everything else is a piece, which the browser fetches at the first `/` or `@`.
//! - `wanted`: what a text asks for. `list`: whether the list is in sight. `entries`: what it offers. `mention`: a path in a
//!   message. No I/O.
//! - `view`: the list on the page.

#[cfg(any(feature = "hydrate", test))]
mod entries;
#[cfg(any(feature = "hydrate", test))]
mod list;
#[cfg(any(feature = "hydrate", test))]
mod mention;
#[cfg(feature = "hydrate")]
mod view;
#[cfg(any(feature = "hydrate", test))]
mod wanted;

#[cfg(feature = "hydrate")]
use futures::FutureExt;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use crate::browser::field;

/// The list as the composer knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suggest {
    field: NodeRef<Textarea>,
    /// Whether its code is wanted.
    is_wanted: RwSignal<bool>,
    /// Whether an input method composes.
    is_composing: StoredValue<bool>,
    /// Hears of what happens, once the code is there.
    listener: StoredValue<Option<Callback<FieldEvent, bool>>>,
    /// What takes the text that waits for the code.
    waiting: StoredValue<Option<Callback<()>>>,
    /// The element of the chosen entry; `None`: no list is in sight.
    pub(super) chosen: RwSignal<Option<String>>,
}

/// What the composer tells the list. The answer: whether nobody else is to take it.
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "nobody writes on the server")
)]
enum FieldEvent {
    /// The text was changed.
    Written,
    /// A key was pressed.
    Key(KeyboardEvent),
    /// The text is to be sent, as a message unless it is a command.
    Sent,
}

impl Suggest {
    /// Beside this field.
    pub(super) fn new(field: NodeRef<Textarea>) -> Self {
        Self {
            field,
            is_wanted: RwSignal::new(false),
            is_composing: StoredValue::new(false),
            listener: StoredValue::new(None),
            waiting: StoredValue::new(None),
            chosen: RwSignal::new(None),
        }
    }

    /// An input method begins to compose, or ends. Until it ends the list stays as it is, except on glass, where keyboards
    /// compose every word.
    pub(super) fn compose(self, is_composing: bool) {
        self.is_composing.set_value(is_composing);
        if !is_composing {
            self.written();
        }
    }

    /// The text was changed.
    pub(super) fn written(self) {
        if self.is_composing.get_value() && !field::is_on_glass() {
            return;
        }
        match self.listener.get_value() {
            Some(listener) => {
                listener.run(FieldEvent::Written);
            }
            None => {
                let asks = |text: &String| text.starts_with('/') || text.contains('@');
                if field::short_text_of(self.field).as_ref().is_some_and(asks) {
                    self.is_wanted.set(true);
                }
            }
        }
    }

    /// Takes a key. Whether it was one for the list.
    pub(super) fn press(self, event: &KeyboardEvent) -> bool {
        let listener = self.listener.get_value();
        listener.is_some_and(|listener| listener.run(FieldEvent::Key(event.clone())))
    }

    /// Takes the text that is to be sent, where it may be a command. Whether it did.
    pub(super) fn submit(self, take: Callback<()>) -> bool {
        if !field::short_text_of(self.field).is_some_and(|text| text.starts_with('/')) {
            return false;
        }
        if let Some(listener) = self.listener.get_value() {
            return listener.run(FieldEvent::Sent);
        }
        self.waiting.set_value(Some(take));
        self.is_wanted.set(true);
        true
    }
}

/// The place of the list.
#[component]
pub(super) fn SuggestionList(
    /// It.
    suggest: Suggest,
) -> impl IntoView {
    view! { <Show when=move || suggest.is_wanted.get()>{shown(suggest)}</Show> }
}

/// Nobody writes on the server.
#[cfg(not(feature = "hydrate"))]
fn shown(_suggest: Suggest) -> AnyView {
    ().into_any()
}

#[cfg(feature = "hydrate")]
fn shown(suggest: Suggest) -> AnyView {
    use crate::piece::{MissingPiece, late};
    let view = move || piece(suggest).now_or_never().and_then(Result::ok);
    let failed = |retry| {
        let what = "The commands could not be loaded. What you have written was not sent.";
        view! { <MissingPiece what on_retry=retry /> }.into_any()
    };
    late(view, || Box::pin(load_suggest()), || ().into_any(), failed)
}

/// The code, which the browser fetches as a piece; `load_suggest` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(suggest, wasm_split_path = leptos::wasm_split, fallible, preload(load_suggest))]
fn piece(suggest: Suggest) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <view::Suggestions suggest /> }.into_any())
}
