//! `getProjectContext()`, `setProjectContext(context)` and `getContext()`.

use serde_json::Value;

use super::{CallError, Reply};
use crate::{context::Context, io::StoredReply, machine::Parts};

impl Parts {
    /// What the model should know about the project; `null`: nothing.
    pub(super) fn get_project_context(&self, (): ()) -> Result<Reply, CallError> {
        let context = self.synced.about().project_context.clone();
        Ok(Reply::Value(context.map_or(Value::Null, Value::from)))
    }

    /// What the model reads beside the messages.
    pub(super) fn get_context(&self, (): ()) -> Result<Reply, CallError> {
        Ok(Reply::Stored(StoredReply::Context {
            project_notes: self.synced.about().project_context.clone(),
            client_tools: self.context.client_tools.clone(),
        }))
    }

    /// Replaces what the model should know about the project; `null` or blank: nothing.
    pub(super) fn set_project_context(
        &mut self,
        cx: &mut Context<'_>,
        (context,): (Option<String>,),
    ) -> Result<Reply, CallError> {
        let about = self
            .synced
            .about()
            .clone()
            .with_project_context(context)
            .map_err(|error| CallError::Refused(error.to_string()))?;
        self.change_about(cx, about);
        Ok(Reply::Done)
    }
}
