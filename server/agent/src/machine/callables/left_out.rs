//! `setLeftOut({messageId, leftOut})`.

use common::id::MessageId;
use serde::Deserialize;
use store::Write;

use super::{CallError, Reply};
use crate::{context::Context, machine::Parts};

/// A message that the user takes out of the conversation, or back in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LeftOut {
    message_id: String,
    left_out: bool,
}

impl Parts {
    /// Takes a message out of the conversation, or back in: it stays in the transcript, and the model gets a note in its
    /// place. Doing it twice changes nothing.
    pub(super) fn set_left_out(
        &mut self,
        cx: &mut Context<'_>,
        (change,): (LeftOut,),
    ) -> Result<Reply, CallError> {
        let id = MessageId::new(change.message_id);
        if self.is_written(&id) {
            return Err(CallError::Refused(
                "The message is being written: stop the turn first".to_owned(),
            ));
        }
        let Some(position) = self.transcript.find(&id).map(|entry| entry.position) else {
            return Err(CallError::Refused(format!(
                "There is no message `{id}` in this conversation"
            )));
        };
        self.transcript.set_left_out(position, change.left_out);
        let mut writes = vec![Write::SetLeftOut {
            position,
            left_out: change.left_out,
        }];
        // A summary would still tell of it.
        writes.extend(self.compactions.changed(position));
        cx.persist(writes);
        self.send_changed(cx, position);
        Ok(Reply::Done)
    }

    /// Whether a message is the answer that is being written.
    pub(super) fn is_written(&self, id: &MessageId) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| running.answer().id == *id)
    }
}
