//! What went wrong.

use common::client::ChatError;
use leptos::prelude::*;

use super::UseChat;
use crate::components::{
    ButtonKind, Erase, button,
    dynamic::dynamic,
    node::{Element, element},
};

/// Why the last turn failed, and a way on; nothing while all is well.
pub(crate) fn error_bubble(error: ReadSignal<Option<ChatError>>, retry: Callback<()>) -> AnyView {
    dynamic(move || {
        let Some(error) = error.get() else {
            return ().erase();
        };
        let retry = button(ButtonKind::Plain, "Retry", retry);
        alert("error-bubble", error.to_string(), retry)
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
        alert("notice", words, dismiss)
    })
}

fn alert(class: &'static str, words: String, button: Element) -> AnyView {
    let words = element("p", vec![words.into()]);
    element("div", vec![words.into(), button.into()])
        .with("class", class)
        .with("role", "alert")
        .erase()
}
