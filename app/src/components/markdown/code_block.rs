//! Code with its language and a button.

use leptos::{html::Code, prelude::*};

use crate::{browser::dom, components::CopyButton};

/// A block of code. It scrolls by itself, by keyboard too.
#[component]
pub(super) fn CodeBlock(
    /// What the writer called it; it may be empty.
    #[prop(into)]
    language: Signal<String>,
    /// The code. It may grow at its end.
    #[prop(into)]
    code: Signal<String>,
) -> impl IntoView {
    let text = NodeRef::<Code>::new();
    // Not a child that follows the signal: that would replace all of the text, and end a selection in it.
    Effect::new(move |shown: Option<String>| {
        let code = code.get();
        if let Some(text) = text.get() {
            dom::grow_text(&text, shown.as_deref(), &code);
        }
        code
    });
    view! {
        <div class="code">
            <div class="code-bar">
                <span class="code-language">{move || language.get()}</span>
                <CopyButton label="Copy" content=code />
            </div>
            <pre tabindex="0" role="group" aria-label=move || language.with(|language| label(language))>
                <code node_ref=text>{code.get_untracked()}</code>
            </pre>
        </div>
    }
}

fn label(language: &str) -> String {
    match language {
        "" => "Code".to_owned(),
        language => format!("Code, {language}"),
    }
}
