//! Places of a transcript with more than one branch.

use serde_json::Value;

use crate::{fields::Record, id::MessageId};

record! {
    /// A message that several branches follow: the conversation was edited, answered again or continued otherwise from
    /// there. One of them is shown, the others are kept.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Fork {
        /// The message before the branches; empty when they begin the conversation.
        pub after: MessageId = "after",
        /// The number of the shown branch, from 1, in the order in which they were made.
        pub shown: u32 = "shown",
        /// The number of branches.
        pub count: u32 = "count",
    }
}

impl Fork {
    /// Reads the field `forks` of a state; malformed entries are dropped.
    #[must_use]
    pub fn list_from_json(forks: Option<&Value>) -> Vec<Self> {
        let forks = forks.and_then(Value::as_array).into_iter().flatten();
        forks.cloned().filter_map(Self::from_json).collect()
    }

    /// The JSON form.
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
        let fork = Fork {
            after: MessageId::from("m1"),
            shown: 2,
            count: 3,
        };
        let json = json!([fork.to_json()]);
        assert_eq!(json, json!([{"after": "m1", "shown": 2, "count": 3}]));
        assert_eq!(Fork::list_from_json(Some(&json)), [fork]);
        for other in [
            json!(null),
            json!([1, {"after": "m1", "shown": -1, "count": 3}]),
        ] {
            assert_eq!(Fork::list_from_json(Some(&other)), [], "{other}");
        }
    }
}
