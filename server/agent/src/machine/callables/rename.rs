//! `renameConversation(title)`.

use common::{directory::title, id::IdSource};

use super::{CallError, Reply};
use crate::{Agent, Effect};

impl<I: IdSource> Agent<I> {
    /// Gives the conversation the user's title.
    pub(super) fn rename_conversation(
        &mut self,
        (title,): (String,),
        out: &mut Vec<Effect>,
    ) -> Result<Reply, CallError> {
        let title = title::given(&title).map_err(|error| CallError::Refused(error.to_string()))?;
        self.take_title(title, out);
        Ok(Reply::Done)
    }

    /// Takes a title that was checked.
    pub(crate) fn take_title(&mut self, title: String, out: &mut Vec<Effect>) {
        match self.about.clone().with_title(Some(title)) {
            Ok(about) => self.change_about(about, out),
            Err(error) => out.push(Effect::Log(format!("refused a title: {error}"))),
        }
    }
}
