//! What the user has agreed to for good.

use serde_json::Value;

use super::{StateError, list_of};
use crate::fields::Fields;

/// The most grants of a conversation.
pub const MAX_GRANTS: usize = 100;

/// The most characters of the paths of a grant.
pub const MAX_PATHS_CHARS: usize = 1_000;

/// Calls of a tool that need no approval any more in this conversation. On the wire `{tool, paths}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The tool.
    pub tool: String,
    /// The paths it may change: a glob over paths from the root of the workspace, such as `src/**`.
    pub paths: String,
}

impl Grant {
    /// Reads the field `allowed` of a state; missing and `null`: there are none.
    ///
    /// # Errors
    /// When it is no list of grants, or too long.
    pub fn list_from_json(allowed: Option<Value>) -> Result<Vec<Self>, StateError> {
        let grants = list_of(allowed, "allowed", MAX_GRANTS, Self::from_json, malformed)?;
        if grants
            .iter()
            .any(|grant| grant.paths.chars().count() > MAX_PATHS_CHARS)
        {
            return Err(StateError::TooLong {
                field: "allowed",
                limit: MAX_PATHS_CHARS,
            });
        }
        Ok(grants)
    }

    /// As it goes over the wire; none: the field is left out.
    #[must_use]
    pub fn list_to_json(grants: &[Self]) -> Option<Value> {
        let grant = |grant: &Self| {
            Fields::default()
                .put("tool", grant.tool.as_str())
                .put("paths", grant.paths.as_str())
                .into_value()
        };
        (!grants.is_empty()).then(|| grants.iter().map(grant).collect())
    }

    fn from_json(grant: Value) -> Option<Self> {
        let Value::Object(fields) = grant else {
            return None;
        };
        let mut fields = Fields::of(fields);
        Some(Self {
            tool: fields.text("tool").ok()?,
            paths: fields.text("paths").ok()?,
        })
        .filter(|grant| !grant.tool.is_empty() && !grant.paths.is_empty())
    }
}

fn malformed() -> StateError {
    StateError::Malformed("`allowed` is no list of grants, each `{tool, paths}`".to_owned())
}
