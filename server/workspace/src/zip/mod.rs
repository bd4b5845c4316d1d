//! Archives: zip and tar files, in and out.
//!
//! - [`format`]: the records of a zip file. [`extra`], [`name`], [`attributes`]: what their makers tell in different ways.
//! - [`tar`]: tar files, packed with gzip or not.
//! - [`upload`]: an archive on its way in. [`importing`]: it is unpacked. [`reader`]: its entries by name. [`intake`]: its files
//!   come into the workspace. [`import`]: what they are checked for. [`growth`]: whether they fit. [`unpack`]: the bytes of an
//!   entry.
//! - [`export`]: the workspace as an archive. [`writer`]: a zip file in the making. [`packing`]: the bytes of an entry.
//!
//! An archive that comes in is kept in SQLite until it is whole, since its list stands at its end. Then everything in it is
//! checked, and only then written. Single entries that the workspace cannot have are left out and named; an archive that is
//! damaged, or made to be much larger than it looks, changes nothing.

mod attributes;
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

/// How large an archive may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The most bytes of an archive; the platform takes no larger request.
    pub bytes: u64,
    /// The most entries.
    pub entries: u64,
    /// The most bytes of the list of entries.
    pub list_bytes: u64,
    /// How many times larger than the archive everything in it may be.
    pub ratio: u64,
    /// So much may be in it whatever the ratio is: small files of zeros are no bomb.
    pub ratio_from: u64,
}

impl ArchiveLimits {
    /// Of every archive.
    pub const DEFAULT: Self = Self {
        bytes: limits::ARCHIVE_BYTES,
        entries: limits::ARCHIVE_ENTRIES,
        list_bytes: 16_000_000,
        ratio: 100,
        ratio_from: 20_000_000,
    };
}

/// Why an archive is refused. Nothing was changed then, unless it says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// It is too large.
    #[error("the archive is larger than {limit} bytes: split it")]
    TooLarge {
        /// The most.
        limit: u64,
    },
    /// It is no archive that is read here, or its end is missing.
    #[error(
        "this is no zip file and no tar.gz, or its end is missing: make it again and upload it whole"
    )]
    NotZip,
    /// It is a kind of zip file that is not read here.
    #[error("the archive is {what}, which is not read here: make it again as a plain zip file")]
    Unsupported {
        /// What kind.
        what: &'static str,
    },
    /// There is too much in it.
    #[error(
        "the archive has {entries} entries and may have {limit}: leave out what can be made again, such as dependencies"
    )]
    TooManyEntries {
        /// How many it has.
        entries: u64,
        /// The most.
        limit: u64,
    },
    /// It is much larger than it looks.
    #[error(
        "the archive has {size} bytes and says that {unpacked} are in it: that looks like a zip bomb, so nothing was unpacked"
    )]
    Bomb {
        /// How large it is.
        size: u64,
        /// How much it says is in it.
        unpacked: u64,
    },
    /// What it says about itself is not so.
    #[error("the archive is damaged at {name:?}: {what}. Nothing was unpacked; make it again")]
    Damaged {
        /// In which entry; empty: in the list of entries.
        name: String,
        /// What is not so.
        what: &'static str,
    },
    /// It was unpacked in part.
    #[error(
        "{files} of the {of} entries of the archive came in, then it failed: {reason}. Upload it again: what is there by then is left alone"
    )]
    Partly {
        /// How many files were written.
        files: u64,
        /// How many entries there are.
        of: u64,
        /// What failed.
        reason: String,
    },
    /// Its upload is not known.
    #[error("the upload was given up: begin it again")]
    GivenUp,
}
