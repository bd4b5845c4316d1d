//! Where messages are written.

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::driver;
use crate::components::{Button, ButtonKind};

/// The text field and its buttons. The field belongs to the reader: it is never disabled, and what is typed before
/// the page is taken over stays in it.
#[component]
pub(crate) fn Composer(
    /// Takes the text. Blank text is not for it to refuse: nothing is sent then.
    send: Callback<String>,
    /// Stops the running turn.
    stop: Callback<()>,
    /// Whether a turn runs.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Whether the field has the focus from the start.
    #[prop(optional)]
    is_focused: bool,
    /// What hovers above it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let submit = Callback::new(move |()| {
        send.run(driver::take_text(field));
        driver::fit(field);
        driver::focus(field);
    });
    Effect::new(move || {
        if field.get().is_some() {
            driver::fit(field);
            if is_focused {
                driver::focus(field);
            }
        }
    });
    let pressed = move |event: KeyboardEvent| {
        // While an input method composes, Enter picks a candidate; Safari tells by the key code alone.
        let is_composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            submit.run(());
        }
    };
    view! {
        <footer class="composer">
            {children.map(|children| children())}
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
                    on:input=move |_| driver::fit(field)
                ></textarea>
                <div class="composer-buttons">
                    <p class="composer-hint" aria-hidden="true">
                        <kbd>"Enter"</kbd>
                        " sends, "
                        <kbd>"Shift"</kbd>
                        " + "
                        <kbd>"Enter"</kbd>
                        " breaks the line"
                    </p>
                    <Show when=move || is_busy.get()>
                        <Button kind=ButtonKind::Plain press=stop>
                            <span class="icon icon-stop" aria-hidden="true"></span>
                            "Stop"
                        </Button>
                    </Show>
                    <Button kind=ButtonKind::Main press=submit>"Send"</Button>
                </div>
            </div>
        </footer>
    }
}
