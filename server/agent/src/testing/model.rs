//! A model whose answers are known: they depend on the last question alone, and a cut-off answer is continued where it
//! ends.

use std::collections::VecDeque;

use common::message::{Message, Role, ToolPart, ToolState};
use providers::{FinishReason, ProviderError, ProviderEvent, VendorMessage};

use crate::{ModelCall, ModelProgress};

/// A model call as it will go on.
#[derive(Debug)]
pub(crate) struct ScriptedCall {
    pub(crate) call: ModelCall,
    pub(crate) script: VecDeque<ModelProgress>,
}

/// The scripted model. The question tells what it does: `fail…` fails at once, `drop…` in the middle, `hang…` says two
/// words and falls silent, `call NAME JSON & NAME JSON then NAME JSON` calls tools in as many steps and then says what
/// they said, anything else is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScriptedModel {
    /// Whether it is a mistake to ask for the rest of words that it would not say.
    pub(crate) is_strict: bool,
}

impl ScriptedModel {
    /// The whole answer to a question.
    pub(crate) fn answer_to(question: &str) -> String {
        let words: Vec<String> = (1..=6)
            .map(|n| format!("word{n} of the answer to {question}."))
            .collect();
        words.join(" ")
    }

    pub(crate) fn call(self, call: ModelCall, transcript: &[Message]) -> ScriptedCall {
        let last = transcript
            .iter()
            .rev()
            .find(|message| message.role == Role::User);
        let question = last.map(Message::plain_text).unwrap_or_default();
        let script = match question.strip_prefix("call ") {
            Some(steps) => Self::tool_step(&call, steps),
            None => self.answer(&call, &question),
        };
        ScriptedCall { call, script }
    }

    /// The calls of the next step that has not been made; behind the last one, what the tools said.
    fn tool_step(call: &ModelCall, steps: &str) -> VecDeque<ModelProgress> {
        let done: Vec<&ToolPart> = call
            .answer
            .iter()
            .flat_map(|answer| answer.message.calls())
            .collect();
        let mut made = 0;
        for step in steps.split(" then ") {
            let calls: Vec<&str> = step.split(" & ").collect();
            if made == done.len() {
                let mut script = VecDeque::new();
                for (index, written) in calls.iter().enumerate() {
                    let (name, arguments) = written.split_once(' ').unwrap_or((written, ""));
                    let start = ProviderEvent::ToolCallStart {
                        index,
                        id: format!("{}-{}", call.request_id, made + index),
                        name: name.to_owned(),
                    };
                    script.push_back(ModelProgress::Events(vec![start]));
                    if !arguments.is_empty() {
                        script.push_back(ModelProgress::Events(vec![
                            ProviderEvent::ToolCallDelta {
                                index,
                                arguments: arguments.to_owned(),
                            },
                        ]));
                    }
                }
                script.extend(ended(FinishReason::ToolCalls));
                return script;
            }
            made += calls.len();
        }
        let outputs: Vec<String> = done.iter().map(|call| output_of(call)).collect();
        let said = ProviderEvent::TextDelta(format!("They said: {}.", outputs.join(", ")));
        let mut script = VecDeque::from([ModelProgress::Events(vec![said])]);
        script.extend(ended(FinishReason::Stop));
        script
    }

    fn answer(self, call: &ModelCall, question: &str) -> VecDeque<ModelProgress> {
        let answer = Self::answer_to(question);
        let said = call
            .answer
            .as_ref()
            .map(|answer| answer.message.plain_text())
            .unwrap_or_default();
        let rest = match answer.strip_prefix(&said) {
            Some(rest) => rest,
            None if self.is_strict => panic!("what was said is not the answer's beginning: {said}"),
            None => &answer,
        };
        let mut script: VecDeque<ModelProgress> = VecDeque::new();
        let deltas: Vec<&str> = rest.split_inclusive(' ').collect();
        for pair in deltas.chunks(3) {
            let events = pair
                .iter()
                .map(|delta| ProviderEvent::TextDelta((*delta).to_owned()));
            script.push_back(ModelProgress::Events(events.collect()));
        }
        if question.starts_with("fail") {
            script = VecDeque::from([ModelProgress::Failed(
                ProviderError::Rejected {
                    status: 403,
                    message: VendorMessage::new("slow down", None),
                }
                .into(),
            )]);
        } else if question.starts_with("drop") {
            script.truncate(2);
            script.push_back(ModelProgress::Failed(ProviderError::Dropped.into()));
        } else if question.starts_with("hang") {
            script.truncate(1);
        } else {
            script.extend(ended(FinishReason::Stop));
        }
        script
    }
}

fn ended(reason: FinishReason) -> [ModelProgress; 2] {
    [
        ModelProgress::Events(vec![ProviderEvent::Finished(reason)]),
        ModelProgress::Ended,
    ]
}

fn output_of(call: &ToolPart) -> String {
    match &call.state {
        ToolState::OutputAvailable { output, .. } => output.to_string(),
        ToolState::OutputError { error_text, .. } => error_text.clone(),
        ToolState::OutputDenied { .. } => "refused".to_owned(),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => panic!("a call without an output: {call:?}"),
    }
}
