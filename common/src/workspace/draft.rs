//! The draft of the agent over HTTP and in calls: what waits in it, and what the user decides.

use serde_json::Value;

use super::ConflictChoice;
use crate::{
    fields::{FieldError, Fields, Record, flag, lenient, listed, readable, texts},
    message::ChangeKind,
};

/// The path of the draft behind that of the agent's instance. Below it: `keep` and `drop`.
pub const DRAFT: &str = "draft";

/// The query parameter that asks for one drafted file, with all of its hunks.
pub const DRAFT_PATH: &str = "path";

record! {
    /// What waits in the draft.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Draft {
        /// The first changes, by path.
        pub files: Vec<DraftedFile> = listed "files",
        /// How many there are beyond those.
        pub more: u64 = lenient "more",
    }
}

record! {
    /// A file that the draft changes, or a directory in which it changes nothing else.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DraftedFile {
        /// The path.
        pub path: String = "path",
        /// What the draft does with it: it is made, changed or deleted.
        pub kind: ChangeKind = "kind",
        /// Whether it is a directory.
        pub is_directory: bool = flag "directory",
        /// Identifies the change: a decision about another one is refused.
        pub version: String = "version",
        /// The message whose answer changed it last.
        pub answer: Option<String> = "answer",
        /// Whether the user has changed the same lines since, so that keeping it needs a choice.
        pub is_conflicting: bool = flag "conflict",
        /// The number of added lines.
        pub added: u64 = lenient "added",
        /// The number of removed lines.
        pub removed: u64 = lenient "removed",
        /// The parts of the change that can be decided about one by one. A change that is no change of text has none.
        pub hunks: Vec<DraftedHunk> = readable "hunks",
        /// Whether hunks are missing here, since they are too large for the list.
        pub is_cut: bool = flag "cut",
    }
}

record! {
    /// A part of the change of a text.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DraftedHunk {
        /// Its number in the file, from 1.
        pub number: u64 = "number",
        /// As a unified diff, perhaps cut.
        pub diff: String = "diff",
    }
}

record! {
    /// A decision about the draft: what is kept or dropped.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct DraftRequest {
        /// Which files. Without any, `all` has to be set.
        pub files: Vec<DraftChoice> = choices "files",
        /// Whether everything in the draft is meant.
        pub is_all: bool = flag "all",
        /// What happens where the user has changed the same lines since; missing: nothing is changed, and the places are named.
        /// `keep` keeps the user's lines and drops the draft of the file.
        pub on_conflict: Option<ConflictChoice> = "onConflict",
    }
}

record! {
    /// A file in a decision.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct DraftChoice {
        /// The path.
        pub path: String = "path",
        /// The version that the user has seen; missing: whatever is there.
        pub version: Option<String> = "version",
        /// The numbers of the hunks that are meant; empty: the whole file. Numbers need a version.
        pub hunks: Vec<u64> = numbers "hunks",
    }
}

record! {
    /// What became of a decision. With conflicts nothing was done (over HTTP: status 409), `conflicts` names the places, and
    /// `error` says so.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct DraftDecided {
        /// The number of the last change of the files.
        pub version: u64 = lenient "version",
        /// How many files wait in the draft now.
        pub left: u64 = lenient "left",
        /// The places where the user has changed the same lines.
        pub conflicts: Vec<String> = texts "conflicts",
        /// Why nothing was done; missing: it was done.
        pub error: Option<String> = "error",
    }
}

/// Way: choices in an array, which is omitted when empty. All must be readable, since they decide about files.
mod choices {
    use super::{DraftChoice, FieldError, Fields, Record, Value};

    pub(super) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Vec<DraftChoice>, FieldError> {
        let unreadable = || FieldError::Other(format!("`{name}` has an entry that is no choice"));
        match fields.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(entries)) => entries
                .into_iter()
                .map(|entry| DraftChoice::from_json(entry).ok_or_else(unreadable))
                .collect(),
            Some(_) => Err(unreadable()),
        }
    }

    pub(super) fn put(choices: &[DraftChoice], fields: &mut Fields, name: &str) {
        if !choices.is_empty() {
            fields.set(name, choices.iter().map(Record::to_json).collect::<Value>());
        }
    }
}

/// Way: an array of numbers, which is omitted when empty.
mod numbers {
    use super::{FieldError, Fields, Value};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Vec<u64>, FieldError> {
        let unreadable = || FieldError::Other(format!("`{name}` is no list of numbers"));
        match fields.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(entries)) => entries
                .iter()
                .map(|entry| entry.as_u64().ok_or_else(unreadable))
                .collect(),
            Some(_) => Err(unreadable()),
        }
    }

    pub(super) fn put(numbers: &[u64], fields: &mut Fields, name: &str) {
        if !numbers.is_empty() {
            fields.set(name, numbers.to_vec());
        }
    }
}

bodies!(Draft, DraftedFile, DraftRequest, DraftDecided);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_read_as_they_are_written() {
        let draft = json!({
            "files": [
                {
                    "path": "a", "kind": "changed", "version": "1f", "answer": "m", "conflict": true, "added": 2, "removed": 1,
                    "hunks": [{"number": 1, "diff": "@@"}],
                },
                {"path": "b", "kind": "deleted", "directory": true, "version": "2e", "added": 0, "removed": 0},
            ],
            "more": 0,
        });
        let read = Draft::from_json(draft.clone()).unwrap();
        assert_eq!(read.files.len(), 2);
        assert_eq!(read.to_json(), draft);
        assert_eq!(Draft::default().to_json(), json!({"files": [], "more": 0}));
        for request in [
            json!({"all": true}),
            json!({"files": [{"path": "a"}], "onConflict": "keep"}),
            json!({"files": [{"path": "a", "version": "1f", "hunks": [1, 3]}]}),
        ] {
            let read = DraftRequest::from_json(request.clone()).unwrap();
            assert_eq!(read.to_json(), request);
        }
        // Nothing is decided by what cannot be read.
        for odd in [
            json!({"files": [{"path": "a"}, {"part": "b"}]}),
            json!({"files": [{"path": "a", "hunks": ["1"]}]}),
            json!({"files": "a"}),
        ] {
            assert_eq!(DraftRequest::from_json(odd.clone()), None, "{odd}");
        }
    }
}
