//! Says on the start page that the built-in demo model answers.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::Backend,
    components::{
        node::{Node, element},
        outside_link::link,
    },
};

const HOW_TO: &str = "https://openrouter.ai/keys";

/// Whether the built-in demo model answers. The server knows; the page carries it to the browser.
#[derive(Clone, Copy)]
struct IsDemo(bool);

/// Finds out which model answers, once for all pages.
pub(crate) fn provide_model_kind() {
    let is_demo = SharedValue::new(|| {
        use_context::<Arc<dyn Backend>>().is_some_and(|backend| backend.is_demo())
    });
    provide_context(IsDemo(is_demo.into_inner()));
}

/// Tells a newcomer that no real model answers here, and how to connect one; `None` where a real one does.
pub(crate) fn demo_note() -> Option<Node> {
    if !use_context::<IsDemo>().is_some_and(|IsDemo(is_demo)| is_demo) {
        return None;
    }
    let key = link(HOW_TO.to_owned(), vec!["a key of OpenRouter".into()]);
    let setting = |name: &str| Node::from(element("code", vec![name.into()]));
    let words = vec![
        "This is the built-in demo model: it knows a few answers by heart and can try out the tools. To connect a real \
         model, set "
            .into(),
        setting("OPENROUTER_API_KEY"),
        " to ".into(),
        key,
        ", or ".into(),
        setting("OPENROUTER_BASE_URL"),
        " to a server of your own, and restart.".into(),
    ];
    let note = element("p", words).with("class", "demo-note");
    Some(
        note.with("role", "note")
            .with("aria-label", "Demo model")
            .into(),
    )
}
