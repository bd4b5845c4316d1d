//! The workspace as an archive, piece by piece: as it was when the archive was begun, whatever is written meanwhile.

use std::fmt;

use chrono::{DateTime, Datelike as _, Timelike as _};
use common::time::Timestamp;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

use super::format::{self, write_end};
use crate::{
    limits::Work,
    store::SqlError,
    workspace::{
        Workspace,
        content::{Content, signed},
        entry::{COLUMNS, Entry},
    },
};

/// So many bytes are handed over at once: what is on its way to a slow reader stays in the memory of the isolate, which
/// has 128 MB in all.
const PIECE_BYTES: usize = 256_000;

/// How hard the packer tries: beyond this it takes much longer for little.
const LEVEL: i32 = 3;

/// So many bytes are packed before the work is looked at.
const STEP_BYTES: usize = 64_000;

/// Units of work for an entry, and for each byte that is packed.
const ENTRY_UNITS: u64 = 40_000;
const BYTE_UNITS: u64 = 20;

/// What a slice of the work on an archive came to.
#[derive(Debug)]
pub enum ArchiveStep {
    /// The next bytes.
    Piece(Vec<u8>),
    /// There are more, once others had their turn.
    More,
    /// The archive is whole.
    End,
}

/// An archive in the making. It holds the list of what is in it, and one file with its packed bytes at most.
#[derive(Debug)]
pub struct Archive {
    packing: Option<Packing>,
    change: u64,
    /// The last path that is in it.
    after: String,
    at: u64,
    entries: u16,
    list: Vec<u8>,
    ended: bool,
    /// What is made, from `handed_over` on.
    made: Vec<u8>,
    handed_over: usize,
}

impl Workspace<'_> {
    /// Begins an archive of everything there is now.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn archive(&self) -> Result<Archive, SqlError> {
        Ok(Archive {
            packing: None,
            change: self.usage()?.change,
            after: String::new(),
            at: 0,
            entries: 0,
            list: Vec::new(),
            ended: false,
            made: Vec::new(),
            handed_over: 0,
        })
    }

    /// The next bytes of an archive, or as much of the work on them as goes.
    ///
    /// # Errors
    /// When a statement fails, or when so much was written meanwhile that a file of the archive is forgotten.
    pub fn archive_slice(
        &self,
        archive: &mut Archive,
        work: &mut Work,
    ) -> Result<ArchiveStep, SqlError> {
        while archive.waiting() < PIECE_BYTES && !archive.ended {
            if work.is_spent() {
                return Ok(ArchiveStep::More);
            }
            if let Some(mut packing) = archive.packing.take() {
                if packing.slice(work) {
                    archive.push(packing);
                } else {
                    archive.packing = Some(packing);
                }
                continue;
            }
            work.spend(ENTRY_UNITS);
            let Some(entry) = self.next_of(archive)? else {
                archive.end();
                break;
            };
            let bytes = match &entry.content {
                None => Vec::new(),
                Some(content) => self.kept_bytes(content)?,
            };
            archive.packing = Some(Packing::new(entry, bytes));
        }
        Ok(archive
            .hand_over()
            .map_or(ArchiveStep::End, ArchiveStep::Piece))
    }

    fn next_of(&self, archive: &Archive) -> Result<Option<Entry>, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM entries e INDEXED BY entries_by_path LEFT JOIN contents c ON c.id = e.content
                 WHERE e.path > ?1 AND e.since <= ?2 AND (e.until IS NULL OR e.until > ?2) ORDER BY e.path LIMIT 1"
            ),
            &[archive.after.as_str().into(), signed(archive.change)],
        )?;
        Ok(rows.into_iter().next().map(Entry::from_row))
    }

    fn kept_bytes(&self, content: &Content) -> Result<Vec<u8>, SqlError> {
        let bytes = self.bytes_of(content)?;
        if bytes.len() as u64 == content.size {
            Ok(bytes)
        } else {
            Err(SqlError::new(
                "a file of the archive is not stored any more",
            ))
        }
    }
}

impl Archive {
    const fn waiting(&self) -> usize {
        self.made.len().saturating_sub(self.handed_over)
    }

    fn hand_over(&mut self) -> Option<Vec<u8>> {
        let rest = self.made.get(self.handed_over..).unwrap_or_default();
        let piece = rest.get(..PIECE_BYTES).unwrap_or(rest).to_vec();
        self.handed_over += piece.len();
        if self.waiting() == 0 {
            // A large file must not keep its room.
            self.made = Vec::new();
            self.handed_over = 0;
        }
        (!piece.is_empty()).then_some(piece)
    }

    fn push(&mut self, packing: Packing) {
        let Packing {
            entry,
            bytes,
            mut deflated,
            made,
            crc,
            ..
        } = packing;
        deflated.truncate(made);
        self.made.drain(..self.handed_over.min(self.made.len()));
        self.handed_over = 0;
        self.after = entry.path.as_str().to_owned();
        let mut name = self.after.clone();
        if entry.content.is_none() {
            name.push('/');
        }
        let (crc, size) = (crc.finalize(), length(&bytes));
        let is_deflated = deflated.len() < bytes.len();
        let packed = if is_deflated { deflated } else { bytes };
        let written = format::Entry {
            name: &name,
            is_deflated,
            modified: dos_time(entry.at),
            crc,
            packed: length(&packed),
            size,
        };
        // A workspace is smaller than 4 GB.
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let before = self.made.len();
        written.write_local(&mut self.made);
        self.made.extend(packed);
        written.write_listed(at, &mut self.list);
        self.at += (self.made.len() - before) as u64;
        self.entries = self.entries.saturating_add(1);
    }

    fn end(&mut self) {
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let list = std::mem::take(&mut self.list);
        let list_bytes = length(&list);
        self.made.extend(list);
        write_end(self.entries, list_bytes, at, &mut self.made);
        self.ended = true;
    }
}

/// A file that is packed.
struct Packing {
    entry: Entry,
    bytes: Vec<u8>,
    taken: usize,
    deflated: Vec<u8>,
    made: usize,
    compressor: Box<CompressorOxide>,
    crc: crc32fast::Hasher,
}

impl fmt::Debug for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packing({}, {} bytes)", self.entry.path, self.taken)
    }
}

impl Packing {
    fn new(entry: Entry, bytes: Vec<u8>) -> Self {
        let flags = create_comp_flags_from_zip_params(LEVEL, 0, 0);
        Self {
            entry,
            bytes,
            taken: 0,
            deflated: Vec::new(),
            made: 0,
            compressor: Box::new(CompressorOxide::new(flags)),
            crc: crc32fast::Hasher::new(),
        }
    }

    /// Goes on as far as the work goes. Whether it is done: packed, or not to be packed.
    fn slice(&mut self, work: &mut Work) -> bool {
        while !work.is_spent() {
            let rest = self.bytes.get(self.taken..).unwrap_or_default();
            let step = rest.get(..STEP_BYTES).unwrap_or(rest);
            let flush = if step.len() == rest.len() {
                TDEFLFlush::Finish
            } else {
                TDEFLFlush::None
            };
            // Room for what does not become smaller; the packer keeps what does not fit.
            self.deflated.resize(self.made + 2 * STEP_BYTES, 0);
            let out = self.deflated.get_mut(self.made..).unwrap_or_default();
            let (status, taken, made) = compress(&mut self.compressor, step, out, flush);
            self.crc.update(step.get(..taken).unwrap_or(step));
            self.taken += taken;
            self.made += made;
            work.spend((taken + made) as u64 * BYTE_UNITS + BYTE_UNITS);
            match status {
                TDEFLStatus::Okay => {}
                TDEFLStatus::Done => return true,
                TDEFLStatus::BadParam | TDEFLStatus::PutBufFailed => {
                    // It is stored as it is.
                    let rest = self.bytes.get(self.taken..).unwrap_or_default();
                    self.crc.update(rest);
                    self.made = usize::MAX;
                    self.deflated = self.bytes.clone();
                    return true;
                }
            }
        }
        false
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Date and time as DOS has them, in UTC: years from 1980, two seconds a step.
fn dos_time(at: Timestamp) -> u32 {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let date =
        DateTime::from_timestamp_millis(millis).filter(|date| (1980..2108).contains(&date.year()));
    let Some(date) = date else {
        // The first of January 1980.
        return (1 << 21) | (1 << 16);
    };
    let years = date.year().abs_diff(1980);
    let day = (years << 9) | (date.month() << 5) | date.day();
    let time = (date.hour() << 11) | (date.minute() << 5) | (date.second() / 2);
    (day << 16) | time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_dos() {
        let fields = |seconds: u64| {
            let dos = dos_time(Timestamp::from_millis(seconds * 1000));
            [
                (dos >> 25) + 1980,
                (dos >> 21) & 15,
                (dos >> 16) & 31,
                (dos >> 11) & 31,
                (dos >> 5) & 63,
                (dos & 31) * 2,
            ]
        };
        assert_eq!(fields(0), [1980, 1, 1, 0, 0, 0]);
        assert_eq!(fields(1_709_210_096), [2024, 2, 29, 12, 34, 56]);
        assert_eq!(fields(1_798_761_599), [2026, 12, 31, 23, 59, 58]);
    }
}
