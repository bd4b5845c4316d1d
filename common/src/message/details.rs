//! Details of a tool call that the agent adds to its input and output: for people, not for the model.
//!
//! On the wire they are a data part (protocol §5.11): `data-call` with the id of the call, so that every client that
//! knows data parts can show it. The last part with an id counts.

use serde_json::Value;

use super::DataPart;
use crate::{
    fields::{Record as _, lenient, readable},
    id::ToolCallId,
    time::Timestamp,
};

/// The name of the data part.
const NAME: &str = "call";

record! {
    /// The details of a call.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct CallDetails {
        /// The changes to the workspace that the call will make or has made.
        pub changes: Vec<FileChange> = readable "changes",
        /// The number of further changes.
        pub more: u64 = beyond "more",
        /// When an unanswered approval request expires.
        pub expires_at: Option<Timestamp> = lenient "expiresAt",
        /// The duration of the call, in milliseconds.
        pub took: Option<u64> = lenient "took",
        /// The requests that the call sent to GitHub.
        pub requests: Vec<SentRequest> = readable "requests",
    }
}

record! {
    /// A request to GitHub.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SentRequest {
        /// The method.
        pub method: String = "method",
        /// The path, without the query.
        pub path: String = "path",
        /// The status of the answer; 0 when there was none.
        pub status: u64 = "status",
        /// How often it was sent again in a row.
        pub again: u64 = beyond "again",
    }
}

record! {
    /// The change of one file or directory.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FileChange {
        /// The kind of change.
        pub kind: ChangeKind = "kind",
        /// The path, from the root of the workspace.
        pub path: String = "path",
        /// The new path of a move or copy.
        pub to: Option<String> = "to",
        /// The number of added lines.
        pub added: u64 = lenient "added",
        /// The number of removed lines.
        pub removed: u64 = lenient "removed",
        /// The hunks of a unified diff, perhaps cut; `None` when there is no text to show.
        pub diff: Option<String> = "diff",
    }
}

words! {
    /// The kind of a change to a file or directory.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ChangeKind, expected "a kind of change" {
        /// It is created.
        "made" => Made,
        /// Its content changes.
        "changed" => Changed,
        /// It moves to another path.
        "moved" => Moved,
        /// It is copied to another path.
        "copied" => Copied,
        /// It is removed.
        "deleted" => Deleted,
    }
}

impl CallDetails {
    /// Reads a data part: the call's id and its details; `None` for other data parts.
    #[must_use]
    pub fn of(part: &DataPart) -> Option<(ToolCallId, Self)> {
        let id = part.id.as_deref().filter(|_| part.name == NAME)?;
        Some((ToolCallId::from(id), Self::from_json(part.data.clone())?))
    }

    /// Whether a data part holds changes of this call.
    pub(super) fn are_changes_of(part: &DataPart, call: &ToolCallId) -> bool {
        let changes = part.data.get("changes").and_then(Value::as_array);
        part.name == NAME
            && part.id.as_deref() == Some(call.as_str())
            && changes.is_some_and(|changes| !changes.is_empty())
    }

    /// The data part with the details.
    #[must_use]
    pub fn to_part(&self, call: &ToolCallId) -> DataPart {
        DataPart {
            name: NAME.to_owned(),
            id: Some(call.to_string()),
            data: self.to_json(),
        }
    }

    /// Whether there are no details.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A count; zero is not written.
mod beyond {
    use crate::fields::{Field as _, FieldError, Fields, lenient};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<u64, FieldError> {
        lenient::take(fields, name)
    }

    pub(super) fn put(count: &u64, fields: &mut Fields, name: &str) {
        if *count > 0 {
            count.put(fields, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_and_reading_agree() {
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
            requests: vec![SentRequest {
                method: "GET".to_owned(),
                path: "/repos/a/b".to_owned(),
                status: 200,
                again: 0,
            }],
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
