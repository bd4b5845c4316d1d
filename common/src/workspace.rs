//! The files of a conversation over HTTP, as both sides have it (`docs/files.md`).
//!
//! - [`changes`]: the past, undo and redo. [`listing`]: what stands in a directory. [`unpacked`]: the result of unpacking an archive.
//! - [`limits`]: how much there may be. [`refused`]: the status of what is refused; [`ErrorBody`](crate::http::ErrorBody)
//!   says why.

mod changes;
pub mod limits;
mod listing;
mod refused;
mod unpacked;

pub use crate::message::FileChange;
pub use changes::{
    CHANGES, Comparison, ConflictChoice, FileVersion, OriginKind, RestoreRequest, Timeline,
    TimelineChange, UndoRequest, Undone, Versions,
};
pub use listing::{Entry, EntryKind, File, Listing};
pub use refused::Refused;
pub use unpacked::{CaseTwin, LeftOut, Unpacked};

/// The path of the files behind that of the agent's instance. A file is at `files/{path}`, and so is a directory, with a `/` at the
/// end.
pub const FILES: &str = "files";

/// The path of all files as a zip file.
pub const ARCHIVE: &str = "archive.zip";

/// The path of all files as a tar file, packed with gzip.
pub const TAR_ARCHIVE: &str = "archive.tar.gz";

/// The query parameter of a listing that says behind which path it goes on.
pub const AFTER: &str = "after";
