//! The summary of earlier messages, as clients see it.

use serde_json::Value;

use crate::{
    fields::{Record, lenient},
    id::MessageId,
};

record! {
    /// Where the newest summary of earlier messages stands. The text comes with the callable `getSummary`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Compacted {
        /// The last message that the summary covers; `None`: there is no summary.
        pub after: Option<MessageId> = lenient "after",
        /// Why the conversation could not be summarised last, as a sentence for the user; `None`: it could.
        pub problem: Option<String> = lenient "problem",
    }
}

impl Compacted {
    /// Reads it from a synced state. What cannot be read counts as missing.
    #[must_use]
    pub fn of_state(state: Option<&Value>) -> Self {
        let field = state.and_then(|state| state.get("compaction"));
        let read = field.and_then(|field| Record::from_json(field.clone()));
        read.unwrap_or_default()
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.after.is_none() && self.problem.is_none()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_read_from_a_state() {
        let state = json!({"compaction": {"after": "m1", "problem": "No."}});
        let compacted = Compacted {
            after: Some("m1".into()),
            problem: Some("No.".to_owned()),
        };
        assert_eq!(Compacted::of_state(Some(&state)), compacted);
        assert_eq!(state["compaction"], compacted.to_json());
        for nothing in [None, Some(json!({})), Some(json!({"compaction": 1}))] {
            assert!(Compacted::of_state(nothing.as_ref()).is_empty());
        }
    }
}
