//! The routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    browser::dom,
    chat::{SetupBanner, provide_first_message, provide_model_kind, provide_reader},
    commands::provide_on_page,
    components::provide_image_hosts,
    conversations::{Sidebar, Stage, provide_conversations, provide_panel},
    pages::{ChatPage, HomePage, NotFound},
    palette::{PaletteHost, provide_palette},
    update::{UpdateNotice, provide_update},
};
#[cfg(feature = "hydrate")]
use crate::{
    browser::location,
    pages::{DOCTOR, SETTINGS, load_conversation, load_doctor, load_settings},
    piece::{Loading, when_loaded},
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_first_message();
    // Effects run in the browser alone, after it has hydrated the page.
    provide_model_kind();
    provide_image_hosts();
    provide_reader();
    provide_update();
    provide_conversations();
    provide_panel();
    provide_on_page();
    provide_palette();
    Effect::new(dom::mark_hydrated);
    view! {
        <Title text="Coder" />
        <Router>
            <UpdateNotice />
            <SetupBanner />
            <div class="frame">
                <Sidebar />
                <Stage>
                    <FlatRoutes fallback=NotFound>
                        <Route path=path!("/") view=HomePage />
                        // In order, so that the transcript is readable where no script runs.
                        <Route path=path!("/chat/:name") view=ChatPage ssr=SsrMode::InOrder />
                    </FlatRoutes>
                </Stage>
            </div>
            <PaletteHost />
        </Router>
    }
}

/// Calls `take_over` once what the page at this address needs is loaded. Where it cannot be loaded, the page says so.
#[cfg(feature = "hydrate")]
pub fn when_ready(take_over: fn()) {
    let mut pieces: Vec<Loading> = Vec::new();
    match location::path().as_str() {
        DOCTOR => pieces.push(Box::pin(load_doctor())),
        SETTINGS => pieces.push(Box::pin(load_settings())),
        path if path.starts_with("/chat/") => pieces.push(Box::pin(load_conversation())),
        _ => {}
    }
    if pieces.is_empty() {
        take_over();
    } else {
        when_loaded(pieces, take_over);
    }
}
