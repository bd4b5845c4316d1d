//! The whole way of a request: a transcript becomes messages, they become legal, and they are encoded.

mod dialects;
mod files;
mod kinds;
mod prefix;
mod random;

use common::message::Message;
use providers::{
    ModelRequest,
    openai_compatible::{ProviderSettings, Traits, encode},
};
use serde_json::Value;
use store::Extent;

use self::dialects::{DIALECTS, Dialect, check};
use crate::{AnswerSoFar, Purpose, instructions::Instructions, prompt::Conversation};
use providers::legal::{LeftOut, ModelAbilities, RULES, Rule, Target};

/// A conversation as it is when a model is asked.
#[derive(Clone, Debug)]
struct Case {
    transcript: Vec<Message>,
    answer: Option<AnswerSoFar>,
    window: usize,
    extent: Extent,
    abilities: ModelAbilities,
    has_tools: bool,
    /// The name of a rule that is not applied.
    without: Option<&'static str>,
}

impl Case {
    fn of(transcript: Value) -> Self {
        Self {
            transcript: Message::list_from_json(transcript),
            answer: None,
            window: 128_000,
            extent: Extent::Whole,
            abilities: ModelAbilities::default(),
            has_tools: true,
            without: None,
        }
    }

    /// The body of the request to a model, and what it does not get.
    fn sent_to(&self, model: &str) -> (Value, Vec<LeftOut>) {
        let conversation = Conversation {
            name: "talk",
            instructions: Instructions::default(),
            summary: None,
            transcript: &self.transcript,
            answer: self.answer.as_ref(),
            purpose: &Purpose::Step,
            notes: &[],
            model,
        };
        let request = ModelRequest {
            model: Some(model.to_owned()),
            messages: conversation.fitting(self.window, self.extent).messages,
            tools: if self.has_tools {
                tools::schemas(&[])
            } else {
                Vec::new()
            },
            ..ModelRequest::default()
        };
        let abilities = self.abilities;
        let target = Target { model, abilities };
        let (mut request, mut left_out) = (request, Vec::new());
        for rule in RULES.iter().filter(|rule| Some(rule.name) != self.without) {
            (rule.apply)(&mut request, &target, &mut left_out);
        }
        let settings = ProviderSettings {
            base_url: "http://localhost/v1".to_owned(),
            api_key: None,
            model: model.to_owned(),
        };
        let sent = encode(&request, &settings, &Traits::default());
        (serde_json::from_str(&sent.body).unwrap(), left_out)
    }

    /// The same, for a vendor. A server without eyes is known to have none.
    fn sent_in(&self, dialect: Dialect, model: &str) -> (Value, Vec<LeftOut>) {
        let mut case = self.clone();
        if matches!(dialect, Dialect::LlamaCpp) {
            case.abilities.images = Some(false);
            case.abilities.files = Some(false);
        }
        case.sent_to(model)
    }

    /// Fails when a vendor refuses the request.
    fn is_taken_by_all(&self) {
        if let Some((dialect, words, body)) = self.refusal() {
            panic!("{dialect:?}: {words}\n{:#}\n{self:#?}", body["messages"]);
        }
    }

    /// Who refuses the request first, in which words.
    fn refusal(&self) -> Option<(Dialect, String, Value)> {
        DIALECTS.into_iter().find_map(|(dialect, model)| {
            let (body, _) = self.sent_in(dialect, model);
            let words = check(dialect, &body).err()?;
            Some((dialect, words, body))
        })
    }

    /// The messages behind the system message, as a model of no known family gets them.
    fn messages(&self) -> Vec<Value> {
        let (body, _) = self.sent_to("some/model");
        let mut messages = body["messages"].as_array().unwrap().clone();
        messages.remove(0);
        messages
    }
}
