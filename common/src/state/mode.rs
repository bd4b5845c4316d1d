//! What the agent may do without approval.

use crate::fields::{Field, FieldError, Fields};

/// What the agent may do without approval. On the wire `mode`: `"ask"`, `"auto-edit"` or `"review"`; missing and `null` mean
/// `"ask"`, which is written as missing, so that a client that does not know modes never extends them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Read files; changes need approval.
    #[default]
    Ask,
    /// Read and change files.
    AutoEdit,
    /// Read files, and change a draft of them. The user decides later what is kept of it.
    Review,
}

impl Field for Mode {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        match fields.value(name) {
            None => Ok(Self::Ask),
            Some(mode) if mode == "ask" => Ok(Self::Ask),
            Some(mode) if mode == "auto-edit" => Ok(Self::AutoEdit),
            Some(mode) if mode == "review" => Ok(Self::Review),
            Some(_) => Err(FieldError::Other(
                "`mode` is none of \"ask\", \"auto-edit\" and \"review\"".to_owned(),
            )),
        }
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        match self {
            Self::Ask => {}
            Self::AutoEdit => fields.set(name, "auto-edit"),
            Self::Review => fields.set(name, "review"),
        }
    }
}
