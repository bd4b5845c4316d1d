//! Empties the transcript, after a question.

use leptos::{html::Dialog, prelude::*};

use super::driver;
use crate::components::{ButtonKind, Question, button, node::Node};

/// The button and its question.
pub(crate) fn clear_button(clear: Callback<()>) -> [Node; 2] {
    let dialog = NodeRef::<Dialog>::new();
    let ask = Callback::new(move |()| driver::open_modal(dialog));
    let question = Question {
        title: "Clear this conversation?",
        text: "All of its messages are deleted, for everyone who has its address.".into(),
        confirm: "Clear",
        keep: "Keep",
        confirmed: clear,
    };
    [
        button(ButtonKind::Quiet, "Clear", ask).into(),
        question.view(dialog),
    ]
}
