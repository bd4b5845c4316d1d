//! Something that went wrong, with a way on.

use leptos::prelude::*;

/// A box that screen readers announce at once.
#[component]
pub(crate) fn Alert(
    /// Its class.
    #[prop(default = "notice")]
    class: &'static str,
    /// What went wrong.
    #[prop(into)]
    text: String,
    /// Its buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=class role="alert">
            <p>{text}</p>
            {children()}
        </div>
    }
}
