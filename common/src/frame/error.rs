//! Why a text is no frame of ours. None of these ends a connection.

use thiserror::Error;

/// Why a text is no frame of ours.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Not JSON, or not an object: an ordinary message of the application.
    #[error("not a JSON object")]
    NotAnObject,
    /// An object without a string `type`.
    #[error("a frame needs a string `type`")]
    NoType,
    /// A type this version does not know.
    #[error("unknown frame type `{0}`")]
    UnknownType(String),
    /// A known type with fields that are missing or of another kind.
    #[error("frame `{kind}`: {reason}")]
    Malformed {
        /// The frame's type.
        kind: String,
        /// What is wrong.
        reason: String,
    },
}

impl DecodeError {
    pub(super) fn malformed(kind: &str, reason: impl std::fmt::Display) -> Self {
        Self::Malformed {
            kind: kind.to_owned(),
            reason: reason.to_string(),
        }
    }
}
