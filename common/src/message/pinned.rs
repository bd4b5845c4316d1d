//! Pinned messages: the model gets them word for word, also where messages around them are summarised.
//!
//! On the wire: a field in the message's `metadata`: `{"coder": {"pinned": true}}`.

use serde_json::Value;

use super::Message;

/// The name of the field.
const PINNED: &str = "pinned";

impl Message {
    /// Whether the user has pinned the message.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.own_field(PINNED) == Some(&Value::Bool(true))
    }

    /// Pins the message, or unpins it. Other metadata stays.
    pub fn set_pinned(&mut self, is_pinned: bool) {
        self.set_own_field(PINNED, is_pinned.then_some(Value::Bool(true)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        id::MessageId,
        message::{Message, Role},
    };

    #[test]
    fn a_message_is_pinned_and_unpinned_beside_other_metadata() {
        let mut message = Message::text(MessageId::from("m"), Role::User, "x");
        message.set_left_out(true);
        message.set_pinned(true);
        assert!(message.is_pinned());
        let metadata = json!({"coder": {"leftOut": true, "pinned": true}});
        assert_eq!(message.metadata, Some(metadata));
        message.set_pinned(false);
        assert!(!message.is_pinned() && message.is_left_out());
    }
}
