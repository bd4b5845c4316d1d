//! What stands in a directory, as the agent lists it.

use serde_json::Value;

/// A file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: String,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A directory.
    Directory,
    /// A file.
    File(File),
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Its bytes.
    pub(crate) size: u64,
    /// Of its content.
    pub(crate) hash: String,
    /// Its lines; `None`: it is no text.
    pub(crate) lines: Option<u64>,
}

/// A part of a directory's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// By name.
    pub(crate) entries: Vec<Entry>,
    /// Behind which path there is more.
    pub(crate) next: Option<String>,
}

impl Page {
    /// Reads a list; entries of a kind that is not known are left out.
    pub(crate) fn from_json(list: &Value) -> Option<Self> {
        let entries = list.get("entries")?.as_array()?;
        let next = list.get("next").and_then(Value::as_str);
        Some(Self {
            entries: entries.iter().filter_map(Entry::from_json).collect(),
            next: next.map(str::to_owned),
        })
    }
}

impl Entry {
    fn from_json(entry: &Value) -> Option<Self> {
        let name = entry.get("name")?.as_str()?.to_owned();
        let kind = match entry.get("type")?.as_str()? {
            "directory" => Kind::Directory,
            "file" => Kind::File(File {
                size: entry.get("size")?.as_u64()?,
                hash: entry.get("hash")?.as_str()?.to_owned(),
                lines: entry.get("lines").and_then(Value::as_u64),
            }),
            _ => return None,
        };
        Some(Self { name, kind })
    }
}

/// The path of an entry of a directory; the root is the empty path.
pub(crate) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// `12 bytes`, `3.4 kB`, `5.6 MB`.
pub(crate) fn size_words(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit / (unit / 10));
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000.. => format!("{} MB", tenths(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_read() {
        let list = json!({"path": "", "next": "b", "entries": [
            {"name": "a", "type": "directory", "version": 1, "modified": 2},
            {"name": "b", "type": "file", "size": 3, "hash": "h", "lines": null},
            {"name": "c", "type": "socket"},
            7,
        ]});
        let file = File {
            size: 3,
            hash: "h".to_owned(),
            lines: None,
        };
        let entry = |name: &str, kind: Kind| Entry {
            name: name.to_owned(),
            kind,
        };
        let expected = Page {
            entries: vec![entry("a", Kind::Directory), entry("b", Kind::File(file))],
            next: Some("b".to_owned()),
        };
        assert_eq!(Page::from_json(&list), Some(expected));
        assert_eq!(Page::from_json(&json!({"error": "no"})), None);
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_234, "1.2 kB"),
            (9_990_000, "9.9 MB"),
        ] {
            assert_eq!(size_words(bytes), expected);
        }
    }
}
