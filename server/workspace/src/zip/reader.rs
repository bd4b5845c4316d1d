//! Reads a complete archive: its entries by name.

use std::collections::HashMap;

use limits::Work;

use super::{
    ArchiveError, ArchiveLimits,
    format::{
        END_64_BYTES, END_BYTES, End, LOCATOR_BYTES, Listed, MAX_COMMENT_BYTES, begins_list,
        read_list,
    },
    intake::Intake,
    name::CodePage,
    unpack::Unpacking,
    upload::{Spool, Upload},
};
use crate::{Workspace, WorkspaceError};

/// A complete archive.
#[derive(Debug)]
pub struct ZipReader {
    spool: Spool,
    list: Vec<Listed>,
    page: Option<CodePage>,
    /// The first index of each name in the list.
    names: HashMap<Vec<u8>, usize>,
    limits: ArchiveLimits,
}

impl Workspace<'_> {
    /// Opens a complete upload.
    ///
    /// # Errors
    /// When it is no valid archive, or when an SQL statement fails.
    pub fn open_upload(&self, upload: &mut Upload) -> Result<ZipReader, WorkspaceError> {
        upload.flush(self)?;
        let mut spool = Spool::new(upload.id, upload.size);
        let limits = upload.limits();
        let (list, page) = list_of(self, &mut spool, limits)?;
        let mut names = HashMap::new();
        for (at, listed) in list.iter().enumerate() {
            names.entry(listed.name.clone()).or_insert(at);
        }
        Ok(ZipReader {
            spool,
            list,
            page,
            names,
            limits,
        })
    }
}

impl ZipReader {
    /// The bytes of the entry with this name; `None` when there is none.
    ///
    /// # Errors
    /// When it has more than `most` bytes, when it is damaged, or when an SQL statement fails.
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

    /// Begins to store the files under `prefix`, without the prefix.
    ///
    /// # Errors
    /// When an SQL statement fails.
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
        )
        .with_names_in(self.page))
    }
}

/// Reads the list of entries.
fn list_of(
    workspace: &Workspace<'_>,
    spool: &mut Spool,
    limits: ArchiveLimits,
) -> Result<(Vec<Listed>, Option<CodePage>), WorkspaceError> {
    let size = spool.size();
    let tail_at = size - size.min((END_BYTES + MAX_COMMENT_BYTES) as u64);
    let tail = spool.read(workspace, tail_at..size)?.unwrap_or_default();
    let mut end = End::find(&tail)?;
    let mut list_ends_at = tail_at + end.at as u64;
    if end.is_zip64 {
        (end, list_ends_at) = end_64(workspace, spool, list_ends_at)?;
    }
    if end.entries > limits.entries || end.list_bytes > limits.list_bytes {
        return Err(ArchiveError::TooManyEntries {
            entries: end.entries,
            limit: limits.entries,
        }
        .into());
    }
    let mut read = |at: u64| -> Result<Option<Vec<u8>>, WorkspaceError> {
        match at.checked_add(end.list_bytes) {
            Some(to) => spool.read(workspace, at..to),
            None => Ok(None),
        }
    };
    // The archive may follow other bytes that its offsets do not count, such as a self-extracting program.
    let mut before = 0;
    let mut list = read(end.list_at)?;
    if end.entries > 0 && !list.as_deref().is_some_and(begins_list) {
        let at = list_ends_at.checked_sub(end.list_bytes);
        before = at.and_then(|at| at.checked_sub(end.list_at)).unwrap_or(0);
        list = read(end.list_at.saturating_add(before))?;
    }
    let list = list.ok_or(ArchiveError::NotZip)?;
    let (mut list, page) = read_list(&list, end.entries)?;
    for listed in &mut list {
        listed.at = listed.at.saturating_add(before);
    }
    Ok((list, page))
}

/// The zip64 end record and its offset. `end_at` is the offset of the end record, whose numbers do not fit.
fn end_64(
    workspace: &Workspace<'_>,
    spool: &mut Spool,
    end_at: u64,
) -> Result<(End, u64), WorkspaceError> {
    let missing = ArchiveError::Unsupported {
        what: "a zip64 file without its second end record",
    };
    let locator_at = end_at.checked_sub(LOCATOR_BYTES).ok_or(missing.clone())?;
    let locator = spool.read(workspace, locator_at..end_at)?;
    let reported = locator
        .as_deref()
        .and_then(End::locate_64)
        .ok_or(missing.clone())?;
    // At the stated offset or directly before the locator: other bytes may precede the archive.
    for at in [Some(reported), locator_at.checked_sub(END_64_BYTES)]
        .into_iter()
        .flatten()
    {
        let Some(to) = at.checked_add(END_64_BYTES) else {
            continue;
        };
        let record = spool.read(workspace, at..to)?;
        if let Some(end) = record.as_deref().and_then(End::read_64) {
            return Ok((end, at));
        }
    }
    Err(missing.into())
}
