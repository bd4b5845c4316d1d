//! The HTTP interface to the files of a conversation (`docs/files.md`).
//!
//! - [`changes`]: the history, undo and redo. [`draft`]: the draft of the agent. [`listing`]: the content of a directory. [`unpacked`]: the result of
//!   unpacking an archive.
//! - [`limits`]: maximum sizes. [`near`]: those nearly reached. [`refused`]: the status codes of refusals; [`ErrorBody`](crate::http::ErrorBody) has
//!   the reason.

/// `to_json` and `from_json` for whoever is outside of this crate.
macro_rules! bodies {
    ($($name:ident),*) => {$(
        impl $name {
            /// Reads a body; `None`: it is another one.
            #[must_use]
            pub fn from_json(body: serde_json::Value) -> Option<Self> {
                $crate::fields::Record::from_json(body)
            }

            /// The body.
            #[must_use]
            pub fn to_json(&self) -> serde_json::Value {
                $crate::fields::Record::to_json(self)
            }
        }
    )*};
}

mod changes;
mod draft;
pub mod limits;
mod listing;
mod near;
mod refused;
mod unpacked;

pub use crate::message::FileChange;
pub use changes::{
    CHANGES, CompareRequest, Comparison, ConflictChoice, FileVersion, OriginKind, RestoreRequest,
    Timeline, TimelineChange, UndoRequest, Undone, Versions,
};
pub use draft::{
    DRAFT, DRAFT_PATH, Draft, DraftChoice, DraftDecided, DraftRequest, DraftedFile, DraftedHunk,
};
pub use listing::{Entry, EntryKind, File, Listing, Paths};
pub use near::{Limited, NearLimit};
pub use refused::Refused;
pub use unpacked::{CaseTwin, LeftOut, Unpacked};

/// The path of the files, below the agent instance's path. A file is at `files/{path}`; a directory too, with a `/`
/// at the end.
pub const FILES: &str = "files";

/// The path of a zip archive of all files.
pub const ARCHIVE: &str = "archive.zip";

/// The path of a gzipped tar archive of all files.
pub const TAR_ARCHIVE: &str = "archive.tar.gz";

/// The query parameter that asks for the paths of all files below a directory.
pub const ALL: &str = "all";

/// The query parameter of a `PUT` whose body is text in UTF-8: the file keeps its encoding, its byte order mark and its line
/// ends.
pub const TEXT: &str = "text";

/// The query parameter with the path after which a listing continues.
pub const AFTER: &str = "after";
