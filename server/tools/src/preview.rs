//! Previews: what a call will change, before its approval.

use common::message::{CallDetails, FileChange};
use serde_json::Value;
use store::Fingerprint;
use workspace::{FilePath, Glob, Hash, Trial};

use super::{ToolFailure, tool::ToolContext};

/// The changes that a call will make in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The first changes.
    pub changes: Vec<FileChange>,
    /// The number of further changes.
    pub more: u64,
    /// All paths it touches.
    pub paths: Vec<FilePath>,
    /// The fingerprint that shows later whether the effect is still the same.
    pub shown: Fingerprint,
}

impl Preview {
    /// The preview from a trial of the call.
    pub(super) fn of(tool: &str, input: &Value, trial: Trial) -> Self {
        // Objects are written with sorted fields, so that equal inputs have equal texts.
        let called = format!("{tool}\0{input}\0{}", trial.before);
        Self {
            changes: trial.changes,
            more: trial.more,
            paths: trial.paths,
            shown: Fingerprint {
                hash: Hash::of(called.as_bytes()).to_string(),
                change: trial.change,
            },
        }
    }

    /// The details for people.
    #[must_use]
    pub fn details(&self) -> CallDetails {
        CallDetails {
            changes: self.changes.clone(),
            more: self.more,
            expires_at: None,
            took: None,
            requests: Vec::new(),
        }
    }

    /// Whether permanent grants of the user cover calls of the tool for all of these paths.
    pub(super) fn is_granted(&self, tool: &str, context: &ToolContext<'_>) -> bool {
        let grants = context.about.allowed.iter();
        let mut globs: Vec<Glob> = grants
            .filter(|grant| grant.tool == tool)
            .filter_map(|grant| Glob::parse(&grant.paths, &FilePath::root()).ok())
            .collect();
        let any = !globs.is_empty();
        let mut is_of = |path| globs.iter_mut().any(|glob| glob.takes(path));
        any && self.paths.iter().all(&mut is_of)
    }

    /// Refuses a call whose effect differs from the one that the user was shown.
    pub(super) fn check(
        &self,
        shown: &Fingerprint,
        context: &ToolContext<'_>,
    ) -> Result<(), ToolFailure> {
        if self.shown.hash == shown.hash {
            return Ok(());
        }
        let changed = context.workspace.changed_since(shown.change)?;
        let is_within = |changed: &&FilePath| {
            let mut paths = self.paths.iter();
            paths.any(|path| changed.is_within(path))
        };
        let what = changed
            .iter()
            .find(is_within)
            .map_or("What it would change", FilePath::as_str);
        Err(ToolFailure::Explained(format!(
            "{what} has changed since the user was asked. Read it and call the tool again."
        )))
    }
}
