//! What waits in the draft, for the user.

use std::collections::BTreeMap;

use common::{
    message::ChangeKind,
    workspace::{Draft, DraftedFile},
};

use super::{Waiting, hunks::Hunks};
use crate::{FilePath, Hash, Line, Workspace, WorkspaceError, content::Content, merge::There};

/// The maximum number of files in a list.
const FILES: usize = 500;

/// The maximum size of all hunks of a list, in bytes.
const LIST_BYTES: usize = 200_000;

/// The maximum size of the hunks of one file that was asked for, in bytes.
const FILE_BYTES: usize = 1_000_000;

impl Workspace<'_> {
    /// What waits in the draft; of one path, or of all.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn draft_listing(&self, path: Option<&FilePath>) -> Result<Draft, WorkspaceError> {
        let mut waiting = self.waiting()?;
        let mut same = Vec::new();
        for (path, drafted) in &waiting {
            if drafted.draft == drafted.base || drafted.draft == There::of(self.entry(path)?) {
                same.push(path.clone());
            }
        }
        waiting.retain(|path, _| same.binary_search(path).is_err());
        let mut room = match path {
            Some(_) => FILE_BYTES,
            None => LIST_BYTES,
        };
        let shown: Vec<_> = waiting
            .iter()
            .filter(|(drafted, _)| match path {
                Some(path) => path == *drafted,
                None => is_shown(drafted, &waiting),
            })
            .collect();
        let mut files = Vec::with_capacity(shown.len().min(FILES));
        for (path, drafted) in shown.iter().take(FILES) {
            files.push(self.listed(path, drafted, &mut room)?);
        }
        Ok(Draft {
            files,
            more: shown.len().saturating_sub(FILES) as u64,
        })
    }

    fn listed(
        &self,
        path: &FilePath,
        drafted: &Waiting,
        room: &mut usize,
    ) -> Result<DraftedFile, WorkspaceError> {
        let mut file = DraftedFile {
            path: path.to_string(),
            kind: match (&drafted.base, &drafted.draft) {
                (There::Nothing, _) => ChangeKind::Made,
                (_, There::Nothing) => ChangeKind::Deleted,
                (There::Directory | There::File { .. }, There::Directory | There::File { .. }) => {
                    ChangeKind::Changed
                }
            },
            is_directory: !matches!(
                (&drafted.base, &drafted.draft),
                (There::File { .. }, _) | (_, There::File { .. })
            ),
            version: drafted.version(),
            answer: drafted.answer.clone(),
            is_conflicting: self.is_conflicting(path, drafted)?,
            added: 0,
            removed: 0,
            hunks: Vec::new(),
            is_cut: false,
        };
        let Some((old, new)) = self.texts_of(drafted)? else {
            return Ok(file);
        };
        match Hunks::between(&old, &new) {
            None => file.is_cut = true,
            Some(hunks) => {
                (file.added, file.removed) = hunks.counts();
                let shown = hunks.shown();
                let bytes = shown.iter().map(|hunk| hunk.diff.len()).sum();
                match room.checked_sub(bytes) {
                    Some(rest) => {
                        *room = rest;
                        file.hunks = shown;
                    }
                    None => file.is_cut = true,
                }
            }
        }
        Ok(file)
    }

    /// Both texts of a change, empty where there was or is no file; `None`: one is no text.
    pub(super) fn texts_of(
        &self,
        drafted: &Waiting,
    ) -> Result<Option<(String, String)>, WorkspaceError> {
        let text = |there: &There| match there {
            There::Nothing | There::Directory => Ok(Some(String::new())),
            There::File { content, .. } => self.text_of(content),
        };
        let (Some(old), Some(new)) = (text(&drafted.base)?, text(&drafted.draft)?) else {
            return Ok(None);
        };
        Ok(Some((old, new)))
    }

    /// Whether keeping it needs a choice.
    fn is_conflicting(&self, path: &FilePath, drafted: &Waiting) -> Result<bool, WorkspaceError> {
        let now = There::of(self.entry(path)?);
        if now == drafted.base {
            return Ok(false);
        }
        self.rolled_back(|| {
            self.in_line(Line::Files).roomy().change(|change| {
                let merged = change.merged(&drafted.base, &now, &drafted.draft)?;
                Ok(merged.is_err())
            })
        })
    }
}

impl Waiting {
    /// Identifies the change.
    pub(super) fn version(&self) -> String {
        let side = |there: &There| match there {
            There::Nothing => "nothing".to_owned(),
            There::Directory => "directory".to_owned(),
            There::File {
                content: Content { hash, .. },
                mode,
            } => format!("{hash} {mode:?}"),
        };
        let both = format!("{}\n{}", side(&self.base), side(&self.draft));
        let hash = Hash::of(both.as_bytes());
        hash.as_str().get(..16).unwrap_or_default().to_owned()
    }
}

/// Whether a path is listed: a directory only if nothing in it is.
pub(super) fn is_shown(path: &FilePath, waiting: &BTreeMap<FilePath, Waiting>) -> bool {
    let within = FilePath::stored(format!("{path}/"));
    let next = waiting.range(within..).next();
    next.is_none_or(|(next, _)| !next.is_within(path))
}
