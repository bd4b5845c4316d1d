//! A model whose answers are known: they depend on the last question alone, and a cut-off answer is continued where it
//! ends.

use std::{collections::VecDeque, time::Duration};

use common::message::{Message, Role};

use crate::{
    agent::{ModelCall, Progress},
    providers::{FinishReason, ProviderError, ProviderEvent, VendorMessage},
};

/// A model call as it will go on.
#[derive(Debug)]
pub(crate) struct ScriptedCall {
    pub(crate) call: ModelCall,
    pub(crate) script: VecDeque<Progress>,
}

/// The scripted model. The question tells what it does: `fail…` fails at once, `drop…` in the middle, `hang…` says two
/// words and falls silent, anything else is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScriptedModel;

impl ScriptedModel {
    /// The whole answer to a question.
    pub(crate) fn answer_to(question: &str) -> String {
        let words: Vec<String> = (1..=6)
            .map(|n| format!("word{n} of the answer to {question}."))
            .collect();
        words.join(" ")
    }

    pub(crate) fn call(call: ModelCall, transcript: &[Message]) -> ScriptedCall {
        let last = transcript
            .iter()
            .rev()
            .find(|message| message.role == Role::User);
        let question = last.map(Message::plain_text).unwrap_or_default();
        let answer = Self::answer_to(&question);
        let said = call
            .partial
            .as_ref()
            .map(Message::plain_text)
            .unwrap_or_default();
        let rest = answer
            .strip_prefix(&said)
            .expect("what was said is the answer's beginning");
        let mut script: VecDeque<Progress> = VecDeque::new();
        let deltas: Vec<&str> = rest.split_inclusive(' ').collect();
        for pair in deltas.chunks(3) {
            let events = pair
                .iter()
                .map(|delta| ProviderEvent::TextDelta((*delta).to_owned()));
            script.push_back(Progress::Events(events.collect()));
        }
        if question.starts_with("fail") {
            script = VecDeque::from([Progress::Failed(ProviderError::RateLimited {
                retry_after: Some(Duration::from_secs(7)),
                message: VendorMessage::new("slow down", None),
            })]);
        } else if question.starts_with("drop") {
            script.truncate(2);
            script.push_back(Progress::Failed(ProviderError::Dropped));
        } else if question.starts_with("hang") {
            script.truncate(1);
        } else {
            script.push_back(Progress::Events(vec![ProviderEvent::Finished(
                FinishReason::Stop,
            )]));
            script.push_back(Progress::Ended);
        }
        ScriptedCall { call, script }
    }
}
