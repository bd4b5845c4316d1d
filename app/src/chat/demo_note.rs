//! Says on the start page that the built-in demo model answers.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{api::Backend, components::OutsideLink};

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

/// Tells a newcomer that no real model answers here, and how to connect one; nothing where a real one does.
#[component]
pub(crate) fn DemoNote() -> impl IntoView {
    let is_demo = use_context::<IsDemo>().is_some_and(|IsDemo(is_demo)| is_demo);
    is_demo.then(|| {
        view! {
            <p class="demo-note" role="note" aria-label="Demo model">
                "This is the built-in demo model: it knows a few answers by heart and can try out the tools. To connect a real \
                 model, set "
                <code>"OPENROUTER_API_KEY"</code>
                " to "
                <OutsideLink href=HOW_TO>"a key of OpenRouter"</OutsideLink>
                ", or "
                <code>"OPENROUTER_BASE_URL"</code>
                " to a server of your own, and restart."
            </p>
        }
    })
}
