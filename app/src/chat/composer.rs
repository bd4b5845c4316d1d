//! Where messages are written.

use std::time::Duration;

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{UseChat, driver};
use crate::components::{Button, ButtonKind, Erase, dynamic::when};

/// At most so much of a draft is lost when the browser dies; a page that is left loses nothing.
const KEEP_DRAFT_WITHIN: Duration = Duration::from_millis(300);

/// The text field and its buttons. The field belongs to the reader: it is never disabled, and what is typed before
/// the page is taken over stays in it.
#[component]
pub(crate) fn Composer(
    /// Takes the text. Blank text is not for it to refuse: nothing is sent then.
    send: Callback<String>,
    /// Takes it when the running turn is to hear it at once.
    #[prop(optional)]
    steer: Option<Callback<String>>,
    /// Stops the running turn.
    stop: Callback<()>,
    /// Whether a turn runs.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// The name under which what is being written outlives the page.
    draft: String,
    /// The conversation that may give a text back.
    #[prop(optional)]
    chat: Option<UseChat>,
    /// Whether the field has the focus from the start.
    #[prop(optional)]
    is_focused: bool,
    /// What hovers above it.
    #[prop(optional)]
    above: Option<AnyView>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let draft = StoredValue::new(draft);
    let keep = move || {
        if let Some(text) = driver::text_of(field) {
            draft.try_with_value(|draft| driver::keep_draft(draft, &text));
        }
    };
    // Not at every key: a long text would be written as often as it is typed.
    let keep_soon = driver::soon(KEEP_DRAFT_WITHIN, keep);
    let submit_to = move |take: Callback<String>| {
        // The outbox keeps the message from here on.
        take.run(driver::take_text(field));
        keep();
        driver::fit(field);
        driver::focus(field);
    };
    let submit = Callback::new(move |()| submit_to(send));
    Effect::new(move || {
        if field.get().is_some() {
            // What was typed before the page was taken over is newer than the draft.
            match draft.with_value(|draft| driver::draft(draft)) {
                Some(text) if driver::text_of(field).is_some_and(|there| there.is_empty()) => {
                    driver::put_text(field, &text);
                }
                Some(_) | None => keep(),
            }
            driver::fit(field);
            if is_focused {
                driver::focus(field);
            }
        }
    });
    Effect::new(move || {
        if let Some(text) = chat.and_then(|chat| chat.take_given_back()) {
            driver::put_text(field, &text);
            keep();
            driver::fit(field);
            driver::focus(field);
        }
    });
    let pressed = move |event: KeyboardEvent| {
        // While an input method composes, Enter picks a candidate; Safari tells by the key code alone.
        let is_composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            match steer {
                Some(steer) if event.ctrl_key() || event.meta_key() => submit_to(steer),
                Some(_) | None => submit.run(()),
            }
        }
    };
    let stop_button = when(
        move || is_busy.get(),
        move || {
            view! {
                <Button kind=ButtonKind::Plain label="Stop" press=stop icon="icon icon-stop" />
            }
            .erase()
        },
    );
    let steer_hint = when(
        move || steer.is_some() && is_busy.get(),
        || {
            view! {
                ", "
                <kbd>"Ctrl"</kbd>
                " + "
                <kbd>"Enter"</kbd>
                " is heard at the next step"
            }
            .erase()
        },
    );
    view! {
        <footer class="composer">
            {above}
            <div class="composer-card">
                <textarea
                    node_ref=field
                    class="composer-field"
                    aria-label="Message"
                    placeholder="Ask for code, or about code"
                    rows="1"
                    autocomplete="off"
                    enterkeyhint="send"
                    on:keydown=pressed
                    on:input=move |_| {
                        driver::fit(field);
                        keep_soon.run(());
                    }
                ></textarea>
                <div class="composer-buttons">
                    <p class="composer-hint" aria-hidden="true">
                        <kbd>"Enter"</kbd>
                        " sends, "
                        <kbd>"Shift"</kbd>
                        " + "
                        <kbd>"Enter"</kbd>
                        " breaks the line"
                        {steer_hint}
                    </p>
                    {stop_button}
                    <Button kind=ButtonKind::Main label="Send" press=submit />
                </div>
            </div>
        </footer>
    }
}
