//! The fold: the only place that applies a chunk to a message (protocol §5.11, lenient reading).
//!
//! Agent, client machine and page all grow messages through [`MessageBuilder::apply`], so that they cannot disagree.
//! Applying never fails: what a chunk cannot mean changes nothing.

mod tool;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::{
    chunk::{Chunk, DataChunk, PartBoundary, PartDelta},
    id::{PartId, ToolCallId},
    id_map::IdMap,
    message::{
        DataPart, Message, Part, PartState, ReasoningPart, TextPart, ToolAnswer, ToolState,
        as_object,
    },
};

/// How a message grew by a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// The text of the part with this index became longer.
    Text(usize),
    /// The part with this index changed otherwise.
    Part(usize),
    /// A part came in at the end, or what is said about the whole message changed.
    Parts,
}

/// A message that grows, with what the fold has to remember between chunks.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageBuilder {
    message: Message,
    /// Where in the message each open text part is.
    texts: IdMap<PartId, usize>,
    /// Where in the message each open reasoning part is. A text part may have the same id.
    reasonings: IdMap<PartId, usize>,
    /// Whether the message continues an earlier one: then its id stays and the first text extends the last.
    continues: bool,
}

impl MessageBuilder {
    /// Starts from a message as it stands.
    #[must_use]
    pub const fn new(message: Message) -> Self {
        Self {
            message,
            texts: IdMap::new(),
            reasonings: IdMap::new(),
            continues: false,
        }
    }

    /// Starts from a message that a continuation extends: the id in `start` is ignored.
    #[must_use]
    pub const fn continuing(message: Message) -> Self {
        Self {
            message,
            texts: IdMap::new(),
            reasonings: IdMap::new(),
            continues: true,
        }
    }

    /// The message as it stands.
    #[must_use]
    pub const fn message(&self) -> &Message {
        &self.message
    }

    /// The message as it stands.
    #[must_use]
    pub fn into_message(self) -> Message {
        self.message
    }

    /// Marks it by whether its changes of files are undone.
    pub fn set_undone(&mut self, is_undone: bool) {
        self.message.set_undone(is_undone);
    }

    /// Empties it, for a replay from the beginning.
    pub fn restart(&mut self) {
        let id = self.message.id.clone();
        *self = Self::new(Message::empty_assistant(id));
    }

    /// Whether some part still grows, so that [`Self::close`] would change the message.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.message
            .parts
            .iter()
            .any(|part| part.state() == Some(PartState::Streaming))
    }

    /// Marks every open part as complete: nothing more will come.
    pub fn close(&mut self) {
        self.message.parts.iter_mut().for_each(Part::close);
        self.texts.clear();
        self.reasonings.clear();
    }

    /// A call is answered by the user or the client: no chunk says that. An answer that the call does not take changes
    /// nothing.
    pub fn answer(&mut self, call: &ToolCallId, answer: &ToolAnswer) -> Option<Growth> {
        self.change_tool(call, |state| state.answered(call, answer))
    }

    /// Grows the message by one chunk. `None`: it changed nothing.
    pub fn apply(&mut self, chunk: &Chunk) -> Option<Growth> {
        match chunk {
            Chunk::Start {
                message_id,
                message_metadata,
            } => {
                if let Some(id) = message_id
                    && !self.continues
                {
                    self.message.id = id.clone();
                }
                self.merge_metadata(message_metadata.as_ref())
            }
            Chunk::TextStart(boundary) => self.open_text(boundary),
            Chunk::TextDelta(delta) => self.grow_text(delta),
            Chunk::TextEnd(boundary) => {
                let index = self.texts.remove(&boundary.id);
                self.close_part(index, boundary)
            }
            Chunk::ReasoningStart(boundary) => self.open_reasoning(boundary),
            Chunk::ReasoningDelta(delta) => self.grow_reasoning(delta),
            Chunk::ReasoningEnd(boundary) => {
                let index = self.reasonings.remove(&boundary.id);
                self.close_part(index, boundary)
            }
            Chunk::File(part) => {
                let part = crate::message::FilePart {
                    provider_metadata: None,
                    ..part.clone()
                };
                self.push(Part::File(part))
            }
            Chunk::SourceUrl(part) => self.push(Part::SourceUrl(part.clone())),
            Chunk::SourceDocument(part) => self.push(Part::SourceDocument(part.clone())),
            Chunk::StartStep => self.push(Part::StepStart),
            Chunk::MessageMetadata { message_metadata } => {
                self.merge_metadata(Some(message_metadata))
            }
            Chunk::Finish {
                finish_reason,
                message_metadata,
            } => {
                let growth = self.merge_metadata(message_metadata.as_ref());
                let Some(reason) = finish_reason else {
                    return growth;
                };
                let reason =
                    Map::from_iter([("finishReason".to_owned(), Value::from(reason.clone()))]);
                self.merge_metadata(Some(&Value::Object(reason)))
            }
            Chunk::Data(data) => self.put_data(data),
            Chunk::ToolInputStart {
                tool_call_id,
                tool_name,
                call,
            } => {
                if self.tool(tool_call_id).is_some() {
                    return None;
                }
                let state = ToolState::InputStreaming { input: None };
                self.push_tool(tool_call_id, tool_name, call, state)
            }
            Chunk::ToolInputAvailable {
                tool_call_id,
                tool_name,
                input,
                call,
            } => {
                let state = ToolState::InputAvailable {
                    input: as_object(input),
                };
                self.set_input(tool_call_id, tool_name, call, state, tool::is_being_written)
            }
            Chunk::ToolInputError {
                tool_call_id,
                tool_name,
                input,
                error_text,
                call,
            } => {
                let state = ToolState::OutputError {
                    input: None,
                    raw_input: input.clone(),
                    error_text: error_text.clone(),
                    approval: None,
                };
                self.set_input(tool_call_id, tool_name, call, state, |state| {
                    !state.is_settled()
                })
            }
            Chunk::ToolApprovalRequest {
                approval_id,
                tool_call_id,
            } => self.change_tool(tool_call_id, |state| {
                tool::request_approval(state, approval_id)
            }),
            Chunk::ToolOutputAvailable {
                tool_call_id,
                output,
                preliminary,
            } => {
                let preliminary = preliminary.unwrap_or(false);
                self.change_tool(tool_call_id, |state| {
                    tool::set_output(state, output, preliminary)
                })
            }
            Chunk::ToolOutputError {
                tool_call_id,
                error_text,
            } => self.change_tool(tool_call_id, |state| tool::set_error(state, error_text)),
            Chunk::ToolOutputDenied { tool_call_id } => {
                self.change_tool(tool_call_id, |state| tool::deny(state, tool_call_id))
            }
            // The whole input follows.
            Chunk::ToolInputDelta { .. }
            | Chunk::FinishStep
            | Chunk::Abort { .. }
            | Chunk::Error { .. }
            | Chunk::Other(_) => None,
        }
    }

    fn push(&mut self, part: Part) -> Option<Growth> {
        self.message.parts.push(part);
        Some(Growth::Parts)
    }

    fn merge_metadata(&mut self, metadata: Option<&Value>) -> Option<Growth> {
        let metadata = metadata?;
        match (&mut self.message.metadata, metadata) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                old.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            (slot, new) => *slot = Some(new.clone()),
        }
        Some(Growth::Parts)
    }

    fn open_text(&mut self, boundary: &PartBoundary) -> Option<Growth> {
        // A continuation appends to the text that was cut off.
        if let (
            true,
            Some(Part::Text(TextPart {
                state: Some(PartState::Streaming),
                ..
            })),
        ) = (self.continues, self.message.parts.last())
        {
            self.texts
                .insert(boundary.id.clone(), self.message.parts.len() - 1);
            return None;
        }
        self.texts
            .insert(boundary.id.clone(), self.message.parts.len());
        self.push(Part::Text(TextPart {
            text: String::new(),
            state: Some(PartState::Streaming),
            provider_metadata: boundary.provider_metadata.clone(),
        }))
    }

    fn open_reasoning(&mut self, boundary: &PartBoundary) -> Option<Growth> {
        self.reasonings
            .insert(boundary.id.clone(), self.message.parts.len());
        self.push(Part::Reasoning(ReasoningPart {
            text: String::new(),
            state: Some(PartState::Streaming),
            id: None,
            provider_metadata: boundary.provider_metadata.clone(),
        }))
    }

    fn grow_text(&mut self, delta: &PartDelta) -> Option<Growth> {
        let open = self.texts.get(&delta.id).copied();
        let last = || {
            let mut parts = self.message.parts.iter();
            parts.rposition(|part| matches!(part, Part::Text(_)))
        };
        let index = open.or_else(last);
        let Some(Part::Text(part)) = index.and_then(|index| self.message.parts.get_mut(index))
        else {
            self.open_text(&boundary_of(delta));
            self.grow_text(delta);
            return Some(Growth::Parts);
        };
        part.text.push_str(&delta.delta);
        index.map(Growth::Text)
    }

    fn grow_reasoning(&mut self, delta: &PartDelta) -> Option<Growth> {
        let open = self.reasonings.get(&delta.id).copied();
        let last = || {
            let mut parts = self.message.parts.iter();
            parts.rposition(|part| matches!(part, Part::Reasoning(_)))
        };
        let index = open.or_else(last);
        let Some(Part::Reasoning(part)) = index.and_then(|index| self.message.parts.get_mut(index))
        else {
            self.open_reasoning(&boundary_of(delta));
            self.grow_reasoning(delta);
            return Some(Growth::Parts);
        };
        part.text.push_str(&delta.delta);
        let metadata = delta.provider_metadata.as_ref();
        merge_shallow(&mut part.provider_metadata, metadata);
        index.map(Growth::Text)
    }

    fn close_part(&mut self, index: Option<usize>, boundary: &PartBoundary) -> Option<Growth> {
        let index = index?;
        match self.message.parts.get_mut(index) {
            Some(
                Part::Text(TextPart {
                    state,
                    provider_metadata,
                    ..
                })
                | Part::Reasoning(ReasoningPart {
                    state,
                    provider_metadata,
                    ..
                }),
            ) => {
                *state = Some(PartState::Done);
                merge_shallow(provider_metadata, boundary.provider_metadata.as_ref());
                Some(Growth::Part(index))
            }
            Some(_) | None => None,
        }
    }

    fn put_data(&mut self, chunk: &DataChunk) -> Option<Growth> {
        if chunk.transient {
            return None;
        }
        let same =
            |part: &DataPart| chunk.id.is_some() && part.name == chunk.name && part.id == chunk.id;
        for (index, part) in self.message.parts.iter_mut().enumerate() {
            if let Part::Data(part) = part
                && same(part)
            {
                part.data = chunk.data.clone();
                return Some(Growth::Part(index));
            }
        }
        self.push(Part::Data(DataPart {
            name: chunk.name.clone(),
            id: chunk.id.clone(),
            data: chunk.data.clone(),
        }))
    }
}

/// The start of a part whose first delta came without one.
fn boundary_of(delta: &PartDelta) -> PartBoundary {
    PartBoundary {
        id: delta.id.clone(),
        provider_metadata: None,
    }
}

fn merge_shallow(slot: &mut Option<Value>, new: Option<&Value>) {
    match (slot, new) {
        (_, None) => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            old.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        (slot, Some(new)) => *slot = Some(new.clone()),
    }
}
