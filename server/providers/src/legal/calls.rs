//! Rules for tool calls and their outputs.

use std::{collections::HashSet, iter};

use serde_json::{Map, Value, json};

use super::{Family, LeftOut, Target, names};
use crate::{
    AssistantMessage, Content, ModelMessage, ModelRequest, ModelToolCall, ToolMessage, UserMessage,
};

/// The output for a call without one.
const NO_OUTPUT: &str = "There is no result.";

/// The maximum length of an id for OpenAI, in characters.
const MOST_OPENAI_ID: usize = 40;

/// Fields with reasoning, which are sent back.
const REASONING_FIELDS: &[&str] = &["reasoning_content", "reasoning", "reasoning_details"];

/// Puts one output directly after each call. An output belongs to the last call with its id that has none; an output
/// without a call is dropped.
pub(super) fn pair(request: &mut ModelRequest, _: &Target<'_>, left_out: &mut Vec<LeftOut>) {
    let mut outputs: Vec<Vec<Option<ToolMessage>>> = Vec::new();
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    let mut kept = Vec::with_capacity(request.messages.len());
    for message in std::mem::take(&mut request.messages) {
        match message {
            ModelMessage::Tool(tool) => {
                let call = open.iter().position(|(id, ..)| *id == tool.tool_call_id);
                let slot = call.map(|at| open.remove(at)).and_then(|(_, group, at)| {
                    outputs.get_mut(group).and_then(|group| group.get_mut(at))
                });
                match slot {
                    Some(slot) => *slot = Some(tool),
                    None => left_out.push(LeftOut {
                        origin: tool.origin,
                        what: "The output of a tool was not sent: it answers no call.".to_owned(),
                    }),
                }
            }
            ModelMessage::Assistant(said) => {
                let group = outputs.len();
                let calls = said.tool_calls.iter().enumerate();
                let calls: Vec<_> = calls
                    .map(|(at, call)| (call.id.clone(), group, at))
                    .collect();
                outputs.push(vec![None; calls.len()]);
                // Calls of the newest step come first; within it, in their order.
                open.splice(0..0, calls);
                kept.push(ModelMessage::Assistant(said));
            }
            other @ (ModelMessage::System(_) | ModelMessage::User(_)) => kept.push(other),
        }
    }
    let mut outputs = outputs.into_iter();
    for message in kept {
        let answers = match &message {
            ModelMessage::Assistant(said) => {
                let outputs = outputs.next().unwrap_or_default();
                let pairs = said.tool_calls.iter().zip(outputs);
                let answer = |(call, output): (&ModelToolCall, Option<ToolMessage>)| {
                    ModelMessage::Tool(output.unwrap_or_else(|| ToolMessage {
                        tool_call_id: call.id.clone(),
                        output: NO_OUTPUT.to_owned(),
                        files: Vec::new(),
                        origin: said.origin.clone(),
                    }))
                };
                pairs.map(answer).collect()
            }
            ModelMessage::System(_) | ModelMessage::User(_) | ModelMessage::Tool(_) => Vec::new(),
        };
        request.messages.push(message);
        request.messages.extend(answers);
    }
}

/// Gives every call a unique id that the model's vendor accepts. Outputs already follow their calls.
pub(super) fn legal_ids(request: &mut ModelRequest, target: &Target<'_>, _: &mut Vec<LeftOut>) {
    let family = target.family();
    let mut used = HashSet::new();
    let mut ids = Vec::new().into_iter();
    for message in &mut request.messages {
        match message {
            ModelMessage::Assistant(said) => {
                for call in &mut said.tool_calls {
                    call.id = id_of(call, family, &used);
                    used.insert(call.id.clone());
                }
                let calls = said.tool_calls.iter().map(|call| call.id.clone());
                ids = calls.collect::<Vec<_>>().into_iter();
            }
            ModelMessage::Tool(tool) => {
                if let Some(id) = ids.next() {
                    tool.tool_call_id = id;
                }
            }
            ModelMessage::System(_) | ModelMessage::User(_) => {}
        }
    }
}

fn id_of(call: &ModelToolCall, family: Family, used: &HashSet<String>) -> String {
    let own = call.vendor.id.as_ref().filter(|id| takes_id(family, id));
    let known = Some(&call.id).filter(|id| names::is_legal_id(id));
    let made = (0_u32..).map(|attempt| names::legal_id(&call.id, attempt));
    let mut ids = own.into_iter().chain(known).cloned().chain(made);
    ids.find(|id| !used.contains(id)).unwrap_or_default()
}

/// Whether models of this family accept an id of their own.
fn takes_id(family: Family, id: &str) -> bool {
    match family {
        Family::Mistral => names::is_legal_id(id),
        Family::Anthropic => {
            let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            !id.is_empty() && id.bytes().all(is_legal)
        }
        Family::OpenAi => (1..=MOST_OPENAI_ID).contains(&id.len()),
        Family::Google | Family::Reasoning | Family::Other => !id.trim().is_empty(),
    }
}

fn calls(request: &mut ModelRequest) -> impl Iterator<Item = &mut ModelToolCall> {
    request
        .messages
        .iter_mut()
        .filter_map(|message| match message {
            ModelMessage::Assistant(said) => Some(&mut said.tool_calls),
            ModelMessage::System(_) | ModelMessage::User(_) | ModelMessage::Tool(_) => None,
        })
        .flatten()
}

/// Replaces tool names that a model made up in an illegal form.
pub(super) fn legal_names(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    for call in calls(request) {
        call.name = names::legal(&call.name);
    }
}

/// Replaces malformed JSON arguments, since a single malformed call would block its conversation forever. The model
/// still sees what it wrote.
pub(super) fn legal_arguments(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    for call in calls(request) {
        if call.arguments.trim().is_empty() {
            call.arguments = "{}".to_owned();
        } else if serde_json::from_str::<Map<String, Value>>(&call.arguments).is_err() {
            call.arguments = json!({"unreadable": call.arguments}).to_string();
        }
    }
}

/// Adds blank reasoning where steps of other models have none.
pub(super) fn reasoning_beside_calls(
    request: &mut ModelRequest,
    target: &Target<'_>,
    _: &mut Vec<LeftOut>,
) {
    if target.family() != Family::Reasoning {
        return;
    }
    for message in &mut request.messages {
        if let ModelMessage::Assistant(said) = message
            && !said.tool_calls.is_empty()
            && said.reasoning.is_empty()
            && !REASONING_FIELDS
                .iter()
                .any(|field| said.vendor.fields.contains_key(*field))
        {
            said.vendor.reasoning = Some("reasoning_content".to_owned());
            said.reasoning = " ".to_owned();
        }
    }
}

/// Turns tool calls into text when the model has no tools now.
pub(super) fn as_text_without_tools(
    request: &mut ModelRequest,
    _: &Target<'_>,
    _: &mut Vec<LeftOut>,
) {
    if !request.tools.is_empty() {
        return;
    }
    let mut names = Vec::new().into_iter();
    for message in &mut request.messages {
        match message {
            ModelMessage::Assistant(said) if !said.tool_calls.is_empty() => {
                let called: Vec<String> = said
                    .tool_calls
                    .iter()
                    .map(|call| call.name.clone())
                    .collect();
                names = called.into_iter();
                *message = ModelMessage::Assistant(reported(said));
            }
            ModelMessage::Tool(tool) => {
                let name = names.next().unwrap_or_default();
                let words = format!("Output of `{name}`:\n\n{}", tool.output);
                let files = tool.files.drain(..).map(Content::File);
                *message = ModelMessage::User(UserMessage {
                    content: iter::once(Content::Text(words)).chain(files).collect(),
                    origin: tool.origin.take(),
                });
            }
            ModelMessage::Assistant(_) | ModelMessage::System(_) | ModelMessage::User(_) => {}
        }
    }
}

/// The step as text. Vendor data is dropped, since its calls no longer exist.
fn reported(said: &AssistantMessage) -> AssistantMessage {
    let words = said
        .tool_calls
        .iter()
        .map(|call| format!("(I called `{}` with {}.)", call.name, call.arguments));
    let text = Some(said.text.trim()).filter(|text| !text.is_empty());
    let text: Vec<String> = text.map(str::to_owned).into_iter().chain(words).collect();
    AssistantMessage {
        text: text.join("\n\n"),
        origin: said.origin.clone(),
        ..AssistantMessage::default()
    }
}
