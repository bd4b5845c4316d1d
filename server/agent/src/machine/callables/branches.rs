//! `branch(message)` and `switchBranch(branch)`.

use common::{id::MessageId, workspace::ConflictChoice};
use serde::Deserialize;
use store::Position;
use workspace::{Ask, SwitchRequest};

use super::{CallError, Reply};
use crate::{
    context::Context,
    machine::{Parts, branches::answers_of},
};

/// A message after which the conversation continues in another way.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BranchedOff {
    message_id: String,
}

/// A branch that is to be shown.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Wanted {
    /// The message before the branches; empty when they begin the conversation.
    after: String,
    /// The number of the branch, from 1.
    to: u32,
    /// What happens where the same lines of files were changed since.
    on_conflict: Option<String>,
}

impl Parts {
    /// Keeps what follows a message as a branch: the conversation continues after that message.
    pub(super) fn branch(
        &mut self,
        cx: &mut Context<'_>,
        (BranchedOff { message_id },): (BranchedOff,),
    ) -> Result<Reply, CallError> {
        self.is_at_rest()?;
        let id = MessageId::new(message_id);
        let kept = self
            .transcript
            .count_up_to(&id)
            .ok_or_else(|| no_message(&id))?;
        if kept == self.transcript.entries().len() {
            return Err(CallError::Refused(
                "Nothing follows this message: the conversation continues there anyway".to_owned(),
            ));
        }
        let mut writes = Vec::new();
        self.cut(kept, &mut writes);
        if let Some(last) = self.transcript.last() {
            writes.extend(self.cut_streams_behind(cx, last));
        }
        cx.persist(writes);
        self.forget_approvals();
        let everyone = self.connections.notified();
        self.connections.send_transcript(cx, &everyone);
        Ok(Reply::Done)
    }

    /// Shows another branch after a message, with its files.
    pub(super) fn wanted_branch(&self, (wanted,): (Wanted,)) -> Result<Reply, CallError> {
        self.is_at_rest()?;
        let id = MessageId::new(wanted.after);
        let after = if id.as_str().is_empty() {
            Position::START
        } else {
            let entry = self.transcript.find(&id);
            entry
                .map(|entry| entry.position)
                .ok_or_else(|| no_message(&id))?
        };
        let on_conflict = match wanted.on_conflict.as_deref() {
            None => None,
            Some(word) => Some(ConflictChoice::from_word(word).ok_or_else(|| {
                CallError::Refused("`onConflict` is `keep` or `replace`".to_owned())
            })?),
        };
        let switch = self.branches.switch_to(after, wanted.to).ok_or_else(|| {
            CallError::Refused("There is no other branch with this number".to_owned())
        })?;
        let ask = Ask::Switch(SwitchRequest {
            left: self.answers_after(after),
            entered: answers_of(self.branches.entries(switch.entered)),
            on_conflict,
        });
        Ok(Reply::Switch(ask, switch))
    }

    /// Branches are left only when nothing is being written.
    fn is_at_rest(&self) -> Result<(), CallError> {
        if self.unsettled().next().is_some() {
            return Err(CallError::Refused(
                "An answer is being written, or a message waits for one: stop it first".to_owned(),
            ));
        }
        Ok(())
    }
}

fn no_message(id: &MessageId) -> CallError {
    CallError::Refused(format!("There is no message `{id}` in this conversation"))
}
