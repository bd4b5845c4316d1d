use leptos::prelude::*;

use super::{document, press};

/// A one-time link that was opened. Nothing is used up before the button is pressed: programs that preview links follow
/// them, but press nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// What the link is for, a heading.
    pub title: String,
    /// What happens when the button is pressed, one sentence.
    pub words: String,
    /// The link's text, which goes back with the button.
    pub link: String,
}

/// The document.
#[must_use]
pub fn sign_in(css: &'static str, page: SignIn) -> String {
    let SignIn { title, words, link } = page;
    let button = press(
        "/sign-in",
        "Sign in on this device",
        "button button-main",
        vec![("link", link)],
    );
    let content = view! {
        <main class="conversation conversation-empty">
            <div class="empty-state">
                <h1>{title.clone()}</h1>
                <p>{words}</p>
                {button}
            </div>
        </main>
    };
    document(css, &title, content.into_any())
}
