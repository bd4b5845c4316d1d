//! What went wrong beside the turns.

use leptos::prelude::*;

use super::UseChat;
use crate::components::{Alert, Button, ButtonKind};

/// Cause, cost and next step of a problem; nothing while all is well.
#[component]
pub(crate) fn ProblemNotice(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let problem = Memo::new(move |_| chat.facts.with(|facts| facts.problem.clone()));
    let dismiss = Callback::new(move |()| chat.dismiss());
    view! {
        {move || {
            let problem = problem.get()?;
            let (cause, lost, next) = (problem.cause(), problem.lost(), problem.next_step());
            Some(view! {
                <Alert text=format!("{cause} {lost} {next}")>
                    <Button kind=ButtonKind::Quiet on_press=dismiss>
                        "Dismiss"
                    </Button>
                </Alert>
            }
            .into_any())
        }}
    }
}
