//! `confirmInstructions(file)`: the user has read instructions that came with an archive, and wants them followed.

use serde::Deserialize;
use store::Write;
use workspace::Hash;

use super::{CallError, Reply};
use crate::{context::Context, machine::Parts};

/// Which file, as it is in the synced state.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    path: String,
    hash: String,
}

impl Parts {
    /// Follows the instructions at a path from now on, and equal ones elsewhere. What is confirmed is the content that
    /// the user saw: another one is refused.
    pub(super) fn confirm_instructions(
        &mut self,
        cx: &mut Context<'_>,
        (file,): (Confirmed,),
    ) -> Result<Reply, CallError> {
        let mut waiting = self.synced.unconfirmed().iter();
        if !waiting.any(|waiting| waiting.path == file.path && waiting.hash == file.hash) {
            return Err(CallError::Refused(format!(
                "{} does not wait to be confirmed, or is another file by now. Look at it again.",
                file.path
            )));
        }
        let hash = Hash::stated(file.hash.as_str());
        cx.persist(vec![Write::ConfirmInstructions(hash)]);
        self.synced.confirm(&file.hash);
        self.synced.broadcast(cx, &self.connections);
        Ok(Reply::Done)
    }
}
