//! What goes into a tool and comes out of it, as text.

use common::message::{ToolPart, ToolState};
use serde_json::Value;

use crate::components::node::{Node, element};

/// So many lines are in sight; there is a button for the rest.
const LINES: usize = 40;

/// And so many bytes, since a line may be a whole file.
const BYTES: usize = 4_000;

/// Input and output of a call. `is_told`: what the input asks for is shown elsewhere.
pub(super) fn input_and_output(call: &ToolPart, is_told: bool) -> Vec<Node> {
    let mut content = Vec::new();
    if let Some(input) = call.state.input() {
        let input = block("Input", &pretty(input));
        if is_told {
            let summary = element("summary", vec![Node::Text("All of the input".to_owned())]);
            let mut folded = vec![summary.into()];
            folded.extend(input);
            let folded = element("details", folded).with("class", "tool-folded");
            content.push(folded.into());
        } else {
            content.extend(input);
        }
    }
    match &call.state {
        ToolState::OutputAvailable { output, .. } => {
            content.extend(block("Output", &pretty(output)));
        }
        ToolState::OutputError { error_text, .. } => content.extend(block("Error", error_text)),
        ToolState::OutputDenied { approval, .. } => {
            if let Some(reason) = &approval.reason {
                content.extend(block("Reason", reason));
            }
        }
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => {}
    }
    content
}

/// A text under its name; of a long one the beginning, and the rest on demand.
fn block(label: &str, text: &str) -> Vec<Node> {
    let label_line = element("p", vec![Node::Text(label.to_owned())]).with("class", "tool-label");
    let (shown, rest) = cut(text);
    let mut nodes = vec![label_line.into(), pre(label, shown)];
    if !rest.is_empty() {
        let words = format!("Show all: {} more lines", rest.lines().count());
        let summary = element("summary", vec![Node::Text(words)]);
        let rest = pre(&format!("{label}, the rest"), rest);
        let folded = element("details", vec![summary.into(), rest]);
        nodes.push(folded.with("class", "tool-folded").into());
    }
    nodes
}

fn pre(label: &str, text: &str) -> Node {
    let code = element("code", vec![Node::Text(text.to_owned())]);
    element("pre", vec![code.into()])
        .with("class", "tool-text")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", label.to_owned())
        .into()
}

/// The beginning that is shown, and the rest.
fn cut(text: &str) -> (&str, &str) {
    let mut ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let by_lines = ends.nth(LINES.saturating_sub(1)).unwrap_or(text.len());
    let by_bytes = text.floor_char_boundary(BYTES);
    text.split_at(by_lines.min(by_bytes))
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
