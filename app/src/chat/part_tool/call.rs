//! A call with what the agent says about it.

use common::{
    ask_user,
    id::ToolCallId,
    message::{CallDetails, Message, Part, ToolPart, ToolState},
};

/// A call and what the agent says about it beside.
#[derive(Clone, PartialEq)]
pub(super) struct DetailedCall {
    pub(super) call: ToolPart,
    pub(super) details: CallDetails,
}

/// The call that a part is.
pub(super) fn call_of(part: &Part) -> Option<ToolPart> {
    if let Part::Tool(call) = part {
        Some(call.as_ref().clone())
    } else {
        None
    }
}

/// The last word about a call counts.
pub(super) fn details_of(call: &ToolCallId, message: &Message) -> CallDetails {
    let said = message.parts.iter().rev().find_map(|part| {
        if let Part::Data(part) = part {
            CallDetails::of(part).filter(|(id, _)| id == call)
        } else {
            None
        }
    });
    said.map(|(_, details)| details).unwrap_or_default()
}

/// Whether the model asks the user.
pub(super) fn is_question(call: &ToolPart) -> bool {
    call.name == ask_user::NAME
}

/// Whether the model asks the user and has no answer yet.
pub(super) fn is_open_question(call: &ToolPart) -> bool {
    is_question(call) && matches!(call.state, ToolState::InputAvailable { .. })
}

/// What a call is named by.
pub(super) fn title(call: &ToolPart) -> String {
    let title = call.details.title.clone();
    title.unwrap_or_else(|| match call.name.as_str() {
        ask_user::NAME => "Question".to_owned(),
        name => name.to_owned(),
    })
}
