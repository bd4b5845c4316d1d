//! Reads the contents of a commit from an archive of it. Which files it has is known by then, so that only contents count:
//! one that the commit does not have, such as one with expanded keywords, is passed over.

use limits::Work;

use super::Incoming;
use crate::{
    Workspace, WorkspaceError,
    zip::{ContentsOf, ContentsStep, Upload},
};

/// Units of work per byte that is hashed and stored, and per file.
const BYTE_UNITS: u64 = 12;
const FILE_UNITS: u64 = 60_000;

/// An archive being read.
#[derive(Debug)]
pub struct ArchiveReading {
    contents: ContentsOf,
}

impl ArchiveReading {
    /// Begins with a complete upload.
    pub fn new(workspace: &Workspace<'_>, upload: Upload) -> Self {
        Self {
            contents: workspace.contents_of(upload),
        }
    }

    /// Continues until the work of the slice is used up. Returns whether the archive is read.
    ///
    /// # Errors
    /// When it is damaged or too large, or when an SQL statement fails. The upload is deleted by then.
    pub fn slice(
        &mut self,
        incoming: &Incoming,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<bool, WorkspaceError> {
        while !work.is_spent() {
            match self.contents.next(workspace, work)? {
                ContentsStep::More => {}
                ContentsStep::Content(bytes) => {
                    work.spend(FILE_UNITS + bytes.len() as u64 * BYTE_UNITS);
                    incoming.put(workspace, &bytes)?;
                }
                ContentsStep::End => return Ok(true),
            }
        }
        Ok(false)
    }
}
