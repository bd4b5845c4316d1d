//! Who follows whom.

use super::{LeftOut, Target};
use crate::{AssistantMessage, Content, ModelMessage, ModelRequest, UserMessage};

/// What the user says before an answer that has nothing before it.
const BEGIN: &str = "(The beginning of this conversation is not here.)";

/// What the model says between an output and a message of the user.
const READ: &str = "(I have read this.)";

/// What the user says when the model spoke last.
const GO_ON: &str = "Go on.";

/// Merges system messages at the beginning; later ones become the user's.
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

/// Puts a user message before an answer that nobody asked for.
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

/// Lets the model say a word between an output and a message of the user.
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

/// Merges neighbours of one role.
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

/// The pieces of a message are set apart by a blank line anyway.
fn merge_users(before: &mut UserMessage, user: UserMessage) {
    before.content.extend(user.content);
    before.origin = user.origin.or(before.origin.take());
}

/// What the vendor wants back is that of the later one, where both have it: it may have calls, the one before has none.
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

/// Lets the user have the last word. A request without any message gets one.
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
