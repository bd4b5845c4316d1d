//! The synced state of a directory: the newest part of the list.

use serde_json::Value;

use super::Summary;
use crate::fields::{Record, lenient, listed};

/// The maximum number of conversations in the synced state.
pub const MAX_LISTED: usize = 50;

record! {
    /// The newest part of the list: pinned conversations first, then the others by last activity, without archived and
    /// deleted ones.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ListState {
        /// Grows with every change of the list.
        pub revision: u64 = "revision",
        /// The number of conversations in the whole list.
        pub total: u64 = lenient "total",
        /// The number of archived conversations.
        pub archived: u64 = lenient "archived",
        /// At most [`MAX_LISTED`] conversations.
        pub conversations: Vec<Summary> = listed "conversations",
        /// The cursor of the rest, for [`super::Call::Page`]; `None` when this is all.
        pub next: Option<String> = "next",
    }
}

impl ListState {
    /// The JSON form: `{revision, total, archived, conversations, next?}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(state: Value) -> Option<Self> {
        Record::from_json(state)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::directory::summary::tests::summary;

    #[test]
    fn writing_and_reading_agree() {
        let state = ListState {
            revision: 7,
            total: 60,
            archived: 1,
            conversations: vec![summary("a"), summary("b")],
            next: Some("0.2.b".to_owned()),
        };
        assert_eq!(ListState::from_json(state.to_json()), Some(state));
        let empty = ListState::default();
        assert_eq!(
            empty.to_json(),
            json!({"revision": 0, "total": 0, "archived": 0, "conversations": []})
        );
        assert_eq!(ListState::from_json(empty.to_json()), Some(empty));
        assert_eq!(ListState::from_json(json!({"title": null})), None);
    }
}
