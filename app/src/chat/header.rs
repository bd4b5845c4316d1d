//! The bar above every page.

use leptos::prelude::*;

use crate::components::Erase;

/// Home, a new conversation, and the tools that the page adds.
#[component]
pub(crate) fn Header(#[prop(optional)] tools: Option<AnyView>) -> impl IntoView {
    view! {
        <header class="header">
            <a class="header-home" href="/" aria-label="Coder, home">
                <span class="mark" aria-hidden="true"></span>
                <span>"Coder"</span>
            </a>
            <div class="header-tools">
                {tools}
                <a class="button button-quiet" href="/" aria-label="New conversation">
                    <span class="icon icon-plus" aria-hidden="true"></span>
                    <span class="wide-only">"New conversation"</span>
                </a>
            </div>
        </header>
    }
    .erase()
}
