//! A question that the model asks the user.

use common::{
    ask_user::{self, Question},
    message::{ToolOutcome, ToolPart},
};
use leptos::prelude::*;

use super::answer_button::AnswerButton;
use crate::{
    browser::dom,
    chat::UseChat,
    components::{AnswerField, Markdown},
};

/// The question, its options and a field for any other answer.
#[component]
pub(super) fn ModelQuestion(
    /// The call that asks.
    call: ToolPart,
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let asked = call.state.input().map(Question::from_input);
    let Question { question, options } = asked.unwrap_or_default();
    let text = question.as_deref().unwrap_or("Coder asks what to do.");
    let id = &call.tool_call_id;
    let option = |option: &String| {
        let answer = answered(option);
        let answer = Callback::new(move |call| chat.add_tool_output(call, answer.clone()));
        view! {
            <AnswerButton
                label=option.clone()
                name=option.clone()
                call=id.clone()
                on_answer=answer
            />
        }
    };
    let answer = {
        let id = id.clone();
        Callback::new(move |answer: String| {
            dom::focus_tool();
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
            {options.iter().map(option).collect_view()}
            <AnswerField
                label
                button_label="Answer"
                name="Answer the question"
                on_send=answer
            />
        </div>
    }
}

/// What the user said, for the model.
fn answered(words: &str) -> ToolOutcome {
    ToolOutcome::Output(ask_user::answered(words))
}
