//! Messages as the page shows them.

use common::{
    chunk::Chunk,
    message::{Message, Part, Role, ToolState},
};

/// A part of a message, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Call { id: String, output: Option<String> },
}

/// A message, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) is_answer: bool,
    pub(crate) pieces: Vec<Piece>,
}

impl Shown {
    pub(super) fn answer(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            is_answer: true,
            pieces: Vec::new(),
        }
    }

    pub(crate) fn of(message: &Message) -> Self {
        let pieces = message.parts.iter().filter_map(|part| match part {
            Part::Text(part) => Some(Piece::Text(part.text.clone())),
            Part::Tool(call) => Some(Piece::Call {
                id: call.tool_call_id.to_string(),
                output: match &call.state {
                    ToolState::OutputAvailable { output, .. } => Some(output.to_string()),
                    ToolState::OutputError { error_text, .. } => Some(error_text.clone()),
                    _ => None,
                },
            }),
            _ => None,
        });
        Self {
            id: message.id.to_string(),
            is_answer: message.role == Role::Assistant,
            pieces: pieces.collect(),
        }
    }

    pub(super) fn words(&self) -> String {
        let words = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Call { .. } => None,
        });
        words.collect()
    }

    pub(super) fn apply(&mut self, chunk: &Chunk) {
        match chunk {
            Chunk::TextStart(_) => self.pieces.push(Piece::Text(String::new())),
            Chunk::TextDelta(part) => match self.pieces.last_mut() {
                Some(Piece::Text(text)) => text.push_str(&part.delta),
                _ => panic!("words without a beginning: {chunk:?} in {self:?}"),
            },
            Chunk::ToolInputStart { tool_call_id, .. }
            | Chunk::ToolInputAvailable { tool_call_id, .. } => {
                self.call(tool_call_id.as_str());
            }
            Chunk::ToolOutputAvailable {
                tool_call_id,
                output,
                ..
            } => *self.call(tool_call_id.as_str()) = Some(output.to_string()),
            Chunk::ToolOutputError {
                tool_call_id,
                error_text,
            }
            | Chunk::ToolInputError {
                tool_call_id,
                error_text,
                ..
            } => *self.call(tool_call_id.as_str()) = Some(error_text.clone()),
            _ => {}
        }
    }

    pub(super) fn call(&mut self, wanted: &str) -> &mut Option<String> {
        let at = self
            .pieces
            .iter()
            .position(|piece| matches!(piece, Piece::Call { id, .. } if id == wanted));
        let at = at.unwrap_or_else(|| {
            self.pieces.push(Piece::Call {
                id: wanted.to_owned(),
                output: None,
            });
            self.pieces.len() - 1
        });
        match &mut self.pieces[at] {
            Piece::Call { output, .. } => output,
            Piece::Text(_) => unreachable!("it is a call"),
        }
    }

    /// Without words that a later part begins with: so the hook hides what a replay says a second time.
    pub(super) fn collapsed(&self) -> Self {
        let repeats = |index: usize, text: &str| {
            self.pieces
                .iter()
                .skip(index + 1)
                .any(|piece| matches!(piece, Piece::Text(later) if later.starts_with(text)))
        };
        let mut shown = self.clone();
        shown.pieces = (self.pieces.iter().enumerate())
            .filter(|(index, piece)| match piece {
                Piece::Text(text) => text.is_empty() || !repeats(*index, text),
                Piece::Call { .. } => true,
            })
            .map(|(_, piece)| piece.clone())
            .collect();
        shown
    }
}
