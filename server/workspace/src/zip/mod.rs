//! Archives: import and export of zip and tar files.
//!
//! - [`format`]: the records of a zip file. [`extra`], [`name`], [`attributes`]: fields that tools write in different
//!   ways.
//! - [`tar`]: tar files, gzipped or not.
//! - [`upload`]: receives an archive. [`importing`]: the steps of an import. [`reader`]: its entries by name.
//!   [`intake`]: stores its files. [`import`]: checks its entries. [`growth`]: checks that they fit. [`unpack`]:
//!   unpacks an entry.
//! - [`contents`]: the contents of an archive alone, whatever their names.
//! - [`export`]: exports the workspace. [`writer`]: writes a zip file. [`packing`]: packs an entry.
//!
//! An uploaded archive is kept in SQLite until it is complete, since its list is at its end. Then everything in it is
//! checked, and only then written. Entries that the workspace cannot store are skipped and reported; an archive that
//! is damaged or a zip bomb changes nothing.

mod attributes;
mod contents;
mod export;
mod extra;
mod format;
mod growth;
mod import;
mod importing;
mod intake;
mod name;
mod packing;
mod reader;
mod tar;
mod unpack;
mod upload;
mod writer;

use common::workspace::limits;
use thiserror::Error;

pub(super) use contents::{ContentsOf, ContentsStep};
pub use export::{Archive, ArchiveKind};
pub use export::{FilesOf, VersionsOf};
pub use import::{Imported, SkipReason, Skipped};
pub use importing::{ImportStep, Importing};
pub use intake::Intake;
pub use reader::ZipReader;
pub(super) use tar::gzip_header_bytes;
pub use upload::{Upload, UploadId};
pub use writer::ArchiveStep;
pub use writer::ZipWriter;

/// The limits of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The maximum size of an archive in bytes; the platform accepts no larger request.
    pub bytes: u64,
    /// The maximum number of entries.
    pub entries: u64,
    /// The maximum size of the list of entries, in bytes.
    pub list_bytes: u64,
    /// The maximum ratio of the unpacked size to the archive's size.
    pub ratio: u64,
    /// The unpacked size up to which any ratio is allowed: small files of zeros are no zip bomb.
    pub ratio_from: u64,
}

impl ArchiveLimits {
    /// The limits of every archive.
    pub const DEFAULT: Self = Self {
        bytes: limits::ARCHIVE_BYTES,
        entries: limits::ARCHIVE_ENTRIES,
        list_bytes: 16_000_000,
        ratio: 100,
        ratio_from: 20_000_000,
    };
}

/// Why an archive is refused. Nothing was changed unless the variant says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// It is too large.
    #[error("the archive is larger than {limit} bytes: split it")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// It has an unsupported format, or its end is missing.
    #[error(
        "this is not a zip or tar.gz file, or its end is missing: create it again and upload all of it"
    )]
    NotZip,
    /// It is an unsupported kind of zip file.
    #[error("the archive is {what}, which is not supported: create it again as a plain zip file")]
    Unsupported {
        /// The kind.
        what: &'static str,
    },
    /// It has too many entries.
    #[error(
        "the archive has {entries} entries, and the limit is {limit}: leave out files that can be regenerated, such as dependencies"
    )]
    TooManyEntries {
        /// The number of entries.
        entries: u64,
        /// The maximum number.
        limit: u64,
    },
    /// Its unpacked size is implausible.
    #[error(
        "the archive has {size} bytes and claims to contain {unpacked}: that looks like a zip bomb, so nothing was unpacked"
    )]
    Bomb {
        /// Its size in bytes.
        size: u64,
        /// The unpacked size it states, in bytes.
        unpacked: u64,
    },
    /// It is damaged.
    #[error("the archive is damaged at {name:?}: {what}. Nothing was unpacked; create it again")]
    Damaged {
        /// The damaged entry; empty for the list of entries.
        name: String,
        /// The damage.
        what: &'static str,
    },
    /// The import failed after some files were written.
    #[error(
        "{files} of the {of} entries of the archive were stored before it failed: {reason}. Upload it again: files that are already stored are left alone"
    )]
    Partly {
        /// The number of files written.
        files: u64,
        /// The number of entries.
        of: u64,
        /// The error.
        reason: String,
    },
    /// The upload expired or does not exist.
    #[error("the upload has expired: start it again")]
    GivenUp,
}
