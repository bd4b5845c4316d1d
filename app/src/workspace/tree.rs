//! The tree of files: which directories are open, what is known of them, and what is to be asked for. No I/O.

use std::collections::BTreeMap;

use common::workspace::NearLimit;

use super::entry::{Entry, Kind, Page, join};

/// The tree. The root is the empty path, and always open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    /// The open directories.
    open: BTreeMap<String, Directory>,
    /// The limits that are nearly reached.
    pub(crate) near: Vec<NearLimit>,
}

/// An open directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    /// What was in it when it was last listed as a whole; `None`: it was not yet.
    pub(crate) entries: Option<Vec<Entry>>,
    /// Whether it is being listed.
    pub(crate) listing: Listing,
}

/// Whether a directory is being listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Listing {
    /// No: what is known is as new as the last change that was heard of.
    #[default]
    Over,
    /// Yes.
    Running {
        /// What came so far.
        so_far: Vec<Entry>,
        /// Whether something changed since it began.
        is_stale: bool,
    },
    /// It could not be, for this reason.
    Failed(String),
}

/// A list that is to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// The directory.
    pub(crate) path: String,
    /// Only what is behind this path.
    pub(crate) after: Option<String>,
}

/// How a list came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// A part of it, or all.
    Page(Page),
    /// There is no such directory any more.
    Gone,
    /// It could not be had, for this reason.
    Failed(String),
}

impl Tree {
    /// The open directory at a path.
    pub(crate) fn directory(&self, path: &str) -> Option<&Directory> {
        self.open.get(path)
    }

    /// Whether nothing at all is in the workspace.
    pub(crate) fn is_empty(&self) -> bool {
        let root = self.open.get("").and_then(|root| root.entries.as_ref());
        root.is_some_and(Vec::is_empty)
    }

    /// What is known of the file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<&super::entry::File> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let entries = self.open.get(directory)?.entries.as_ref()?;
        let entry = entries.iter().find(|entry| entry.name == name)?;
        match &entry.kind {
            Kind::File(file) => Some(file),
            Kind::Directory => None,
        }
    }

    /// Opens a directory, or closes it with all that is open in it.
    pub(crate) fn toggle(&mut self, path: &str) -> Option<List> {
        if self.open.contains_key(path) {
            self.close(path);
            None
        } else {
            self.open.insert(path.to_owned(), Directory::default());
            self.list(path)
        }
    }

    /// Something changed, or may have: what is open is asked for again. What is on screen stays until then.
    pub(crate) fn changed(&mut self) -> Vec<List> {
        self.open.entry(String::new()).or_default();
        let paths: Vec<String> = self.open.keys().cloned().collect();
        paths.iter().filter_map(|path| self.list(path)).collect()
    }

    /// A list came, or did not.
    pub(crate) fn listed(&mut self, list: &List, listed: Listed) -> Option<List> {
        let directory = self.open.get_mut(&list.path)?;
        let Listing::Running { so_far, is_stale } = &mut directory.listing else {
            return None;
        };
        let is_stale = *is_stale;
        let path = &list.path;
        match listed {
            Listed::Page(page) => {
                if path.is_empty() && list.after.is_none() {
                    self.near = page.near;
                }
                so_far.extend(page.entries);
                if let (Some(after), false) = (page.next, is_stale) {
                    return Some(List {
                        path: path.clone(),
                        after: Some(after),
                    });
                }
                directory.entries = Some(std::mem::take(so_far));
                directory.listing = Listing::Over;
                self.close_missing(path);
            }
            Listed::Gone if path.is_empty() => {
                directory.listing = Listing::Failed("The workspace was not found.".to_owned());
            }
            // The directory that it was in is listed anew as well.
            Listed::Gone => self.close(path),
            Listed::Failed(words) => directory.listing = Listing::Failed(words),
        }
        if is_stale { self.list(path) } else { None }
    }

    /// Asks for a directory, unless that is being done; then again afterwards.
    fn list(&mut self, path: &str) -> Option<List> {
        let directory = self.open.get_mut(path)?;
        match &mut directory.listing {
            Listing::Running { is_stale, .. } => {
                *is_stale = true;
                None
            }
            listing @ (Listing::Over | Listing::Failed(_)) => {
                *listing = Listing::Running {
                    so_far: Vec::new(),
                    is_stale: false,
                };
                Some(List {
                    path: path.to_owned(),
                    after: None,
                })
            }
        }
    }

    fn close(&mut self, path: &str) {
        let within = format!("{path}/");
        self.open
            .retain(|open, _| open != path && !open.starts_with(&within));
    }

    /// Closes what was in a directory and is not any more.
    fn close_missing(&mut self, path: &str) {
        let entries = self.open.get(path).and_then(|open| open.entries.as_ref());
        let is_there = |child: &str| {
            entries.is_some_and(|entries| {
                let mut directories = entries.iter().filter(|entry| entry.kind == Kind::Directory);
                directories.any(|entry| join(path, &entry.name) == child)
            })
        };
        let is_child = |open: &str| {
            let parent = open.rsplit_once('/').map_or("", |(parent, _)| parent);
            !open.is_empty() && parent == path
        };
        let gone: Vec<String> = self
            .open
            .keys()
            .filter(|open| is_child(open) && !is_there(open))
            .cloned()
            .collect();
        for path in gone {
            self.close(&path);
        }
    }
}

#[cfg(test)]
mod tests;
