//! Permanent approvals of the user.

use super::{StateError, list_of};
use crate::fields::{Field, FieldError, Fields, Record as _, readable};

/// The maximum number of grants in a conversation.
pub const MAX_GRANTS: usize = 100;

/// The maximum length of a grant's paths, in characters.
pub const MAX_PATHS_CHARS: usize = 1_000;

record! {
    /// An approval of all future calls of a tool for certain paths, in this conversation.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Grant {
        /// The tool's name.
        pub tool: String = "tool",
        /// The paths: a glob over paths from the root of the workspace, such as `src/**`.
        pub paths: String = "paths",
    }
}

/// A list of grants; missing and `null` mean an empty list, which is not written.
impl Field for Vec<Grant> {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        let read = |grant| {
            let grant = Grant::from_json(grant)?;
            (!grant.tool.is_empty() && !grant.paths.is_empty()).then_some(grant)
        };
        let grants = list_of(fields, name, MAX_GRANTS, read, MALFORMED)?;
        let is_long = |grant: &Grant| grant.paths.chars().count() > MAX_PATHS_CHARS;
        if grants.iter().any(is_long) {
            let (field, limit) = (name, MAX_PATHS_CHARS);
            return Err(StateError::TooLong { field, limit }.into());
        }
        Ok(grants)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        readable::put(self, fields, name);
    }
}

const MALFORMED: &str = "`allowed` is not a list of grants, each `{tool, paths}`";
