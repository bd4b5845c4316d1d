//! A zip file in the making, handed over piece by piece.

use chrono::{DateTime, Datelike as _, Timelike as _};
use common::time::Timestamp;
use miniz_oxide::deflate::compress_to_vec;

use super::format::{self, write_end};

/// So many bytes are handed over at once: what is on its way to a slow reader stays in the memory of the isolate, which
/// has 128 MB in all.
const PIECE_BYTES: usize = 256_000;

/// How hard the packer tries: beyond this it takes much longer for little.
const LEVEL: u8 = 3;

/// The most entries of a zip file that is no Zip64.
const MOST_ENTRIES: u16 = u16::MAX - 1;

/// A zip file in the making. It holds the list of what is in it, and what is not handed over yet.
#[derive(Debug, Default)]
pub(crate) struct ZipWriter {
    at: u64,
    entries: u16,
    list: Vec<u8>,
    has_ended: bool,
    /// What is made, from `handed_over` on.
    made: Vec<u8>,
    handed_over: usize,
}

impl ZipWriter {
    /// Whether more is to be put in before the next piece is handed over.
    pub(crate) const fn wants_more(&self) -> bool {
        self.made.len().saturating_sub(self.handed_over) < PIECE_BYTES && !self.has_ended
    }

    /// Whether there is room for another entry.
    pub(crate) const fn has_room(&self) -> bool {
        self.entries < MOST_ENTRIES
    }

    /// The next bytes; `None`: all of them were handed over.
    pub(crate) fn hand_over(&mut self) -> Option<Vec<u8>> {
        let rest = self.made.get(self.handed_over..).unwrap_or_default();
        let piece = rest.get(..PIECE_BYTES).unwrap_or(rest).to_vec();
        self.handed_over += piece.len();
        if self.handed_over >= self.made.len() {
            // A large file must not keep its room.
            self.made = Vec::new();
            self.handed_over = 0;
        }
        (!piece.is_empty()).then_some(piece)
    }

    /// Puts a file in, or a directory, whose name ends with `/`.
    pub(crate) fn push(&mut self, name: &str, at: Timestamp, bytes: Vec<u8>) {
        self.made.drain(..self.handed_over.min(self.made.len()));
        self.handed_over = 0;
        let (crc, size) = (crc32fast::hash(&bytes), length(&bytes));
        let deflated = compress_to_vec(&bytes, LEVEL);
        let is_deflated = deflated.len() < bytes.len();
        let packed = if is_deflated { deflated } else { bytes };
        let written = format::Entry {
            name,
            is_deflated,
            modified: dos_time(at),
            crc,
            packed: length(&packed),
            size,
        };
        // What is put in is smaller than 4 GB.
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let before = self.made.len();
        written.write_local(&mut self.made);
        self.made.extend(packed);
        written.write_listed(at, &mut self.list);
        self.at += (self.made.len() - before) as u64;
        self.entries = self.entries.saturating_add(1);
    }

    /// Puts the list of what is in it at its end.
    pub(crate) fn end(&mut self) {
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let list = std::mem::take(&mut self.list);
        let list_bytes = length(&list);
        self.made.extend(list);
        write_end(self.entries, list_bytes, at, &mut self.made);
        self.has_ended = true;
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
