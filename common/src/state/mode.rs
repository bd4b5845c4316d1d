//! What the agent may do without asking.

use serde_json::Value;

use super::StateError;

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

impl Mode {
    pub(super) fn from_json(mode: Option<Value>) -> Result<Self, StateError> {
        match mode {
            None | Some(Value::Null) => Ok(Self::Ask),
            Some(Value::String(mode)) if mode == "ask" => Ok(Self::Ask),
            Some(Value::String(mode)) if mode == "auto-edit" => Ok(Self::AutoEdit),
            Some(
                Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_),
            ) => Err(StateError::Malformed(
                "`mode` is neither \"ask\" nor \"auto-edit\"".to_owned(),
            )),
        }
    }

    pub(super) const fn as_json(self) -> Option<&'static str> {
        match self {
            Self::Ask => None,
            Self::AutoEdit => Some("auto-edit"),
        }
    }
}
