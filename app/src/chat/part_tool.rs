//! A tool call: what is asked of which tool, what came of it, and the user's answer where it waits for one.

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

use super::{PartHandle, RowHandle, UseChat, driver};
use crate::components::{
    Erase,
    dynamic::dynamic,
    node::{Node, element},
};

/// A call and what the agent says about it beside.
#[derive(Clone, PartialEq)]
struct Shown {
    call: ToolPart,
    details: CallDetails,
}

/// Who takes the answer that a call waits for.
#[derive(Clone, Copy)]
enum Asks {
    /// Nobody: it waits for nothing, or was left behind.
    Nothing,
    /// It takes a yes or a no.
    Approval(UseChat),
    /// It is a question to the user.
    Answer(UseChat),
}

/// What was asked of which tool, and what came of it.
pub(crate) fn tool_view(row: RowHandle, part: PartHandle, chat: UseChat) -> AnyView {
    // A message grows with every delta; this part changes a few times.
    let shown = {
        let row = row.clone();
        ArcMemo::new(move |_| {
            let call = part.with(|part| {
                if let Part::Tool(call) = part {
                    Some(call.as_ref().clone())
                } else {
                    None
                }
            });
            let call = call.flatten()?;
            let details = row
                .builder
                .with(|builder| details_of(&call, builder.message()));
            Some(Shown { call, details })
        })
    };
    let id = row.id;
    dynamic(move || {
        let shown = shown.get().map(|shown| {
            // The conversation leaves questions behind that nobody answered.
            let is_last = || chat.last_answer().is_some_and(|last| last.id == id);
            let asks = if shown.call.state.asks() && is_last() {
                Asks::Approval(chat)
            } else if is_open_question(&shown.call) && is_idle(chat) && is_last() {
                Asks::Answer(chat)
            } else {
                Asks::Nothing
            };
            card(&shown, asks)
        });
        shown.erase()
    })
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
    call.name == common::ask_user::NAME
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

fn card(shown: &Shown, asks: Asks) -> Node {
    let Shown { call, details } = shown;
    let (state, words) = state_words(call, asks);
    let title = title(call);
    let span = |class: &'static str, text: String| {
        let span = element("span", vec![Node::Text(text)]);
        Node::from(span.with("class", class))
    };
    // The spaces are for those who hear it.
    let mut summary = vec![span("tool-name", title.clone())];
    // The question itself stands below.
    let is_asked = matches!(asks, Asks::Answer(_));
    let about = about::about(call).filter(|_| !is_asked);
    summary.extend(about.map(|about| span("tool-about", format!(" {about}"))));
    let took = details.took.filter(|_| call.state.is_settled());
    let took = took.map(about::duration).unwrap_or_default();
    summary.push(span("tool-state", format!(" {words}{took}")));
    let mut content = vec![element("summary", summary).into()];
    content.extend(changes::view(details));
    // The diff, or the question, says what the input asks for.
    let is_told = !details.changes.is_empty() || is_question(call);
    content.extend(text::input_and_output(call, is_told));
    let mut folded = element("details", content);
    if !matches!(asks, Asks::Nothing) {
        // What is asked for is in sight.
        folded = folded.with("open", "");
    }
    let mut parts = vec![folded.into()];
    match asks {
        Asks::Nothing => {}
        Asks::Approval(chat) => parts.push(approval::question(call, details, &title, chat)),
        Asks::Answer(chat) => parts.push(ask_user::question(call, chat)),
    }
    element("div", parts)
        .with("class", "tool")
        .with("data-state", state)
        .into()
}

fn title(call: &ToolPart) -> String {
    let title = call.details.title.clone();
    title.unwrap_or_else(|| match call.name.as_str() {
        common::ask_user::NAME => "Question".to_owned(),
        name => name.to_owned(),
    })
}

fn state_words(call: &ToolPart, asks: Asks) -> (&'static str, &'static str) {
    let asks = !matches!(asks, Asks::Nothing);
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
