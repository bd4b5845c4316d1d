//! A question that the model asks the user.

use common::message::{ToolOutcome, ToolPart};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::{UseChat, approval::answer_button, driver};
use crate::components::{
    answer_field, markdown_nodes,
    node::{Node, element},
};

/// The tool's name.
pub(super) const TOOL: &str = "ask_user";

/// The most options that get a button.
const OPTIONS: usize = 8;

/// The question, its options and a field for any other answer.
pub(super) fn question(call: &ToolPart, chat: UseChat) -> Node {
    let input = call.state.input();
    let field = |name: &str| input.and_then(|input| input.get(name));
    let text = field("question").and_then(Value::as_str);
    let text = text.unwrap_or("Coder asks what to do.");
    let options = field("options").and_then(Value::as_array);
    let options = options.map(Vec::as_slice).unwrap_or_default();
    let id = &call.tool_call_id;
    let option = |option: &Value| {
        let words = option.as_str()?.to_owned();
        let answer = words.clone();
        Some(answer_button(&words, words.clone(), id, move |call| {
            chat.add_tool_output(call, answered(&answer));
        }))
    };
    let words = element("div", markdown_nodes(text)).with("class", "tool-asked");
    let mut parts = vec![words.into()];
    parts.extend(options.iter().take(OPTIONS).filter_map(option));
    let id = id.clone();
    let send = Callback::new(move |answer: String| {
        driver::focus_tool();
        chat.add_tool_output(id.clone(), answered(&answer));
    });
    let label = if options.is_empty() {
        "Your answer"
    } else {
        "Or in your own words"
    };
    let name = "Answer the question".to_owned();
    parts.push(answer_field(label, "Answer", name, send));
    element("div", parts)
        .with("class", "tool-question")
        .with("role", "group")
        .with("aria-label", "Coder asks you")
        .into()
}

/// What the user said, for the model.
fn answered(words: &str) -> ToolOutcome {
    ToolOutcome::Output(json!({ "answer": words }))
}
