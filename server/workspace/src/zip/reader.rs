//! An archive that is whole: what is in it, by name.

use std::collections::HashMap;

use limits::Work;

use super::{
    ArchiveError, ArchiveLimits,
    format::{END_BYTES, End, Listed, MAX_COMMENT_BYTES, read_list},
    intake::Intake,
    unpack::Unpacking,
    upload::{Spool, Upload},
};
use crate::{Workspace, WorkspaceError};

/// An archive that is whole.
#[derive(Debug)]
pub struct ZipReader {
    spool: Spool,
    list: Vec<Listed>,
    /// Where a name is in the list first.
    names: HashMap<Vec<u8>, usize>,
    limits: ArchiveLimits,
}

impl Workspace<'_> {
    /// Opens an archive that is whole.
    ///
    /// # Errors
    /// When it is none, or when a statement fails.
    pub fn open_upload(&self, upload: &mut Upload) -> Result<ZipReader, WorkspaceError> {
        upload.flush(self)?;
        let mut spool = Spool::new(upload.id, upload.size);
        let limits = upload.limits();
        let list = list_of(self, &mut spool, limits)?;
        let mut names = HashMap::new();
        for (at, listed) in list.iter().enumerate() {
            names.entry(listed.name.clone()).or_insert(at);
        }
        Ok(ZipReader {
            spool,
            list,
            names,
            limits,
        })
    }
}

impl ZipReader {
    /// The bytes of the entry of this name; `None`: there is none.
    ///
    /// # Errors
    /// When it has more than `most` bytes, when it is damaged, or when a statement fails.
    pub fn read(
        &mut self,
        workspace: &Workspace<'_>,
        name: &str,
        most: u64,
    ) -> Result<Option<Vec<u8>>, WorkspaceError> {
        let at = self.names.get(name.as_bytes());
        let Some(listed) = at.and_then(|at| self.list.get(*at)) else {
            return Ok(None);
        };
        if listed.size > most || listed.packed > most {
            let (size, unpacked) = (self.spool.size(), listed.size);
            return Err(ArchiveError::Bomb { size, unpacked }.into());
        }
        let mut unpacking =
            Unpacking::begin(workspace, &mut self.spool, listed, &mut Work::slice())?;
        while !unpacking.slice(listed, &mut Work::slice())? {}
        Ok(Some(unpacking.end(listed)?))
    }

    /// Begins to write the files whose names begin with `prefix`, without it.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn files(
        &self,
        workspace: &Workspace<'_>,
        prefix: &'static str,
    ) -> Result<Intake, WorkspaceError> {
        let version = workspace.usage()?.change;
        Ok(Intake::new(
            self.spool.again(),
            self.list.clone(),
            self.limits,
            prefix,
            version,
        ))
    }
}

/// The entries of an archive.
fn list_of(
    workspace: &Workspace<'_>,
    spool: &mut Spool,
    limits: ArchiveLimits,
) -> Result<Vec<Listed>, WorkspaceError> {
    let size = spool.size();
    let tail = size.min((END_BYTES + MAX_COMMENT_BYTES) as u64);
    let tail = spool
        .read(workspace, size - tail..size)?
        .unwrap_or_default();
    let end = End::find(&tail)?;
    if end.entries > limits.entries || end.list_bytes > limits.list_bytes {
        return Err(ArchiveError::TooManyEntries {
            entries: end.entries,
            limit: limits.entries,
        }
        .into());
    }
    let list = spool.read(workspace, end.list_at..end.list_at + end.list_bytes)?;
    let list = list.ok_or(ArchiveError::NotZip)?;
    Ok(read_list(&list, end.entries)?)
}
