//! A field for a few words and the button that sends them.

use leptos::{html::Textarea, prelude::*};

use super::{
    button::{ButtonKind, button},
    field,
    node::{Node, element},
};
use crate::chat::driver;

/// The field. Enter sends, Shift and Enter break the line; nothing is sent while it is blank. `label` stands before it,
/// `button_label` on the button; `name` is what the button is called by those who do not see what it stands beside, and
/// begins with its label.
pub(crate) fn answer_field(
    label: &'static str,
    button_label: &'static str,
    name: String,
    send: Callback<String>,
) -> Node {
    let field = NodeRef::<Textarea>::new();
    let submit = Callback::new(move |()| {
        let text = driver::text_of(field).unwrap_or_default();
        match text.trim() {
            "" => driver::focus(field),
            words => send.run(words.to_owned()),
        }
    });
    let area = element("textarea", Vec::new())
        .referred(field)
        .with("rows", "1")
        .with("autocomplete", "off")
        .on("keydown", move |event| {
            if field::enter(event).is_some() {
                submit.run(());
            }
        });
    let words = element("span", vec![label.into()]);
    let send = button(ButtonKind::Plain, button_label, submit).with("aria-label", name);
    let content = vec![
        element("label", vec![words.into(), area.into()]).into(),
        send.into(),
    ];
    element("div", content).with("class", "answer-field").into()
}
