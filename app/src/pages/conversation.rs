//! A conversation: its connection, and its page, whose code is a piece of its own.

mod on_demand;
mod view;

use common::client::{ChatError, Status};
use leptos::prelude::*;

pub(super) use self::on_demand::earlier_page;
#[cfg(feature = "hydrate")]
pub(crate) use self::on_demand::load_conversation;
use self::{on_demand::conversation_page, view::Shown};
use crate::{
    api::{BackendError, Transcript},
    browser::scroll,
    chat::{First, UseChat, UseChatOptions, is_read_only, use_chat},
    commands::{Current, OnPage},
    components::PageTitle,
    conversations::{Conversations, title_of},
    update::{Busy, Update},
    workspace::DrawerState,
};

/// A conversation. It connects, and sends its first message, before the code of its page is there.
#[component]
pub(super) fn Conversation(
    /// Its name.
    name: String,
    /// Its stored part.
    stored: Result<Transcript, BackendError>,
    /// The message to send at once.
    first_message: Option<First>,
) -> impl IntoView {
    let (transcript, problem) = match stored {
        Ok(transcript) => (transcript, None),
        Err(error) => (Transcript::default(), Some(error.text)),
    };
    let chat = use_chat(UseChatOptions {
        name: name.clone(),
        initial_messages: transcript.into(),
        ..UseChatOptions::default()
    });
    let at_end = RwSignal::new(true);
    scroll::follow_end(at_end);
    let is_new = first_message.is_some();
    let has_files = first_message.as_ref().is_some_and(|first| first.has_files);
    if let Some(choices) = first_message
        .as_ref()
        .and_then(|first| first.choices.clone())
    {
        chat.choose(choices);
    }
    match first_message {
        // It waits in the composer for its files.
        Some(First { text, .. }) if has_files => chat.give_back(text),
        Some(First { text, .. }) => chat.send(text),
        None => {}
    }
    follow_updates(chat);
    let files = DrawerState::new();
    let is_read_only = is_read_only(&name);
    if let Some(on_page) = OnPage::of_page() {
        on_page.show(Current {
            chat,
            name: StoredValue::new(name.clone()),
            files,
            is_read_only,
        });
    }
    let title = title_of(chat, &name);
    let shown = Shown {
        chat,
        name,
        problem,
        files,
        at_end,
        is_read_only,
        is_focused: is_new,
        has_files,
    };
    view! {
        <PageTitle text=Signal::derive(move || format!("{}{} · Coder", Conversations::mark(), title.get())) />
        {conversation_page(shown)}
    }
}

/// Passes on which build the server has, and whether a reload would interrupt the user.
fn follow_updates(chat: UseChat) {
    let Some(update) = Update::of_page() else {
        return;
    };
    let served = Memo::new(move |_| chat.facts.with(|facts| facts.served_page.clone()));
    Effect::new(move || {
        if let Some(build) = served.get() {
            update.serves(build);
        }
    });
    let is_busy = Memo::new(move |_| {
        let answers = matches!(chat.status.get(), Status::Submitted | Status::Streaming);
        let is_kept = chat
            .facts
            .with(|facts| facts.problem != Some(ChatError::NotKept));
        answers || !is_kept
    });
    Effect::new(move || update.note(|busy| busy.conversation = is_busy.get()));
    on_cleanup(move || update.note(|busy| *busy = Busy::default()));
}
