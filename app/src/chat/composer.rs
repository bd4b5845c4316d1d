//! Where messages are written.

use std::time::Duration;

use common::attachments::Draft;
use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{
    UseChat,
    attachments::{AttachButton, AttachmentList, Attachments, Way},
    recall::Recall,
    suggest::{Suggest, SuggestionList},
};
use crate::{
    browser::{field, storage, timer},
    commands::OnPage,
    components::{
        Button, ButtonKind,
        enter_key::{Enter, enter},
    },
};

/// At most so much of a draft is lost when the browser dies; a page that is left loses nothing.
const KEEP_DRAFT_WITHIN: Duration = Duration::from_millis(300);

/// The text field and its buttons. The field belongs to the reader: it is never disabled, and what is typed before the
/// page is hydrated stays in it.
#[component]
pub(crate) fn Composer(
    /// Takes the message, blank or not.
    on_send: Callback<Draft>,
    /// Takes a message that the running turn is to hear at its next step.
    #[prop(optional)]
    on_steer: Option<Callback<Draft>>,
    /// Stops the running turn.
    #[prop(optional)]
    on_stop: Option<Callback<()>>,
    /// Whether a turn runs.
    #[prop(optional, into)]
    is_busy: Signal<bool>,
    /// The name under which the draft outlives the page.
    #[prop(into)]
    draft: String,
    /// The files of the message.
    attachments: Attachments,
    /// The conversation that may give a message back.
    #[prop(optional)]
    chat: Option<UseChat>,
    /// Whether the field has the focus from the start.
    #[prop(optional)]
    is_focused: bool,
    /// What stands beside the buttons.
    #[prop(optional)]
    tools: Option<AnyView>,
    /// What hovers above it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let draft = StoredValue::new(draft);
    let keep = move || {
        if let Some(text) = field::text_of(field) {
            draft.try_with_value(|draft| storage::keep_draft(draft, &text));
        }
    };
    // Not at every key: a long text would be written as often as it is typed.
    let keep_soon = timer::soon(KEEP_DRAFT_WITHIN, keep);
    let send = move |way: Way| {
        if attachments.hold(way) {
            return;
        }
        let take = match way {
            Way::Send => on_send,
            Way::Steer => on_steer.unwrap_or(on_send),
        };
        let files = attachments.take();
        let text = field::take_text(field);
        // The outbox keeps the message from here on.
        take.run(Draft { text, files });
        keep();
        field::fit(field);
        field::focus(field);
    };
    let suggest = Suggest::new(field);
    let submit = move |way: Way| {
        if suggest.submit(Callback::new(move |()| send(way))) {
            field::focus(field);
        } else {
            send(way);
        }
    };
    Effect::new(move || {
        if field.get().is_some() {
            // What was typed before the page was hydrated is newer than the draft.
            match draft.with_value(|draft| storage::draft(draft)) {
                Some(text) if field::text_of(field).is_some_and(|there| there.is_empty()) => {
                    field::put_text(field, &text);
                }
                Some(_) | None => keep(),
            }
            field::fit(field);
            field::name_enter(field);
            if is_focused {
                field::focus(field);
            }
        }
    });
    Effect::new(move || {
        if let Some(Draft { text, files }) = chat.and_then(|chat| chat.take_given_back()) {
            attachments.give_back(files);
            field::put_text(field, &text);
            keep();
            field::fit(field);
            field::focus(field);
        }
    });
    let insert = Callback::new(move |text: String| {
        field::insert_text(field, &text);
        keep();
        field::fit(field);
        field::focus(field);
    });
    // Once the page is hydrated.
    Effect::new(move || attachments.begin(chat, insert));
    Effect::new(move || {
        if let Some(way) = attachments.take_due() {
            untrack(|| send(way));
        }
    });
    let recall = Recall::new(chat);
    let press_key = move |event: KeyboardEvent| {
        // A list is closed by Escape before the turn is stopped by it.
        if suggest.press(&event) {
            return;
        }
        if let Some(on_stop) = on_stop.filter(|_| is_escape(&event) && is_busy.get_untracked()) {
            event.prevent_default();
            return on_stop.run(());
        }
        match (enter(&event), on_steer) {
            (Some(Enter::WithCtrl), Some(_)) => submit(Way::Steer),
            (Some(_), _) => submit(Way::Send),
            (None, _) => {
                if recall.press(&event, field) {
                    field::fit(field);
                    keep_soon.run(());
                }
            }
        }
    };
    let stop = on_stop.map(|on_stop| {
        Callback::new(move |()| {
            on_stop.run(());
            field::focus_composer();
        })
    });
    let can_steer = Signal::derive(move || on_steer.is_some() && is_busy.get());
    let placeholder = move || {
        if can_steer.get() && !field::is_on_glass() {
            "Enter sends it after this answer, Ctrl + Enter at its next step"
        } else {
            "Ask for code, or about code"
        }
    };
    let said = OnPage::of_page().map(|on_page| on_page.said);
    view! {
        <footer class="composer">
            {children.map(|children| children())}
            <p class="composer-said" role="status">
                {move || said.and_then(|said| said.get())}
            </p>
            <div class="composer-card">
                <AttachmentList attachments />
                <SuggestionList suggest />
                <textarea
                    node_ref=field
                    class="composer-field"
                    aria-label="Message"
                    placeholder=placeholder
                    rows="1"
                    dir="auto"
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-autocomplete="list"
                    aria-controls=move || suggest.chosen.with(Option::is_some).then_some("suggestions")
                    aria-activedescendant=move || suggest.chosen.get()
                    on:keydown=press_key
                    on:paste=move |event| attachments.paste(&event)
                    on:compositionstart=move |_| suggest.compose(true)
                    on:compositionend=move |_| suggest.compose(false)
                    on:input=move |_| {
                        field::fit(field);
                        keep_soon.run(());
                        suggest.written();
                    }
                ></textarea>
                <div class="composer-buttons">
                    <AttachButton attachments />
                    {tools.map(|tools| view! { <div class="tools">{tools}</div> })}
                    <KeyHint can_steer />
                    <Show when=move || is_busy.get()>
                        {stop
                            .map(|stop| {
                                view! {
                                    <Button
                                        kind=ButtonKind::Plain
                                        icon="icon icon-stop"
                                        on_press=stop
                                    >
                                        "Stop"
                                    </Button>
                                }
                            })}
                    </Show>
                    <Button
                        kind=ButtonKind::Main
                        on_press=Callback::new(move |()| submit(Way::Send))
                    >
                        "Send"
                    </Button>
                </div>
            </div>
        </footer>
    }
}

/// While an input method composes, Escape ends that.
fn is_escape(event: &KeyboardEvent) -> bool {
    event.key() == "Escape" && !event.is_composing() && event.key_code() != 229
}

/// What the keys do, for those who see it: a screen reader says what a field is for.
#[component]
fn KeyHint(
    /// Whether there is a turn that could hear a text at its next step.
    can_steer: Signal<bool>,
) -> impl IntoView {
    view! {
        <p class="composer-hint" aria-hidden="true">
            <kbd>"Enter"</kbd>
            " sends, "
            <kbd>"Shift"</kbd>
            " + "
            <kbd>"Enter"</kbd>
            " breaks the line"
            <Show when=move || can_steer.get()>
                ", "
                <kbd>"Ctrl"</kbd>
                " + "
                <kbd>"Enter"</kbd>
                " is heard at the next step"
            </Show>
        </p>
    }
}
