//! What answers over HTTP are made of: headers, and why something is refused, for people and for programs.

use serde_json::Value;

use crate::fields::{Record, lenient};

/// A response header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Header {
    /// A header from its two halves.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

record! {
    /// The body of a refusal.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ErrorBody {
        /// The reason, as a sentence for people.
        pub error: String = "error",
        /// Why, for programs: an [`ErrorCode`], or one that this version does not know.
        pub code: Option<String> = lenient "code",
    }
}

words! {
    /// Why something is refused, for programs.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ErrorCode, expected "an error code" {
        /// No sign-in was presented.
        "not_signed_in" => NotSignedIn,
        /// The sign-in is none that this server made.
        "sign_in_unknown" => SignInUnknown,
        /// The sign-in has expired.
        "sign_in_expired" => SignInExpired,
        /// The sign-in was revoked.
        "sign_in_revoked" => SignInRevoked,
        /// The link was used before.
        "already_used" => AlreadyUsed,
        /// The caller is signed in already.
        "already_signed_in" => AlreadySignedIn,
        /// There is no such thing, or it is somebody else's.
        "not_found" => NotFound,
        /// The caller may read, and not write.
        "shared_for_reading" => SharedForReading,
        /// The connection may only read.
        "readonly" => Readonly,
        /// The token does not allow it.
        "missing_scope" => MissingScope,
        /// The caller may not do this.
        "not_allowed" => NotAllowed,
        /// A value cannot be used.
        "unusable" => Unusable,
        /// There are as many as there may be.
        "too_many" => TooMany,
        /// The body is too large.
        "too_large" => TooLarge,
        /// Another method is needed.
        "method_not_allowed" => MethodNotAllowed,
        /// The server is not set up.
        "not_set_up" => NotSetUp,
        /// The accounts could not be read or written.
        "store_failed" => StoreFailed,
        /// The server has no randomness.
        "no_randomness" => NoRandomness,
        /// The storage of the conversation is full.
        "storage_full" => StorageFull,
        /// The disk takes no writes.
        "storage_unwritable" => StorageUnwritable,
        /// What is stored of the conversation is damaged.
        "conversation_damaged" => ConversationDamaged,
        /// What is stored of the conversation was written by a newer version.
        "conversation_newer" => ConversationNewer,
        /// Another failure of the store.
        "store" => Store,
        /// The person has begun as many conversations as there may be within an hour.
        "too_many_conversations" => TooManyConversations,
        /// There is no room for another connection.
        "connections" => Connections,
    }
}

impl ErrorBody {
    /// A refusal without a code.
    #[must_use]
    pub fn new(error: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            code: None,
        }
    }

    /// With a code for programs.
    #[must_use]
    pub fn with_code(self, code: ErrorCode) -> Self {
        Self {
            code: Some(code.as_str().to_owned()),
            ..self
        }
    }

    /// Reads the body of an answer; `None`: it says nothing of an error.
    #[must_use]
    pub fn from_json(body: Value) -> Option<Self> {
        Record::from_json(body)
    }

    /// The body of an answer.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let words = ErrorBody::new("No.");
        assert_eq!(words.to_json(), json!({"error": "No."}));
        let coded = words.clone().with_code(ErrorCode::NotFound);
        assert_eq!(
            coded.to_json(),
            json!({"error": "No.", "code": "not_found"})
        );
        for body in [words, coded] {
            assert_eq!(ErrorBody::from_json(body.to_json()), Some(body));
        }
        let odd = json!({"error": "No.", "code": 7});
        assert_eq!(ErrorBody::from_json(odd), Some(ErrorBody::new("No.")));
        for none in [json!(null), json!([]), json!({"error": {"message": "No."}})] {
            assert_eq!(ErrorBody::from_json(none), None);
        }
    }
}
