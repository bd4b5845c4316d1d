//! The card of a call.

use common::{
    client::Status,
    message::{ToolPart, ToolState},
};
use leptos::{
    ev::{Event, KeyboardEvent},
    prelude::*,
};

use super::{
    about,
    approval::ApprovalQuestion,
    ask_user::ModelQuestion,
    call::{DetailedCall, call_of, details_of, is_open_question, is_question, title},
    changes::Changes,
    runs::Runs,
    text::input_and_output,
    words,
};
use crate::{
    browser::dom,
    chat::{PartHandle, RowHandle, UseChat},
    components::Untrusted,
};

/// Which answer of the user a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// None: it waits for nothing, or was left behind.
    Nothing,
    /// A yes or a no.
    Approval,
    /// A text, as an answer to a question.
    Answer,
}

/// What was asked of which tool, and the result.
#[component]
pub(in crate::chat) fn CallView(
    /// The message that the call is in.
    row: RowHandle,
    /// The part.
    part: PartHandle,
    /// The conversation.
    chat: UseChat,
    /// The runs of calls in the message.
    runs: Runs,
) -> impl IntoView {
    let id = row.id.clone();
    let index = part.index();
    let first = part.with_untracked(call_of).flatten()?;
    let details = {
        let call = first.tool_call_id.clone();
        Memo::new(move |_| row.with(|message| details_of(&call, message)))
    };
    let shown = Memo::new(move |last: Option<&DetailedCall>| {
        let last = || last.map_or_else(|| first.clone(), |last| last.call.clone());
        let call = part.with(call_of).flatten().unwrap_or_else(last);
        let details = details.get();
        DetailedCall { call, details }
    });
    let asks = Memo::new(move |_| {
        // The conversation leaves questions behind that nobody answered.
        let is_last = || chat.last_answer().is_some_and(|last| last.id == id);
        let (asks, is_open) =
            shown.with(|shown| (shown.call.state.asks(), is_open_question(&shown.call)));
        if asks && is_last() {
            Asks::Approval
        } else if is_open && is_idle(chat) && is_last() {
            Asks::Answer
        } else {
            Asks::Nothing
        }
    });
    Some(view! {
        <div class="tool-part">
            <RunLine runs index />
            <ToolCard shown asks chat runs index />
        </div>
    })
}

/// The line that a run of calls is folded into, before its first call.
#[component]
fn RunLine(runs: Runs, index: usize) -> impl IntoView {
    let calls = Memo::new(move |_| runs.begun_by(index));
    let is_opened = Memo::new(move |_| runs.is_opened(index));
    view! {
        <Show when=move || calls.get().is_some()>
            <button
                type="button"
                class="tool-run"
                aria-expanded=move || is_opened.get().to_string()
                on:click=move |_| runs.toggle(index)
            >
                {move || format!("{} steps", calls.get().unwrap_or_default())}
            </button>
        </Show>
    }
}

/// A card with the call in a line that opens, and below it the question that it waits with.
#[component]
fn ToolCard(
    shown: Memo<DetailedCall>,
    asks: Memo<Asks>,
    chat: UseChat,
    runs: Runs,
    index: usize,
) -> impl IntoView {
    let is_asked = move || asks.get() != Asks::Nothing;
    let words = move || shown.with(|shown| state_words(&shown.call, is_asked()));
    let about = move || {
        // The question itself stands below.
        let is_in_words = asks.get() == Asks::Answer;
        shown.with(|shown| about::about(&shown.call).filter(|_| !is_in_words))
    };
    let state = move || {
        shown.with(|DetailedCall { call, details }| {
            let took = details.took.filter(|_| call.state.is_settled());
            let took = took.map(about::duration);
            let (_, words) = state_words(call, is_asked());
            // What was done is said before.
            let words = (!words::is_told(call, details)).then(|| words.to_owned());
            let words: Vec<String> = words.into_iter().chain(took).collect();
            format!(" {}", words.join(", "))
        })
    };
    let name = move || {
        shown.with(|DetailedCall { call, details }| {
            words::verb(call, details).map_or_else(|| title(call), str::to_owned)
        })
    };
    let has_words = move || shown.with(|shown| words::verb(&shown.call, &shown.details).is_some());
    let result = move || shown.with(|shown| words::result(&shown.call, &shown.details));
    let press_key = move |event: KeyboardEvent| {
        let call = shown.with_untracked(|shown| shown.call.tool_call_id.clone());
        if asks.get_untracked() != Asks::Approval || dom::is_typed(&event) {
            return;
        }
        match event.key().as_str() {
            "a" | "A" => chat.approve(call),
            "r" | "R" => chat.deny(call),
            _ => return,
        }
        event.prevent_default();
        dom::focus_tool();
    };
    let opened = move |event: Event| {
        if asks.get_untracked() == Asks::Nothing && dom::is_opened(&event) {
            runs.keep_in_sight(index);
        }
    };
    let changes =
        Memo::new(move |_| shown.with(|shown| (shown.details.changes.clone(), shown.details.more)));
    let texts = move || {
        shown.with(|DetailedCall { call, details }| {
            // The diff, or the question, says what the input asks for.
            let is_shown = !details.changes.is_empty() || is_question(call);
            let is_told = is_shown && !words::hands_on(call);
            input_and_output(call, is_told)
        })
    };
    let question = move || match asks.get() {
        Asks::Nothing => ().into_any(),
        Asks::Approval => view! { <ApprovalQuestion shown=shown.get() chat /> }.into_any(),
        Asks::Answer => view! { <ModelQuestion call=shown.get().call chat /> }.into_any(),
    };
    view! {
        <div
            class="tool"
            class:folded-away=move || runs.hides(index)
            data-state=move || words().0
            on:keydown=press_key
        >
            // What is asked for is in sight.
            <details open=move || asks.get() != Asks::Nothing on:toggle=opened>
                <summary>
                    // The spaces are for those who hear it.
                    <span class="tool-name" class:tool-verb=has_words>
                        {name}
                    </span>
                    {move || {
                        about()
                            .map(|about| view! { <span class="tool-about">" " <Untrusted text=about /></span> })
                    }}
                    <span class="tool-result">{result}</span>
                    <span class="tool-state">{state}</span>
                </summary>
                <Changes changes />
                {move || texts()}
            </details>
            {move || question()}
        </div>
    }
}

fn is_idle(chat: UseChat) -> bool {
    matches!(chat.status.get(), Status::Ready | Status::Error)
}

/// The state for the style sheet and for the reader. `asks`: the call waits for the user.
fn state_words(call: &ToolPart, asks: bool) -> (&'static str, &'static str) {
    match &call.state {
        ToolState::InputStreaming { .. } => ("running", "preparing"),
        ToolState::InputAvailable { .. } if asks => ("waiting", "waits for your answer"),
        ToolState::InputAvailable { .. } if is_question(call) => ("settled", "not answered"),
        ToolState::InputAvailable { .. } => ("running", "running"),
        ToolState::ApprovalRequested { .. } if asks => ("waiting", "needs your approval"),
        ToolState::ApprovalRequested { .. } => ("settled", "not answered"),
        ToolState::ApprovalResponded { .. } => ("running", "allowed"),
        ToolState::OutputAvailable {
            preliminary: true, ..
        } => ("running", "running"),
        ToolState::OutputAvailable { .. } if is_question(call) => ("settled", "answered"),
        ToolState::OutputAvailable { .. } => ("settled", "done"),
        ToolState::OutputError { .. } => ("failed", "failed"),
        ToolState::OutputDenied { .. } => ("denied", "refused"),
    }
}
