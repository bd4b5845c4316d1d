//! Code with its language and a button.

use leptos::prelude::*;

use crate::components::CopyButton;

/// A block of code. It scrolls by itself, by keyboard too.
#[component]
pub(super) fn CodeBlock(
    /// What the writer called it; may be empty.
    language: Signal<String>,
    code: Signal<String>,
) -> impl IntoView {
    let label = move || {
        language.with(|language| {
            if language.is_empty() {
                "Code".to_owned()
            } else {
                format!("Code, {language}")
            }
        })
    };
    view! {
        <div class="code">
            <div class="code-bar">
                <span class="code-language">{language}</span>
                <CopyButton text=code />
            </div>
            <pre tabindex="0" role="group" aria-label=label>
                <code>{code}</code>
            </pre>
        </div>
    }
}
