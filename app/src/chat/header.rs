//! The bar above every page.

use leptos::prelude::*;

use super::reader::AccountLink;
use crate::components::Icon;

/// Home, the tools that the page adds, and a new conversation.
#[component]
pub(crate) fn Header(
    /// The tools.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="header">
            <a class="header-home" href="/" aria-label="Coder, home">
                <Icon class="mark" />
                <span>"Coder"</span>
            </a>
            <div class="header-tools">
                {children.map(|children| children())}
                <AccountLink />
                <a class="button button-quiet" href="/" aria-label="New conversation">
                    <Icon class="icon icon-plus" />
                    <span class="wide-only">"New conversation"</span>
                </a>
            </div>
        </header>
    }
}
