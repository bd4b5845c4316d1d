//! Where messages are written.

use std::time::Duration;

use leptos::{html::Textarea, prelude::*};

use super::{UseChat, driver};
use crate::components::{
    ButtonKind, Erase, button,
    button::icon_button,
    dynamic::when,
    effect,
    field::{self, Enter},
    node::{Node, element},
};

/// At most so much of a draft is lost when the browser dies; a page that is left loses nothing.
const KEEP_DRAFT_WITHIN: Duration = Duration::from_millis(300);

/// What a composer is for.
pub(crate) struct Composer {
    /// Takes the text. Blank text is not for it to refuse: nothing is sent then.
    pub(crate) send: Callback<String>,
    /// Takes it when the running turn is to hear it at once.
    pub(crate) steer: Option<Callback<String>>,
    /// Stops the running turn.
    pub(crate) stop: Callback<()>,
    /// Whether a turn runs.
    pub(crate) is_busy: Signal<bool>,
    /// The name under which what is being written outlives the page.
    pub(crate) draft: String,
    /// The conversation that may give a text back.
    pub(crate) chat: Option<UseChat>,
    /// Whether the field has the focus from the start.
    pub(crate) is_focused: bool,
    /// What hovers above it.
    pub(crate) above: Vec<Node>,
}

/// The text field and its buttons. The field belongs to the reader: it is never disabled, and what is typed before
/// the page is taken over stays in it.
pub(crate) fn composer(composer: Composer) -> Node {
    let Composer {
        send,
        steer,
        stop,
        is_busy,
        draft,
        chat,
        is_focused,
        above,
    } = composer;
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
    effect(move || {
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
    effect(move || {
        if let Some(text) = chat.and_then(|chat| chat.take_given_back()) {
            driver::put_text(field, &text);
            keep();
            driver::fit(field);
            driver::focus(field);
        }
    });
    let area = element("textarea", Vec::new())
        .referred(field)
        .with("class", "composer-field")
        .with("aria-label", "Message")
        .with("placeholder", "Ask for code, or about code")
        .with("rows", "1")
        .with("autocomplete", "off")
        .with("enterkeyhint", "send")
        .on("keydown", move |event| match (field::enter(event), steer) {
            (Some(Enter::WithCtrl), Some(steer)) => submit_to(steer),
            (Some(_), _) => submit.run(()),
            (None, _) => {}
        })
        .on("input", move |_| {
            driver::fit(field);
            keep_soon.run(());
        });
    let stop_button = when(
        move || is_busy.get(),
        move || icon_button(ButtonKind::Plain, "icon icon-stop", "Stop", stop).erase(),
    );
    let buttons = vec![
        hint(steer.is_some(), is_busy),
        stop_button.into(),
        button(ButtonKind::Main, "Send", submit).into(),
    ];
    let buttons = element("div", buttons).with("class", "composer-buttons");
    let card = element("div", vec![area.into(), buttons.into()]).with("class", "composer-card");
    let mut content = above;
    content.push(card.into());
    element("footer", content).with("class", "composer").into()
}

/// What the keys do, for those who see it: a screen reader says what a field is for.
fn hint(can_steer: bool, is_busy: Signal<bool>) -> Node {
    let key = |key: &str| Node::from(element("kbd", vec![key.into()]));
    let steer = when(
        move || can_steer && is_busy.get(),
        move || {
            let words = " is heard at the next step".into();
            vec![", ".into(), key("Ctrl"), " + ".into(), key("Enter"), words].erase()
        },
    );
    let words = vec![
        key("Enter"),
        " sends, ".into(),
        key("Shift"),
        " + ".into(),
        key("Enter"),
        " breaks the line".into(),
        steer.into(),
    ];
    element("p", words)
        .with("class", "composer-hint")
        .with("aria-hidden", "true")
        .into()
}
