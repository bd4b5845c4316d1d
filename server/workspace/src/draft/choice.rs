//! What a decision about the draft names.

use std::collections::{BTreeMap, BTreeSet};

use super::{DraftError, Waiting, above};
use crate::FilePath;

/// What of a path a decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portion {
    /// All that the draft changes there.
    Whole,
    /// These hunks, by their numbers from 1.
    Hunks(BTreeSet<u64>),
}

/// One path of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The path.
    pub path: FilePath,
    /// The version of the change that the user has seen; `None`: whatever is there.
    pub version: Option<String>,
    /// What of it.
    pub portion: Portion,
}

/// The paths that a decision is about, by path.
pub(super) fn chosen(
    choices: Option<&[Choice]>,
    waiting: &BTreeMap<FilePath, Waiting>,
) -> Result<BTreeMap<FilePath, Portion>, DraftError> {
    let Some(choices) = choices else {
        let all = waiting.keys().map(|path| (path.clone(), Portion::Whole));
        return Ok(all.collect());
    };
    let mut chosen = BTreeMap::new();
    for choice in choices {
        let path = &choice.path;
        let Some(drafted) = waiting.get(path) else {
            return Err(DraftError::NotDrafted(path.clone()));
        };
        let is_seen = match (&choice.version, &choice.portion) {
            (Some(version), _) => *version == drafted.version(),
            (None, Portion::Whole) => true,
            (None, Portion::Hunks(_)) => false,
        };
        if !is_seen {
            return Err(DraftError::Stale(path.clone()));
        }
        chosen.insert(path.clone(), choice.portion.clone());
    }
    // A directory goes with the last thing in it that is decided about.
    for choice in choices {
        for directory in above(&choice.path) {
            if waiting.contains_key(&directory)
                && inside(&directory, waiting)
                    .all(|path| matches!(chosen.get(path), Some(Portion::Whole)))
            {
                chosen.insert(directory, Portion::Whole);
            }
        }
    }
    Ok(chosen)
}

/// What waits inside a directory.
fn inside<'w>(
    directory: &'w FilePath,
    waiting: &'w BTreeMap<FilePath, Waiting>,
) -> impl Iterator<Item = &'w FilePath> {
    let within = FilePath::stored(format!("{directory}/"));
    let paths = waiting.range(within..).map(|(path, _)| path);
    paths.take_while(move |path| path.is_within(directory))
}
