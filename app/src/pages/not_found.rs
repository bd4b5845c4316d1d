//! Every other path.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::chat::Header;
use crate::components::Erase;

/// Says that there is nothing here, and where there is something.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found · Coder" />
        <div class="page">
            <Header />
            <main class="conversation conversation-empty">
                <div class="empty-state">
                    <h1>"There is no such page"</h1>
                    <p>"The address may be misspelt. " <a href="/">"Start a conversation"</a> " instead."</p>
                </div>
            </main>
        </div>
    }
    .erase()
}
