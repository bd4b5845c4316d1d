//! The title of the conversation on the page.

use common::naming::encode_segment;
use leptos::prelude::*;
use serde_json::Value;

use super::{Conversations, list::shown_title, rename::RenameField};
use crate::{browser::dom, chat::UseChat};

/// The title of a conversation: from its own state, else from the list; its name while it has none.
pub(crate) fn title_of(chat: UseChat, name: &str) -> Memo<String> {
    let given = given_title(chat, name);
    let name = encode_segment(name);
    Memo::new(move |_| shown_title(given.get().as_deref(), &name))
}

/// The title from the list alone, while the conversation is not loaded.
pub(crate) fn listed_title(name: &str) -> Memo<String> {
    let name = encode_segment(name);
    let conversations = Conversations::of_page();
    Memo::new(move |_| match conversations {
        Some(conversations) => conversations.list.with(|list| list.title_of(&name)),
        None => shown_title(None, &name),
    })
}

fn given_title(chat: UseChat, name: &str) -> Memo<Option<String>> {
    let name = encode_segment(name);
    let conversations = Conversations::of_page();
    Memo::new(move |_| {
        // A new title is in the list first.
        let listed = conversations
            .and_then(|conversations| conversations.list.with(|list| list.given_title(&name)));
        listed.or_else(|| {
            chat.facts.with(|facts| {
                let title = facts.state.as_ref()?.get("title");
                title.and_then(Value::as_str).map(str::to_owned)
            })
        })
    })
}

/// The title above the page. Pressing it edits it, if the person may change it.
#[component]
pub(crate) fn ConversationTitle(
    /// The conversation.
    chat: UseChat,
    /// Its name.
    name: String,
) -> impl IntoView {
    let given = given_title(chat, &name);
    let title = title_of(chat, &name);
    let is_renaming = RwSignal::new(false);
    let conversations = Conversations::of_page();
    let name = encode_segment(&name);
    let over = Callback::new(move |by_key: bool| {
        is_renaming.set(false);
        if by_key {
            request_animation_frame(|| dom::focus_first(".title-button"));
        }
    });
    let shown = move || match conversations.filter(|_| given.with(Option::is_some)) {
        None => view! { <bdi class="title-words">{move || title.get()}</bdi> }.into_any(),
        Some(conversations) if is_renaming.get() => {
            let (name, title) = (name.clone(), title.get_untracked());
            view! { <RenameField conversations name title on_over=over /> }.into_any()
        }
        Some(_) => view! {
            <button
                type="button"
                class="button button-quiet title-button"
                title=move || title.get()
                aria-label=move || format!("{}, rename", title.get())
                on:click=move |_| is_renaming.set(true)
            >
                <bdi>{move || title.get()}</bdi>
            </button>
        }
        .into_any(),
    };
    view! { <div class="header-title">{shown}</div> }
}
