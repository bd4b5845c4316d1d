//! The view of a conversation.

use common::{
    attachments::Draft,
    client::{ChatError, Status},
};
use leptos::prelude::*;

use crate::{
    api::{BackendError, Transcript},
    browser::scroll,
    chat::{
        Announcer, Attachments, ClearButton, Composer, ComposerTools, ConnectionPill,
        ConversationMenu, EarlierLine, EmptyState, ErrorBubble, First, Header, JumpToLatest,
        MessageList, ProblemNotice, ReadOnlyNote, TaskLine, UseChat, UseChatOptions, Way,
        is_read_only, use_chat,
    },
    commands::{Current, OnPage},
    components::PageTitle,
    conversations::{ConversationTitle, Conversations, title_of},
    update::{Busy, Update},
    workspace::{Drawer, DrawerState, FilesButton},
};

/// A conversation with its header, drawer, transcript and composer.
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
        Err(error) => (Transcript::default(), Some(error)),
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
    let send = to_end(chat, at_end, UseChat::send);
    let suggest = Callback::new(move |text: String| send.run(text.into()));
    let retry = Callback::new(move |()| chat.retry());
    let is_empty = Memo::new(move |_| chat.messages.with(Vec::is_empty));
    let footer = if is_read_only {
        view! { <ReadOnlyNote /> }.into_any()
    } else {
        let attachments = Attachments::of_conversation(&name, has_files.then_some(Way::Send));
        let name = name.clone();
        view! { <ChatComposer chat name files attachments at_end is_focused=is_new /> }.into_any()
    };
    let title = title_of(chat, &name);
    let heading = view! { <ConversationTitle chat name=name.clone() /> }.into_any();
    view! {
        <PageTitle text=Signal::derive(move || format!("{}{} · Coder", Conversations::mark(), title.get())) />
        <div class=if is_read_only { "page read-only" } else { "page" }>
            <Header title=heading clone:name>
                <ConnectionPill connection=chat.connection on_retry=retry name=name.clone() />
                <FilesButton state=files />
                {(!is_read_only).then(|| view! { <OwnerTools chat name /> })}
            </Header>
            <Drawer state=files chat name=name.clone() />
            <main class=move || {
                if is_empty.get() { "conversation conversation-empty" } else { "conversation" }
            }>
                <h1 class="visually-hidden">{move || title.get()}</h1>
                {problem.map(|problem| view! { <p class="notice" role="note">{problem.text}</p> })}
                <Show when=move || is_empty.get() && !is_read_only>
                    <EmptyState on_send=suggest />
                </Show>
                <EarlierLine chat />
                <MessageList chat />
                <ErrorBubble chat on_retry=retry />
                <ProblemNotice chat />
            </main>
            {footer}
            <Announcer chat />
        </div>
    }
}

/// Passes on a message that is not blank, and scrolls to the end of the transcript.
fn to_end(chat: UseChat, at_end: RwSignal<bool>, take: fn(&UseChat, Draft)) -> Callback<Draft> {
    Callback::new(move |draft: Draft| {
        if !draft.is_blank() {
            take(&chat, draft);
            scroll::scroll_to_end(at_end);
        }
    })
}

/// The tools for people who may change the conversation.
#[component]
fn OwnerTools(chat: UseChat, name: String) -> impl IntoView {
    let clear = Callback::new(move |()| chat.clear());
    view! {
        <ClearButton on_clear=clear />
        <ConversationMenu name />
    }
}

/// The composer, and the buttons above it.
#[component]
fn ChatComposer(
    chat: UseChat,
    name: String,
    files: DrawerState,
    attachments: Attachments,
    at_end: RwSignal<bool>,
    is_focused: bool,
) -> impl IntoView {
    let is_busy =
        Signal::derive(move || matches!(chat.status.get(), Status::Submitted | Status::Streaming));
    let stop = Callback::new(move |()| chat.stop());
    view! {
        <Composer
            on_send=to_end(chat, at_end, UseChat::send)
            on_steer=to_end(chat, at_end, UseChat::steer)
            on_stop=stop
            is_busy
            draft=format!("chat/{name}")
            attachments
            chat
            is_focused
            tools=view! { <ComposerTools chat /> }.into_any()
        >
            <JumpToLatest at_end />
            <TaskLine chat on_show=files.show() />
        </Composer>
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
