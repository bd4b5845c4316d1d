//! `/chat/{name}`: a conversation.

use common::frame::{Place, Wanted};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    conversation::{Conversation, earlier_page},
    opening::Opening,
};
use crate::{
    api::{BackendError, Transcript},
    chat::FirstMessage,
    components::PageTitle,
    conversations::{Conversations, listed_title},
};

/// The page of the conversation in the path. With `?before=` and the id of a message: the messages before it.
#[component]
pub(crate) fn ChatPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let query = use_query_map();
    let before = Memo::new(move |_| query.read().get("before").filter(|id| !id.is_empty()));
    // Another name is another conversation, with its own client.
    view! {
        {move || match before.get() {
            Some(before) => view! { <EarlierMessages name=name.get() before /> }.into_any(),
            None => view! { <NamedConversation name=name.get() /> }.into_any(),
        }}
    }
}

#[component]
fn EarlierMessages(name: String, before: String) -> impl IntoView {
    let title = format!(
        "{}, earlier messages · Coder",
        listed_title(&name).get_untracked()
    );
    let wanted = Wanted::page(Place::Before(before.as_str().into()));
    let stored = Resource::new(|| (), {
        let name = name.clone();
        move |()| read_transcript(name.clone(), wanted.clone())
    });
    view! {
        <PageTitle text=title />
        <Suspense fallback=|| view! { <Opening words="Opening the conversation…" /> }>
            {move || {
                let name = name.clone();
                Suspend::new(async move {
                    let stored = stored.await;
                    earlier_page(name, stored)
                })
            }}
        </Suspense>
    }
}

#[component]
fn NamedConversation(name: String) -> impl IntoView {
    let first_message = expect_context::<FirstMessage>().take(&name);
    let title = listed_title(&name);
    let is_new = first_message.is_some();
    let stored = Resource::new(|| (), {
        let name = name.clone();
        move |()| stored_transcript(name.clone(), is_new)
    });
    view! {
        <PageTitle text=Signal::derive(move || format!("{}{} · Coder", Conversations::mark(), title.get())) />
        <Suspense fallback=|| view! { <Opening words="Opening the conversation…" /> }>
            {move || {
                let (name, first_message) = (name.clone(), first_message.clone());
                Suspend::new(async move {
                    let stored = stored.await;
                    view! { <Conversation name stored first_message /> }
                })
            }}
        </Suspense>
    }
}

/// The start page opens a conversation before its first message is stored.
async fn stored_transcript(name: String, is_new: bool) -> Result<Transcript, BackendError> {
    if is_new {
        return Ok(Transcript::default());
    }
    let newest = Wanted::page(Place::End);
    read_transcript(name, newest).await
}

#[cfg(not(feature = "hydrate"))]
async fn read_transcript(name: String, wanted: Wanted) -> Result<Transcript, BackendError> {
    let backend = use_context::<std::sync::Arc<dyn crate::api::Backend>>();
    match backend {
        Some(backend) => {
            let instance = common::naming::encode_segment(&name);
            backend.transcript(instance, wanted).await
        }
        None => Err(BackendError {
            text: "The stored messages cannot be read here.".to_owned(),
        }),
    }
}

#[cfg(feature = "hydrate")]
async fn read_transcript(name: String, wanted: Wanted) -> Result<Transcript, BackendError> {
    use crate::{browser::address::Address, chat::driver};
    driver::load(Address::of_conversation(&name), wanted).await
}
