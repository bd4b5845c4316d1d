//! A conversation on its page.

use common::client::Status;
use leptos::prelude::*;

use super::{
    Composer, EmptyState, Header, UseChat, UseChatOptions,
    announcer::Announcer,
    clear_button::ClearButton,
    connection_pill::ConnectionPill,
    driver,
    error_bubble::{error_bubble, problem_notice},
    follow::jump_to_latest,
    message_list::MessageList,
    tasks::task_line,
    use_chat,
};
use crate::{
    api::{BackendError, Transcript},
    components::{Erase, dynamic::when},
    workspace::{DrawerState, drawer, files_button},
};

/// The conversation called `name`, as `stored`. `first_message` is sent at once.
#[component]
pub(crate) fn Conversation(
    name: String,
    stored: Result<Transcript, BackendError>,
    first_message: Option<String>,
) -> impl IntoView {
    let (transcript, problem) = match stored {
        Ok(transcript) => (transcript, None),
        Err(error) => (Transcript::default(), Some(error)),
    };
    let options = UseChatOptions {
        name: name.clone(),
        initial_messages: transcript.into(),
        ..UseChatOptions::default()
    };
    let chat = use_chat(options);

    let at_end = RwSignal::new(true);
    driver::follow_end(at_end);
    let is_new = first_message.is_some();
    let to_end = move |take: fn(&UseChat, String)| {
        Callback::new(move |text: String| {
            if !text.trim().is_empty() {
                take(&chat, text);
                driver::scroll_to_end(at_end);
            }
        })
    };
    let (send, steer) = (to_end(UseChat::send), to_end(UseChat::steer));
    let press = move |press: fn(&UseChat)| Callback::new(move |()| press(&chat));
    let (stop, retry) = (press(UseChat::stop), press(UseChat::retry));
    if let Some(text) = first_message {
        chat.send(text);
    }
    let draft = format!("chat/{name}");
    let is_busy =
        Signal::derive(move || matches!(chat.status.get(), Status::Submitted | Status::Streaming));
    let is_empty = Memo::new(move |_| chat.messages.with(Vec::is_empty));
    let files = DrawerState::new();
    let tools = view! {
        <ConnectionPill connection=chat.connection retry name=name.clone() />
        {files_button(files)}
        <ClearButton clear=press(UseChat::clear) />
    }
    .erase();
    let above = view! { {jump_to_latest(at_end)} {task_line(chat)} }.erase();
    view! {
        <div class="page">
            <Header tools />
            {drawer(files, chat, name.clone())}
            <main class="conversation" class:conversation-empty=is_empty>
                <h1 class="visually-hidden">{name}</h1>
                {problem.map(|problem| view! { <LoadProblem text=problem.text /> })}
                {when(move || is_empty.get(), move || view! { <EmptyState send /> }.erase())}
                <MessageList chat />
                {error_bubble(chat.error, retry)}
                {problem_notice(chat)}
            </main>
            <Composer
                send
                steer
                stop
                is_busy
                is_focused=is_new
                draft=draft
                chat=chat
                above=above
            />
            <Announcer chat />
        </div>
    }
}

#[component]
fn LoadProblem(text: String) -> impl IntoView {
    view! {
        <p class="notice" role="note">
            {text}
            " Nothing is lost: what is stored appears once the connection stands."
        </p>
    }
}
