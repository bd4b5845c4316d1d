//! Who reads this page, as far as it matters to the page. The server knows; the page carries it to the browser.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::{Backend, Reader},
    components::node::{Node, element},
};

/// Finds out who reads the page, once for all pages.
pub(crate) fn provide_reader() {
    let reader = SharedValue::new(|| {
        let backend = use_context::<Arc<dyn Backend>>();
        backend.map_or_else(Reader::default, |backend| backend.reader())
    });
    provide_context(reader.into_inner());
}

/// Whether the reader can only read this conversation.
pub(crate) fn is_read_only(name: &str) -> bool {
    use_context::<Reader>().is_some_and(|reader| reader.read_only.as_deref() == Some(name))
}

/// What stands in the place of the composer.
pub(crate) fn read_only_note() -> Node {
    let words = "This conversation is shared with you for reading.";
    element("p", vec![words.into()])
        .with("class", "read-only-note")
        .with("role", "note")
        .into()
}

/// The way to the account, where people sign in.
pub(crate) fn account_link() -> Option<Node> {
    let reader = use_context::<Reader>().filter(|reader| reader.is_signed_in);
    reader.map(|_| {
        // The server's own page, not one of the router's.
        element("a", vec!["Account".into()])
            .with("class", "button button-quiet")
            .with("href", "/account")
            .with("rel", "external")
            .into()
    })
}
