//! A model of the workspace: the same behaviour in memory, written as simply as possible.

use std::collections::{BTreeMap, HashSet};

use crate::{Edit, Limits, Occurrences};

/// A workspace as a map from paths to contents; directories have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model(pub(super) BTreeMap<String, Option<Vec<u8>>>);

/// Why the model refuses an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound,
    IsDirectory,
    NotDirectory,
    Exists,
    IntoItself,
    Root,
    /// The file has changed.
    Changed,
    Binary,
    /// An edit does not fit.
    Edit,
    /// A limit would be exceeded.
    Full,
}

impl Model {
    pub(super) fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Refusal> {
        if path.is_empty() || self.0.get(path) == Some(&None) {
            return Err(Refusal::IsDirectory);
        }
        self.make_parents(path)?;
        self.0.insert(path.to_owned(), Some(bytes.to_vec()));
        Ok(())
    }

    pub(super) fn make_directory(&mut self, path: &str) -> Result<(), Refusal> {
        self.make_parents(&format!("{path}/"))
    }

    pub(super) fn read(&self, path: &str) -> Result<&[u8], Refusal> {
        match self.0.get(path) {
            _ if path.is_empty() => Err(Refusal::IsDirectory),
            None => Err(Refusal::NotFound),
            Some(None) => Err(Refusal::IsDirectory),
            Some(Some(bytes)) => Ok(bytes),
        }
    }

    pub(super) fn delete(&mut self, path: &str) -> Result<(), Refusal> {
        if path.is_empty() {
            return Err(Refusal::Root);
        }
        self.subtree(path)?;
        self.0.retain(|other, _| !is_within(other, path));
        Ok(())
    }

    pub(super) fn copy(&mut self, from: &str, to: &str) -> Result<(), Refusal> {
        let copied = self.transferred(from, to)?;
        self.make_parents(to)?;
        self.0.extend(copied);
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> Result<(), Refusal> {
        let moved = self.transferred(from, to)?;
        self.make_parents(to)?;
        self.0.retain(|other, _| !is_within(other, from));
        self.0.extend(moved);
        Ok(())
    }

    /// Every edit refers to the text as it was read.
    pub(super) fn edit(&mut self, path: &str, read: &[u8], edits: &[Edit]) -> Result<(), Refusal> {
        let content = self.read(path)?.to_vec();
        if content != read {
            return Err(Refusal::Changed);
        }
        let text = String::from_utf8(content)
            .ok()
            .filter(|text| !text.contains('\0'));
        let edited = edited(&text.ok_or(Refusal::Binary)?, edits).ok_or(Refusal::Edit)?;
        self.write(path, edited.as_bytes())
    }

    /// Imports all entries that fit: not a file in place of a directory, a second entry for a path, or a file that is
    /// too large.
    pub(super) fn import(
        &mut self,
        entries: &[(String, Option<Vec<u8>>)],
        limits: Limits,
    ) -> Result<(), Refusal> {
        let mut paths = HashSet::new();
        let mut bytes = 0;
        let before = self.clone();
        for (path, content) in entries {
            let size = content.as_ref().map_or(0, Vec::len) as u64;
            if size > limits.file_bytes || !paths.insert(path) {
                continue;
            }
            bytes += size;
            // An entry that blocks another is reported and kept.
            let _ = match content {
                Some(content) => self.write(path, content),
                None => self.make_directory(path),
            };
        }
        if bytes > limits.bytes {
            *self = before;
            return Err(Refusal::Full);
        }
        Ok(())
    }

    /// Whether the model is within the limits.
    pub(super) fn is_within(&self, limits: Limits) -> bool {
        let files: Vec<u64> = self
            .0
            .values()
            .flatten()
            .map(|file| file.len() as u64)
            .collect();
        let directories = self.0.len() - files.len();
        files.len() as u64 <= limits.files
            && directories as u64 <= limits.directories
            && files.iter().sum::<u64>() <= limits.bytes
            && files.iter().all(|size| *size <= limits.file_bytes)
    }

    /// New paths that differ from an existing one by case alone.
    pub(super) fn new_twins(&self, before: &Self) -> Vec<String> {
        let folded = |path: &String| path.to_lowercase();
        let made = self.0.keys().filter(|path| !before.0.contains_key(*path));
        made.filter(|path| before.0.keys().any(|other| folded(other) == folded(path)))
            .cloned()
            .collect()
    }

    fn transferred(
        &self,
        from: &str,
        to: &str,
    ) -> Result<BTreeMap<String, Option<Vec<u8>>>, Refusal> {
        if from.is_empty() {
            return Err(Refusal::Root);
        }
        let subtree = self.subtree(from)?;
        if to.is_empty() || self.0.contains_key(to) {
            return Err(Refusal::Exists);
        }
        if is_within(to, from) {
            return Err(Refusal::IntoItself);
        }
        let renamed = subtree
            .into_iter()
            .map(|(path, content)| (format!("{to}{}", &path[from.len()..]), content));
        Ok(renamed.collect())
    }

    fn subtree(&self, path: &str) -> Result<BTreeMap<String, Option<Vec<u8>>>, Refusal> {
        if !self.0.contains_key(path) {
            return Err(Refusal::NotFound);
        }
        let within = self.0.iter().filter(|(other, _)| is_within(other, path));
        Ok(within
            .map(|(path, content)| (path.clone(), content.clone()))
            .collect())
    }

    fn make_parents(&mut self, path: &str) -> Result<(), Refusal> {
        let parents: Vec<&str> = path.match_indices('/').map(|(at, _)| &path[..at]).collect();
        if parents
            .iter()
            .any(|parent| matches!(self.0.get(*parent), Some(Some(_))))
        {
            return Err(Refusal::NotDirectory);
        }
        for parent in parents.into_iter().filter(|parent| !parent.is_empty()) {
            self.0.insert(parent.to_owned(), None);
        }
        Ok(())
    }
}

fn is_within(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut taken = vec![false; text.len()];
    let mut places = Vec::new();
    for edit in edits {
        let starts: Vec<usize> = match edit.old.as_str() {
            "" => return None,
            old => text.match_indices(old).map(|(at, _)| at).collect(),
        };
        let fits = match edit.occurrences {
            Occurrences::One => starts.len() == 1,
            Occurrences::All => !starts.is_empty(),
        };
        if !fits || edit.old == edit.new {
            return None;
        }
        for at in starts {
            let range = at..at + edit.old.len();
            if taken[range.clone()].contains(&true) {
                return None;
            }
            taken[range.clone()].fill(true);
            places.push((range, edit.new.as_str()));
        }
    }
    places.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, new) in &places {
        text.replace_range(range.clone(), new);
    }
    (!places.is_empty()).then_some(text)
}
