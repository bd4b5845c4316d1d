//! Which build the page is of, and for which one it was reloaded.

use common::json;
use leptos::prelude::{document, window};
use serde_json::Value;
use web_sys::Storage;

use super::http::Request;

/// Under which name a tab keeps the build that it was reloaded for.
const RELOADED_FOR: &str = "coder:reloaded-for";

/// The build that the server made this page of.
pub(crate) fn own() -> Option<String> {
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

/// The build that the server serves; `None`: it does not say.
///
/// # Errors
/// What the browser says when there is no answer.
pub(crate) async fn served() -> Result<Option<String>, String> {
    let request = Request::get("/version").uncached();
    let text = request.send().await?.text().await?;
    let version = json::parse(&text).ok();
    let page = version.as_ref().and_then(|version| version.get("page"));
    Ok(page.and_then(Value::as_str).map(str::to_owned))
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
