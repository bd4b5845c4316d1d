//! Pages whose code is a piece of its own.

use leptos::prelude::*;
use leptos_meta::Title;

use super::opening::Opening;
use crate::{
    chat::Header,
    components::{
        Button, ButtonKind,
        late::{Loading, WHAT_TO_DO, late},
    },
};

/// Shows a page as soon as its piece is there. `page` gives none until then; `load` fetches the piece. The page begins
/// with its title.
pub(super) fn on_demand(
    title: &'static str,
    page: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
    load: fn() -> Loading,
) -> AnyView {
    let waiting = move || {
        if is_hydrating() {
            as_the_server_sent_it(title)
        } else {
            view! { <Opening words="Opening the page…" /> }.into_any()
        }
    };
    let failed = |retry| view! { <Failed on_retry=retry /> }.into_any();
    late(page, load, waiting, failed)
}

/// Whether the page is still being hydrated.
fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|page| page.during_hydration())
}

/// Hydrates a page without its content, which stays until there is something to replace it.
fn as_the_server_sent_it(title: &'static str) -> AnyView {
    let page = view! {
        <Title text=title />
        <div class="page"></div>
    };
    // Another kind of view than any page, so that a page replaces it and does not go behind what the server sent.
    View::new(page.into_any()).into_any()
}

/// Says why there is no page, and what to do about it.
#[component]
fn Failed(on_retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="page">
            <Header />
            <main class="conversation conversation-empty">
                <div class="empty-state" role="alert">
                    <h1>"This page could not be loaded"</h1>
                    <p>{WHAT_TO_DO}</p>
                    <Button kind=ButtonKind::Main on_press=on_retry>
                        "Try again"
                    </Button>
                </div>
            </main>
        </div>
    }
}
