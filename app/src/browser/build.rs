//! The build of the page, and the build for which it was reloaded.

use common::json;
use leptos::prelude::{document, window};
use serde_json::Value;
use web_sys::Storage;

use super::http::Request;

/// The key under which a tab stores the build for which it was reloaded.
const RELOADED_FOR: &str = "coder:reloaded-for";

/// The build of this page.
pub(crate) fn own() -> Option<String> {
    document().document_element()?.get_attribute("data-build")
}

/// The build for which this tab was last reloaded.
pub(crate) fn reloaded_for() -> Option<String> {
    session()?.get_item(RELOADED_FOR).ok().flatten()
}

/// Records that this tab is reloaded for a build; returns whether that worked.
pub(crate) fn note_reload(build: &str) -> bool {
    session().is_some_and(|session| session.set_item(RELOADED_FOR, build).is_ok())
}

/// The build of the server; `None`: the server does not report one.
///
/// # Errors
/// The browser's error when there is no response.
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
