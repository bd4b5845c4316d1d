//! Pages whose code is in a piece of its own.

use leptos::prelude::*;
use leptos_meta::Title;

use super::opening::Opening;
use crate::{
    chat::Header,
    components::{Button, ButtonKind},
    piece::{Loading, WHAT_TO_DO, after, late},
};

/// Shows a page as soon as its piece is loaded. `page` returns none until then; `load` loads the piece. The page begins
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
    late(page, load, waiting, failed)
}

/// The same for a page that is of use as the server sent it: that stays for as long as the piece takes.
pub(super) fn readable_on_demand(
    opening: &'static str,
    page: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
    load: fn() -> Loading,
) -> AnyView {
    if is_hydrating() {
        let waiting = || View::new(view! { <div class="page"></div> }.into_any()).into_any();
        after(page, load, waiting, |show| show())
    } else {
        let waiting = move || view! { <Opening words=opening /> }.into_any();
        late(page, load, waiting, failed)
    }
}

fn failed(retry: Callback<()>) -> AnyView {
    view! { <Failed on_retry=retry /> }.into_any()
}

/// Whether the page is still being hydrated.
pub(super) fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|page| page.during_hydration())
}

/// Hydrates a page without its content; the server's content stays until the page replaces it.
fn as_the_server_sent_it(title: &'static str) -> AnyView {
    let page = view! {
        <Title text=title />
        <div class="page"></div>
    };
    // A type of view that no page has, so that a page replaces it instead of being added after the server's content.
    View::new(page.into_any()).into_any()
}

/// Explains why the page cannot be shown, and what to do.
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
