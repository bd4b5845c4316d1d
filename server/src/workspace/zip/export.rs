//! The workspace as an archive, piece by piece: as it was when the archive was begun, whatever is written meanwhile.

use common::time::Timestamp;
use miniz_oxide::deflate::compress_to_vec;

use super::format::{self, write_end};
use crate::{
    store::SqlError,
    workspace::{
        Workspace,
        content::{Content, signed},
        entry::{COLUMNS, Entry},
    },
};

/// Small files are handed over together, so many bytes at once.
const PIECE_BYTES: usize = 256_000;

/// How hard the packer tries: beyond this it takes much longer for little.
const LEVEL: u8 = 3;

/// An archive in the making. It holds the list of what is in it and no file.
#[derive(Debug)]
pub struct Archive {
    change: u64,
    /// The last path that is in it.
    after: String,
    at: u64,
    entries: u16,
    list: Vec<u8>,
    ended: bool,
}

impl Workspace<'_> {
    /// Begins an archive of everything there is now.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn archive(&self) -> Result<Archive, SqlError> {
        Ok(Archive {
            change: self.usage()?.change,
            after: String::new(),
            at: 0,
            entries: 0,
            list: Vec::new(),
            ended: false,
        })
    }

    /// The next bytes of an archive; `None`: it is whole.
    ///
    /// # Errors
    /// When a statement fails, or when so much was written meanwhile that a file of the archive is forgotten.
    pub fn archive_piece(&self, archive: &mut Archive) -> Result<Option<Vec<u8>>, SqlError> {
        if archive.ended {
            return Ok(None);
        }
        let mut out = Vec::new();
        while out.len() < PIECE_BYTES {
            let Some(entry) = self.next_of(archive)? else {
                archive.end(&mut out);
                break;
            };
            let bytes = match &entry.content {
                None => Vec::new(),
                Some(content) => self.kept_bytes(content)?,
            };
            archive.push(&entry, bytes, &mut out);
        }
        Ok(Some(out))
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
    fn push(&mut self, entry: &Entry, bytes: Vec<u8>, out: &mut Vec<u8>) {
        self.after = entry.path.as_str().to_owned();
        let mut name = self.after.clone();
        if entry.content.is_none() {
            name.push('/');
        }
        let (crc, size) = (crc32fast::hash(&bytes), length(&bytes));
        let deflated = compress_to_vec(&bytes, LEVEL);
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
        let before = out.len();
        written.write_local(out);
        out.extend(packed);
        written.write_listed(at, &mut self.list);
        self.at += (out.len() - before) as u64;
        self.entries = self.entries.saturating_add(1);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let list = std::mem::take(&mut self.list);
        let list_bytes = length(&list);
        out.extend(list);
        write_end(self.entries, list_bytes, at, out);
        self.ended = true;
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Date and time as DOS has them, in UTC: years from 1980, two seconds a step.
fn dos_time(at: Timestamp) -> u32 {
    let seconds = at.as_millis() / 1000;
    let (year, month, day) = civil(seconds / 86_400);
    let Some(year) = year.checked_sub(1980).filter(|year| *year < 128) else {
        // The first of January 1980.
        return (1 << 21) | (1 << 16);
    };
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let date = (year << 9) | (month << 5) | day;
    let time = (hour << 11) | (minute << 5) | (second / 2);
    u32::try_from((date << 16) | time).unwrap_or(0)
}

/// Year, month and day from days since 1970 (Howard Hinnant's `civil_from_days`).
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
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
