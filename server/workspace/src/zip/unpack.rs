//! Unpacks the bytes of an entry, in slices.

use std::fmt;

use limits::Work;
use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags},
};

use super::{
    ArchiveError,
    format::{LOCAL_BYTES, Listed, Method, read_local},
    upload::Spool,
};
use crate::{Workspace, WorkspaceError};

/// The number of bytes unpacked between two checks of the work.
const STEP_BYTES: usize = 64_000;

/// Units of work per byte read, and per byte unpacked and checked.
const READ_UNITS: u64 = 1;
const UNPACKED_UNITS: u64 = 8;

/// An entry being unpacked.
pub(super) struct Unpacking {
    packed: Vec<u8>,
    taken: usize,
    bytes: Vec<u8>,
    made: usize,
    /// `None` when it is stored without compression.
    inflate: Option<Box<DecompressorOxide>>,
    crc: crc32fast::Hasher,
    checked: usize,
}

impl fmt::Debug for Unpacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unpacking({} of {})", self.taken, self.packed.len())
    }
}

impl Unpacking {
    /// # Errors
    /// When its bytes are outside the archive, or when an SQL statement fails.
    pub(super) fn begin(
        workspace: &Workspace<'_>,
        spool: &mut Spool,
        listed: &Listed,
        work: &mut Work,
    ) -> Result<Self, WorkspaceError> {
        let outside = || damaged(listed, "its bytes are not in the archive");
        let at = listed.at.saturating_add(LOCAL_BYTES as u64);
        let at = if listed.has_header {
            let header = spool.read(workspace, listed.at..at)?.ok_or_else(outside)?;
            let behind = read_local(&header).ok_or_else(|| damaged(listed, "it has no header"))?;
            at + behind
        } else {
            listed.at
        };
        let packed = spool
            .read(workspace, at..at.saturating_add(listed.packed))?
            .ok_or_else(outside)?;
        work.spend(listed.packed * READ_UNITS);
        let is_deflated = listed.method == Method::Deflated;
        Ok(Self {
            packed,
            taken: 0,
            bytes: Vec::new(),
            made: 0,
            inflate: is_deflated.then(Box::default),
            crc: crc32fast::Hasher::new(),
            checked: 0,
        })
    }

    /// Continues until the work is used up, by one step at least. Returns whether it is complete. It never unpacks
    /// more than the stated size.
    ///
    /// # Errors
    /// When the entry is damaged.
    pub(super) fn slice(&mut self, listed: &Listed, work: &mut Work) -> Result<bool, ArchiveError> {
        let size = usize::try_from(listed.size).unwrap_or(usize::MAX);
        loop {
            let is_whole = match &mut self.inflate {
                None => {
                    self.bytes = std::mem::take(&mut self.packed);
                    self.made = self.bytes.len();
                    true
                }
                Some(inflate) => {
                    let room = size.min(self.made + STEP_BYTES);
                    self.bytes.resize(room, 0);
                    let packed = self.packed.get(self.taken..).unwrap_or_default();
                    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
                    let (status, taken, made) =
                        decompress(inflate, packed, &mut self.bytes, self.made, flags);
                    self.taken += taken;
                    self.made += made;
                    if status != TINFLStatus::Done
                        && (status != TINFLStatus::HasMoreOutput || room == size)
                    {
                        let what = "its bytes cannot be unpacked to the stated size";
                        return Err(damaged(listed, what));
                    }
                    status == TINFLStatus::Done
                }
            };
            let fresh = self.bytes.get(self.checked..self.made).unwrap_or_default();
            self.crc.update(fresh);
            work.spend(fresh.len() as u64 * UNPACKED_UNITS);
            self.checked = self.made;
            if is_whole || work.is_spent() {
                return Ok(is_whole);
            }
        }
    }

    /// The bytes of a complete entry.
    ///
    /// # Errors
    /// When they do not match the stated size or checksum.
    pub(super) fn end(mut self, listed: &Listed) -> Result<Vec<u8>, ArchiveError> {
        self.bytes.truncate(self.made);
        if self.bytes.len() as u64 != listed.size {
            return Err(damaged(listed, "its size does not match"));
        }
        let crc = self.crc.finalize();
        if listed.crc.is_some_and(|reported| reported != crc) {
            return Err(damaged(listed, "its checksum does not match"));
        }
        Ok(self.bytes)
    }
}

fn damaged(listed: &Listed, what: &'static str) -> ArchiveError {
    ArchiveError::Damaged {
        name: String::from_utf8_lossy(&listed.name).into_owned(),
        what,
    }
}
