//! What went wrong.

use common::client::ChatError;
use leptos::prelude::*;

use super::UseChat;
use crate::components::{Button, ButtonKind, Erase, dynamic::dynamic};

/// Why the last turn failed, and a way on; nothing while all is well.
pub(crate) fn error_bubble(error: ReadSignal<Option<ChatError>>, retry: Callback<()>) -> AnyView {
    dynamic(move || {
        let Some(error) = error.get() else {
            return ().erase();
        };
        view! {
            <div class="error-bubble" role="alert">
                <p>{error.to_string()}</p>
                <Button kind=ButtonKind::Plain label="Retry" press=retry />
            </div>
        }
        .erase()
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
        view! {
            <div class="notice" role="alert">
                <p>{words}</p>
                <Button kind=ButtonKind::Quiet label="Dismiss" press=dismiss />
            </div>
        }
        .erase()
    })
}
