//! Code with its language and a button.

use leptos::prelude::*;

use crate::components::{
    copy_button,
    dynamic::text,
    node::{Node, element},
};

/// A block of code. It scrolls by itself, by keyboard too. `language` is what the writer called it; it may be empty.
pub(super) fn code_block(language: Signal<String>, code: Signal<String>) -> Node {
    let label = move || {
        language.with(|language| match language.as_str() {
            "" => "Code".to_owned(),
            language => format!("Code, {language}"),
        })
    };
    let named = element("span", vec![text(move || language.get())]).with("class", "code-language");
    let bar = element("div", vec![named.into(), copy_button("Copy", code)]);
    let bar = bar.with("class", "code-bar");
    let code = element("code", vec![text(move || code.get())]);
    let pre = element("pre", vec![code.into()])
        .with("tabindex", "0")
        .with("role", "group")
        .following("aria-label", move || Some(label()));
    element("div", vec![bar.into(), pre.into()])
        .with("class", "code")
        .into()
}
