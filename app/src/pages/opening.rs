//! What shows while a page that was reached inside the browser gets what it needs.

use leptos::prelude::*;

use crate::{chat::Header, components::Erase};

/// A page that only says what it waits for.
pub(super) fn opening(words: &'static str) -> AnyView {
    view! {
        <div class="page">
            <Header />
            <main class="conversation">
                <p class="opening">{words}</p>
            </main>
        </div>
    }
    .erase()
}
