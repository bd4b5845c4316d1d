//! The workspace: the files of one instance, in its own SQLite.
//!
//! - [`Workspace`] has the operations: `list`, `stat`, `read`, `write`, `edit`, `move_`, `copy`, `delete`, `find`,
//!   `grep`, `diff`, `undo`. Each completes or fails as a whole, with a [`WorkspaceError`] that names the next step.
//! - [`path`]: paths, which cannot leave the workspace. [`content`]: bytes, stored once by hash. [`entry`]: files and
//!   directories. [`change`]: numbered changes, which keep earlier versions.
//! - [`tree`], [`read`], [`write`], [`edit`], [`diff`], [`find`], [`grep`]: the operations. [`limits`]: maximum
//!   sizes.
//! - [`encoding`], [`line_ends`]: the encoding and line ends of texts, which changes keep. [`mode`]: permissions.
//! - [`ignored`]: files that git ignores, which searches exclude.
//! - [`pattern`]: compiled expressions and globs with counted work. [`glob`]: globs of names and paths.
//! - [`draft`]: the files that the agent works on until the user decides about them; [`line`]: how operations work in it.
//! - [`author`], [`timeline`]: who changed what, and when. [`undo`], [`merge`]: the way back; [`branch`]: with the branches of a conversation. [`changes`]: what clients
//!   ask of both. [`turned_back`]: what the model has to know of it.
//! - [`trial`]: the effect of an operation without making it. [`media`]: images and documents.
//! - [`base`]: the repository that the files came from.
//! - [`instructions`]: files with instructions for the model. [`zip`]: archives. [`http`]: the HTTP interface.
//!
//! Directories are entries of their own: writing a file creates its parents, and they stay when it is deleted. There
//! are no symlinks. No operation holds more in memory than the names and one file of maximum size.

mod author;
mod base;
mod branch;
mod change;
mod changes;
mod content;
mod diff;
mod draft;
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
mod line;
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
mod turned_back;
mod undo;
mod write;
mod write_text;
mod zip;

use common::time::Timestamp;

pub use author::{Author, ChangeOrigin, RecordedChange};
pub use base::{
    ArchiveReading, BaseChange, BaseFile, BaseSide, BlobId, Differences, Incoming, Merged,
};
pub use change::{CaseTwins, Usage};
pub use changes::{Ask, AskError, Asked, SwitchRequest, Turned};
pub use content::{Hash, Kind};
pub use diff::{Diff, Side};
pub use draft::{Choice, Decided, DraftError, Portion};
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
use line::{Line, LineSql};
pub use line_ends::LineEnds;
pub use media::{document_type, image_type};
pub use path::{FilePath, MAX_DEPTH, MAX_NAME_BYTES, MAX_PATH_BYTES, PathError};
pub use read::{Lines, Read, TextRead};
use sql::Sql;
pub use timeline::{Comparison, FileVersion, TIMELINE_CHANGES, TimelineChange};
pub use tree::{Copied, Deleted, Listing, Moved};
pub use trial::Trial;
pub use turned_back::TurnedBack;
pub use undo::{OnConflict, UndoError, UndoState, Undone};
pub use write::{Expect, Made, Written};
pub use write_text::{Manner, TextWritten};
pub use zip::{
    Archive, ArchiveError, ArchiveKind, ArchiveLimits, ArchiveStep, ImportStep, Imported,
    Importing, SkipReason, Skipped, Upload, UploadId,
};
pub use zip::{FilesOf, Intake, VersionsOf, ZipReader, ZipWriter};

/// The files of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Workspace<'s> {
    sql: LineSql<'s>,
    now: Timestamp,
    limits: Limits,
    author: Author<'s>,
}

impl<'s> Workspace<'s> {
    /// A workspace whose changes are dated `now`.
    pub const fn new(sql: &'s dyn Sql, now: Timestamp) -> Self {
        Self {
            sql: LineSql {
                sql,
                line: Line::Files,
            },
            now,
            limits: Limits::DEFAULT,
            author: Author::User,
        }
    }

    /// The same for changes by another author than the user.
    #[must_use]
    pub const fn by(mut self, author: Author<'s>) -> Self {
        self.author = author;
        self
    }

    /// The same with other limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits of the workspace.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }
}

#[cfg(test)]
mod tests;
