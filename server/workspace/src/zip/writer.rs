//! Writes a zip file piece by piece.

use chrono::{DateTime, Datelike as _, Timelike as _};
use common::time::Timestamp;
use limits::Work;
use sql::SqlError;

use super::{
    format::{self, write_end},
    packing::Packing,
};
use crate::mode;

/// The size of a piece in bytes: pieces for a slow reader stay in the memory of the isolate, which has 128 MB in all.
const PIECE_BYTES: usize = 256_000;

/// Units of work per entry.
const ENTRY_UNITS: u64 = 40_000;

/// The maximum number of entries without Zip64.
const MOST_ENTRIES: u16 = u16::MAX - 1;

/// The result of a slice of an export.
#[derive(Debug)]
pub enum ArchiveStep {
    /// The next bytes.
    Piece(Vec<u8>),
    /// Not finished: continue after other work had its turn.
    More,
    /// The archive is complete.
    End,
}

/// A zip file being written. It holds the list of entries, the entry being packed, and the bytes not yet taken.
#[derive(Debug, Default)]
pub struct ZipWriter {
    packing: Option<NextEntry>,
    at: u64,
    entries: u16,
    list: Vec<u8>,
    has_ended: bool,
    /// The bytes from `handed_over` on.
    made: Vec<u8>,
    handed_over: usize,
}

impl ZipWriter {
    /// Continues until the work is used up or a piece is ready. `put_next` begins the next entry, or ends the file.
    ///
    /// # Errors
    /// When `put_next` fails.
    pub fn slice(
        &mut self,
        work: &mut Work,
        mut put_next: impl FnMut(&mut Self, &mut Work) -> Result<(), SqlError>,
    ) -> Result<ArchiveStep, SqlError> {
        while self.waiting() < PIECE_BYTES && !self.has_ended {
            if work.is_spent() {
                return Ok(ArchiveStep::More);
            }
            if self.pack(work) {
                work.spend(ENTRY_UNITS);
                put_next(self, work)?;
            }
        }
        Ok(self
            .hand_over()
            .map_or(ArchiveStep::End, ArchiveStep::Piece))
    }

    /// Whether there is space for another entry.
    pub const fn has_room(&self) -> bool {
        self.entries < MOST_ENTRIES
    }

    const fn waiting(&self) -> usize {
        self.made.len().saturating_sub(self.handed_over)
    }

    /// Takes the next bytes; `None` when all were taken.
    pub fn hand_over(&mut self) -> Option<Vec<u8>> {
        let rest = self.made.get(self.handed_over..).unwrap_or_default();
        let piece = rest.get(..PIECE_BYTES).unwrap_or(rest).to_vec();
        self.handed_over += piece.len();
        if self.handed_over >= self.made.len() {
            // Releases the memory of a large file.
            self.made = Vec::new();
            self.handed_over = 0;
        }
        (!piece.is_empty()).then_some(piece)
    }

    /// Begins an entry: a file, or a directory, whose name ends with `/`. The previous entry must be complete.
    pub fn begin(&mut self, name: String, at: Timestamp, bytes: Vec<u8>) {
        let mode = mode::reported(None, name.ends_with('/'));
        self.begin_with(name, at, mode, bytes);
    }

    /// Like [`ZipWriter::begin`], with permissions.
    pub(super) fn begin_with(&mut self, name: String, at: Timestamp, mode: u32, bytes: Vec<u8>) {
        self.packing = Some(NextEntry {
            name,
            at,
            mode,
            packing: Packing::new(bytes),
        });
    }

    /// Adds a small file.
    pub fn push(&mut self, name: &str, at: Timestamp, bytes: Vec<u8>) {
        self.begin(name.to_owned(), at, bytes);
        while !self.pack(&mut Work::slice()) {}
    }

    /// Continues with the present entry until the work is used up. Returns whether it is complete.
    fn pack(&mut self, work: &mut Work) -> bool {
        match self.packing.take() {
            None => true,
            Some(mut entry) => {
                let is_packed = entry.packing.slice(work);
                if is_packed {
                    self.put(entry);
                } else {
                    self.packing = Some(entry);
                }
                is_packed
            }
        }
    }

    fn put(&mut self, entry: NextEntry) {
        self.made.drain(..self.handed_over.min(self.made.len()));
        self.handed_over = 0;
        let packed = entry.packing.end();
        let written = format::WrittenEntry {
            name: &entry.name,
            is_deflated: packed.is_deflated,
            modified: dos_time(entry.at),
            crc: packed.crc,
            packed: length(packed.bytes.len()),
            size: length(packed.size),
            mode: entry.mode,
        };
        // The file is smaller than 4 GB.
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let before = self.made.len();
        written.write_local(&mut self.made);
        self.made.extend(packed.bytes);
        written.write_listed(at, &mut self.list);
        self.at += (self.made.len() - before) as u64;
        self.entries = self.entries.saturating_add(1);
    }

    /// Writes the list of entries and the end record.
    pub fn end(&mut self) {
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let list = std::mem::take(&mut self.list);
        let list_bytes = length(list.len());
        self.made.extend(list);
        write_end(self.entries, list_bytes, at, &mut self.made);
        self.has_ended = true;
    }
}

/// The entry being written.
#[derive(Debug)]
struct NextEntry {
    name: String,
    at: Timestamp,
    mode: u32,
    packing: Packing,
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The date and time in DOS format, in UTC: years from 1980, in steps of two seconds.
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
