//! The bar above every page.

use leptos::prelude::*;

/// Home, a new conversation, and what the page adds.
#[component]
pub(crate) fn Header(#[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <header class="header">
            <a class="header-home" href="/" aria-label="Coder, home">
                <span class="mark" aria-hidden="true"></span>
                <span>"Coder"</span>
            </a>
            <div class="header-tools">
                {children.map(|children| children())}
                <a class="button button-quiet" href="/" aria-label="New conversation">
                    <span class="icon icon-plus" aria-hidden="true"></span>
                    <span class="wide-only">"New conversation"</span>
                </a>
            </div>
        </header>
    }
}
