//! Finding files by name.

use std::ops::ControlFlow;

use limits::Work;

use super::{
    FilePath, Ignored, LeftOut, Stat, Workspace, WorkspaceError,
    entry::{COLUMNS, Entry},
    glob::Glob,
    ignored::Rules,
};

/// Units of work per entry, in addition to its match with the glob.
const ENTRY_UNITS: u64 = 5_000;

/// A search for files by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// A glob. Without `/` it matches names, as in `*.rs`; with `/` it matches paths below `under`, as in
    /// `src/**/*.rs`.
    pub glob: String,
    /// The directory to search.
    pub under: FilePath,
    /// The maximum number of files.
    pub limit: usize,
    /// Search after this path: the `next` of the previous result.
    pub after: Option<FilePath>,
    /// Whether to include files that git ignores.
    pub ignored: Ignored,
}

/// The result of a search by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The files, by path.
    pub files: Vec<Stat>,
    /// The `after` of the next search, when there may be more files.
    pub next: Option<FilePath>,
    /// Matching files up to `next` that git ignores.
    pub left_out: LeftOut,
}

/// A search by name in progress.
#[derive(Debug)]
pub struct Finding {
    glob: Glob,
    /// The range of paths to search: after this text, and before `end`.
    after: String,
    end: String,
    limit: usize,
    files: Vec<Stat>,
    rules: Rules,
}

/// The result of a slice of a search.
#[derive(Debug)]
pub enum FindStep {
    /// Not finished: continue after other work had its turn.
    More(Box<Finding>),
    /// Finished.
    Done(Found),
}

impl Workspace<'_> {
    /// Finds files by a glob without interruption. See [`Workspace::begin_find`] for a search in slices.
    ///
    /// # Errors
    /// When the glob is invalid, when the directory does not exist, or when an SQL statement fails.
    pub fn find(&self, find: &Find) -> Result<Found, WorkspaceError> {
        let mut finding = self.begin_find(find)?;
        loop {
            match finding.slice(self, &mut Work::slice())? {
                FindStep::More(more) => finding = *more,
                FindStep::Done(found) => return Ok(found),
            }
        }
    }

    /// Begins a search for files by a glob.
    ///
    /// # Errors
    /// When the glob is invalid, when the directory does not exist, or when an SQL statement fails.
    pub fn begin_find(&self, find: &Find) -> Result<Finding, WorkspaceError> {
        let glob = Glob::parse(&find.glob, &find.under)?;
        self.existing(&find.under)?;
        let (start, end) = find.under.range_within();
        let after = find.after.as_ref().map_or("", FilePath::as_str);
        Ok(Finding {
            glob,
            after: start.as_str().max(after).to_owned(),
            end,
            limit: find.limit,
            files: Vec::new(),
            rules: self.ignore_rules(find.ignored, &find.under)?,
        })
    }
}

impl Finding {
    /// Continues until the work of the slice is used up.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn slice(
        mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<FindStep, WorkspaceError> {
        let values = [self.after.as_str().into(), self.end.as_str().into()];
        let mut is_over = true;
        let mut next = None;
        workspace.sql.visit(
            // No path equals the text of a directory plus a slash, where a range begins.
            &format!(
                "SELECT {COLUMNS} FROM entries e CROSS JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND e.path > ? AND e.path < ? ORDER BY e.path"
            ),
            &values,
            &mut |row| {
                let entry = Entry::from_row(row);
                work.spend(ENTRY_UNITS);
                let is_taken = self.glob.takes_counted(&entry.path, work);
                if is_taken && self.rules.is_ignored(entry.path.as_str(), false) {
                    self.rules.count(entry.path.as_str());
                    self.after = entry.path.as_str().to_owned();
                } else if is_taken {
                    if self.files.len() >= self.limit {
                        next = self.files.last().map(|last| last.path.clone());
                        return ControlFlow::Break(());
                    }
                    self.after = entry.path.as_str().to_owned();
                    self.files.push(entry.into_stat());
                } else {
                    self.after = entry.path.as_str().to_owned();
                }
                is_over = !work.is_spent();
                if is_over {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        )?;
        if is_over || next.is_some() {
            return Ok(FindStep::Done(Found {
                files: self.files,
                next,
                left_out: self.rules.left_out,
            }));
        }
        Ok(FindStep::More(Box::new(self)))
    }
}
