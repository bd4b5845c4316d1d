//! Elements of HTTP responses: headers, and refusals with a text for people and a code for programs.

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
    /// A header from a name and a value.
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
        /// The code for programs: an [`ErrorCode`], or one that this version does not know.
        pub code: Option<String> = lenient "code",
    }
}

words! {
    /// The code of a refusal.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ErrorCode, expected "an error code" {
        /// No sign-in was sent.
        "not_signed_in" => NotSignedIn,
        /// The sign-in was not issued by this server.
        "sign_in_unknown" => SignInUnknown,
        /// The sign-in has expired.
        "sign_in_expired" => SignInExpired,
        /// The sign-in was revoked.
        "sign_in_revoked" => SignInRevoked,
        /// The link was already used.
        "already_used" => AlreadyUsed,
        /// The caller is already signed in.
        "already_signed_in" => AlreadySignedIn,
        /// The resource does not exist, or it belongs to another person.
        "not_found" => NotFound,
        /// The caller may read but not write.
        "shared_for_reading" => SharedForReading,
        /// The connection is read-only.
        "readonly" => Readonly,
        /// The token does not permit this.
        "missing_scope" => MissingScope,
        /// The caller is not permitted to do this.
        "not_allowed" => NotAllowed,
        /// A value is invalid.
        "unusable" => Unusable,
        /// A maximum number is reached.
        "too_many" => TooMany,
        /// The name is too long for a new conversation.
        "name_too_long" => NameTooLong,
        /// The body is too large.
        "too_large" => TooLarge,
        /// The method is not supported here.
        "method_not_allowed" => MethodNotAllowed,
        /// The server is not configured.
        "not_set_up" => NotSetUp,
        /// The accounts could not be read or written.
        "store_failed" => StoreFailed,
        /// The server has no source of randomness.
        "no_randomness" => NoRandomness,
        /// The storage of the conversation is full.
        "storage_full" => StorageFull,
        /// The disk accepts no writes.
        "storage_unwritable" => StorageUnwritable,
        /// The stored conversation is damaged.
        "conversation_damaged" => ConversationDamaged,
        /// The stored conversation was written by a newer version.
        "conversation_newer" => ConversationNewer,
        /// Another failure of the store.
        "store" => Store,
        /// The person has begun the maximum number of conversations of this hour.
        "too_many_conversations" => TooManyConversations,
        /// The conversation has the maximum number of connections.
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

    /// A refusal with a code.
    #[must_use]
    pub fn with_code(self, code: ErrorCode) -> Self {
        Self {
            code: Some(code.as_str().to_owned()),
            ..self
        }
    }

    /// Reads the body of a response; `None` when it has no error.
    #[must_use]
    pub fn from_json(body: Value) -> Option<Self> {
        Record::from_json(body)
    }

    /// The body of a response.
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
    fn writing_and_reading_agree() {
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
