//! A message of the user's that is being changed.

use common::message::Message;
use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{
    RowHandle, UseChat,
    file_changes::{Again, AlsoUndo, made_void},
};
use crate::{
    browser::{dom, field},
    components::{Button, ButtonKind, enter_key::enter},
};

/// The view.
pub(super) fn view(row: RowHandle, chat: UseChat, is_edited: RwSignal<bool>) -> AnyView {
    view! { <Field row chat is_edited /> }.into_any()
}

/// A field with the message's text. What is sent begins another branch here.
#[component]
fn Field(row: RowHandle, chat: UseChat, is_edited: RwSignal<bool>) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let text = row.with_untracked(Message::plain_text);
    Effect::new(move || {
        if field.get().is_some() {
            field::put_text(field, &text);
            field::fit(field);
            field::focus(field);
        }
    });
    let id = row.id.clone();
    let has_files = row.with_untracked(|message| message.files().next().is_some());
    let anchor = super::message_actions::anchor(&row);
    let close = Callback::new(move |()| {
        is_edited.set(false);
        // The field goes; the focus stays with the message.
        dom::focus_message(&anchor);
    });
    let can_send =
        move || has_files || field::text_of(field).is_some_and(|text| !text.trim().is_empty());
    let edit = Callback::new(move |()| {
        if !can_send() {
            return field::focus(field);
        }
        let text = field::text_of(field).unwrap_or_default();
        close.run(());
        chat.edit(id.clone(), text);
    });
    let answers = made_void(&chat, &row.id);
    let again = (!answers.is_empty()).then(|| Again::new(answers, edit));
    let send = Callback::new(move |()| match again {
        Some(again) if can_send() => again.is_wanted.set(true),
        Some(_) | None => edit.run(()),
    });
    let press_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            close.run(());
        } else if enter(&event).is_some() {
            send.run(());
        }
    };
    view! {
        <div class="message-edit">
            <textarea
                node_ref=field
                rows="1"
                dir="auto"
                autocomplete="off"
                aria-label="Your message"
                on:keydown=press_key
                on:input=move |_| field::fit(field)
            ></textarea>
            <p>"Coder answers again. The message as it was and all that follows it are kept as a branch."</p>
            {again.map(|again| view! { <AlsoUndo chat again /> })}
            <Button kind=ButtonKind::Plain on_press=close>
                "Cancel"
            </Button>
            <Button kind=ButtonKind::Main on_press=send>
                "Send again"
            </Button>
        </div>
    }
}
