//! The synced state of a directory: the newest part of the list.

use serde_json::Value;

use super::Summary;
use crate::fields::Fields;

/// The most conversations in the synced state.
pub const MAX_LISTED: usize = 50;

/// The newest part of the list: pinned conversations first, then the others by last activity, without archived and
/// deleted ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListState {
    /// Grows with every change of the list.
    pub revision: u64,
    /// The number of conversations in the whole list.
    pub total: u64,
    /// The number of archived conversations.
    pub archived: u64,
    /// At most [`MAX_LISTED`] conversations.
    pub conversations: Vec<Summary>,
    /// The cursor of the rest, for [`super::Call::Page`]; `None` when this is all.
    pub next: Option<String>,
}

impl ListState {
    /// The JSON form: `{revision, total, archived, conversations, next?}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Fields::default()
            .put("revision", self.revision)
            .put("total", self.total)
            .put("archived", self.archived)
            .put("conversations", Summary::list_to_json(&self.conversations))
            .put_some("next", self.next.as_deref())
            .into_value()
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(state: Value) -> Option<Self> {
        let Value::Object(fields) = state else {
            return None;
        };
        let mut fields = Fields::of(fields);
        Some(Self {
            revision: fields.optional_number("revision").ok()??,
            total: fields.optional_number("total").ok()?.unwrap_or(0),
            archived: fields.optional_number("archived").ok()?.unwrap_or(0),
            conversations: Summary::list_from_json(fields.array("conversations").ok()?),
            next: fields.optional_text("next").ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::directory::summary::tests::summary;

    #[test]
    fn what_is_written_is_read() {
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
