//! The title of a page.

use leptos::prelude::*;
use leptos_meta::Title;

/// The title of the document. It may hold what others have written: a name in an address, a conversation's title.
#[component]
pub(crate) fn PageTitle(
    /// The title, as plain text.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! { <Title text=move || in_document(text.get()) /> }
}

/// The server writes titles into the document as they are (`leptos_meta` 0.8), so this is where markup ends.
#[cfg(not(feature = "hydrate"))]
fn in_document(text: String) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The browser takes a title as text.
#[cfg(feature = "hydrate")]
fn in_document(text: String) -> String {
    text
}
