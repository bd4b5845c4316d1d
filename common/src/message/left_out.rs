//! Messages that the user has taken out of the conversation: they stay in the transcript, and the model does not get them.
//!
//! On the wire it is a field of the message's `metadata`: `{"coder": {"leftOut": true}}`.

use serde_json::{Map, Value};

use super::Message;

/// The key of our data in a message's metadata.
const KEY: &str = "coder";

/// The field that says it.
const LEFT_OUT: &str = "leftOut";

impl Message {
    /// Whether the user has taken it out of the conversation.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        let coder = self.metadata.as_ref().and_then(|all| all.get(KEY));
        coder.and_then(|coder| coder.get(LEFT_OUT)) == Some(&Value::Bool(true))
    }

    /// Takes it out of the conversation, or back in. Other metadata stays.
    pub fn set_left_out(&mut self, is_left_out: bool) {
        let mut all = match self.metadata.take() {
            Some(Value::Object(all)) => all,
            other if !is_left_out => {
                self.metadata = other;
                return;
            }
            Some(_) | None => Map::new(),
        };
        let mut coder = match all.remove(KEY) {
            Some(Value::Object(coder)) => coder,
            Some(_) | None => Map::new(),
        };
        if is_left_out {
            coder.insert(LEFT_OUT.to_owned(), Value::Bool(true));
        } else {
            coder.remove(LEFT_OUT);
        }
        if !coder.is_empty() {
            all.insert(KEY.to_owned(), Value::Object(coder));
        }
        self.metadata = (!all.is_empty()).then_some(Value::Object(all));
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
