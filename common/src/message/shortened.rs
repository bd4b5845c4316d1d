//! Shortened copies of messages that are too large for a part of a transcript: their long texts are cut.
//!
//! On the wire: a field in the copy's `metadata`: `{"coder": {"wholeBytes": 31457280}}`.

use serde_json::Value;

use super::Message;

/// The name of the field.
const WHOLE_BYTES: &str = "wholeBytes";

impl Message {
    /// The size of the stored message in bytes of JSON, if this is a shortened copy.
    #[must_use]
    pub fn whole_bytes(&self) -> Option<u64> {
        self.own_field(WHOLE_BYTES).and_then(Value::as_u64)
    }

    /// Marks the message as a shortened copy.
    pub fn set_whole_bytes(&mut self, bytes: u64) {
        self.set_own_field(WHOLE_BYTES, Some(bytes.into()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{id::MessageId, message::Role};

    #[test]
    fn a_copy_says_how_large_the_message_is() {
        let mut message = Message::text(MessageId::from("m"), Role::User, "x");
        assert_eq!(message.whole_bytes(), None);
        message.set_left_out(true);
        message.set_whole_bytes(7);
        assert_eq!(message.whole_bytes(), Some(7));
        let metadata = json!({"coder": {"leftOut": true, "wholeBytes": 7}});
        assert_eq!(message.metadata, Some(metadata));
        message.metadata = Some(json!({"coder": {"wholeBytes": "7"}}));
        assert_eq!(message.whole_bytes(), None);
    }
}
