//! Rules for the order of roles.

use super::{LeftOut, Target};
use crate::{AssistantMessage, Content, ModelMessage, ModelRequest, UserMessage};

/// The user message before an answer that has none before it.
const BEGIN: &str = "(The beginning of this conversation is not here.)";

/// The answer between an output and a user message.
const READ: &str = "(I have read this.)";

/// The user message after a final answer.
const GO_ON: &str = "Go on.";

/// Merges system messages at the beginning; later ones become user messages.
pub(super) fn one_system_message(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    let is_system = |message: &ModelMessage| matches!(message, ModelMessage::System(_));
    let begin = request
        .messages
        .iter()
        .position(|message| !is_system(message))
        .unwrap_or(request.messages.len());
    let mut system = String::new();
    for message in request.messages.drain(..begin) {
        if let ModelMessage::System(text) = message {
            if !system.is_empty() {
                system.push_str("\n\n");
            }
            system.push_str(text.trim());
        }
    }
    for message in &mut request.messages {
        if let ModelMessage::System(text) = message {
            *message = ModelMessage::user(std::mem::take(text));
        }
    }
    if !system.is_empty() {
        request.messages.insert(0, ModelMessage::System(system));
    }
}

/// Puts a user message before an answer at the beginning.
pub(super) fn user_first(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    let first = usize::from(matches!(
        request.messages.first(),
        Some(ModelMessage::System(_))
    ));
    if matches!(
        request.messages.get(first),
        Some(ModelMessage::Assistant(_))
    ) {
        request.messages.insert(first, ModelMessage::user(BEGIN));
    }
}

/// Puts an answer between an output and a user message.
pub(super) fn no_user_behind_output(
    request: &mut ModelRequest,
    _: &Target<'_>,
    _: &mut Vec<LeftOut>,
) {
    let mut messages = Vec::with_capacity(request.messages.len());
    for message in std::mem::take(&mut request.messages) {
        if matches!(message, ModelMessage::User(_))
            && matches!(messages.last(), Some(ModelMessage::Tool(_)))
        {
            messages.push(ModelMessage::assistant(READ, Vec::new()));
        }
        messages.push(message);
    }
    request.messages = messages;
}

/// Merges adjacent messages of the same role.
pub(super) fn alternate(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    let mut messages: Vec<ModelMessage> = Vec::with_capacity(request.messages.len());
    for message in std::mem::take(&mut request.messages) {
        match (messages.last_mut(), message) {
            (Some(ModelMessage::User(before)), ModelMessage::User(user)) => {
                merge_users(before, user);
            }
            (Some(ModelMessage::Assistant(before)), ModelMessage::Assistant(said)) => {
                merge_answers(before, said);
            }
            (_, message) => messages.push(message),
        }
    }
    request.messages = messages;
}

/// The pieces of a message are separated by a blank line anyway.
fn merge_users(before: &mut UserMessage, user: UserMessage) {
    before.content.extend(user.content);
    before.origin = user.origin.or(before.origin.take());
}

/// Vendor data of the later message wins where both have some: it may have calls, the earlier one has none.
fn merge_answers(before: &mut AssistantMessage, said: AssistantMessage) {
    if !before.text.is_empty() && !said.text.is_empty() {
        before.text.push_str("\n\n");
    }
    before.text.push_str(&said.text);
    before.tool_calls = said.tool_calls;
    before.vendor.fields.extend(said.vendor.fields);
    before.vendor.reasoning = said.vendor.reasoning;
    before.reasoning = said.reasoning;
    before.origin = said.origin.or(before.origin.take());
}

/// Ends the request with a user message or output. An empty request gets one.
pub(super) fn user_last(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    match request.messages.last() {
        Some(ModelMessage::User(_) | ModelMessage::Tool(_)) => {}
        Some(ModelMessage::Assistant(_) | ModelMessage::System(_)) | None => {
            request.messages.push(ModelMessage::User(UserMessage {
                content: vec![Content::Text(GO_ON.to_owned())],
                origin: None,
            }));
        }
    }
}
