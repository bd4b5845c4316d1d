//! `/`: a new conversation, which begins with its first message.

use common::attachments::Draft;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    browser::random,
    chat::{Attachments, Composer, DemoNote, EmptyState, First, FirstMessage, Header, fresh_name},
    components::PageTitle,
    conversations::Conversations,
};

/// The start page. It has no connection: the conversation gets a name, and a page, with the first message.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let first = expect_context::<FirstMessage>();
    let navigate = use_navigate();
    let attachments = Attachments::of_start();
    let start = Callback::new(move |Draft { text, .. }: Draft| {
        let has_files = attachments.follow();
        if text.trim().is_empty() && !has_files {
            return;
        }
        let name = fresh_name(random::random_bytes());
        let path = format!("/chat/{name}");
        first.leave(name, First { text, has_files });
        navigate(&path, Default::default());
    });
    let suggest = Callback::new(move |text: String| start.run(text.into()));
    view! {
        <PageTitle text=Signal::derive(move || format!("{}Coder", Conversations::mark())) />
        <div class="page">
            <Header />
            <main class="conversation conversation-empty">
                <h1 class="visually-hidden">"Coder"</h1>
                <DemoNote />
                <EmptyState on_send=suggest />
            </main>
            <Composer on_send=start draft="home" attachments />
        </div>
    }
}
