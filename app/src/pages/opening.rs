//! What shows while a page that was reached inside the browser gets what it needs.

use leptos::prelude::AnyView;

use crate::{chat::header, components::node::element};

/// A page that only says what it waits for.
pub(super) fn opening(words: &'static str) -> AnyView {
    let words = element("p", vec![words.into()]).with("class", "opening");
    let main = element("main", vec![words.into()]).with("class", "conversation");
    element("div", vec![header(Vec::new()), main.into()])
        .with("class", "page")
        .erase()
}
