//! What the page knows of its own build, and reloading it.

use common::json;
use gloo_net::http::Request;
use leptos::prelude::{Callable, Callback, RwSignal, Update as _, document, window};
use leptos::prelude::{on_cleanup, window_event_listener_untyped};
use leptos::task::spawn_local;
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, RequestCache, Storage, VisibilityState};

use super::page;

/// Under which name a tab keeps the build that it was reloaded for.
const RELOADED_FOR: &str = "coder:reloaded-for";

/// The build that the server made this page of.
pub(crate) fn own_build() -> Option<String> {
    document().document_element()?.get_attribute("data-build")
}

/// The build that this tab was reloaded for last.
pub(crate) fn reloaded_for() -> Option<String> {
    session()?.get_item(RELOADED_FOR).ok().flatten()
}

/// Notes that this tab is reloaded for a build; whether that worked.
pub(crate) fn note_reload(build: &str) -> bool {
    session().is_some_and(|session| session.set_item(RELOADED_FOR, build).is_ok())
}

/// Loads the page anew.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Whether the user is in the middle of something: a field holds text, or a dialog is open.
pub(crate) fn is_writing() -> bool {
    let is_open = document()
        .query_selector("dialog[open]")
        .is_ok_and(|dialog| dialog.is_some());
    let fields = document().get_elements_by_tag_name("textarea");
    let mut fields = (0..fields.length()).filter_map(|index| fields.item(index));
    is_open
        || fields.any(|field| {
            let field = field.dyn_into::<HtmlTextAreaElement>();
            field.is_ok_and(|field| !field.value().is_empty())
        })
}

/// Counts how often the page was hidden.
pub(crate) fn times_hidden() -> RwSignal<u32> {
    let times = RwSignal::new(0);
    let handle = window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Hidden {
            times.try_update(|times| *times += 1);
        }
    });
    on_cleanup(move || handle.remove());
    times
}

/// Asks the server which build it serves. It is not said where the server does not answer.
pub(crate) fn ask_for_build(told: Callback<String>) {
    spawn_local(async move {
        match served().await {
            Ok(Some(build)) => told.run(build),
            Ok(None) => page::warn("The server does not say which version it serves."),
            Err(error) => page::warn(&format!("/version: {error}")),
        }
    });
}

async fn served() -> Result<Option<String>, gloo_net::Error> {
    let request = Request::get("/version").cache(RequestCache::NoStore);
    let text = request.send().await?.text().await?;
    let version = json::parse(&text).ok();
    let page = version.as_ref().and_then(|version| version.get("page"));
    Ok(page.and_then(Value::as_str).map(str::to_owned))
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
