//! Tar files, packed with gzip or not, in and out.
//!
//! - [`gunzip`]: a gzip file on its way in becomes another upload. [`listing`]: what is in a tar file; from there on its
//!   entries are those of any archive. [`writer`]: a tar.gz in the making.

mod gunzip;
mod listing;
mod writer;

pub(super) use gunzip::Gunzip;
pub(crate) use gunzip::header_bytes as gzip_header_bytes;
pub(super) use listing::TarListing;
pub(super) use writer::TarWriter;

use super::upload::Spool;
use crate::{Workspace, WorkspaceError};

/// The bytes of a header, and what every entry is filled up to.
const BLOCK_BYTES: u64 = 512;

/// What an archive on its way in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A gzip file, with a tar file in it.
    Gzip,
    /// A tar file.
    Tar,
    /// A zip file, or nothing that is known.
    Zip,
}

impl Format {
    /// By how it begins.
    pub(super) fn of(workspace: &Workspace<'_>, spool: &mut Spool) -> Result<Self, WorkspaceError> {
        let head = spool.size().min(BLOCK_BYTES);
        let head = spool.read(workspace, 0..head)?.unwrap_or_default();
        Ok(if head.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if head.get(257..262) == Some(b"ustar") {
            Self::Tar
        } else {
            Self::Zip
        })
    }
}
