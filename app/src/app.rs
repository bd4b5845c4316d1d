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
    browser::{location, task},
    components::when_markdown_is_loaded,
    pages::{DOCTOR, SETTINGS, load_doctor, load_settings},
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
    match location::path().as_str() {
        DOCTOR => task::spawn(Box::pin(async move {
            let _ = load_doctor().await;
            take_over();
        })),
        SETTINGS => task::spawn(Box::pin(async move {
            let _ = load_settings().await;
            take_over();
        })),
        // A page without Markdown does not need the code for it.
        _ if dom::has_element(".markdown") => when_markdown_is_loaded(take_over),
        _ => take_over(),
    }
}
