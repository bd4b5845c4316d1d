//! Instructions that came with an archive and that the user has not confirmed.

use serde_json::Value;

use crate::fields::Record;

record! {
    /// An instruction file that the agent ignores until the user confirms it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Unconfirmed {
        /// The path, from the root of the workspace.
        pub path: String = "path",
        /// The hash of its content: the confirmation applies to this content only.
        pub hash: String = "hash",
    }
}

impl Unconfirmed {
    /// Reads the field `unconfirmed` of a state; malformed entries are dropped.
    #[must_use]
    pub fn list_from_json(files: Option<&Value>) -> Vec<Self> {
        let files = files.and_then(Value::as_array);
        files
            .into_iter()
            .flatten()
            .cloned()
            .filter_map(Self::from_json)
            .collect()
    }

    /// The JSON form.
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
        let files = [Unconfirmed {
            path: "AGENTS.md".to_owned(),
            hash: "h".to_owned(),
        }];
        let json = json!([files[0].to_json()]);
        assert_eq!(json, json!([{"path": "AGENTS.md", "hash": "h"}]));
        assert_eq!(Unconfirmed::list_from_json(Some(&json)), files);
        for other in [json!(null), json!({}), json!([1, {"path": 1, "hash": "h"}])] {
            assert_eq!(Unconfirmed::list_from_json(Some(&other)), [], "{other}");
        }
    }
}
