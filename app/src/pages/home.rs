//! `/`: a new conversation, which begins with its first message.

use common::{
    attachments::Draft,
    directory::{Call, Settings},
    state::Choices,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use crate::{
    browser::random,
    chat::{
        Attachments, Composer, DemoNote, EmptyState, First, FirstMessage, Header, NewTools,
        fresh_name,
    },
    components::PageTitle,
    conversations::Conversations,
};

/// The start page. It has no connection: the conversation gets a name, and a page, with the first message.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let first = expect_context::<FirstMessage>();
    let navigate = use_navigate();
    let attachments = Attachments::of_start();
    let choices = RwSignal::new(None);
    let chosen = RwSignal::new(None);
    let choose = Callback::new(move |choices: Choices| chosen.set(Some(choices)));
    show_defaults(choices);
    let start = Callback::new(move |Draft { text, .. }: Draft| {
        let has_files = attachments.follow();
        if text.trim().is_empty() && !has_files {
            return;
        }
        let name = fresh_name(random::random_bytes());
        let path = format!("/chat/{name}");
        let choices = chosen.get_untracked();
        first.leave(
            name,
            First {
                text,
                has_files,
                choices,
            },
        );
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
            <Composer
                on_send=start
                draft="home"
                attachments
                tools=view! { <NewTools choices on_choose=choose /> }.into_any()
            />
        </div>
    }
}

/// Shows what new conversations begin with, once the directory has said so. Without an answer it is nothing.
fn show_defaults(choices: RwSignal<Option<Choices>>) {
    Effect::new(move || {
        let Some(conversations) = Conversations::of_page() else {
            return choices.set(Some(Choices::default()));
        };
        spawn_local(async move {
            let read = conversations.call(Call::GetSettings).await;
            let settings = read.ok().and_then(Settings::from_json);
            let defaults = settings.and_then(|settings| settings.defaults);
            choices.try_set(Some(defaults.unwrap_or_default()));
        });
    });
}
