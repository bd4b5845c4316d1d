//! Notes for the model between messages. A note stays where it was first sent, so that later requests begin with the same
//! bytes.

use common::id::MessageId;
use serde::{Deserialize, Serialize};

use super::{Sql, SqlError, Store, write::to_json};

/// The key of the notes, as JSON.
const NOTES: &str = "notes";

/// A note about files that the user changed back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelNote {
    /// The message that it follows.
    pub message: MessageId,
    /// How many steps of the message it follows; `None`: all of it.
    pub steps: Option<usize>,
    /// The number of the last change of the workspace that it tells of.
    pub until: u64,
    /// What the model gets.
    pub text: String,
}

impl<S: Sql> Store<S> {
    /// The notes, oldest first. None where they cannot be read: the model then gets them once more.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn model_notes(&self) -> Result<Vec<ModelNote>, SqlError> {
        let json = self.fact(NOTES)?.unwrap_or_default();
        Ok(serde_json::from_str(&json).unwrap_or_default())
    }

    /// Replaces the notes.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn put_model_notes(&self, notes: &[ModelNote]) -> Result<(), SqlError> {
        let json = to_json(&notes)?;
        self.sql.in_transaction(|| self.put_fact(NOTES, &json))
    }
}
