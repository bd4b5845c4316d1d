//! `/`: a new conversation, which begins with its first message.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    browser::random,
    chat::{Composer, DemoNote, EmptyState, FirstMessage, Header, fresh_name},
    components::PageTitle,
    conversations::Conversations,
};

/// The start page. It has no connection: the conversation gets a name, and a page, with the first message.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let first = expect_context::<FirstMessage>();
    let navigate = use_navigate();
    let start = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return;
        }
        let name = fresh_name(random::random_bytes());
        let path = format!("/chat/{name}");
        first.leave(name, text);
        navigate(&path, Default::default());
    });
    view! {
        <PageTitle text=Signal::derive(move || format!("{}Coder", Conversations::mark())) />
        <div class="page">
            <Header />
            <main class="conversation conversation-empty">
                <h1 class="visually-hidden">"Coder"</h1>
                <DemoNote />
                <EmptyState on_send=start />
            </main>
            <Composer on_send=start draft="home" />
        </div>
    }
}
