//! A field for a few words and the button that sends them.

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{Button, ButtonKind, Erase};
use crate::chat::driver;

/// The field. Enter sends, Shift and Enter break the line; nothing is sent while it is blank.
#[component]
pub(crate) fn AnswerField(
    /// What the field is for; stands before it.
    label: &'static str,
    /// What stands on the button.
    button: &'static str,
    /// What the button is called by those who do not see what it stands beside; it begins with its label.
    name: String,
    /// Takes the words.
    send: Callback<String>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let submit = Callback::new(move |()| {
        let text = driver::text_of(field).unwrap_or_default();
        match text.trim() {
            "" => driver::focus(field),
            words => send.run(words.to_owned()),
        }
    });
    let pressed = move |event: KeyboardEvent| {
        let is_composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            submit.run(());
        }
    };
    view! {
        <div class="answer-field">
            <label>
                <span>{label}</span>
                <textarea node_ref=field rows="1" autocomplete="off" on:keydown=pressed></textarea>
            </label>
            <Button kind=ButtonKind::Plain label=button name press=submit />
        </div>
    }
    .erase()
}
