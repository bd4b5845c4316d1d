//! What shows while a page that was reached inside the browser gets what it needs.

use leptos::prelude::*;

use crate::chat::Header;

/// A page that only says what it waits for.
#[component]
pub(super) fn Opening(
    /// What it waits for.
    words: &'static str,
) -> impl IntoView {
    view! {
        <div class="page">
            <Header />
            <main class="conversation">
                <p class="opening">{words}</p>
            </main>
        </div>
    }
}
