//! This application's data about a message: the object `coder` in its `metadata`.

use serde_json::{Map, Value};

use super::Message;

/// The key of our data in a message's metadata.
const KEY: &str = "coder";

impl Message {
    /// Reads one of our fields.
    pub(super) fn own_field(&self, name: &str) -> Option<&Value> {
        self.metadata.as_ref()?.get(KEY)?.get(name)
    }

    /// Sets or removes one of our fields. Other metadata stays.
    pub(super) fn set_own_field(&mut self, name: &str, value: Option<Value>) {
        let mut all = match self.metadata.take() {
            Some(Value::Object(all)) => all,
            other if value.is_none() => {
                self.metadata = other;
                return;
            }
            Some(_) | None => Map::new(),
        };
        let mut coder = match all.remove(KEY) {
            Some(Value::Object(coder)) => coder,
            Some(_) | None => Map::new(),
        };
        match value {
            Some(value) => {
                coder.insert(name.to_owned(), value);
            }
            None => {
                coder.remove(name);
            }
        }
        if !coder.is_empty() {
            all.insert(KEY.to_owned(), Value::Object(coder));
        }
        self.metadata = (!all.is_empty()).then_some(Value::Object(all));
    }
}
