//! What the model is told: the system prompt and the transcript, as a provider takes them.

use common::message::{Message, Part, Role, ToolPart, ToolState};

use crate::providers::{ModelMessage, ModelToolCall};

/// Who the model is.
const ROLE: &str = "You are Coder, a coding assistant that people chat with in a browser. Answer in markdown and put \
                    code into fenced blocks that name their language. Be precise and brief; say so when you do not know.";

/// Asks for the rest of an answer that was cut off. The demo model knows these words.
pub const CONTINUE: &str = "Your previous answer was cut off by an interruption. Continue exactly where it stopped: \
                            do not repeat anything and do not comment on the interruption.";

/// The messages of a model call: instructions, the transcript, and the cut-off answer with the request to continue it.
#[must_use]
pub fn messages(
    extra: Option<&str>,
    transcript: &[Message],
    partial: Option<&Message>,
) -> Vec<ModelMessage> {
    let mut out = Vec::with_capacity(transcript.len() + 3);
    let system = match extra {
        None => ROLE.to_owned(),
        Some(extra) => format!("{ROLE}\n\n{extra}"),
    };
    out.push(ModelMessage::System(system));
    for message in transcript {
        push(message, &mut out);
    }
    if let Some(partial) = partial {
        push(partial, &mut out);
        out.push(ModelMessage::User(CONTINUE.to_owned()));
    }
    out
}

fn push(message: &Message, out: &mut Vec<ModelMessage>) {
    match message.role {
        Role::System => push_text(message, ModelMessage::System, out),
        Role::User => push_text(message, ModelMessage::User, out),
        Role::Assistant => push_assistant(message, out),
    }
}

fn push_text(
    message: &Message,
    kind: impl FnOnce(String) -> ModelMessage,
    out: &mut Vec<ModelMessage>,
) {
    let text = message.plain_text();
    if !text.is_empty() {
        out.push(kind(text));
    }
}

/// An assistant's words with its tool calls, then an output for every call: vendors refuse a call without one.
fn push_assistant(message: &Message, out: &mut Vec<ModelMessage>) {
    let tools: Vec<&ToolPart> = message
        .parts
        .iter()
        .filter_map(|part| {
            if let Part::Tool(tool) = part {
                Some(tool.as_ref())
            } else {
                None
            }
        })
        .collect();
    let text = message.plain_text();
    if text.is_empty() && tools.is_empty() {
        return;
    }
    let tool_calls = tools
        .iter()
        .map(|tool| ModelToolCall {
            id: tool.tool_call_id.to_string(),
            name: tool.name.clone(),
            arguments: tool
                .state
                .input()
                .map_or_else(|| "{}".to_owned(), ToString::to_string),
        })
        .collect();
    out.push(ModelMessage::Assistant { text, tool_calls });
    for tool in tools {
        out.push(ModelMessage::Tool {
            tool_call_id: tool.tool_call_id.to_string(),
            output: output_of(tool),
        });
    }
}

fn output_of(tool: &ToolPart) -> String {
    match &tool.state {
        ToolState::OutputAvailable { output, .. } => match output.as_str() {
            Some(text) => text.to_owned(),
            None => output.to_string(),
        },
        ToolState::OutputError { error_text, .. } => format!("The tool failed: {error_text}"),
        ToolState::OutputDenied { .. } => "The user refused this call.".to_owned(),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => "There is no result.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use common::{id::MessageId, message::Message};
    use serde_json::json;

    use super::*;
    use crate::providers::demo;

    fn message(value: serde_json::Value) -> Message {
        serde_json::from_value(value).unwrap()
    }

    fn text(role: Role, text: &str) -> Message {
        Message::text(MessageId::from(text), role, text)
    }

    #[test]
    fn instructions_then_the_transcript() {
        let asked = messages(
            Some("Speak French."),
            &[text(Role::User, "hello"), text(Role::Assistant, "hi")],
            None,
        );
        let [ModelMessage::System(system), user, assistant] = &asked[..] else {
            panic!("{asked:?}")
        };
        assert!(system.starts_with(ROLE) && system.ends_with("Speak French."));
        assert_eq!(*user, ModelMessage::User("hello".to_owned()));
        assert_eq!(
            *assistant,
            ModelMessage::Assistant {
                text: "hi".to_owned(),
                tool_calls: vec![]
            }
        );
    }

    #[test]
    fn messages_without_text_are_left_out() {
        let empty = Message::empty_assistant(MessageId::from("a"));
        assert_eq!(messages(None, &[empty], None).len(), 1);
    }

    #[test]
    fn a_cut_off_answer_comes_with_the_wish_to_continue_it() {
        let partial = text(Role::Assistant, "The answer is");
        let asked = messages(None, &[text(Role::User, "what?")], Some(&partial));
        assert_eq!(asked.last(), Some(&ModelMessage::User(CONTINUE.to_owned())));
        assert!(
            CONTINUE.starts_with(demo::CONTINUE_PREFIX),
            "the demo model knows it by these words"
        );
    }

    #[test]
    fn every_call_has_an_output() {
        let states = [
            json!({"state": "output-available", "input": {"n": 1}, "output": {"sum": 2}}),
            json!({"state": "output-error", "input": {}, "errorText": "broken"}),
            json!({"state": "output-denied", "input": {}}),
            json!({"state": "input-available", "input": {}}),
        ];
        let parts: Vec<_> = (0..)
            .zip(states)
            .map(|(number, mut part): (u32, _)| {
                part["type"] = "tool-add".into();
                part["toolCallId"] = format!("c{number}").into();
                part
            })
            .collect();
        let asked = messages(
            None,
            &[message(
                json!({"id": "a", "role": "assistant", "parts": parts}),
            )],
            None,
        );
        let outputs: Vec<_> = asked
            .iter()
            .filter_map(|message| {
                if let ModelMessage::Tool { output, .. } = message {
                    Some(output.as_str())
                } else {
                    None
                }
            })
            .collect();
        let expected = [
            r#"{"sum":2}"#,
            "The tool failed: broken",
            "The user refused this call.",
            "There is no result.",
        ];
        assert_eq!(outputs, expected);
    }
}
