//! `/chat/{name}`: a conversation.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::opening::opening;
use crate::{
    api::{BackendError, Transcript},
    chat::{FirstMessage, conversation},
    components::{Erase, dynamic::dynamic},
};

/// The page of the conversation named in the path.
#[component]
pub(crate) fn ChatPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    // Another name is another conversation, with a client of its own.
    dynamic(move || view! { <NamedConversation name=name.get() /> }.erase())
}

#[component]
fn NamedConversation(name: String) -> impl IntoView {
    let first_message = expect_context::<FirstMessage>().take(&name);
    let title = format!("{name} · Coder");
    let is_new = first_message.is_some();
    let stored = Resource::new(|| (), {
        let name = name.clone();
        move |()| stored_transcript(name.clone(), is_new)
    });
    view! {
        <Title text=title />
        <Suspense fallback=|| opening("Opening the conversation…")>
            {move || {
                let (name, first_message) = (name.clone(), first_message.clone());
                Suspend::new(async move {
                    let stored = stored.await;
                    conversation(name, stored, first_message).erase()
                })
            }}
        </Suspense>
    }
    .erase()
}

/// A conversation that starts with its first message has nothing stored yet.
async fn stored_transcript(name: String, is_new: bool) -> Result<Transcript, BackendError> {
    if is_new {
        return Ok(Transcript::default());
    }
    read_transcript(common::naming::encode_segment(&name)).await
}

#[cfg(not(feature = "hydrate"))]
async fn read_transcript(instance: String) -> Result<Transcript, BackendError> {
    let backend = use_context::<std::sync::Arc<dyn crate::api::Backend>>();
    match backend {
        Some(backend) => backend.transcript(instance).await,
        None => Err(BackendError {
            text: "The stored messages cannot be read here.".to_owned(),
        }),
    }
}

#[cfg(feature = "hydrate")]
async fn read_transcript(instance: String) -> Result<Transcript, BackendError> {
    use crate::chat::driver::{self, Address};
    driver::load(Address {
        host: None,
        query: Vec::new(),
        base_path: None,
        agent: common::naming::CODER_AGENT.to_owned(),
        instance,
    })
    .await
}
