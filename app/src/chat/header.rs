//! The bar above every page.

use leptos::prelude::*;

use super::reader::AccountLink;
use crate::{components::Icon, conversations::PanelButton};

/// The tools that the page adds; while the list of conversations is out of sight also the way to it, home, and a new
/// conversation.
#[component]
pub(crate) fn Header(
    /// What the page is about.
    #[prop(optional)]
    title: Option<AnyView>,
    /// The tools.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="header">
            <div class="header-start">
                <PanelButton />
                <a class="header-home without-list" href="/" aria-label="Coder, home">
                    <Icon class="mark" />
                    <span>"Coder"</span>
                </a>
                {title}
            </div>
            <div class="header-tools">
                {children.map(|children| children())}
                <AccountLink />
                <a class="button button-quiet without-list" href="/" aria-label="New conversation">
                    <Icon class="icon icon-plus" />
                    <span class="wide-only">"New conversation"</span>
                </a>
            </div>
        </header>
    }
}
