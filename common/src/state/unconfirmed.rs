//! Instructions that came with an archive and wait for the user.

use serde_json::Value;

use crate::fields::Fields;

/// A file with instructions that the agent does not follow until somebody has confirmed it. On the wire `{path, hash}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Where it is, from the root of the workspace.
    pub path: String,
    /// Of its content: what is confirmed is this content and no other.
    pub hash: String,
}

impl Unconfirmed {
    /// Reads the field `unconfirmed` of a state; what is no such file is left out.
    #[must_use]
    pub fn list_from_json(files: Option<&Value>) -> Vec<Self> {
        let files = files.and_then(Value::as_array);
        files
            .into_iter()
            .flatten()
            .filter_map(Self::from_json)
            .collect()
    }

    /// As it goes over the wire; none: the field is left out.
    #[must_use]
    pub fn list_to_json(files: &[Self]) -> Option<Value> {
        (!files.is_empty()).then(|| files.iter().map(Self::to_json).collect())
    }

    /// As it goes over the wire.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Fields::default()
            .put("path", self.path.as_str())
            .put("hash", self.hash.as_str())
            .into_value()
    }

    fn from_json(file: &Value) -> Option<Self> {
        let text = |field: &str| file.get(field).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            path: text("path")?,
            hash: text("hash")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let files = [Unconfirmed {
            path: "AGENTS.md".to_owned(),
            hash: "h".to_owned(),
        }];
        let json = Unconfirmed::list_to_json(&files).unwrap();
        assert_eq!(json, json!([{"path": "AGENTS.md", "hash": "h"}]));
        assert_eq!(Unconfirmed::list_from_json(Some(&json)), files);
        assert_eq!(Unconfirmed::list_to_json(&[]), None);
        for other in [json!(null), json!({}), json!([1, {"path": 1, "hash": "h"}])] {
            assert_eq!(Unconfirmed::list_from_json(Some(&other)), [], "{other}");
        }
    }
}
