//! The result of unpacking an archive.

use serde_json::Value;

use crate::fields::{Record, lenient, listed};

record! {
    /// The result of an unpacked archive.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Unpacked {
        /// The number of files written.
        pub files: u64 = lenient "files",
        /// The number of files left alone, since they had the same content.
        pub unchanged: u64 = lenient "unchanged",
        /// The total size of these files, in bytes.
        pub bytes: u64 = lenient "bytes",
        /// The number of the last change.
        pub version: u64 = lenient "version",
        /// The skipped entries.
        pub skipped: Vec<LeftOut> = listed "skipped",
        /// Paths that differ by case alone.
        pub twins: Vec<CaseTwin> = listed "differsByCase",
        /// The encoding assumed for names that do not state theirs; `None` when there were none.
        pub names_read_as: Option<String> = lenient "namesReadAs",
    }
}

record! {
    /// A skipped entry.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LeftOut {
        /// Its name in the archive.
        pub name: String = lenient "name",
        /// The reason, in a few words.
        pub reason: String = lenient "reason",
    }
}

record! {
    /// Two paths that differ by case alone. Some file systems take them for the same.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CaseTwin {
        /// The new path.
        pub made: String = "path",
        /// The existing path.
        pub other: String = "other",
    }
}

impl Unpacked {
    /// Reads a response. Missing fields count as empty.
    #[must_use]
    pub fn from_json(answer: Value) -> Self {
        Record::from_json(answer).unwrap_or_default()
    }

    /// The body of the response.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}

impl CaseTwin {
    /// A field of the response.
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
        let unpacked = Unpacked {
            files: 1,
            unchanged: 2,
            bytes: 3,
            version: 4,
            skipped: vec![LeftOut {
                name: "../a".to_owned(),
                reason: "it leads out".to_owned(),
            }],
            twins: vec![CaseTwin {
                made: "A".to_owned(),
                other: "a".to_owned(),
            }],
            names_read_as: Some("CP437".to_owned()),
        };
        let json = json!({"files": 1, "unchanged": 2, "bytes": 3, "version": 4,
            "skipped": [{"name": "../a", "reason": "it leads out"}], "differsByCase": [{"path": "A", "other": "a"}],
            "namesReadAs": "CP437"});
        assert_eq!(unpacked.to_json(), json);
        assert_eq!(Unpacked::from_json(json), unpacked);
        let none = Unpacked::default();
        assert_eq!(none.to_json()["skipped"], json!([]));
        assert_eq!(none.to_json().get("namesReadAs"), None);
        for odd in [json!(null), json!({}), json!({"files": "1", "skipped": 7})] {
            assert_eq!(Unpacked::from_json(odd), none);
        }
    }
}
