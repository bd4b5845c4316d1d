//! Why a text is no frame of ours. None of these ends a connection.

use thiserror::Error;

/// Why a text is no frame of ours.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Not JSON, or not an object: an ordinary message of the application.
    #[error("not a JSON object")]
    NotAnObject,
    /// It begins like an object and is not JSON, or it is no text.
    #[error("{reason}")]
    Unreadable {
        /// The frame's type, where it could be found.
        kind: Option<String>,
        /// The frame's id, where it could be found.
        id: Option<String>,
        /// What is wrong.
        reason: String,
    },
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
        /// The frame's id, where it has one.
        id: Option<String>,
        /// What is wrong.
        reason: String,
    },
}
