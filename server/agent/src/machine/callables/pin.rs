//! `pinMessage({messageId, pinned})`.

use common::id::MessageId;
use serde::Deserialize;
use store::Write;

use super::{CallError, Reply};
use crate::{context::Context, machine::Parts};

/// The largest message that can be pinned, in bytes: it goes to the model with every call.
const MAX_PINNED_BYTES: usize = 32_000;

/// A message that the user pins or unpins.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Pin {
    message_id: String,
    pinned: bool,
}

impl Parts {
    /// Pins a message, or unpins it. Doing it twice changes nothing.
    pub(super) fn pin_message(
        &mut self,
        cx: &mut Context<'_>,
        (pin,): (Pin,),
    ) -> Result<Reply, CallError> {
        let refused = |words: String| Err(CallError::Refused(words));
        let id = MessageId::new(pin.message_id);
        if self.is_written(&id) {
            return refused("The message is being written: wait until it is whole".to_owned());
        }
        let Some(entry) = self.transcript.find(&id) else {
            return refused(format!("There is no message `{id}` in this conversation"));
        };
        if pin.pinned && entry.bytes > MAX_PINNED_BYTES {
            return refused(
                "The message is too long to be pinned: the model would get it with every call"
                    .to_owned(),
            );
        }
        let position = entry.position;
        self.transcript.set_pinned(position, pin.pinned);
        cx.persist(vec![Write::SetPinned {
            position,
            pinned: pin.pinned,
        }]);
        self.send_changed(cx, position);
        Ok(Reply::Done)
    }
}
