//! Excluded messages: they stay in the transcript, but the model does not get them.
//!
//! On the wire: a field in the message's `metadata`: `{"coder": {"leftOut": true}}`.

use serde_json::Value;

use super::Message;

/// The name of the field.
const LEFT_OUT: &str = "leftOut";

impl Message {
    /// Whether the user has excluded the message.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.own_field(LEFT_OUT) == Some(&Value::Bool(true))
    }

    /// Excludes the message, or includes it again. Other metadata stays.
    pub fn set_left_out(&mut self, is_left_out: bool) {
        self.set_own_field(LEFT_OUT, is_left_out.then_some(Value::Bool(true)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{id::MessageId, message::Role};

    #[test]
    fn a_message_is_left_out_and_taken_back_in_beside_other_metadata() {
        let mut message = Message::text(MessageId::from("m"), Role::User, "x");
        assert!(!message.is_left_out());
        message.set_left_out(false);
        assert_eq!(message.metadata, None);
        message.set_left_out(true);
        assert_eq!(message.metadata, Some(json!({"coder": {"leftOut": true}})));
        assert!(message.is_left_out());
        message.set_left_out(false);
        assert_eq!(message.metadata, None);
        let other = json!({"model": "m", "coder": {"cost": 1}});
        message.metadata = Some(other.clone());
        message.set_left_out(true);
        assert!(message.is_left_out());
        message.set_left_out(false);
        assert_eq!(message.metadata, Some(other));
    }
}
