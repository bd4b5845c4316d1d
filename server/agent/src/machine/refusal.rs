//! What is not taken, and who hears of it: the sender alone.

use common::{
    frame::{ChatRequest, ChatResponse, DecodeError, ServerFrame},
    id::{IdSource, MessageId, RequestId},
    message::Message,
};
use store::ContentHash;

use super::{
    Agent, AskedMessage, ConnectionKey, Effect, Turn, TurnKind, running::send, sanitize,
    submission::trailing_user_messages,
};

/// What a client hears that sends another message under a request id it has used.
const ID_IS_TAKEN: &str = "The message was not taken: its request id belongs to another message. Send it again under a new id.";

impl<I: IdSource> Agent<I> {
    /// A text that is no frame. One that should have been is answered; others may be the application's own, and there
    /// is no application here.
    pub(super) fn not_a_frame(
        &mut self,
        key: ConnectionKey,
        error: &DecodeError,
        out: &mut Vec<Effect>,
    ) {
        if let Some(answer) = error.answer() {
            out.push(Effect::Log(format!("refused a frame: {error}")));
            send(out, vec![key], answer.encode());
        } else if !std::mem::replace(&mut self.ignores_texts, true) {
            out.push(Effect::Log(format!(
                "ignored a text that is no frame, and will ignore more of them: {error}"
            )));
        }
    }

    /// Whether a submission under the request id of a turn is the one that led to the turn. A client may send the whole
    /// transcript each time, and what it has may have grown since: only the user messages at the end tell.
    pub(super) fn is_repeated(&self, turn: &Turn, request: &ChatRequest) -> bool {
        let messages = asked(&request.messages);
        let Some(last) = messages.last() else {
            return true;
        };
        // Rows of an older version do not say what was asked.
        let submitted: &[AskedMessage] = match &turn.kind {
            TurnKind::Answer(asked) => &asked.submitted,
            TurnKind::Continuation => &[],
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

    /// Says that a request id is taken. The turn it belongs to goes on.
    pub(super) fn refuse_other_message(
        &self,
        key: ConnectionKey,
        id: RequestId,
        out: &mut Vec<Effect>,
    ) {
        let refused = ChatResponse::refused(id, ID_IS_TAKEN.to_owned());
        send(out, vec![key], ServerFrame::ChatResponse(refused).encode());
    }
}

/// The user messages at the end of a submission, as they can be told from others.
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
