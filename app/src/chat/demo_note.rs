//! The model of conversations that have chosen none; says on the start page that it is the built-in demo model.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    api::{Backend, OwnModel},
    components::OutsideLink,
};

const HOW_TO: &str = "https://openrouter.ai/keys";

/// The server knows it; the page carries it to the browser.
#[derive(Clone)]
struct Own(OwnModel);

/// Finds out which model answers, once for all pages.
pub(crate) fn provide_model_kind() {
    let own = SharedValue::new(|| {
        let backend = use_context::<Arc<dyn Backend>>();
        backend.map_or(OwnModel::None, |backend| backend.own_model())
    });
    provide_context(Own(own.into_inner()));
}

/// What that model is called, before there is a list of models; `None`: the server is not set up.
pub(super) fn own_model_name() -> Option<String> {
    match use_context::<Own>()?.0 {
        OwnModel::None => None,
        OwnModel::Demo => Some("Demo model".to_owned()),
        OwnModel::Id(id) => Some(id),
    }
}

/// Whether the built-in demo model answers in conversations that have chosen none.
pub(super) fn is_demo() -> bool {
    use_context::<Own>().is_some_and(|Own(own)| own == OwnModel::Demo)
}

/// Tells a newcomer that no real model answers here, and how to connect one; nothing where a real one does.
#[component]
pub(crate) fn DemoNote() -> impl IntoView {
    is_demo().then(|| {
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
