//! A tool call.

use common::message::{Part, ToolPart, ToolState};
use leptos::prelude::*;
use serde_json::Value;

use super::PartHandle;
use crate::components::{
    Erase,
    dynamic::dynamic,
    node::{Node, element},
};

/// What was asked of which tool, and what came of it.
pub(crate) fn tool_view(part: PartHandle) -> AnyView {
    // A message grows with every delta; this part changes a few times.
    let call = ArcMemo::new(move |_| {
        part.with(|part| {
            if let Part::Tool(call) = part {
                Some(call.as_ref().clone())
            } else {
                None
            }
        })
        .flatten()
    });
    dynamic(move || call.get().map(|call| card(&call)).erase())
}

fn card(call: &ToolPart) -> Node {
    let (state, words) = state_words(&call.state);
    let title = call
        .details
        .title
        .clone()
        .unwrap_or_else(|| call.name.clone());
    let summary = element(
        "summary",
        vec![
            element("span", vec![Node::Text(title)])
                .with("class", "tool-name")
                .into(),
            element("span", vec![Node::Text(words.to_owned())])
                .with("class", "tool-state")
                .into(),
        ],
    );
    let mut content = vec![summary.into()];
    if let Some(input) = call.state.input() {
        content.extend(block("Input", pretty(input)));
    }
    match &call.state {
        ToolState::OutputAvailable { output, .. } => {
            content.extend(block("Output", pretty(output)))
        }
        ToolState::OutputError { error_text, .. } => {
            content.extend(block("Error", error_text.clone()))
        }
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. }
        | ToolState::OutputDenied { .. } => {}
    }
    element("details", content)
        .with("class", "tool")
        .with("data-state", state)
        .into()
}

fn block(label: &str, text: String) -> [Node; 2] {
    let code = element("code", vec![Node::Text(text)]);
    let pre = element("pre", vec![code.into()])
        .with("class", "tool-text")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", label);
    [
        element("p", vec![Node::Text(label.to_owned())])
            .with("class", "tool-label")
            .into(),
        pre.into(),
    ]
}

const fn state_words(state: &ToolState) -> (&'static str, &'static str) {
    match state {
        ToolState::InputStreaming { .. } => ("running", "preparing"),
        ToolState::InputAvailable { .. } | ToolState::ApprovalResponded { .. } => {
            ("running", "running")
        }
        ToolState::ApprovalRequested { .. } => ("waiting", "needs your approval"),
        ToolState::OutputAvailable {
            preliminary: true, ..
        } => ("running", "running"),
        ToolState::OutputAvailable { .. } => ("settled", "done"),
        ToolState::OutputError { .. } => ("failed", "failed"),
        ToolState::OutputDenied { .. } => ("denied", "denied"),
    }
}

/// A text stays a text; of an object or list each entry gets a line; everything else is JSON.
fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", line(value)))
            .collect::<Vec<_>>()
            .join("\n"),
        Value::Array(entries) => entries.iter().map(line).collect::<Vec<_>>().join("\n"),
        Value::Null | Value::Bool(_) | Value::Number(_) => line(value),
    }
}

fn line(value: &Value) -> String {
    if let Value::String(text) = value {
        text.clone()
    } else {
        serde_json::to_string(value).unwrap_or_default()
    }
}
