//! The page of a conversation.

use common::{attachments::Draft, client::Status};
use leptos::prelude::*;

use crate::{
    browser::scroll,
    chat::{
        Announcer, Attachments, ClearButton, Composer, ComposerTools, ConnectionPill,
        ConversationMenu, EarlierLine, EmptyState, ErrorBubble, Header, JumpToLatest, MessageList,
        ProblemNotice, ReadOnlyNote, TaskLine, UseChat, Way,
    },
    conversations::{ConversationTitle, title_of},
    workspace::{Drawer, DrawerState, FilesButton},
};

/// What the page shows.
#[derive(Clone)]
pub(in crate::pages) struct Shown {
    /// The conversation.
    pub(super) chat: UseChat,
    /// Its name.
    pub(super) name: String,
    /// Why its stored part could not be read.
    pub(super) problem: Option<String>,
    /// The drawer with its files.
    pub(super) files: DrawerState,
    /// Whether the end of the transcript is followed.
    pub(super) at_end: RwSignal<bool>,
    /// Whether the reader may change nothing.
    pub(super) is_read_only: bool,
    /// Whether the composer gets the focus.
    pub(super) is_focused: bool,
    /// Whether that message waits for its files.
    pub(super) has_files: bool,
}

impl Shown {
    /// Where the browser keeps what is written and not sent.
    pub(super) fn draft_place(&self) -> String {
        format!("chat/{}", self.name)
    }
}

/// A conversation with its header, drawer, transcript and composer.
#[component]
pub(super) fn ConversationPage(
    /// What it shows.
    shown: Shown,
) -> impl IntoView {
    let draft = shown.draft_place();
    let Shown {
        chat,
        name,
        problem,
        files,
        at_end,
        is_read_only,
        is_focused,
        has_files,
    } = shown;
    let send = to_end(chat, at_end, UseChat::send);
    let suggest = Callback::new(move |text: String| send.run(text.into()));
    let retry = Callback::new(move |()| chat.retry());
    let is_empty = Memo::new(move |_| chat.messages.with(Vec::is_empty));
    let footer = if is_read_only {
        view! { <ReadOnlyNote /> }.into_any()
    } else {
        let attachments = Attachments::of_conversation(&name, has_files.then_some(Way::Send));
        view! { <ChatComposer chat draft files attachments at_end is_focused /> }.into_any()
    };
    let title = title_of(chat, &name);
    let heading = view! { <ConversationTitle chat name=name.clone() /> }.into_any();
    view! {
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
                {problem.map(|problem| view! { <p class="notice" role="note">{problem}</p> })}
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
    draft: String,
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
            draft
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
