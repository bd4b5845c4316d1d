//! What the model gets: the system prompt and the transcript, as a provider takes them.
//!
//! - [`Conversation`]: what a request is made of. [`Conversation::fitting`] makes the messages that fit the model.
//! - `step`: steps of the assistant's messages; `output`: what tools said; `file`: files of users.
//! - [`summary`]: summaries of earlier messages. `measure`: how large a request is, part by part.
//! - `prune`: what is left out of a long request, and `shorten`: of one that the model has refused as too long.
//! - [`attach`]: files of the workspace are read into the messages.
//!
//! Vendors keep what they have read of a request and charge less for a beginning that they know. So a message is made
//! from itself alone, and the request of a later step begins with the bytes of the one before.

mod attach;
mod file;
mod measure;
mod output;
mod prune;
mod shorten;
pub mod size;
mod step;
pub mod summary;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use common::{
    message::{Message, Part, Role},
    state::ContextSize,
    tool::ToolSchema,
};
use providers::{AssistantMessage, Content, ModelMessage, UserMessage};
use store::{Extent, ModelNote, Summary};

pub use self::attach::attach;
pub(crate) use self::size::TOKEN_BYTES;
use super::{
    instructions::Instructions,
    io::{AnswerSoFar, Gap, Purpose},
};

/// Asks for the rest of an answer that was cut off. The demo model knows these words.
pub const CONTINUE: &str = "Your previous answer was cut off by an interruption. Continue exactly where it stopped: \
                            do not repeat anything and do not comment on the interruption.";

/// What the model gets in the place of a message that the user has taken out.
const LEFT_OUT: &str = "The user took this message out of the conversation.";

/// The notice for the user when the model does not get all of the conversation.
const SHORTENED: &str = "The conversation is longer than what the model takes at once: it did not get all of the earlier \
                         messages.";

/// The messages of a model call that fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The messages.
    pub messages: Vec<ModelMessage>,
    /// What the user should know about what is missing.
    pub notice: Option<&'static str>,
    /// Whether something must be left out of the conversation, unless earlier messages are summarised.
    pub is_crowded: bool,
}

/// What a model request is made of.
#[derive(Clone, Copy, Debug)]
pub struct Conversation<'c> {
    /// Its name.
    pub name: &'c str,
    /// The instructions that go with it.
    pub instructions: Instructions<'c>,
    /// What the model gets in the place of earlier messages; `None`: the transcript is whole.
    pub summary: Option<&'c Summary>,
    /// The messages before the answer.
    pub transcript: &'c [Message],
    /// The answer that is continued; `None`: it begins.
    pub answer: Option<&'c AnswerSoFar>,
    /// What the model is called for.
    pub purpose: &'c Purpose,
    /// Notes between the messages.
    pub notes: &'c [ModelNote],
    /// The model that is asked. It gets back its own data, and no other model's.
    pub model: &'c str,
}

impl Conversation<'_> {
    /// The messages of a model call that fit a window of so many tokens, as far as can be.
    #[must_use]
    pub fn fitting(&self, window: usize, extent: Extent) -> Fitted {
        let mut out = self.messages();
        let is_crowded = size::of_all(&out) > prune::most(window);
        let answer_begins = self.answer_begins(&out);
        let is_missing = match extent {
            Extent::Whole => {
                self.fit(&mut out, answer_begins, window);
                false
            }
            Extent::Shortened { limit } => {
                shorten::shorten(&mut out, answer_begins, shorten::target(window, limit))
            }
        };
        Fitted {
            messages: out,
            notice: is_missing.then_some(SHORTENED),
            is_crowded,
        }
    }

    /// How large a request with these messages is.
    #[must_use]
    pub fn size(
        &self,
        messages: &[ModelMessage],
        tools: &[Cow<'_, ToolSchema>],
        window: usize,
    ) -> ContextSize {
        measure::measure(self, messages, tools, window)
    }

    /// Leaves out what must go for a window of so many tokens.
    fn fit(&self, messages: &mut Vec<ModelMessage>, answer_begins: usize, window: usize) {
        match self.purpose {
            Purpose::Step | Purpose::StepUnlessCrowded => {
                prune::prune(messages, answer_begins, window, prune::most(window));
            }
            Purpose::Summary { .. } => {
                let most = summary::most(window);
                prune::prune(messages, answer_begins, window, most);
                if size::of_all(messages) > most {
                    shorten::shorten(messages, answer_begins, most);
                }
            }
        }
    }

    /// Where the running turn's own messages begin: the answer so far is behind the last question. A summary is of all messages.
    fn answer_begins(&self, messages: &[ModelMessage]) -> usize {
        let is_question = |message: &ModelMessage| matches!(message, ModelMessage::User(user) if user.origin.is_some());
        match self.purpose {
            Purpose::Step | Purpose::StepUnlessCrowded => {
                let question = messages.iter().rposition(is_question);
                question.map_or(0, |at| at + 1)
            }
            Purpose::Summary { .. } => messages.len(),
        }
    }

    /// The messages of a model call: instructions, the summary of earlier messages, the transcript, and the answer that is
    /// continued or the request for a summary.
    #[must_use]
    pub fn messages(&self) -> Vec<ModelMessage> {
        let mut out = Vec::with_capacity(self.transcript.len() + 4);
        out.push(ModelMessage::System(self.instructions.text()));
        out.extend(self.summary.map(summary::message));
        for message in self.transcript {
            self.push(message, &mut out);
        }
        if let Some(AnswerSoFar { message, gap }) = self.answer {
            step::messages(
                &message.parts,
                &message.id,
                self.model,
                self.notes,
                &mut out,
            );
            match gap {
                Gap::NextStep => {}
                Gap::CutOff => out.push(ModelMessage::user(CONTINUE)),
            }
        }
        match self.purpose {
            Purpose::Step | Purpose::StepUnlessCrowded => {}
            Purpose::Summary { keep } => out.push(summary::ask(keep.as_deref())),
        }
        out
    }

    fn push(&self, message: &Message, out: &mut Vec<ModelMessage>) {
        let is_left_out = message.is_left_out();
        match message.role {
            Role::System if is_left_out => {}
            Role::System => {
                let text = message.plain_text();
                if !text.trim().is_empty() {
                    out.push(ModelMessage::System(text));
                }
            }
            Role::User => out.push(ModelMessage::User(UserMessage {
                content: self.user_content(message, is_left_out),
                origin: Some(message.id.clone()),
            })),
            Role::Assistant => {
                let before = out.len();
                if !is_left_out {
                    step::messages(&message.parts, &message.id, self.model, self.notes, out);
                }
                // Also of a turn that said nothing: the user's messages around it stay apart, and so as they were.
                if out.len() == before {
                    out.push(ModelMessage::Assistant(AssistantMessage {
                        text: if is_left_out { LEFT_OUT } else { "" }.to_owned(),
                        origin: Some(message.id.clone()),
                        ..AssistantMessage::default()
                    }));
                }
            }
        }
    }

    /// What a user said, and the notes behind it.
    fn user_content(&self, message: &Message, is_left_out: bool) -> Vec<Content> {
        let mut content = if is_left_out {
            vec![Content::Text(LEFT_OUT.to_owned())]
        } else {
            self.content_of(message)
        };
        let notes = self.notes.iter().filter(|note| note.message == message.id);
        content.extend(notes.map(|note| Content::Text(note.text.clone())));
        content
    }

    fn content_of(&self, message: &Message) -> Vec<Content> {
        let content = message.parts.iter().flat_map(|part| match part {
            Part::Text(part) if part.text.trim().is_empty() => Vec::new(),
            Part::Text(part) => vec![Content::Text(part.text.clone())],
            Part::File(part) => file::content(part, self.name),
            Part::Reasoning(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::StepStart
            | Part::Tool(_)
            | Part::Data(_)
            | Part::Other(_) => Vec::new(),
        });
        content.collect()
    }
}
