//! Finding files by name.

use std::ops::ControlFlow;

use limits::Work;

use super::{
    FilePath, Ignored, LeftOut, Stat, Workspace, WorkspaceError,
    entry::{COLUMNS, Entry},
    glob::Glob,
    ignored::Rules,
};

/// Units of work for an entry, beside what its glob takes.
const ENTRY_UNITS: u64 = 5_000;

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
    /// Whether files that git ignores are found.
    pub ignored: Ignored,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Files, by path.
    pub files: Vec<Stat>,
    /// Where to go on, when there are more.
    pub next: Option<FilePath>,
    /// Files that git ignores and the glob takes, up to `next`.
    pub left_out: LeftOut,
}

/// A search by name that was begun.
#[derive(Debug)]
pub struct Finding {
    glob: Glob,
    /// Paths behind this text, and before the end.
    after: String,
    end: String,
    limit: usize,
    files: Vec<Stat>,
    rules: Rules,
}

/// What a slice of such a search came to.
#[derive(Debug)]
pub enum FindStep {
    /// There is more to do, once others had their turn.
    More(Box<Finding>),
    /// It is over.
    Done(Found),
}

impl Workspace<'_> {
    /// Finds files by a glob in one go. See [`Workspace::begin_find`] for a search in slices.
    ///
    /// # Errors
    /// When the glob cannot be read, when there is no such directory, or when a statement fails.
    pub fn find(&self, find: &Find) -> Result<Found, WorkspaceError> {
        let mut finding = self.begin_find(find)?;
        loop {
            match finding.slice(self, &mut Work::slice())? {
                FindStep::More(more) => finding = *more,
                FindStep::Done(found) => return Ok(found),
            }
        }
    }

    /// Begins to find files by a glob.
    ///
    /// # Errors
    /// When the glob cannot be read, when there is no such directory, or when a statement fails.
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
    /// Looks at as many names as the work goes.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn slice(
        mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<FindStep, WorkspaceError> {
        let values = [self.after.as_str().into(), self.end.as_str().into()];
        let mut is_over = true;
        let mut next = None;
        workspace.sql.visit(
            // The text of a path is never that of the directory with a slash behind it, where a range begins.
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
