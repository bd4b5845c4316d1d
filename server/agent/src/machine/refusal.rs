//! What is not taken, and who hears of it: the sender alone.

use common::{
    frame::{ChatRequest, DecodeError},
    id::MessageId,
    message::{Message, Role},
};
use store::{AskedMessage, ContentHash, Turn, TurnKind, sanitize};

use super::{Parts, Unreadable};
use crate::{attached::ConnectionKey, context::Context};

impl Parts {
    /// A text that is no frame. One that should have been is answered; others may be the application's own, and there
    /// is no application here.
    pub(super) fn not_a_frame(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        error: &DecodeError,
    ) {
        if let Some(answer) = error.answer() {
            cx.log(format!("refused a frame: {error}"));
            cx.send(vec![key], answer.encode());
        } else if self.unreadable == Unreadable::None {
            self.unreadable = Unreadable::Logged;
            cx.log(format!(
                "ignored a text that is no frame, and will ignore more of them: {error}"
            ));
        }
    }

    /// Whether a submission under the request id of a turn is the one that led to the turn. A client may send the whole
    /// transcript each time, and what it has may have grown since: only the user messages at the end count.
    pub(super) fn is_repeated(&self, turn: &Turn, request: &ChatRequest) -> bool {
        let messages = asked(&request.messages);
        let Some(last) = messages.last() else {
            return true;
        };
        // Rows of an older version do not say what was asked.
        let submitted: &[AskedMessage] = match &turn.kind {
            TurnKind::Answer(asked) => &asked.submitted,
            TurnKind::Continuation | TurnKind::Compaction { .. } => &[],
        };
        let asked_before: Vec<&MessageId> = if submitted.is_empty() {
            turn.message_ids().iter().collect()
        } else {
            submitted.iter().map(|message| &message.id).collect()
        };
        asked_before.contains(&&last.id)
            && messages.iter().all(|message| {
                let is_asked = submitted.iter().any(|before| before.is(message));
                let stored = self.transcript.find(&message.id);
                let is_stored =
                    stored.is_some_and(|entry| entry.hash.is_of_same_parts(&message.hash));
                is_asked
                    || is_stored
                    || (submitted.is_empty() && asked_before.contains(&&message.id))
            })
    }
}

/// The user messages at the end of a submission, as they can be distinguished from others.
pub(super) fn asked(messages: &[Message]) -> Vec<AskedMessage> {
    let asked = trailing_user_messages(messages).iter().cloned();
    let asked = asked.map(|mut message| {
        sanitize(&mut message);
        message
    });
    asked
        .filter(|message| !message.parts.is_empty())
        .map(|message| AskedMessage {
            hash: ContentHash::of(&message),
            id: message.id,
        })
        .collect()
}

/// The user messages at the end of a list.
pub(super) fn trailing_user_messages(messages: &[Message]) -> &[Message] {
    let of_others = messages
        .iter()
        .rposition(|message| message.role != Role::User);
    let begin = of_others.map_or(0, |at| at + 1);
    messages.get(begin..).unwrap_or_default()
}
