//! Import and export of tar files, gzipped or not.
//!
//! - [`gunzip`]: unpacks an uploaded gzip file into another upload. [`listing`]: lists a tar file, whose entries are
//!   then handled like those of a zip file. [`writer`]: writes a tar.gz file.

mod gunzip;
mod listing;
mod writer;

pub(super) use gunzip::Gunzip;
pub(crate) use gunzip::header_bytes as gzip_header_bytes;
pub(super) use listing::TarListing;
pub(super) use writer::TarWriter;

use super::{ArchiveError, upload::Spool};
use crate::{Workspace, WorkspaceError};

/// The size of a header, and the unit to which entries are padded.
const BLOCK_BYTES: u64 = 512;

/// The format of an uploaded archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A gzip file that contains a tar file.
    Gzip,
    /// A tar file.
    Tar,
    /// A zip file, or an unknown format.
    Zip,
}

impl Format {
    /// Recognises the format by the first bytes.
    pub(super) fn of(workspace: &Workspace<'_>, spool: &mut Spool) -> Result<Self, WorkspaceError> {
        let head = spool.size().min(BLOCK_BYTES);
        let head = spool.read(workspace, 0..head)?.unwrap_or_default();
        if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Err(ArchiveError::Unsupported { what }.into());
        }
        // The oldest tar files have no magic number, but every header has a checksum.
        let is_tar = head.get(257..262) == Some(b"ustar") || listing::is_header(&head);
        Ok(if head.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if is_tar {
            Self::Tar
        } else {
            Self::Zip
        })
    }
}

/// The first bytes of unsupported formats, and what these are called.
const OTHERS: &[(&[u8], &str)] = &[
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file"),
    (b"Rar!\x1a\x07", "a RAR file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
];
