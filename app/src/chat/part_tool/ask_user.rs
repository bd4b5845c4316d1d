//! A question that the model asks the user.

use common::message::{ToolOutcome, ToolPart};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::{UseChat, approval::AnswerButton, driver};
use crate::components::{AnswerField, Markdown};

/// The tool's name.
pub(super) const TOOL: &str = "ask_user";

/// The most options that get a button.
const OPTIONS: usize = 8;

/// The question, its options and a field for any other answer.
#[component]
pub(super) fn ModelQuestion(
    /// The call that asks.
    call: ToolPart,
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let input = call.state.input();
    let field = |name: &str| input.and_then(|input| input.get(name));
    let text = field("question").and_then(Value::as_str);
    let text = text.unwrap_or("Coder asks what to do.");
    let options = field("options").and_then(Value::as_array);
    let options = options.map(Vec::as_slice).unwrap_or_default();
    let id = &call.tool_call_id;
    let option = |option: &Value| {
        let words = option.as_str()?.to_owned();
        let answer = answered(&words);
        let answer = Callback::new(move |call| chat.add_tool_output(call, answer.clone()));
        Some(view! {
            <AnswerButton label=words.clone() name=words call=id.clone() on_answer=answer />
        })
    };
    let answer = {
        let id = id.clone();
        Callback::new(move |answer: String| {
            driver::focus_tool();
            chat.add_tool_output(id.clone(), answered(&answer));
        })
    };
    let label = if options.is_empty() {
        "Your answer"
    } else {
        "Or in your own words"
    };
    view! {
        <div class="tool-question" role="group" aria-label="Coder asks you">
            <div class="tool-asked"><Markdown source=text.to_owned() /></div>
            {options.iter().take(OPTIONS).filter_map(option).collect_view()}
            <AnswerField
                label=label
                button_label="Answer"
                name="Answer the question"
                on_send=answer
            />
        </div>
    }
}

/// What the user said, for the model.
fn answered(words: &str) -> ToolOutcome {
    ToolOutcome::Output(json!({ "answer": words }))
}
