//! Why a text is not a frame of this protocol. None of these errors ends a connection.

use thiserror::Error;

/// Why a text is not a frame of this protocol.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The text is not JSON, or not an object: an ordinary message of the application.
    #[error("not a JSON object")]
    NotAnObject,
    /// The text begins like an object and is not JSON, or the message was binary.
    #[error("{reason}")]
    Unreadable {
        /// The frame's type, if it could be found.
        kind: Option<String>,
        /// The frame's id, if it could be found.
        id: Option<String>,
        /// What is wrong.
        reason: String,
    },
    /// The object has no string `type`.
    #[error("a frame needs a string `type`")]
    NoType,
    /// The type is unknown to this version.
    #[error("unknown frame type `{0}`")]
    UnknownType(String),
    /// The type is known, but a field is missing or of the wrong kind.
    #[error("frame `{kind}`: {reason}")]
    Malformed {
        /// The frame's type.
        kind: String,
        /// The frame's id, if it has one.
        id: Option<String>,
        /// What is wrong.
        reason: String,
    },
}
