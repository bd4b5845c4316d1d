//! `getProjectContext()` and `setProjectContext(context)`.

use common::id::IdSource;
use serde_json::Value;

use super::{CallError, Reply};
use crate::{Agent, Effect};

impl<I: IdSource> Agent<I> {
    /// What the model is told of the project; `null`: nothing.
    pub(super) fn get_project_context(&self, (): ()) -> Result<Reply, CallError> {
        let context = self.about.project_context.clone();
        Ok(Reply::Value(context.map_or(Value::Null, Value::from)))
    }

    /// Replaces what the model is told of the project; `null` or blank: nothing.
    pub(super) fn set_project_context(
        &mut self,
        (context,): (Option<String>,),
        out: &mut Vec<Effect>,
    ) -> Result<Reply, CallError> {
        let about = self
            .about
            .clone()
            .with_project_context(context)
            .map_err(|error| CallError::Refused(error.to_string()))?;
        self.change_about(about, out);
        Ok(Reply::Done)
    }
}
