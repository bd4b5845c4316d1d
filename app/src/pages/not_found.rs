//! Every other path, the connection check's among them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::doctor::{DOCTOR, doctor};
use crate::chat::Header;

/// Says that there is nothing here, and where there is something.
///
/// The connection check is shown from here: a route of its own would cost two kilobytes of what every visitor loads.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let location = use_location();
    if location.pathname.get_untracked() == DOCTOR {
        return doctor(&location.query.get_untracked());
    }
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
    .into_any()
}
