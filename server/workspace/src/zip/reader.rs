//! An archive that is whole: what is in it, by name.

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

/// An archive that is whole.
#[derive(Debug)]
pub struct ZipReader {
    spool: Spool,
    list: Vec<Listed>,
    page: Option<CodePage>,
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
        )
        .with_names_in(self.page))
    }
}

/// The entries of an archive.
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
    // Something may stand before the archive that its numbers do not count, such as a program that unpacks it.
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

/// The end of a zip64 file, and where it is. `end_at` is where the other end is that has no room for its numbers.
fn end_64(
    workspace: &Workspace<'_>,
    spool: &mut Spool,
    end_at: u64,
) -> Result<(End, u64), WorkspaceError> {
    let missing = ArchiveError::Unsupported {
        what: "of the kind zip64 without its second end",
    };
    let locator_at = end_at.checked_sub(LOCATOR_BYTES).ok_or(missing.clone())?;
    let locator = spool.read(workspace, locator_at..end_at)?;
    let told = locator
        .as_deref()
        .and_then(End::locate_64)
        .ok_or(missing.clone())?;
    // Where it says, or right before it: something may stand before the archive.
    for at in [Some(told), locator_at.checked_sub(END_64_BYTES)]
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
