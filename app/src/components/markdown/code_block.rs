//! Code with its language and buttons.

use leptos::{html::Code as CodeElement, prelude::*};

use super::{
    code_name,
    fence::{CodeReader, FencedCode},
};
use crate::{
    browser::{dom, save},
    components::{CopyButton, GrowingText},
};

/// Code of more lines than this is folded.
const LONG: usize = 60;

/// A code as a text.
#[derive(Clone, Debug)]
pub(super) enum Code {
    /// All of it.
    Still(String),
    /// A block of markdown with its fences, which may become longer.
    Growing(ArcRwSignal<String>),
}

impl Code {
    /// The code as it stands.
    fn text(&self) -> String {
        match self {
            Self::Still(text) => text.clone(),
            Self::Growing(block) => {
                let block = block.read_untracked();
                FencedCode::read(&block).map_or_else(String::new, |code| code.code())
            }
        }
    }
}

/// A block of code. It scrolls by itself, by keyboard too. What its buttons do is kept by the page, since the text around it
/// may be rendered again at any time.
#[component]
pub(super) fn CodeBlock(
    /// What the writer called it; it may be empty.
    #[prop(into)]
    language: Signal<String>,
    /// The code.
    code: Code,
) -> impl IntoView {
    let text = code.text();
    let lines = RwSignal::new(lines_with(0, &text));
    let element = NodeRef::<CodeElement>::new();
    if let Code::Growing(block) = &code {
        grow(block.clone(), element, lines, text.is_empty());
    }
    let copied = code.clone();
    let save = move |_| {
        let name = language.with_untracked(|language| code_name::file_name(language));
        save::save(&name, &code.text());
    };
    Effect::new(dom::colour_code);
    let is_long = Memo::new(move |_| lines.get() > LONG);
    let label = move || language.with(|language| label(language));
    view! {
        <div class="code" class:foldable=move || is_long.get()>
            <div class="code-bar">
                <span class="code-language">{move || language.get()}</span>
                <span class="code-buttons">
                    <button
                        type="button"
                        class="copy"
                        aria-pressed="false"
                        aria-label="Wrap long lines"
                        on:click=|event| dom::toggle(&event, ".code", "data-wrapped")
                    >
                        "Wrap"
                    </button>
                    <button type="button" class="copy" aria-label="Download the code" on:click=save>
                        "Download"
                    </button>
                    <CopyButton label="Copy" content=move || copied.text() />
                </span>
            </div>
            <pre tabindex="0" role="group" aria-label=label>
                <code node_ref=element data-language=move || language.get()>{GrowingText(text)}</code>
            </pre>
            <Show when=move || is_long.get()>
                <button
                    type="button"
                    class="show-all"
                    on:click=|event| dom::unfold(&event, ".code")
                >
                    {move || format!("Show all {} lines", lines.get())}
                </button>
            </Show>
        </div>
    }
}

/// Appends what comes to the code on screen: copied at each delta, a long one would hold up the page.
fn grow(
    block: ArcRwSignal<String>,
    element: NodeRef<CodeElement>,
    lines: RwSignal<usize>,
    is_empty: bool,
) {
    let mut reader = CodeReader::default();
    block.with_untracked(|block| reader.read(block));
    Effect::new(move |has_run: Option<bool>| {
        let Some(element) = element.get() else {
            return false;
        };
        if has_run != Some(true) && is_empty {
            // The server writes a blank where there is no text.
            dom::set_text(&element, "");
        }
        let added = block.with(|block| reader.read(block));
        if !added.is_empty() {
            dom::append_text(&element, &added);
            lines.update(|lines| *lines = lines_with(*lines, &added));
        }
        true
    });
}

/// The number of lines when text is appended to a text with this many.
fn lines_with(before: usize, added: &str) -> usize {
    if added.is_empty() {
        return before;
    }
    before.max(1) + added.matches('\n').count()
}

fn label(language: &str) -> String {
    match language {
        "" => "Code".to_owned(),
        language => format!("Code, {language}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_however_the_text_comes() {
        let text = "a\nb\n\nc";
        for cut in 0..=text.len() {
            let (one, other) = text.split_at(cut);
            assert_eq!(lines_with(lines_with(0, one), other), 4, "cut at {cut}");
        }
        assert_eq!(lines_with(0, ""), 0);
    }
}
