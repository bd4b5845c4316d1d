//! The placeholder of a page that is opened inside the browser and waits for data.

use leptos::prelude::*;

use crate::chat::Header;

/// A page that only names what it waits for.
#[component]
pub(super) fn Opening(
    /// The awaited thing.
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
