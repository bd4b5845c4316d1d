//! A tool call, and the user's answer to it where it waits for one.

use common::{
    id::ToolCallId,
    message::{Part, ToolPart, ToolState},
};
use leptos::prelude::*;
use serde_json::Value;

use super::{PartHandle, RowHandle, UseChat, driver};
use crate::components::{
    Button, ButtonKind, Erase,
    dynamic::dynamic,
    node::{Node, element},
};

/// What was asked of which tool, and what came of it.
pub(crate) fn tool_view(row: RowHandle, part: PartHandle, chat: UseChat) -> AnyView {
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
    let id = row.id;
    dynamic(move || {
        let call = call.get().map(|call| {
            // The conversation leaves questions behind that nobody answered.
            let asks = call.state.asks() && chat.last_answer().is_some_and(|last| last.id == id);
            card(&call, asks.then_some(chat))
        });
        call.erase()
    })
}

/// `asks`: who takes the answer that the call waits for.
fn card(call: &ToolPart, asks: Option<UseChat>) -> Node {
    let (state, words) = state_words(&call.state, asks.is_some());
    let title = call
        .details
        .title
        .clone()
        .unwrap_or_else(|| call.name.clone());
    let summary = element(
        "summary",
        vec![
            element("span", vec![Node::Text(title.clone())])
                .with("class", "tool-name")
                .into(),
            // The space is for those who hear it.
            element("span", vec![Node::Text(format!(" {words}"))])
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
    let mut details = element("details", content);
    if asks.is_some() {
        // What is asked for is in sight.
        details = details.with("open", "");
    }
    let mut parts = vec![details.into()];
    parts.extend(asks.map(|chat| question(&call.tool_call_id, &title, chat)));
    element("div", parts)
        .with("class", "tool")
        .with("data-state", state)
        .into()
}

fn question(call: &ToolCallId, title: &str, chat: UseChat) -> Node {
    let words = "Coder waits for your answer before it calls this tool.";
    let button = |label, answer: fn(&UseChat, ToolCallId)| {
        let call = call.clone();
        let press = Callback::new(move |()| {
            // The button goes; the focus stays with the call, where its new state is read out.
            driver::focus_tool();
            answer(&chat, call.clone());
        });
        let name = format!("{label} {title}");
        Node::View(view! { <Button kind=ButtonKind::Plain label press name /> }.erase())
    };
    element(
        "div",
        vec![
            element("p", vec![Node::Text(words.to_owned())]).into(),
            button("Allow", UseChat::approve),
            button("Refuse", UseChat::deny),
        ],
    )
    .with("class", "tool-question")
    .with("role", "group")
    .with("aria-label", format!("Approval of {title}"))
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

const fn state_words(state: &ToolState, asks: bool) -> (&'static str, &'static str) {
    match state {
        ToolState::InputStreaming { .. } => ("running", "preparing"),
        ToolState::InputAvailable { .. } => ("running", "running"),
        ToolState::ApprovalRequested { .. } if asks => ("waiting", "needs your approval"),
        ToolState::ApprovalRequested { .. } => ("settled", "not answered"),
        ToolState::ApprovalResponded { .. } => ("running", "allowed"),
        ToolState::OutputAvailable {
            preliminary: true, ..
        } => ("running", "running"),
        ToolState::OutputAvailable { .. } => ("settled", "done"),
        ToolState::OutputError { .. } => ("failed", "failed"),
        ToolState::OutputDenied { .. } => ("denied", "refused"),
    }
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
