//! The workspace: the files of one instance, in its own SQLite.
//!
//! - [`Workspace`] is what there is to call: `list`, `stat`, `read`, `write`, `edit`, `move_`, `copy`, `delete`, `find`,
//!   `grep`, `diff`. Each operation is wholly done or, with a [`WorkspaceError`] that says what to do next, not at all.
//! - [`path`]: where things are; nothing leads out. [`content`]: bytes, stored once by hash. [`entry`]: what stands at a
//!   path. [`change`]: how it becomes another; every change has a number, and what was there before is kept.
//! - [`tree`], [`read`], [`write`], [`edit`], [`diff`], [`find`], [`grep`]: the operations. [`limits`]: how much there may be.
//! - [`encoding`], [`line_ends`]: how texts are written down, which changes keep. [`mode`]: permissions.
//! - [`ignored`]: what git ignores, which searches leave out.
//! - [`pattern`]: compiled expressions and globs, whose work is counted. [`glob`]: globs of names and paths.
//! - [`author`], [`timeline`]: who changed what, and when. [`undo`], [`merge`]: how it becomes what it was before.
//! - [`trial`]: what an operation would change. [`media`]: which files are pictures or documents.
//! - [`instructions`]: files that the model follows. [`zip`]: archives, in and out. [`http`]: requests and answers.
//!
//! Directories are entries of their own: a file makes those it needs, and they stay when it goes. There are no symlinks.
//! No operation has more in memory than one file of the largest size and the names.

mod author;
mod change;
mod content;
mod diff;
mod edit;
mod encoding;
mod entry;
mod error;
mod find;
mod glob;
mod grep;
pub mod http;
mod ignored;
mod instructions;
mod limits;
mod line_ends;
mod literal;
mod media;
mod merge;
mod mode;
mod path;
mod pattern;
mod read;
mod timeline;
mod tree;
mod trial;
mod undo;
mod write;
mod write_text;
mod zip;

use common::time::Timestamp;

pub use author::{Author, ChangeOrigin, RecordedChange};
pub use change::{CaseTwins, Usage};
pub use content::{Hash, Kind};
pub use diff::{Diff, Side};
pub use edit::{Edit, EditError, Edited, Occurrences};
pub use encoding::Encoding;
pub use entry::{FileStat, Stat, What};
pub use error::{Changed, WorkspaceError};
pub use find::{Find, FindStep, Finding, Found};
pub use glob::Glob;
pub use grep::{
    Binaries, FileMatches, Grep, GrepLine, Grepped, LetterCase, Match, SearchStep, Searching,
    Unsearched, UnsearchedPart,
};
pub use ignored::{Ignored, LeftOut};
pub use instructions::confirm;
pub use instructions::{INSTRUCTIONS_FILE, Unconfirmed};
pub use limits::Limits;
pub use line_ends::LineEnds;
pub use media::{document_type, image_type};
pub use path::{FilePath, MAX_DEPTH, MAX_NAME_BYTES, MAX_PATH_BYTES, PathError};
pub use read::{Lines, Read, TextRead};
use sql::Sql;
pub use timeline::{Comparison, FileVersion, TIMELINE_CHANGES, TimelineChange};
pub use tree::{Copied, Deleted, Listing, Moved};
pub use trial::Trial;
pub use undo::{OnConflict, UndoError, UndoState, Undone};
pub use write::{Expect, Made, Written};
pub use write_text::{Manner, TextWritten};
pub use zip::{
    Archive, ArchiveError, ArchiveKind, ArchiveLimits, ArchiveStep, ImportStep, Imported,
    Importing, SkipReason, Skipped, Upload, UploadId,
};
pub use zip::{FilesOf, Intake, VersionsOf, ZipReader, ZipWriter};

/// The files of one instance.
#[derive(Clone, Copy, Debug)]
pub struct Workspace<'s> {
    sql: &'s dyn Sql,
    now: Timestamp,
    limits: Limits,
    author: Author<'s>,
}

impl<'s> Workspace<'s> {
    /// `now` is the time of what is written.
    pub const fn new(sql: &'s dyn Sql, now: Timestamp) -> Self {
        Self {
            sql,
            now,
            limits: Limits::DEFAULT,
            author: Author::User,
        }
    }

    /// For another author of changes than the user.
    #[must_use]
    pub const fn by(mut self, author: Author<'s>) -> Self {
        self.author = author;
        self
    }

    /// With other limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How much there may be.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }
}

#[cfg(test)]
mod tests;
