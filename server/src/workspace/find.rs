//! Finding files by name.

use std::ops::ControlFlow;

use super::{
    FilePath, Stat, Workspace, WorkspaceError,
    entry::{COLUMNS, Entry},
};

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// A glob. Without `/` it is of the name, as in `*.rs`; with one of the path below `under`, as in `src/**/*.rs`.
    pub glob: String,
    /// Only in this directory.
    pub under: FilePath,
    /// How many at most.
    pub limit: usize,
    /// Only behind this path: the `next` of what was found before.
    pub after: Option<FilePath>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Files, by path.
    pub files: Vec<Stat>,
    /// Where to go on, when there are more.
    pub next: Option<FilePath>,
}

impl Workspace<'_> {
    /// Finds files by a glob.
    ///
    /// # Errors
    /// When the glob cannot be read, when there is no such directory, or when a statement fails.
    pub fn find(&self, find: &Find) -> Result<Found, WorkspaceError> {
        let glob = Glob::parse(&find.glob, &find.under)?;
        self.existing(&find.under)?;
        let (start, end) = find.under.range_within();
        let mut files: Vec<Stat> = Vec::new();
        let mut next = None;
        self.sql.visit(
            &format!(
                "SELECT {COLUMNS} FROM entries e CROSS JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND e.path >= ? AND e.path < ? AND e.path > ? ORDER BY e.path"
            ),
            &[
                start.into(),
                end.into(),
                find.after.as_ref().map_or("", FilePath::as_str).into(),
            ],
            &mut |row| {
                let entry = Entry::from_row(row);
                if !glob.takes(&entry.path) {
                    return ControlFlow::Continue(());
                }
                if files.len() >= find.limit {
                    next = files.last().map(|last| last.path.clone());
                    return ControlFlow::Break(());
                }
                files.push(entry.into_stat());
                ControlFlow::Continue(())
            },
        )?;
        Ok(Found { files, next })
    }
}

/// A glob that was read.
#[derive(Debug)]
pub struct Glob {
    pattern: String,
    /// How much of a path is before what the pattern is of.
    skipped: usize,
    of_name: bool,
}

impl Glob {
    /// A glob of paths below `under`; see [`Find::glob`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn parse(pattern: &str, under: &FilePath) -> Result<Self, WorkspaceError> {
        fast_glob::validate(pattern).map_err(|error| WorkspaceError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        })?;
        let skipped = if under.is_root() {
            0
        } else {
            under.as_str().len() + 1
        };
        Ok(Self {
            of_name: !pattern.contains('/'),
            pattern: pattern
                .trim_start_matches("./")
                .trim_start_matches('/')
                .to_owned(),
            skipped,
        })
    }

    /// Whether it is of this path.
    #[must_use]
    pub fn takes(&self, path: &FilePath) -> bool {
        let text = if self.of_name {
            path.name()
        } else {
            path.as_str().get(self.skipped..).unwrap_or_default()
        };
        fast_glob::glob_match(&self.pattern, text)
    }
}
