//! `confirmInstructions(file)`: the user has read instructions that came with an archive, and wants them followed.

use common::id::IdSource;
use serde::Deserialize;
use store::Write;
use workspace::Hash;

use super::{CallError, Reply};
use crate::{Agent, Effect};

/// Which file, as it is in the synced state.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    path: String,
    hash: String,
}

impl<I: IdSource> Agent<I> {
    /// Follows the instructions at a path from now on, and equal ones elsewhere. What is confirmed is the content that
    /// the user saw: another one is refused.
    pub(super) fn confirm_instructions(
        &mut self,
        (file,): (Confirmed,),
        out: &mut Vec<Effect>,
    ) -> Result<Reply, CallError> {
        let mut waiting = self.unconfirmed.iter();
        if !waiting.any(|waiting| waiting.path == file.path && waiting.hash == file.hash) {
            return Err(CallError::Refused(format!(
                "{} does not wait to be confirmed, or is another file by now. Look at it again.",
                file.path
            )));
        }
        let hash = Hash::stated(file.hash.as_str());
        out.push(Effect::Persist(vec![Write::ConfirmInstructions(hash)]));
        self.unconfirmed.retain(|waiting| waiting.hash != file.hash);
        self.tell_state(out);
        Ok(Reply::Done)
    }
}
