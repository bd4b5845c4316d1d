//! A button that answers a call.

use common::id::ToolCallId;
use leptos::prelude::*;

use crate::{
    browser::dom,
    components::{Button, ButtonKind},
};

/// A button that answers a call, and goes with the question.
#[component]
pub(super) fn AnswerButton(
    /// How much it asks for attention.
    #[prop(default = ButtonKind::Plain)]
    kind: ButtonKind,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its accessible name. It begins with the label.
    name: String,
    /// The call.
    call: ToolCallId,
    /// Takes the answer.
    on_answer: Callback<ToolCallId>,
) -> impl IntoView {
    let answer = Callback::new(move |()| {
        // The button goes; the focus stays with the call, where its new state is read out.
        dom::focus_tool();
        on_answer.run(call.clone());
    });
    view! {
        <Button kind name on_press=answer>
            {label}
        </Button>
    }
}
