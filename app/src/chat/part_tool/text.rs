//! What goes into a tool and comes out of it, as text.

use common::message::{ToolPart, ToolState};
use leptos::prelude::*;
use serde_json::Value;

use crate::components::Untrusted;

/// So many lines are in sight; there is a button for the rest.
const LINES: usize = 40;

/// And so many bytes, since a line may be a whole file.
const BYTES: usize = 4_000;

/// Input and output of a call. `is_told`: what the input asks for is shown elsewhere.
pub(super) fn input_and_output(call: &ToolPart, is_told: bool) -> AnyView {
    let input = call.state.input().map(|input| {
        let input = view! { <TextBlock label="Input" text=pretty(input) /> };
        if is_told {
            view! {
                <details class="tool-folded">
                    <summary>"All of the input"</summary>
                    {input}
                </details>
            }
            .into_any()
        } else {
            input.into_any()
        }
    });
    let output = match &call.state {
        ToolState::OutputAvailable { output, .. } => {
            Some(("Output", without_escapes(&pretty(output))))
        }
        ToolState::OutputError { error_text, .. } => Some(("Error", without_escapes(error_text))),
        ToolState::OutputDenied { approval, .. } => {
            approval.reason.clone().map(|reason| ("Reason", reason))
        }
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => None,
    };
    let output = output.map(|(label, text)| view! { <TextBlock label text /> });
    view! {
        {input}
        {output}
    }
    .into_any()
}

/// A text under its name; of a long one the beginning, and the rest on demand.
#[component]
fn TextBlock(label: &'static str, text: String) -> impl IntoView {
    let (shown, rest) = cut(&text);
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="tool-folded">
                <summary>{format!("Show all: {} more lines", rest.lines().count())}</summary>
                <ScrolledText label=format!("{label}, the rest") text=rest.to_owned() />
            </details>
        }
    });
    view! {
        <p class="tool-label">{label}</p>
        <ScrolledText label text=shown.to_owned() />
        {rest}
    }
}

/// A text that scrolls by itself, by keyboard too.
#[component]
fn ScrolledText(#[prop(into)] label: String, text: String) -> impl IntoView {
    view! {
        <pre class="tool-text" tabindex="0" role="group" aria-label=label>
            <code>
                <Untrusted text />
            </code>
        </pre>
    }
}

/// The beginning that is shown, and the rest.
fn cut(text: &str) -> (&str, &str) {
    let mut ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let by_lines = ends.nth(LINES.saturating_sub(1)).unwrap_or(text.len());
    let by_bytes = text.floor_char_boundary(BYTES);
    text.split_at(by_lines.min(by_bytes))
}

/// The text without what would colour it, or move the cursor, on a terminal (ECMA-48): nobody reads that here.
fn without_escapes(text: &str) -> String {
    const ESCAPE: char = '\u{1b}';
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != ESCAPE {
            plain.push(char);
            continue;
        }
        match chars.peek() {
            // A control sequence, up to its last character.
            Some('[') => {
                chars.next();
                while chars.next_if(|char| matches!(char, ' '..='?')).is_some() {}
                chars.next_if(|char| matches!(char, '@'..='~'));
            }
            // A command, such as a link, up to its terminator.
            Some(']') => {
                while let Some(char) = chars.next_if(|char| *char != '\n') {
                    if char == '\u{7}' || (char == ESCAPE && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            Some(_) | None => plain.push(char),
        }
    }
    plain
}

/// A text stays a text; of an object or list each entry gets a line; everything else is JSON.
fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| entry(name, &line(value)))
            .collect::<Vec<_>>()
            .join("\n"),
        Value::Array(entries) => entries.iter().map(line).collect::<Vec<_>>().join("\n"),
        Value::Null | Value::Bool(_) | Value::Number(_) => line(value),
    }
}

/// A text of several lines begins on one of its own.
fn entry(name: &str, text: &str) -> String {
    let gap = if text.contains('\n') { '\n' } else { ' ' };
    format!("{name}:{gap}{text}")
}

fn line(value: &Value) -> String {
    if let Value::String(text) = value {
        text.clone()
    } else {
        serde_json::to_string(value).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_terminals_are_left_out() {
        for (text, expected) in [
            ("plain", "plain"),
            (
                "\u{1b}[1;31mred\u{1b}[0m and \u{1b}[38:5:1mmore\u{1b}[K",
                "red and more",
            ),
            (
                "\u{1b}]8;;https://a.example\u{1b}\\link\u{1b}]8;;\u{7}.",
                "link.",
            ),
            ("\u{1b}]0;never ended\nnext", "\nnext"),
            ("\u{1b}[31", ""),
            ("lone \u{1b}x", "lone \u{1b}x"),
        ] {
            assert_eq!(without_escapes(text), expected);
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_line_or_a_character() {
        assert_eq!(cut("a\nb\n"), ("a\nb\n", ""));
        let lines = "line\n".repeat(LINES + 2);
        let (shown, rest) = cut(&lines);
        assert_eq!((shown.lines().count(), rest), (LINES, "line\nline\n"));
        let wide = "é".repeat(BYTES);
        let (shown, rest) = cut(&wide);
        assert_eq!((shown.len(), rest.len()), (BYTES, BYTES));
        let odd = format!("x{wide}");
        assert_eq!(cut(&odd).0.len(), BYTES - 1);
    }
}
