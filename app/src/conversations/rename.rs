//! A field that edits a title in its place.

use common::{directory::Call, state::MAX_TITLE_CHARS};
use leptos::{ev::KeyboardEvent, html::Input as Field, prelude::*};

use super::Conversations;
use crate::{browser::dom, components::enter_key::enter};

/// The field of a title. Enter and leaving it save the title, Escape keeps the old one.
#[component]
pub(crate) fn RenameField(
    /// All conversations.
    conversations: Conversations,
    /// The conversation.
    name: String,
    /// The present title.
    title: String,
    /// Editing has ended; `true` when a key ended it, so that the focus needs a place.
    on_over: Callback<bool>,
) -> impl IntoView {
    let field = NodeRef::<Field>::new();
    let before = StoredValue::new(title.clone());
    let name = StoredValue::new(name);
    let is_over = StoredValue::new(false);
    let end = move |gives: bool, by_key: bool| {
        // Leaving the field follows a key as well.
        if is_over.try_update_value(|is_over| std::mem::replace(is_over, true)) != Some(false) {
            return;
        }
        let title = field.get_untracked().map(|field| field.value());
        let title = title.unwrap_or_default().trim().to_owned();
        if gives && !title.is_empty() && title != before.get_value() {
            let name = name.get_value();
            conversations.act(Call::Rename { name, title });
        }
        on_over.run(by_key);
    };
    Effect::new(move || {
        if field.get().is_some() {
            request_animation_frame(|| dom::select_field(".rename-field"));
        }
    });
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            end(false, true);
        } else if enter(&event).is_some() {
            end(true, true);
        }
    };
    view! {
        <input
            node_ref=field
            class="field rename-field"
            aria-label="Title"
            maxlength=MAX_TITLE_CHARS.to_string()
            autocomplete="off"
            value=title
            on:keydown=press
            on:blur=move |_| end(true, false)
        />
    }
}
