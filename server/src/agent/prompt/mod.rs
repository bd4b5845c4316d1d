//! What the model is told: the system prompt and the transcript, as a provider takes them.

use common::{
    id::MessageId,
    message::{Message, Part, Role, ToolPart, ToolState},
};
use serde_json::Value;

use super::{AnswerSoFar, Gap, instructions::Instructions, pause, prune::prune};
use crate::{
    providers::{AssistantMessage, Content, ModelMessage, ModelToolCall, ToolMessage, UserMessage},
    tools::ask_user,
};

/// Asks for the rest of an answer that was cut off. The demo model knows these words.
pub const CONTINUE: &str = "Your previous answer was cut off by an interruption. Continue exactly where it stopped: \
                            do not repeat anything and do not comment on the interruption.";

/// The messages of a model call that fit `window` tokens, as far as can be.
#[must_use]
pub fn fitting(
    instructions: Instructions<'_>,
    transcript: &[Message],
    answer: Option<&AnswerSoFar>,
    window: usize,
) -> Vec<ModelMessage> {
    let mut out = messages(instructions, transcript, answer);
    // The answer so far is behind the last question.
    let is_question = |message: &ModelMessage| matches!(message, ModelMessage::User(user) if user.text() != CONTINUE);
    let question = out.iter().rposition(is_question);
    let answer_begins = question.map_or(0, |at| at + 1);
    prune(&mut out, answer_begins, window);
    out
}

/// The messages of a model call: instructions, the transcript, and the answer that is gone on with.
#[must_use]
pub fn messages(
    instructions: Instructions<'_>,
    transcript: &[Message],
    answer: Option<&AnswerSoFar>,
) -> Vec<ModelMessage> {
    let mut out = Vec::with_capacity(transcript.len() + 3);
    out.push(ModelMessage::System(instructions.text()));
    for message in transcript {
        push(message, &mut out);
    }
    if let Some(AnswerSoFar { message, gap }) = answer {
        push(message, &mut out);
        if let (Some(hint), Some(ModelMessage::Tool(ToolMessage { output, .. }))) =
            (pause::hint(&message.parts), out.last_mut())
        {
            output.push_str("\n\n");
            output.push_str(&hint);
        }
        match gap {
            Gap::NextStep => {}
            Gap::CutOff => out.push(ModelMessage::user(CONTINUE)),
        }
    }
    out
}

fn push(message: &Message, out: &mut Vec<ModelMessage>) {
    match message.role {
        Role::System => push_text(message, ModelMessage::System, out),
        Role::User => push_text(
            message,
            |text| {
                ModelMessage::User(UserMessage {
                    content: vec![Content::Text(text)],
                    origin: Some(message.id.clone()),
                })
            },
            out,
        ),
        Role::Assistant => {
            for step in message.parts.split(|part| matches!(part, Part::StepStart)) {
                push_step(step, &message.id, out);
            }
        }
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

/// A step's words with its tool calls, then an output for every call: vendors refuse a call without one.
fn push_step(parts: &[Part], origin: &MessageId, out: &mut Vec<ModelMessage>) {
    let mut text = String::new();
    let mut calls: Vec<&ToolPart> = Vec::new();
    for part in parts {
        match part {
            Part::Text(part) => {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&part.text);
            }
            Part::Tool(call) => calls.push(call),
            Part::Reasoning(_)
            | Part::File(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::StepStart
            | Part::Data(_)
            | Part::Other(_) => {}
        }
    }
    if text.is_empty() && calls.is_empty() {
        return;
    }
    let tool_calls = calls
        .iter()
        .map(|call| ModelToolCall {
            id: call.tool_call_id.to_string(),
            name: call.name.clone(),
            arguments: arguments_of(call),
            ..ModelToolCall::default()
        })
        .collect();
    out.push(ModelMessage::Assistant(AssistantMessage {
        text,
        tool_calls,
        origin: Some(origin.clone()),
        ..AssistantMessage::default()
    }));
    for call in calls {
        out.push(ModelMessage::Tool(ToolMessage {
            tool_call_id: call.tool_call_id.to_string(),
            output: output_of(call),
            origin: Some(origin.clone()),
            ..ToolMessage::default()
        }));
    }
}

/// What the model wrote, also where it could not be read.
fn arguments_of(call: &ToolPart) -> String {
    if let ToolState::OutputError {
        input: None,
        raw_input: Some(Value::String(written)),
        ..
    } = &call.state
    {
        return written.clone();
    }
    call.state
        .input()
        .map_or_else(|| "{}".to_owned(), ToString::to_string)
}

fn output_of(call: &ToolPart) -> String {
    match &call.state {
        ToolState::OutputAvailable { output, .. } => match output.as_str() {
            Some(text) => text.to_owned(),
            None => output.to_string(),
        },
        ToolState::OutputError { error_text, .. } => format!("The tool failed: {error_text}"),
        ToolState::OutputDenied { approval, .. } => match &approval.reason {
            Some(reason) if approval.is_expired() => {
                format!("This call was not made, as the user had to agree. {reason}")
            }
            Some(reason) => format!("The user refused this call: {reason}"),
            None => "The user refused this call.".to_owned(),
        },
        ToolState::ApprovalRequested { .. } => "The user has not agreed to this call.".to_owned(),
        ToolState::ApprovalResponded { .. } => {
            "The user agreed, but the call was not made. Make it again if it is still wanted."
                .to_owned()
        }
        ToolState::InputAvailable { .. } if call.name == ask_user::NAME => {
            "The user has not answered this.".to_owned()
        }
        ToolState::InputStreaming { .. } | ToolState::InputAvailable { .. } => {
            "There is no result.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use common::id::MessageId;
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
            Instructions {
                now: common::time::Timestamp::from_millis(86_400_000),
                deployment: Some("Speak French."),
                standing: None,
                project_context: Some("Rust 1.95."),
            },
            &[text(Role::User, "hello"), text(Role::Assistant, "hi")],
            None,
        );
        let [ModelMessage::System(system), user, assistant] = &asked[..] else {
            panic!("{asked:?}")
        };
        assert!(
            system.starts_with("You are Coder")
                && system.ends_with(
                    "# Today\n\nIt is 1970-01-02 (UTC).\n\nSpeak French.\n\n# The project\n\nRust 1.95."
                )
        );
        assert!(matches!(user, ModelMessage::User(user) if user.text() == "hello"));
        assert!(
            matches!(assistant, ModelMessage::Assistant(said) if said.text == "hi" && said.tool_calls.is_empty())
        );
    }

    #[test]
    fn messages_without_text_are_left_out() {
        let empty = Message::empty_assistant(MessageId::from("a"));
        assert_eq!(messages(Instructions::default(), &[empty], None).len(), 1);
    }

    #[test]
    fn a_cut_off_answer_comes_with_the_wish_to_continue_it() {
        let so_far = AnswerSoFar {
            message: text(Role::Assistant, "The answer is"),
            gap: Gap::CutOff,
        };
        let asked = messages(
            Instructions::default(),
            &[text(Role::User, "what?")],
            Some(&so_far),
        );
        assert_eq!(asked.last(), Some(&ModelMessage::user(CONTINUE)));
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
            json!({"state": "approval-requested", "input": {}}),
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
            Instructions::default(),
            &[message(
                json!({"id": "a", "role": "assistant", "parts": parts}),
            )],
            None,
        );
        let outputs: Vec<_> = asked
            .iter()
            .filter_map(|message| {
                if let ModelMessage::Tool(tool) = message {
                    Some(tool.output.as_str())
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
            "The user has not agreed to this call.",
        ];
        assert_eq!(outputs, expected);
    }

    #[test]
    fn each_step_is_a_message_with_its_outputs_behind_it() {
        let call = |id: &str| {
            json!({
                "type": "tool-add", "toolCallId": id, "state": "output-available", "input": {}, "output": id,
            })
        };
        let step = json!({"type": "step-start"});
        let words = |words: &str| json!({"type": "text", "text": words});
        let parts = json!([
            step,
            words("one"),
            call("c1"),
            step,
            call("c2"),
            step,
            words("done")
        ]);
        let answer = message(json!({"id": "a", "role": "assistant", "parts": parts}));
        let kinds: Vec<String> = messages(Instructions::default(), &[answer], None)
            .iter()
            .skip(1)
            .map(|message| match message {
                ModelMessage::Assistant(said) => {
                    format!("{}/{}", said.text, said.tool_calls.len())
                }
                ModelMessage::Tool(tool) => tool.output.clone(),
                ModelMessage::System(_) | ModelMessage::User(_) => "other".to_owned(),
            })
            .collect();
        assert_eq!(kinds, ["one/1", "c1", "/1", "c2", "done/0"]);
    }
}
