//! A field for a few words and the button that sends them.

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{Button, ButtonKind, field};
use crate::chat::driver;

/// A small field. Enter sends, Shift and Enter break the line; blank text is not sent.
#[component]
pub(crate) fn AnswerField(
    /// Stands before the field.
    label: &'static str,
    /// The button's label.
    button_label: &'static str,
    /// The button's accessible name. It begins with the label.
    #[prop(into)]
    name: String,
    /// Takes the text.
    #[prop(into)]
    on_send: Callback<String>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let submit = move || {
        let text = driver::text_of(field).unwrap_or_default();
        match text.trim() {
            "" => driver::focus(field),
            words => on_send.run(words.to_owned()),
        }
    };
    let press_key = move |event: KeyboardEvent| {
        if field::enter(&event).is_some() {
            submit();
        }
    };
    view! {
        <div class="answer-field">
            <label>
                <span>{label}</span>
                <textarea node_ref=field rows="1" autocomplete="off" on:keydown=press_key></textarea>
            </label>
            <Button kind=ButtonKind::Plain name=name on_press=Callback::new(move |()| submit())>
                {button_label}
            </Button>
        </div>
    }
}
