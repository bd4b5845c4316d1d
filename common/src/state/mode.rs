//! What the agent may do without asking.

use crate::fields::{Field, FieldError, Fields};

/// What the agent may do without asking. On the wire `mode`: `"ask"` or `"auto-edit"`; missing and `null` are `"ask"`,
/// and that is how it is written, so that nobody lets the agent do more who does not know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It reads files, and asks before it changes any.
    #[default]
    Ask,
    /// It reads and changes files.
    AutoEdit,
}

impl Field for Mode {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        match fields.value(name) {
            None => Ok(Self::Ask),
            Some(mode) if mode == "ask" => Ok(Self::Ask),
            Some(mode) if mode == "auto-edit" => Ok(Self::AutoEdit),
            Some(_) => Err(FieldError::Other(
                "`mode` is neither \"ask\" nor \"auto-edit\"".to_owned(),
            )),
        }
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        match self {
            Self::Ask => {}
            Self::AutoEdit => fields.set(name, "auto-edit"),
        }
    }
}
