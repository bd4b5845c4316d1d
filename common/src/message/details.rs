//! What the agent says about a tool call beside its input and output: for people, not for the model.
//!
//! On the wire it is a data part (protocol §5.11): `data-call` with the id of the call, so that every client that knows
//! data parts can show it. The last one with an id counts.

use serde_json::Value;

use super::DataPart;
use crate::{fields::Fields, id::ToolCallId, time::Timestamp};

/// The name of the data part.
const NAME: &str = "call";

/// What is said about a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallDetails {
    /// What it will change, or has changed, in the workspace.
    pub changes: Vec<FileChange>,
    /// How many changes there are beyond those.
    pub more: u64,
    /// While it waits for an approval: when it is refused by itself.
    pub expires_at: Option<Timestamp>,
    /// How long it ran, in milliseconds.
    pub took: Option<u64>,
}

/// What a call does to one file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// What it does.
    pub kind: ChangeKind,
    /// The path, from the root of the workspace.
    pub path: String,
    /// Where it goes, or is copied to.
    pub to: Option<String>,
    /// How many lines are added.
    pub added: u64,
    /// How many lines are removed.
    pub removed: u64,
    /// The hunks of a unified diff, perhaps cut; `None`: there is no text to show.
    pub diff: Option<String>,
}

/// What a call does to a file or directory. On the wire `"made"`, `"changed"`, `"moved"`, `"copied"`, `"deleted"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Made,
    /// Its content becomes another.
    Changed,
    /// It goes to another path.
    Moved,
    /// It stands at another path, too.
    Copied,
    /// It goes.
    Deleted,
}

impl CallDetails {
    /// Of which call a data part speaks, and what it says; `None`: it is another data part.
    #[must_use]
    pub fn of(part: &DataPart) -> Option<(ToolCallId, Self)> {
        let id = part.id.as_deref().filter(|_| part.name == NAME)?;
        let Value::Object(fields) = part.data.clone() else {
            return None;
        };
        let mut fields = Fields::of(fields);
        let changes = match fields.value("changes") {
            Some(Value::Array(changes)) => changes,
            Some(_) | None => Vec::new(),
        };
        let mut number = |field| fields.value(field).and_then(|value| value.as_u64());
        let details = Self {
            changes: changes
                .into_iter()
                .filter_map(FileChange::from_json)
                .collect(),
            more: number("more").unwrap_or(0),
            expires_at: number("expiresAt").map(Timestamp::from_millis),
            took: number("took"),
        };
        Some((ToolCallId::from(id), details))
    }

    /// The data part that says it.
    #[must_use]
    pub fn to_part(&self, call: &ToolCallId) -> DataPart {
        let changes: Vec<Value> = self.changes.iter().map(FileChange::to_json).collect();
        let data = Fields::default()
            .put_some("changes", (!changes.is_empty()).then_some(changes))
            .put_some("more", Some(self.more).filter(|more| *more > 0))
            .put_some("expiresAt", self.expires_at.map(Timestamp::as_millis))
            .put_some("took", self.took);
        DataPart {
            name: NAME.to_owned(),
            id: Some(call.to_string()),
            data: data.into_value(),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl FileChange {
    fn from_json(change: Value) -> Option<Self> {
        let Value::Object(fields) = change else {
            return None;
        };
        let mut fields = Fields::of(fields);
        let kind = ChangeKind::parse(&fields.text("kind").ok()?)?;
        let path = fields.text("path").ok()?;
        let to = fields.optional_text("to").ok()?;
        let diff = fields.optional_text("diff").ok()?;
        let mut lines = |field| {
            let lines = fields.value(field).and_then(|value| value.as_u64());
            lines.unwrap_or(0)
        };
        Some(Self {
            kind,
            path,
            to,
            added: lines("added"),
            removed: lines("removed"),
            diff,
        })
    }

    fn to_json(&self) -> Value {
        Fields::default()
            .put("kind", self.kind.as_str())
            .put("path", self.path.as_str())
            .put_some("to", self.to.as_deref())
            .put("added", self.added)
            .put("removed", self.removed)
            .put_some("diff", self.diff.as_deref())
            .into_value()
    }
}

impl ChangeKind {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Copied => "copied",
            Self::Deleted => "deleted",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [
            Self::Made,
            Self::Changed,
            Self::Moved,
            Self::Copied,
            Self::Deleted,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read() {
        let details = CallDetails {
            changes: vec![FileChange {
                kind: ChangeKind::Moved,
                path: "a".to_owned(),
                to: Some("b".to_owned()),
                added: 1,
                removed: 2,
                diff: Some("@@ -1 +1 @@\n".to_owned()),
            }],
            more: 3,
            expires_at: Some(Timestamp::from_millis(4)),
            took: Some(5),
        };
        let call = ToolCallId::from("c1");
        assert_eq!(
            CallDetails::of(&details.to_part(&call)),
            Some((call.clone(), details))
        );
        let silent = CallDetails::default();
        assert!(silent.is_empty());
        assert_eq!(
            CallDetails::of(&silent.to_part(&call)),
            Some((call, silent))
        );
    }

    #[test]
    fn other_data_parts_and_odd_ones_are_no_details() {
        let part = |name: &str, id: Option<&str>, data: Value| DataPart {
            name: name.to_owned(),
            id: id.map(str::to_owned),
            data,
        };
        assert_eq!(
            CallDetails::of(&part("progress", Some("c"), Value::Null)),
            None
        );
        assert_eq!(
            CallDetails::of(&part("call", None, serde_json::json!({}))),
            None
        );
        assert_eq!(CallDetails::of(&part("call", Some("c"), Value::Null)), None);
        let odd =
            serde_json::json!({"changes": [{"kind": "eaten", "path": "a"}, 1], "took": "long"});
        let (_, details) = CallDetails::of(&part("call", Some("c"), odd)).unwrap();
        assert!(details.is_empty());
    }
}
