//! A conversation on its page.

use common::client::{ChatError, Status};
use leptos::prelude::*;

use super::{
    UseChat, UseChatOptions,
    announcer::Announcer,
    clear_button::ClearButton,
    composer::Composer,
    connection_pill::ConnectionPill,
    conversation_menu::ConversationMenu,
    driver,
    earlier_line::EarlierLine,
    empty_state::EmptyState,
    error_bubble::ErrorBubble,
    header::Header,
    jump_to_latest::JumpToLatest,
    message_list::MessageList,
    problem_notice::ProblemNotice,
    reader::{ReadOnlyNote, is_read_only},
    tasks::TaskLine,
    use_chat,
};
use crate::{
    api::{BackendError, Transcript},
    update::{Busy, Update},
    workspace::{Drawer, DrawerState, FilesButton},
};

/// A conversation with its header, drawer, transcript and composer.
#[component]
pub(crate) fn Conversation(
    /// Its name.
    name: String,
    /// What is stored of it.
    stored: Result<Transcript, BackendError>,
    /// Is sent at once.
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
    let retry = press(UseChat::retry);
    if let Some(text) = first_message {
        chat.send(text);
    }
    let is_busy =
        Signal::derive(move || matches!(chat.status.get(), Status::Submitted | Status::Streaming));
    let is_empty = Memo::new(move |_| chat.messages.with(Vec::is_empty));
    follow_updates(chat);
    let files = DrawerState::new();
    let is_read_only = is_read_only(&name);
    let conversation_class = move || match is_empty.get() {
        true => "conversation conversation-empty",
        false => "conversation",
    };
    let owner_tools = (!is_read_only).then(|| {
        view! {
            <ClearButton on_clear=press(UseChat::clear) />
            <ConversationMenu name=name.clone() />
        }
    });
    let composer = if is_read_only {
        view! { <ReadOnlyNote /> }.into_any()
    } else {
        view! {
            <Composer
                on_send=send
                on_steer=steer
                on_stop=press(UseChat::stop)
                is_busy=is_busy
                draft=format!("chat/{name}")
                chat=chat
                is_focused=is_new
            >
                <JumpToLatest at_end=at_end />
                <TaskLine chat=chat on_show=files.show() />
            </Composer>
        }
        .into_any()
    };
    view! {
        <div class=if is_read_only { "page read-only" } else { "page" }>
            <Header clone:name>
                <ConnectionPill connection=chat.connection on_retry=retry name=name />
                <FilesButton state=files />
                {owner_tools}
            </Header>
            <Drawer state=files chat=chat name=name.clone() />
            <main class=conversation_class>
                <h1 class="visually-hidden">{name}</h1>
                {problem.map(|problem| view! { <p class="notice" role="note">{problem.text}</p> })}
                <Show when=move || is_empty.get() && !is_read_only>
                    <EmptyState on_send=send />
                </Show>
                <EarlierLine chat=chat />
                <MessageList chat=chat />
                <ErrorBubble chat=chat on_retry=retry />
                <ProblemNotice chat=chat />
            </main>
            {composer}
            <Announcer chat=chat />
        </div>
    }
}

/// Passes on what the server says of newer pages, and what a reload would interrupt.
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
