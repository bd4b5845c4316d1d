//! Who reads this page, as far as it matters to the page. The server knows; the page carries it to the browser.

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::{Backend, Reader};

/// Finds out who reads the page, once for all pages.
pub(crate) fn provide_reader() {
    let reader = SharedValue::new(|| {
        let backend = use_context::<Arc<dyn Backend>>();
        backend.map_or_else(Reader::default, |backend| backend.reader())
    });
    provide_context(reader.into_inner());
}

/// Whether the reader can only read this conversation.
pub(crate) fn is_read_only(name: &str) -> bool {
    use_context::<Reader>().is_some_and(|reader| reader.read_only.as_deref() == Some(name))
}

/// Takes the place of the composer where the reader cannot write.
#[component]
pub(super) fn ReadOnlyNote() -> impl IntoView {
    view! {
        <p class="read-only-note" role="note">
            "This conversation is shared with you for reading."
        </p>
    }
}

/// The way to the account, where people sign in.
#[component]
pub(super) fn AccountLink() -> impl IntoView {
    let reader = use_context::<Reader>().filter(|reader| reader.is_signed_in);
    reader.map(|_| {
        view! {
            // The server's own page, not one of the router's.
            <a class="button button-quiet" href="/account" rel="external">
                "Account"
            </a>
        }
    })
}
