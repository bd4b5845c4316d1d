//! Unpacks a gzip file (RFC 1952) in slices, from one upload to another.

use limits::Work;
use miniz_oxide::{
    DataFormat, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};

use super::super::{
    ArchiveError, ArchiveLimits,
    upload::{Spool, Upload},
};
use crate::{Workspace, WorkspaceError};

/// The number of bytes read, and unpacked, between two checks of the work.
const STEP_BYTES: usize = 64_000;

/// Units of work per byte read, and per byte unpacked, checked and stored.
const READ_UNITS: u64 = 1;
const UNPACKED_UNITS: u64 = 12;

/// The flags of a header.
const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// A gzip file being unpacked.
pub(in super::super) struct Gunzip {
    spool: Spool,
    at: u64,
    into: Upload,
    inflate: Box<InflateState>,
    stage: Stage,
    crc: crc32fast::Hasher,
    /// The size of the present member so far, in bytes.
    made: u64,
    made_before: u64,
    /// The maximum unpacked size, in bytes.
    limit: u64,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Header,
    Body,
    Trailer,
}

impl std::fmt::Debug for Gunzip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gunzip({} of {})", self.at, self.spool.size())
    }
}

impl Gunzip {
    /// # Errors
    /// When an SQL statement fails.
    pub(in super::super) fn begin(
        workspace: &Workspace<'_>,
        spool: Spool,
        limits: ArchiveLimits,
    ) -> Result<Self, WorkspaceError> {
        // The files of the largest workspace, plus tar headers.
        let most = workspace.limits.bytes + limits.entries * 4 * super::BLOCK_BYTES;
        let by_ratio = spool.size().saturating_mul(limits.ratio);
        let limit = by_ratio.max(limits.ratio_from).min(most);
        let into = ArchiveLimits {
            bytes: u64::MAX,
            ..limits
        };
        Ok(Self {
            spool,
            at: 0,
            into: workspace.begin_upload(into)?,
            inflate: InflateState::new_boxed(DataFormat::Raw),
            stage: Stage::Header,
            crc: crc32fast::Hasher::new(),
            made: 0,
            made_before: 0,
            limit,
        })
    }

    /// Continues until the work of the slice is used up. Returns whether the file is completely unpacked.
    ///
    /// # Errors
    /// When it is damaged or too large, or when an SQL statement fails.
    pub(in super::super) fn slice(
        &mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<bool, WorkspaceError> {
        while !work.is_spent() {
            self.stage = match self.stage {
                // Several gzip files in a row count as one. Zeros after them fill the last block of a tape.
                Stage::Header => match self.header(workspace)? {
                    true => Stage::Body,
                    false => return Ok(true),
                },
                Stage::Body => self.body(workspace, work)?,
                Stage::Trailer => self.trailer(workspace)?,
            };
        }
        Ok(false)
    }

    /// The upload with the unpacked bytes.
    pub(in super::super) fn into_upload(self) -> Upload {
        self.into
    }

    fn next_bytes(&mut self, workspace: &Workspace<'_>) -> Result<Vec<u8>, WorkspaceError> {
        let end = self.spool.size().min(self.at + STEP_BYTES as u64);
        Ok(self
            .spool
            .read(workspace, self.at..end)?
            .unwrap_or_default())
    }

    /// Reads a header. Returns whether there was another member.
    fn header(&mut self, workspace: &Workspace<'_>) -> Result<bool, WorkspaceError> {
        let bytes = self.next_bytes(workspace)?;
        if self.at > 0 && bytes.iter().all(|byte| *byte == 0) {
            return Ok(false);
        }
        let length =
            header_bytes(&bytes).ok_or_else(|| damaged("its gzip header cannot be read"))?;
        self.at += length as u64;
        self.inflate = InflateState::new_boxed(DataFormat::Raw);
        self.crc = crc32fast::Hasher::new();
        self.made_before += std::mem::take(&mut self.made);
        Ok(true)
    }

    fn body(
        &mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        let packed = self.next_bytes(workspace)?;
        work.spend(packed.len() as u64 * READ_UNITS);
        let mut packed = packed.as_slice();
        let mut out = vec![0; STEP_BYTES];
        loop {
            let result = inflate(&mut self.inflate, packed, &mut out, MZFlush::None);
            let made = out.get(..result.bytes_written).unwrap_or_default();
            self.at += result.bytes_consumed as u64;
            packed = packed.get(result.bytes_consumed..).unwrap_or_default();
            self.crc.update(made);
            self.made += made.len() as u64;
            work.spend(made.len() as u64 * UNPACKED_UNITS + 1);
            let unpacked = self.made_before + self.made;
            if unpacked > self.limit {
                let size = self.spool.size();
                return Err(ArchiveError::Bomb { size, unpacked }.into());
            }
            self.into.push(workspace, made)?;
            match result.status {
                Ok(MZStatus::StreamEnd) => return Ok(Stage::Trailer),
                Ok(MZStatus::Ok | MZStatus::NeedDict)
                    if result.bytes_consumed + result.bytes_written > 0 =>
                {
                    if packed.is_empty() && made.len() < STEP_BYTES {
                        return Ok(Stage::Body);
                    }
                }
                Ok(_) | Err(_) => return Err(damaged("its bytes cannot be unpacked")),
            }
        }
    }

    fn trailer(&mut self, workspace: &Workspace<'_>) -> Result<Stage, WorkspaceError> {
        let bytes = self.spool.read(workspace, self.at..self.at + 8)?;
        let bytes = bytes.ok_or_else(|| damaged("its end is missing"))?;
        self.at += 8;
        let crc = std::mem::take(&mut self.crc).finalize();
        // The size is stored modulo 2^32.
        let size = u32::try_from(self.made & u64::from(u32::MAX)).unwrap_or(0);
        if bytes != [crc.to_le_bytes(), size.to_le_bytes()].concat() {
            return Err(damaged("its checksum does not match"));
        }
        Ok(Stage::Header)
    }
}

fn damaged(what: &'static str) -> WorkspaceError {
    let name = String::new();
    ArchiveError::Damaged { name, what }.into()
}

/// The length of a gzip header; `None` when it is invalid.
pub(crate) fn header_bytes(bytes: &[u8]) -> Option<usize> {
    let [0x1f, 0x8b, 8, flags, ..] = bytes else {
        return None;
    };
    let mut at = 10;
    if flags & HAS_EXTRA != 0 {
        let length = bytes.get(at..at + 2)?.try_into().ok()?;
        at += 2 + usize::from(u16::from_le_bytes(length));
    }
    for part in [HAS_NAME, HAS_COMMENT] {
        if flags & part != 0 {
            at += memchr::memchr(0, bytes.get(at..)?)? + 1;
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        at += 2;
    }
    (at <= bytes.len()).then_some(at)
}
