//! A tool call.

use common::message::{Part, ToolPart, ToolState};
use leptos::prelude::*;
use serde_json::Value;

use super::PartHandle;

/// What was asked of which tool, and what came of it.
#[component]
pub(crate) fn ToolView(part: PartHandle) -> impl IntoView {
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
    move || call.get().map(call_view)
}

fn call_view(call: ToolPart) -> impl IntoView {
    let title = call
        .details
        .title
        .clone()
        .unwrap_or_else(|| call.name.clone());
    let (state, words) = state_words(&call.state);
    let input = call.state.input().map(pretty);
    let (label, result) = match call.state {
        ToolState::OutputAvailable { output, .. } => ("Output", Some(pretty(&output))),
        ToolState::OutputError { error_text, .. } => ("Error", Some(error_text)),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. }
        | ToolState::OutputDenied { .. } => ("", None),
    };
    view! {
        <details class="tool" data-state=state>
            <summary>
                <span class="tool-name">{title}</span>
                <span class="tool-state">{words}</span>
            </summary>
            {input.map(|text| block("Input", text))}
            {result.map(|text| block(label, text))}
        </details>
    }
}

fn block(label: &'static str, text: String) -> impl IntoView {
    view! {
        <p class="tool-label">{label}</p>
        <pre class="tool-text" tabindex="0" role="group" aria-label=label>
            <code>{text}</code>
        </pre>
    }
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

/// A text stays a text; everything else is shown as indented JSON.
fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
    }
}
