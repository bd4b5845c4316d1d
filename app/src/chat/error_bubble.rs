//! What went wrong.

use leptos::prelude::*;

use super::{UseChat, left_out::leave_out_button};
use crate::components::{
    ButtonKind, Erase, button,
    dynamic::dynamic,
    node::{Element, Node, element},
};

/// Why the last turn failed, and a way on; nothing while all is well.
pub(crate) fn error_bubble(chat: UseChat, retry: Callback<()>) -> AnyView {
    dynamic(move || {
        let Some(error) = chat.error.get() else {
            return ().erase();
        };
        let mut buttons = vec![button(ButtonKind::Plain, "Retry", retry)];
        buttons.extend(leave_out_button(chat, retry));
        alert("error-bubble", error.to_string(), buttons)
    })
}

/// What went wrong beside the turns: cause, cost and next step.
pub(crate) fn problem_notice(chat: UseChat) -> AnyView {
    let problem = Memo::new(move |_| chat.facts.with(|facts| facts.problem.clone()));
    let dismiss = Callback::new(move |()| chat.dismiss());
    dynamic(move || {
        let Some(problem) = problem.get() else {
            return ().erase();
        };
        let words = format!(
            "{} {} {}",
            problem.cause(),
            problem.lost(),
            problem.next_step()
        );
        let dismiss = button(ButtonKind::Quiet, "Dismiss", dismiss);
        alert("notice", words, vec![dismiss])
    })
}

fn alert(class: &'static str, words: String, buttons: Vec<Element>) -> AnyView {
    let mut content = vec![element("p", vec![words.into()]).into()];
    content.extend(buttons.into_iter().map(Node::from));
    element("div", content)
        .with("class", class)
        .with("role", "alert")
        .erase()
}
