//! `renameConversation(title)`.

use common::directory::title;

use super::{CallError, Reply};
use crate::{context::Context, machine::Parts};

impl Parts {
    /// Gives the conversation the user's title.
    pub(super) fn rename_conversation(
        &mut self,
        cx: &mut Context<'_>,
        (title,): (String,),
    ) -> Result<Reply, CallError> {
        let title = title::given(&title).map_err(|error| CallError::Refused(error.to_string()))?;
        self.take_title(cx, title);
        Ok(Reply::Done)
    }
}
