//! Text that a model, a file or a page wrote, where a person decides by it: paths, diffs, inputs of tools, addresses.
//!
//! Such text can hide characters, reorder what stands around it, or imitate a name. Here its order is its own
//! (`<bdi>`), and each character that cannot be seen, or that reorders, is followed by its name. The name comes from the
//! style sheet: whoever copies the text gets what was written.
//!
//! The characters are those of "Trojan Source" (CVE-2021-42574) and those that Unicode calls default-ignorable
//! (`DerivedCoreProperties.txt`), with the controls and the spaces that look like others.

use leptos::prelude::*;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run<'a> {
    /// What can be seen.
    Seen(&'a str),
    /// A character that cannot, or that changes the order of others.
    Hidden(&'a str),
}

/// A text with its hidden characters made visible.
#[component]
pub(crate) fn Untrusted(
    /// As it was written.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let runs = runs(&text).into_iter().map(|run| match run {
        Run::Seen(text) => text.to_owned().into_any(),
        Run::Hidden(text) => hidden(text).into_any(),
    });
    view! { <bdi>{runs.collect_view()}</bdi> }
}

fn hidden(text: &str) -> impl IntoView {
    let code = text.chars().next().map_or(0, u32::from);
    let name = format!("U+{code:04X}");
    // A screen reader says the name, which stands in no text.
    view! {
        <span class="hidden-character" role="img" aria-label=format!("hidden character {name}") data-name=name>
            {text.to_owned()}
        </span>
    }
}

/// The most bytes of a piece. After 65,536 characters Chromium's HTML parser begins another text node, which no hydration
/// expects.
const RUN_BYTES: usize = 32_000;

/// The pieces of a text, in order; none for an empty one.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some((before, at)) = next_hidden(rest) {
        runs.extend(seen(before));
        let (hidden, after) = rest.get(before.len()..).unwrap_or_default().split_at(at);
        runs.push(Run::Hidden(hidden));
        rest = after;
    }
    runs.extend(seen(rest));
    runs
}

fn seen(mut text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    while !text.is_empty() {
        let (piece, rest) = text.split_at(text.floor_char_boundary(RUN_BYTES));
        runs.push(Run::Seen(piece));
        text = rest;
    }
    runs
}

/// What stands before the first hidden character, and how many bytes that one has.
fn next_hidden(text: &str) -> Option<(&str, usize)> {
    let mut before = None;
    for (at, char) in text.char_indices() {
        let after = text.get(at + char.len_utf8()..).unwrap_or_default();
        if is_hidden(char) && !joins(char, before, after.chars().next()) {
            return Some((text.get(..at)?, char.len_utf8()));
        }
        before = Some(char);
    }
    None
}

/// Whether a character cannot be seen, or changes the order of others.
pub(crate) const fn is_hidden(char: char) -> bool {
    match char {
        // Line ends and tabs are seen by what they do.
        '\n' | '\t' | '\r' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Spaces that are none of the keyboard's.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            true
        }
        // Marks and controls of the order.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        // Nothing to see, or nothing but a line end of its own.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Whether a character that cannot be seen belongs between its neighbours: joiners within the scripts and emoji that need
/// them, the space of Chinese and Japanese text, and the selector that makes a sign an emoji.
const fn joins(char: char, before: Option<char>, after: Option<char>) -> bool {
    const fn is_foreign(char: Option<char>) -> bool {
        matches!(
            char,
            Some(
                '\u{600}'..='\u{10ff}'
                | '\u{1780}'..='\u{18af}'
                | '\u{2190}'..='\u{2bff}'
                | '\u{1f000}'..='\u{1faff}'
                | '\u{fe0f}',
            )
        )
    }
    match char {
        '\u{200c}' | '\u{200d}' => is_foreign(before) && is_foreign(after),
        '\u{fe0e}' | '\u{fe0f}' => {
            is_foreign(before) || matches!(before, Some('#' | '*' | '0'..='9' | '©' | '®'))
        }
        '\u{3000}' => matches!(
            before,
            Some('\u{3001}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}')
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Run<'_>]) {
        assert_eq!(runs(text), expected, "{text:?}");
        let together: String = runs(text)
            .iter()
            .map(|run| match run {
                Run::Seen(text) | Run::Hidden(text) => *text,
            })
            .collect();
        assert_eq!(together, text, "nothing is lost");
    }

    #[test]
    fn what_can_be_seen_stays_as_it_is() {
        for text in [
            "src/main.rs",
            "fn main() {\n\tprintln!(\"ü, ß, 中文, עברית, हिन्दी\");\r\n}",
            "👩‍💻 ❤️ 1️⃣ 🇩🇪",
            "می‌خواهم",
            "日本語　テキスト",
        ] {
            check(text, &[Run::Seen(text)]);
        }
        check("", &[]);
    }

    #[test]
    fn characters_that_hide_or_reorder_are_taken_out() {
        use Run::{Hidden, Seen};
        check(
            "photo\u{202e}gnp.js",
            &[Seen("photo"), Hidden("\u{202e}"), Seen("gnp.js")],
        );
        check("a\u{200b}b", &[Seen("a"), Hidden("\u{200b}"), Seen("b")]);
        check(
            "\u{feff}\u{2066}",
            &[Hidden("\u{feff}"), Hidden("\u{2066}")],
        );
        check("x\u{200d}y", &[Seen("x"), Hidden("\u{200d}"), Seen("y")]);
        check("a\u{a0}b", &[Seen("a"), Hidden("\u{a0}"), Seen("b")]);
        check("a\u{1b}[31m", &[Seen("a"), Hidden("\u{1b}"), Seen("[31m")]);
        check("\u{e0041}", &[Hidden("\u{e0041}")]);
        check("a\u{3000}b", &[Seen("a"), Hidden("\u{3000}"), Seen("b")]);
    }

    #[test]
    fn a_long_text_is_several_nodes() {
        let text = "é".repeat(RUN_BYTES);
        let runs = runs(&text);
        assert_eq!(runs.len(), 2);
        assert!(
            runs.iter()
                .all(|run| *run == Run::Seen(&"é".repeat(RUN_BYTES / 2)))
        );
    }

    #[test]
    fn a_hidden_character_says_its_name_and_is_copied_as_it_was() {
        let html = view! { <Untrusted text="a\u{202e}b" /> }.to_html();
        assert!(html.starts_with("<bdi>"), "{html}");
        for part in [
            "data-name=\"U+202E\"",
            "aria-label=\"hidden character U+202E\"",
            "\u{202e}",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
