//! Every other path, including the connection check and the settings.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{
    doctor::{DOCTOR, doctor},
    settings::{SETTINGS, settings},
};
use crate::chat::Header;

/// The page for unknown paths. It also shows the connection check and the settings: routes of their own would add two
/// kilobytes to every first load.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let location = use_location();
    // Tracked, since a link leads from one of these pages to the other.
    let path = Memo::new(move |_| location.pathname.get());
    let shown = move || match path.get().as_str() {
        DOCTOR => doctor(&location.query.get_untracked()),
        SETTINGS => settings(),
        _ => view! { <Nothing /> }.into_any(),
    };
    view! { {shown} }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Title text="Not found · Coder" />
        <div class="page">
            <Header />
            <main class="conversation conversation-empty">
                <div class="empty-state">
                    <h1>"There is no such page"</h1>
                    <p>
                        "The address may be misspelt. " <a href="/">"Start a conversation"</a>
                        " instead."
                    </p>
                </div>
            </main>
        </div>
    }
}
