//! The changes of a workspace over HTTP and in calls: its timeline, what differs between two points, undo and redo.

use super::FileChange;
use crate::{
    fields::{flag, lenient, nullable, readable, texts},
    time::Timestamp,
};

/// The path of the timeline behind that of the agent's instance. Below it: `compare`, `versions`, `undo`, `redo`, `restore`.
pub const CHANGES: &str = "changes";

record! {
    /// Recorded changes, the latest first.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Timeline {
        /// The changes.
        pub changes: Vec<TimelineChange> = readable "changes",
        /// Before which change there are more; `None`: these are all that are still known.
        pub next: Option<u64> = nullable "next",
    }
}

record! {
    /// One change.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TimelineChange {
        /// Its number.
        pub number: u64 = "number",
        /// What made it.
        pub kind: OriginKind = "kind",
        /// The message whose answer made it, or whose changes were undone or redone; `None`: the user made it.
        pub answer: Option<String> = lenient "answer",
        /// When.
        pub at: Timestamp = lenient "at",
        /// Some of the paths that it touched.
        pub paths: Vec<String> = texts "paths",
        /// How many paths it touched in all.
        pub touched: u64 = lenient "touched",
    }
}

words! {
    /// What made a change.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum OriginKind, expected "what made a change" {
        /// The user wrote.
        "user" => User,
        /// The agent wrote, in an answer.
        "answer" => Answer,
        /// The user undid an answer's changes.
        "undo" => Undo,
        /// The user redid what was undone.
        "redo" => Redo,
        /// The user put back an earlier version of a file.
        "restore" => Restore,
    }
}

record! {
    /// What differs between two points.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Comparison {
        /// The first changes, by path.
        pub changes: Vec<FileChange> = readable "changes",
        /// How many there are beyond those.
        pub more: u64 = lenient "more",
    }
}

record! {
    /// The versions of a file that are still stored, the latest first.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Versions {
        /// The versions.
        pub versions: Vec<FileVersion> = readable "versions",
    }
}

record! {
    /// One version of a file.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FileVersion {
        /// The change that put it there.
        pub since: u64 = "since",
        /// The change that ended it; `None` for the current version.
        pub until: Option<u64> = nullable "until",
        /// Of its content.
        pub hash: String = "hash",
        /// In bytes.
        pub size: u64 = "size",
        /// When it was written.
        pub at: Timestamp = lenient "at",
    }
}

record! {
    /// A request to undo or redo.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UndoRequest {
        /// The messages whose answers' changes are meant; a redo takes one.
        pub answers: Vec<String> = texts "answers",
        /// What happens where the same lines were changed since; missing: nothing is changed, and the places are named.
        pub on_conflict: Option<ConflictChoice> = "onConflict",
        /// Whether nothing is to be changed: the answer says what would happen.
        pub is_check: bool = flag "check",
        /// Whether the answers are about to be left: they become a branch, and coming back to it redoes their changes.
        pub is_leaving: bool = flag "leaving",
    }
}

words! {
    /// What happens where the same lines were changed since.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum ConflictChoice, expected "`keep` or `replace`" {
        /// Keeps the current content.
        "keep" => Keep,
        /// Restores the earlier content; the current one becomes a former version.
        "replace" => Replace,
    }
}

record! {
    /// What an undo or a redo did. With conflicts it did nothing (over HTTP: status 409), `kept` names the places, and `error`
    /// says so.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Undone {
        /// The number of the last change.
        pub version: u64 = lenient "version",
        /// The answers whose changes were undone or redone.
        pub answers: Vec<String> = texts "answers",
        /// The places that could not become what they were, and stay.
        pub kept: Vec<String> = texts "kept",
        /// Why nothing was done; missing: it was done.
        pub error: Option<String> = "error",
    }
}

record! {
    /// A request to put a file back as it was.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RestoreRequest {
        /// Which file.
        pub path: String = "path",
        /// Behind which change.
        pub behind: u64 = "behind",
    }
}

record! {
    /// Which difference is asked for: what an answer changed, or what differs between two points.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct CompareRequest {
        /// The message whose answer's changes are meant.
        pub answer: Option<String> = "answer",
        /// Behind which change the older point is; missing with an answer.
        pub from: Option<u64> = "from",
        /// Behind which change the newer point is; missing: now.
        pub to: Option<u64> = "to",
    }
}

bodies!(
    Timeline,
    Comparison,
    Versions,
    UndoRequest,
    Undone,
    RestoreRequest,
    CompareRequest
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_read_as_they_are_written() {
        let timeline = json!({
            "changes": [
                {"number": 3, "kind": "undo", "answer": "m", "at": 5, "paths": ["a"], "touched": 2},
                {"number": 2, "kind": "user", "at": 4, "paths": ["b"], "touched": 1},
            ],
            "next": 2,
        });
        let read = Timeline::from_json(timeline.clone()).unwrap();
        assert_eq!(read.changes.len(), 2);
        assert_eq!(read.to_json(), timeline);
        for (request, is_check) in [
            (json!({"answers": ["m"], "onConflict": "keep"}), false),
            (
                json!({"answers": ["m"], "onConflict": "keep", "check": true}),
                true,
            ),
        ] {
            let read = UndoRequest::from_json(request.clone()).unwrap();
            assert_eq!(read.on_conflict, Some(ConflictChoice::Keep));
            assert_eq!(read.is_check, is_check);
            assert_eq!(read.to_json(), request);
        }
        for odd in [
            json!({}),
            json!({"answers": "m"}),
            json!({"answers": ["m"], "onConflict": "both"}),
        ] {
            assert_eq!(UndoRequest::from_json(odd.clone()), None, "{odd}");
        }
        let versions =
            json!({"versions": [{"since": 1, "until": null, "hash": "h", "size": 3, "at": 2}]});
        assert_eq!(
            Versions::from_json(versions.clone()).unwrap().to_json(),
            versions
        );
    }
}
