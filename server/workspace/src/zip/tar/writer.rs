//! A tar.gz in the making, handed over piece by piece.

use common::time::Timestamp;
use limits::Work;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};
use sql::SqlError;
use tar::{EntryType, Header};

use super::{super::writer::ArchiveStep, BLOCK_BYTES};

/// How hard the packer tries: beyond this it takes much longer for little.
const LEVEL: i32 = 3;

/// So many bytes are packed before the work is looked at.
const STEP_BYTES: usize = 64_000;

/// So many bytes are handed over at once.
const PIECE_BYTES: usize = 256_000;

/// Units of work for each byte that is packed, and for an entry.
const BYTE_UNITS: u64 = 20;
const ENTRY_UNITS: u64 = 40_000;

/// The longest name that a header has room for.
const NAME_BYTES: usize = 100;

/// The beginning of a gzip file that says no more than it must.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A tar.gz in the making. It holds one entry, and what is not handed over yet.
pub(in super::super) struct TarWriter {
    entry: Vec<u8>,
    taken: usize,
    is_last: bool,
    has_ended: bool,
    compressor: Box<CompressorOxide>,
    crc: crc32fast::Hasher,
    /// Of what was packed, without what does not fit.
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

    /// Goes on as far as the work goes, until there is a piece to be handed over. `put_next` begins the next entry, or ends
    /// the file.
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

    /// Begins to put a file in, or a directory, whose name ends with `/`. Nothing else may be on its way in.
    pub(in super::super) fn begin(&mut self, name: &str, at: Timestamp, mode: u32, bytes: &[u8]) {
        self.taken = 0;
        self.entry = Vec::with_capacity(bytes.len() + 4 * 512);
        let kind = if name.ends_with('/') {
            EntryType::Directory
        } else {
            EntryType::Regular
        };
        if name.len() > NAME_BYTES || !name.is_ascii() {
            let told = pax_record("path", name);
            self.push_entry("pax", EntryType::XHeader, at, 0o644, told.as_bytes());
        }
        self.push_entry(name, kind, at, mode, bytes);
    }

    /// Puts the end of a tar file in: two empty blocks.
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

    /// Packs what is on its way in, as far as the work goes. Whether all of it is packed.
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

/// A line of an extended header. Its length counts the digits of the length itself.
fn pax_record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}
