use leptos::prelude::*;

use super::document;

/// A secret that is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What it is, a heading.
    pub title: String,
    /// How to use it, one or two sentences.
    pub words: String,
    /// The secret, or the link with it.
    pub secret: String,
}

/// The document. It works without a script, so the secret stands in a field that can be selected as a whole.
#[must_use]
pub fn made(css: &'static str, made: Made) -> String {
    let Made {
        title,
        words,
        secret,
    } = made;
    let content = view! {
        <main class="conversation account">
            <h1>{title.clone()}</h1>
            <p>{words}</p>
            <label class="account-secret">
                <span>"Copy it now. It is not shown again."</span>
                <input type="text" readonly autofocus value=secret />
            </label>
            <p>
                <a class="button" href="/account">"Back to the account"</a>
            </p>
        </main>
    };
    document(css, &title, content.into_any())
}
