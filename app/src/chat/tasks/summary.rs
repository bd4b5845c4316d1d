//! The summary that the model gets in the place of earlier messages.

use common::{callable::Callable, state::Compacted};
use leptos::{ev::Event, prelude::*, task::spawn_local};
use serde_json::Value;

use crate::{
    browser::dom,
    chat::{MethodCall, UseChat},
    components::Markdown,
};

/// A quiet line behind the last message that the summary covers; the summary opens in it.
#[component]
pub(super) fn SummaryDetails(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let text = RwSignal::new(None::<Result<String, String>>);
    let open = move |event: Event| {
        let is_known = text.with_untracked(|text| matches!(text, Some(Ok(_))));
        if dom::is_opened(&event) && !is_known {
            let asked = chat.call(MethodCall::new(Callable::GetSummary.as_str(), Vec::new()));
            spawn_local(async move {
                let answer = asked.await.map_err(|error| error.to_string());
                text.try_set(Some(answer.map(|summary| text_of(&summary))));
            });
        }
    };
    let shown = move || match text.get() {
        None => view! { <p role="status">"Loading…"</p> }.into_any(),
        Some(Ok(text)) => view! { <Markdown source=text /> }.into_any(),
        Some(Err(error)) => view! { <p role="alert">{error}</p> }.into_any(),
    };
    view! {
        <details class="summary-line" on:toggle=open>
            <summary>"Earlier messages were summarised"</summary>
            <p class="summary-note">
                "The model gets this summary in the place of the messages above. They stay here and can be searched."
            </p>
            {shown}
        </details>
    }
}

/// Says why the conversation could not be summarised.
#[component]
pub(super) fn SummaryProblem(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let problem = Memo::new(move |_| compacted(chat).problem);
    let notice = move || {
        problem.get().map(|problem| {
            view! {
                <div class="notice" role="status">
                    <p>
                        "Earlier messages could not be summarised: " <bdi>{problem}</bdi>
                        " The conversation continues as before; to try again, write /compact."
                    </p>
                </div>
            }
        })
    };
    view! { {notice} }
}

/// Where the newest summary stands.
fn compacted(chat: UseChat) -> Compacted {
    chat.facts
        .with(|facts| Compacted::of_state(facts.state.as_ref()))
}

fn text_of(summary: &Value) -> String {
    let text = summary.get("text").and_then(Value::as_str);
    text.unwrap_or("There is no summary any more.").to_owned()
}
