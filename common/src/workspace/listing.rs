//! The content of a directory.

use serde_json::Value;

use super::NearLimit;
use crate::{
    fields::{FieldError, Fields, Record, flag, flat, lenient, nullable, readable, texts},
    time::Timestamp,
};

record! {
    /// The content of a directory, or a part of it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Listing {
        /// The directory; the root is the empty path.
        pub path: String = lenient "path",
        /// The entries, by name. Entries of an unknown kind are dropped.
        pub entries: Vec<Entry> = entries "entries",
        /// The path after which the next part begins; `None` when this is all.
        pub next: Option<String> = nullable "next",
        /// The limits of all files that are nearly reached; only with the beginning of the root.
        pub near: Vec<NearLimit> = readable "near",
    }
}

record! {
    /// The paths of all files below a directory, but for those that git ignores.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Paths {
        /// The directory; the root is the empty path.
        pub path: String = lenient "path",
        /// The paths, from the root, in order.
        pub paths: Vec<String> = texts "paths",
        /// Whether there are more than these.
        pub more: bool = flag "more",
    }
}

record! {
    /// A file or directory.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Entry {
        /// Its name.
        pub name: String = "name",
        /// The number of the change that last modified it.
        pub version: u64 = lenient "version",
        /// When it was last modified.
        pub modified: Timestamp = lenient "modified",
        /// The Unix permissions, as chmod takes them; `None` for the default ones.
        pub mode: Option<String> = lenient "mode",
        /// Its kind.
        pub kind: EntryKind = flat,
    }
}

tagged! {
    /// The kind of an entry.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum EntryKind by "type" {
        /// A directory.
        "directory" => Directory,
        /// A file.
        "file" => File(File = flat),
    }
}

record! {
    /// The facts about a file.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct File {
        /// Its size in bytes.
        pub size: u64 = "size",
        /// The hash of its content.
        pub hash: String = "hash",
        /// Its number of lines; `None` when it is not text.
        pub lines: Option<u64> = nullable "lines",
        /// The encoding of a text; `None` for plain UTF-8, or when it is not text.
        pub encoding: Option<String> = lenient "encoding",
    }
}

impl Record for EntryKind {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        match Self::take_tagged(&fields.text("type")?, fields)? {
            Some(kind) => Ok(kind),
            None => Fields::unexpected("type", "`directory` or `file`"),
        }
    }

    fn put(&self, fields: &mut Fields) {
        fields.add(self.fields());
    }
}

/// The readable entries; without the array, the value is no listing.
mod entries {
    use serde_json::Value;

    use super::Entry;
    use crate::fields::{FieldError, Fields, Record as _};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Vec<Entry>, FieldError> {
        let entries = fields.array(name)?.into_iter();
        Ok(entries.filter_map(Entry::from_json).collect())
    }

    pub(super) fn put(entries: &[Entry], fields: &mut Fields, name: &str) {
        let entries: Value = entries.iter().map(Entry::to_json).collect();
        fields.set(name, entries);
    }
}

impl Listing {
    /// Reads a response; `None` when it is no listing.
    #[must_use]
    pub fn from_json(answer: Value) -> Option<Self> {
        Record::from_json(answer)
    }

    /// The body of the response.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}

impl Paths {
    /// Reads a response; `None` when it is none.
    #[must_use]
    pub fn from_json(answer: Value) -> Option<Self> {
        Record::from_json(answer)
    }

    /// The body of the response.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::workspace::Limited;

    fn listing() -> Listing {
        let entry = |name: &str, kind: EntryKind| Entry {
            name: name.to_owned(),
            version: 1,
            modified: Timestamp::from_millis(2),
            mode: (name == "c").then(|| "755".to_owned()),
            kind,
        };
        let file = |lines| {
            EntryKind::File(File {
                size: 3,
                hash: "h".to_owned(),
                lines,
                encoding: lines.map(|_| "windows-1252".to_owned()),
            })
        };
        Listing {
            path: "d".to_owned(),
            entries: vec![
                entry("a", EntryKind::Directory),
                entry("b", file(None)),
                entry("c", file(Some(4))),
            ],
            next: Some("d/c".to_owned()),
            near: NearLimit::of(Limited::Files, 9, 10).into_iter().collect(),
        }
    }

    #[test]
    fn paths_are_read_and_written() {
        let paths = Paths {
            path: "src".to_owned(),
            paths: vec!["src/a.rs".to_owned()],
            more: true,
        };
        let json = json!({"path": "src", "paths": ["src/a.rs"], "more": true});
        assert_eq!(paths.to_json(), json);
        assert_eq!(Paths::from_json(json), Some(paths));
        assert_eq!(Paths::from_json(json!({"entries": []})), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let json = json!({"path": "d", "next": "d/c", "entries": [
            {"name": "a", "type": "directory", "version": 1, "modified": 2},
            {"name": "b", "type": "file", "version": 1, "modified": 2, "size": 3, "hash": "h", "lines": null},
            {"name": "c", "type": "file", "version": 1, "modified": 2, "size": 3, "hash": "h", "lines": 4,
                "encoding": "windows-1252", "mode": "755"},
        ], "near": [{"limited": "files", "used": 9, "most": 10}]});
        assert_eq!(listing().to_json(), json);
        assert_eq!(Listing::from_json(json), Some(listing()));
        let all = Listing {
            next: None,
            ..listing()
        };
        assert_eq!(all.to_json()["next"], Value::Null);
        assert_eq!(Listing::from_json(all.to_json()), Some(all));
    }

    #[test]
    fn unknown_entries_are_left_out() {
        let json = json!({"entries": [
            {"name": "a", "type": "directory"},
            {"name": "c", "type": "socket"},
            {"name": "d", "type": "file", "size": "large", "hash": "h"},
            7,
        ]});
        let read = Listing::from_json(json).unwrap();
        let names: Vec<&str> = read.entries.iter().map(|entry| &*entry.name).collect();
        assert_eq!((names, read.next), (vec!["a"], None));
        assert_eq!(Listing::from_json(json!({"error": "no"})), None);
    }
}
