//! Writes a tar.gz file piece by piece.

use common::time::Timestamp;
use limits::Work;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};
use sql::SqlError;
use tar::{EntryType, Header};

use super::{super::writer::ArchiveStep, BLOCK_BYTES};

/// The compression level: higher ones take much longer for little gain.
const LEVEL: i32 = 3;

/// The number of bytes packed between two checks of the work.
const STEP_BYTES: usize = 64_000;

/// The size of a piece, in bytes.
const PIECE_BYTES: usize = 256_000;

/// Units of work per byte packed, and per entry.
const BYTE_UNITS: u64 = 20;
const ENTRY_UNITS: u64 = 40_000;

/// The maximum length of a name in a header.
const NAME_BYTES: usize = 100;

/// A minimal gzip header.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A tar.gz file being written. It holds one entry, and the bytes not yet taken.
pub(in super::super) struct TarWriter {
    entry: Vec<u8>,
    taken: usize,
    is_last: bool,
    has_ended: bool,
    compressor: Box<CompressorOxide>,
    crc: crc32fast::Hasher,
    /// The unpacked size modulo 2^32.
    size: u32,
    made: Vec<u8>,
    handed_over: usize,
}

impl std::fmt::Debug for TarWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TarWriter({} of {})", self.taken, self.entry.len())
    }
}

impl TarWriter {
    pub(in super::super) fn new() -> Self {
        let flags = create_comp_flags_from_zip_params(LEVEL, 0, 0);
        Self {
            entry: Vec::new(),
            taken: 0,
            is_last: false,
            has_ended: false,
            compressor: Box::new(CompressorOxide::new(flags)),
            crc: crc32fast::Hasher::new(),
            size: 0,
            made: GZIP_HEADER.to_vec(),
            handed_over: 0,
        }
    }

    /// Continues until the work is used up or a piece is ready. `put_next` begins the next entry, or ends the file.
    ///
    /// # Errors
    /// When `put_next` fails.
    pub(in super::super) fn slice(
        &mut self,
        work: &mut Work,
        mut put_next: impl FnMut(&mut Self) -> Result<(), SqlError>,
    ) -> Result<ArchiveStep, SqlError> {
        while self.made.len() - self.handed_over < PIECE_BYTES && !self.has_ended {
            if work.is_spent() {
                return Ok(ArchiveStep::More);
            }
            if self.pack(work)? && !self.has_ended {
                work.spend(ENTRY_UNITS);
                put_next(self)?;
            }
        }
        let rest = self.made.get(self.handed_over..).unwrap_or_default();
        let piece = rest.get(..PIECE_BYTES).unwrap_or(rest).to_vec();
        self.handed_over += piece.len();
        if self.handed_over >= self.made.len() {
            self.made = Vec::new();
            self.handed_over = 0;
        }
        Ok(if piece.is_empty() {
            ArchiveStep::End
        } else {
            ArchiveStep::Piece(piece)
        })
    }

    /// Begins an entry: a file, or a directory, whose name ends with `/`. The previous entry must be complete.
    pub(in super::super) fn begin(&mut self, name: &str, at: Timestamp, mode: u32, bytes: &[u8]) {
        self.taken = 0;
        self.entry = Vec::with_capacity(bytes.len() + 4 * 512);
        let kind = if name.ends_with('/') {
            EntryType::Directory
        } else {
            EntryType::Regular
        };
        if name.len() > NAME_BYTES || !name.is_ascii() {
            let reported = pax_record("path", name);
            self.push_entry("pax", EntryType::XHeader, at, 0o644, reported.as_bytes());
        }
        self.push_entry(name, kind, at, mode, bytes);
    }

    /// Writes the end of a tar file: two empty blocks.
    pub(in super::super) fn end(&mut self) {
        self.taken = 0;
        self.entry = vec![0; 1024];
        self.is_last = true;
    }

    fn push_entry(&mut self, name: &str, kind: EntryType, at: Timestamp, mode: u32, bytes: &[u8]) {
        let mut header = Header::new_ustar();
        let end = name.floor_char_boundary(NAME_BYTES);
        let short = name.as_bytes().get(..end).unwrap_or_default();
        if let Some(field) = header.as_mut_bytes().get_mut(..short.len()) {
            field.copy_from_slice(short);
        }
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_mtime(at.as_millis() / 1000);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        self.entry.extend_from_slice(header.as_bytes());
        self.entry.extend_from_slice(bytes);
        let filled = (self.entry.len() as u64).next_multiple_of(BLOCK_BYTES);
        self.entry
            .resize(usize::try_from(filled).unwrap_or(self.entry.len()), 0);
    }

    /// Packs the present entry until the work is used up. Returns whether it is complete.
    fn pack(&mut self, work: &mut Work) -> Result<bool, SqlError> {
        self.made.drain(..self.handed_over.min(self.made.len()));
        self.handed_over = 0;
        while !work.is_spent() {
            let rest = self.entry.get(self.taken..).unwrap_or_default();
            if rest.is_empty() && !self.is_last {
                return Ok(true);
            }
            let step = rest.get(..STEP_BYTES).unwrap_or(rest);
            let flush = if self.is_last && step.len() == rest.len() {
                TDEFLFlush::Finish
            } else {
                TDEFLFlush::None
            };
            let before = self.made.len();
            self.made.resize(before + 2 * STEP_BYTES, 0);
            let out = self.made.get_mut(before..).unwrap_or_default();
            let (status, taken, made) = compress(&mut self.compressor, step, out, flush);
            self.made.truncate(before + made);
            self.crc.update(step.get(..taken).unwrap_or(step));
            self.size = self.size.wrapping_add(u32::try_from(taken).unwrap_or(0));
            self.taken += taken;
            work.spend((taken + made) as u64 * BYTE_UNITS + BYTE_UNITS);
            match status {
                TDEFLStatus::Okay => {}
                TDEFLStatus::Done => {
                    let crc = std::mem::take(&mut self.crc).finalize();
                    self.made.extend(crc.to_le_bytes());
                    self.made.extend(self.size.to_le_bytes());
                    self.has_ended = true;
                    return Ok(true);
                }
                TDEFLStatus::BadParam | TDEFLStatus::PutBufFailed => {
                    return Err(SqlError::new("a file of the archive cannot be packed"));
                }
            }
        }
        Ok(false)
    }
}

/// A record of an extended header. Its length includes the digits of the length itself.
fn pax_record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}
