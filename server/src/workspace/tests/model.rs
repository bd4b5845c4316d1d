//! What a workspace should do, in memory and in the simplest way.

use std::collections::BTreeMap;

/// A workspace as a map from paths to contents; a directory has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model(pub(super) BTreeMap<String, Option<Vec<u8>>>);

/// Why the model refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound,
    IsDirectory,
    NotDirectory,
    Exists,
    IntoItself,
    Root,
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
