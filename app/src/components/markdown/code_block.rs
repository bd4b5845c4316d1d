//! Code with its language and a button.

use leptos::prelude::*;

use crate::components::{CopyButton, Erase};

/// A block of code. It scrolls by itself, by keyboard too. `language` is what the writer called it; it may be empty.
pub(super) fn code_block(language: Signal<String>, code: Signal<String>) -> AnyView {
    let label = Signal::derive(move || {
        language.with(|language| {
            if language.is_empty() {
                "Code".to_owned()
            } else {
                format!("Code, {language}")
            }
        })
    });
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
    .erase()
}
