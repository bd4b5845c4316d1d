//! A question that the model asks the user.

use common::{
    ask_user::{self, Question},
    message::{ToolOutcome, ToolPart},
};
use leptos::prelude::*;

use super::{UseChat, approval::answer_button, driver};
use crate::components::{
    answer_field, markdown_nodes,
    node::{Node, element},
};

/// The question, its options and a field for any other answer.
pub(super) fn question(call: &ToolPart, chat: UseChat) -> Node {
    let asked = call.state.input().map(Question::from_input);
    let Question { question, options } = asked.unwrap_or_default();
    let text = question.as_deref().unwrap_or("Coder asks what to do.");
    let id = &call.tool_call_id;
    let option = |option: &String| {
        let answer = option.clone();
        answer_button(option, option.clone(), id, move |call| {
            chat.add_tool_output(call, answered(&answer));
        })
    };
    let words = element("div", markdown_nodes(text)).with("class", "tool-asked");
    let mut parts = vec![words.into()];
    parts.extend(options.iter().map(option));
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
    ToolOutcome::Output(ask_user::answered(words))
}
