//! What is not taken since it is too much: frames, messages, and submissions that wait.

use common::{
    frame::{ChatRequest, ServerFrame},
    message::{Message, Part, Role},
};
use limits::FrameRefusal;
use store::json_bytes;
use thiserror::Error;

use super::Parts;
use crate::{attached::ConnectionKey, context::Context};

/// The close code for a client that does not keep to the rules (RFC 6455, section 7.4.1).
const POLICY_VIOLATION: u16 = 1008;

/// Why a submission is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum TooMuch {
    /// A message is too large.
    #[error(
        "The message is too large: {bytes} bytes, the most is {most}. Put the text into a file of the workspace."
    )]
    Message {
        /// Of its texts.
        bytes: usize,
        /// The most.
        most: usize,
    },
    /// A message has too many parts.
    #[error("The message has {parts} parts, the most is {most}. Send fewer at once.")]
    Parts {
        /// How many.
        parts: usize,
        /// The most.
        most: usize,
    },
    /// The conversation has too many messages.
    #[error("This conversation has {most} messages, and takes no more. Begin a new one.")]
    Messages {
        /// The most.
        most: usize,
    },
    /// The conversation has too many bytes.
    #[error("This conversation is full ({}). Begin a new one; nothing is lost.", size(*.most))]
    Conversation {
        /// The most.
        most: usize,
    },
    /// Too many submissions wait.
    #[error(
        "{most} messages wait for an answer already. Send this one when some of them were answered."
    )]
    Queue {
        /// The most.
        most: usize,
    },
}

impl Parts {
    /// Counts a frame of a connection, or says why it is not to be taken.
    pub(super) fn count_frame(
        &mut self,
        cx: &Context<'_>,
        key: ConnectionKey,
        frame: &[u8],
    ) -> Result<(), FrameRefusal> {
        let limits = &self.options.limits.frames;
        match self.connections.sent(key) {
            None => Ok(()),
            Some(sent) => sent.count(limits, cx.now, frame),
        }
    }

    /// Closes a connection that keeps sending what is not taken: answering it is work, too.
    pub(super) fn end_flood(&mut self, cx: &mut Context<'_>, key: ConnectionKey) {
        if self
            .connections
            .sent(key)
            .is_some_and(|sent| sent.is_flood())
        {
            let reason = "Too many frames came that were not taken.".to_owned();
            self.close(cx, key, POLICY_VIOLATION, reason);
        }
    }

    /// Whether there is room for a submission.
    pub(super) fn has_room_for(&self, request: &ChatRequest) -> Result<(), TooMuch> {
        let limits = &self.options.limits;
        if self.queue.len() >= limits.queue {
            let most = limits.queue;
            return Err(TooMuch::Queue { most });
        }
        self.has_room_for_messages(&request.messages)
    }

    /// Whether there is room for messages.
    pub(super) fn has_room_for_messages(&self, messages: &[Message]) -> Result<(), TooMuch> {
        let limits = &self.options.limits;
        for message in messages {
            let (bytes, most) = (text_bytes(message), limits.message_bytes);
            if bytes > most {
                return Err(TooMuch::Message { bytes, most });
            }
            let (parts, most) = (message.parts.len(), limits.message_parts);
            if parts > most {
                return Err(TooMuch::Parts { parts, most });
            }
        }
        let is_new = |message: &&Message| self.transcript.find(&message.id).is_none();
        let new = messages.iter().filter(is_new).count();
        let most = limits.messages;
        if new > 0 && self.transcript.entries().len() + new > most {
            return Err(TooMuch::Messages { most });
        }
        Ok(())
    }

    /// Whether there is room for the bytes of messages. They know the transcript's ids by now: a client that sends all it
    /// has sends nothing new but the last one.
    pub(super) fn has_room_for_bytes(&self, messages: &[Message]) -> Result<(), TooMuch> {
        let most = self.options.limits.conversation_bytes;
        let more = messages.iter().map(|message| self.more_bytes(message));
        let more = more.fold(0, usize::saturating_add);
        if more > 0 && self.transcript.bytes().saturating_add(more) > most {
            return Err(TooMuch::Conversation { most });
        }
        Ok(())
    }

    /// The bytes by which a message makes the transcript grow. Answers that are there already stay as they are.
    fn more_bytes(&self, message: &Message) -> usize {
        match self.transcript.find(&message.id) {
            None if self.is_to_come(&message.id) => 0,
            None => json_bytes(message),
            Some(entry) if entry.role == Role::User => {
                json_bytes(message).saturating_sub(entry.bytes)
            }
            Some(_) => 0,
        }
    }

    /// Says that messages are not stored.
    pub(super) fn refuse_messages(
        &self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        too_much: &TooMuch,
    ) {
        let refused = ServerFrame::FrameError {
            frame: Some("cf_agent_chat_messages".to_owned()),
            id: None,
            error: too_much.to_string(),
        };
        cx.send(vec![key], refused.encode());
    }

    /// Whether another connection may come.
    ///
    /// # Errors
    /// When there are as many as there may be; the error says so.
    pub(super) fn has_room_for_connection(&self) -> Result<(), String> {
        let most = self.options.limits.connections;
        if self.connections.everyone().len() < most {
            return Ok(());
        }
        Err(format!(
            "This conversation has {most} connections, which is the most. Close some of its tabs."
        ))
    }
}

/// As people say it.
fn size(bytes: usize) -> String {
    match bytes {
        1_000_000.. if bytes.is_multiple_of(1_000_000) => format!("{} MB", bytes / 1_000_000),
        1_000_000.. => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{bytes} bytes"),
    }
}

/// The bytes of the texts of a user's message. What an agent wrote is its own affair.
fn text_bytes(message: &Message) -> usize {
    if message.role != Role::User {
        return 0;
    }
    let bytes = message.parts.iter().map(|part| match part {
        Part::Text(part) => part.text.len(),
        Part::Reasoning(part) => part.text.len(),
        Part::File(_)
        | Part::SourceUrl(_)
        | Part::SourceDocument(_)
        | Part::StepStart
        | Part::Tool(_)
        | Part::Data(_)
        | Part::Other(_) => 0,
    });
    bytes.sum()
}
