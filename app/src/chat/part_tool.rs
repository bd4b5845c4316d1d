//! A tool call: what is asked of which tool, its result, and the user's answer where it waits for one.

mod about;
mod approval;
mod ask_user;
mod changes;
mod text;

use common::{
    client::Status,
    message::{CallDetails, Message, Part, ToolPart, ToolState},
};
use leptos::prelude::*;

use self::{
    approval::ApprovalQuestion, ask_user::ModelQuestion, changes::Changes, text::input_and_output,
};
use super::{PartHandle, RowHandle, UseChat, driver};

/// A call and what the agent says about it beside.
#[derive(Clone, PartialEq)]
struct DetailedCall {
    call: ToolPart,
    details: CallDetails,
}

/// Which answer of the user a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// None: it waits for nothing, or was left behind.
    Nothing,
    /// A yes or a no.
    Approval,
    /// An answer in words.
    Answer,
}

/// What was asked of which tool, and the result.
#[component]
pub(super) fn ToolView(
    /// The message that the call is in.
    row: RowHandle,
    /// The part.
    part: PartHandle,
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let id = row.id.clone();
    let first = part.with_untracked(call_of).flatten()?;
    // A message grows with every delta; this part changes a few times.
    let shown = Memo::new(move |last: Option<&DetailedCall>| {
        let last = || last.map_or_else(|| first.clone(), |last| last.call.clone());
        let call = part.with(call_of).flatten().unwrap_or_else(last);
        let details = row
            .builder
            .with(|builder| details_of(&call, builder.message()));
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
    Some(view! { <ToolCard shown=shown asks=asks chat=chat /> })
}

/// A card with the call in a line that opens, and below it the question that it waits with.
#[component]
fn ToolCard(shown: Memo<DetailedCall>, asks: Memo<Asks>, chat: UseChat) -> impl IntoView {
    let is_asked = move || asks.get() != Asks::Nothing;
    let words = move || shown.with(|shown| state_words(&shown.call, is_asked()));
    let about = move || {
        // The question itself stands below.
        let is_in_words = asks.get() == Asks::Answer;
        shown.with(|shown| about::about(&shown.call).filter(|_| !is_in_words))
    };
    let took = move || {
        shown.with(|DetailedCall { call, details }| {
            let took = details.took.filter(|_| call.state.is_settled());
            took.map(about::duration).unwrap_or_default()
        })
    };
    let changes =
        Memo::new(move |_| shown.with(|shown| (shown.details.changes.clone(), shown.details.more)));
    let texts = move || {
        shown.with(|DetailedCall { call, details }| {
            // The diff, or the question, says what the input asks for.
            let is_told = !details.changes.is_empty() || is_question(call);
            input_and_output(call, is_told)
        })
    };
    let question = move || match asks.get() {
        Asks::Nothing => ().into_any(),
        Asks::Approval => view! { <ApprovalQuestion shown=shown.get() chat=chat /> }.into_any(),
        Asks::Answer => view! { <ModelQuestion call=shown.get().call chat=chat /> }.into_any(),
    };
    view! {
        <div class="tool" data-state=move || words().0>
            // What is asked for is in sight.
            <details open=is_asked>
                <summary>
                    // The spaces are for those who hear it.
                    <span class="tool-name">{move || shown.with(|shown| title(&shown.call))}</span>
                    {move || {
                        about()
                            .map(|about| view! { <span class="tool-about">{format!(" {about}")}</span> })
                    }}
                    <span class="tool-state">{move || format!(" {}{}", words().1, took())}</span>
                </summary>
                <Changes changes=changes />
                {texts}
            </details>
            {question}
        </div>
    }
}

fn call_of(part: &Part) -> Option<ToolPart> {
    if let Part::Tool(call) = part {
        Some(call.as_ref().clone())
    } else {
        None
    }
}

/// The last word about a call counts.
fn details_of(call: &ToolPart, message: &Message) -> CallDetails {
    let said = message.parts.iter().rev().find_map(|part| {
        if let Part::Data(part) = part {
            CallDetails::of(part).filter(|(id, _)| *id == call.tool_call_id)
        } else {
            None
        }
    });
    said.map(|(_, details)| details).unwrap_or_default()
}

fn is_question(call: &ToolPart) -> bool {
    call.name == ask_user::TOOL
}

fn is_open_question(call: &ToolPart) -> bool {
    is_question(call) && matches!(call.state, ToolState::InputAvailable { .. })
}

/// Whether a message asks the user something in words.
pub(super) fn asks_in_words(message: &Message) -> bool {
    message.calls().any(is_open_question)
}

fn is_idle(chat: UseChat) -> bool {
    matches!(chat.status.get(), Status::Ready | Status::Error)
}

fn title(call: &ToolPart) -> String {
    let title = call.details.title.clone();
    title.unwrap_or_else(|| match call.name.as_str() {
        ask_user::TOOL => "Question".to_owned(),
        name => name.to_owned(),
    })
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
