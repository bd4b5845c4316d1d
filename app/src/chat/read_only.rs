//! A conversation that was shared for reading.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::Backend,
    components::node::{Node, element},
};

/// The name of the conversation that the reader of this page can only read. The server knows; the page carries it to the
/// browser.
#[derive(Clone)]
struct ReadOnly(Option<String>);

/// Finds out what the reader may do, once for all pages.
pub(crate) fn provide_reader() {
    let name = SharedValue::new(|| {
        use_context::<Arc<dyn Backend>>().and_then(|backend| backend.read_only())
    });
    provide_context(ReadOnly(name.into_inner()));
}

/// Whether the reader can only read this conversation.
pub(crate) fn is_read_only(name: &str) -> bool {
    use_context::<ReadOnly>().is_some_and(|ReadOnly(only)| only.as_deref() == Some(name))
}

/// What stands in the place of the composer.
pub(crate) fn read_only_note() -> Node {
    let words = "This conversation is shared with you for reading.";
    element("p", vec![words.into()])
        .with("class", "read-only-note")
        .with("role", "note")
        .into()
}
