//! Packs the bytes of an entry, in slices.

use std::fmt;

use limits::Work;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

/// The compression level: higher ones take much longer for little gain.
const LEVEL: i32 = 3;

/// The number of bytes packed between two checks of the work.
const STEP_BYTES: usize = 64_000;

/// Units of work per byte packed.
const BYTE_UNITS: u64 = 20;

/// An entry being packed.
pub(super) struct Packing {
    bytes: Vec<u8>,
    taken: usize,
    deflated: Vec<u8>,
    made: usize,
    compressor: Box<CompressorOxide>,
    crc: crc32fast::Hasher,
}

/// A packed entry.
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    pub(super) is_deflated: bool,
    /// Its unpacked size in bytes.
    pub(super) size: usize,
    pub(super) crc: u32,
}

impl fmt::Debug for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packing({} of {})", self.taken, self.bytes.len())
    }
}

impl Packing {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let flags = create_comp_flags_from_zip_params(LEVEL, 0, 0);
        Self {
            bytes,
            taken: 0,
            deflated: Vec::new(),
            made: 0,
            compressor: Box::new(CompressorOxide::new(flags)),
            crc: crc32fast::Hasher::new(),
        }
    }

    /// Continues until the work is used up. Returns whether the entry is complete: packed, or to be stored unpacked.
    pub(super) fn slice(&mut self, work: &mut Work) -> bool {
        while !work.is_spent() {
            let rest = self.bytes.get(self.taken..).unwrap_or_default();
            let step = rest.get(..STEP_BYTES).unwrap_or(rest);
            let flush = if step.len() == rest.len() {
                TDEFLFlush::Finish
            } else {
                TDEFLFlush::None
            };
            // Space for bytes that do not compress; the packer keeps the rest.
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
                    // It will be stored unpacked.
                    let rest = self.bytes.get(self.taken..).unwrap_or_default();
                    self.crc.update(rest);
                    self.made = usize::MAX;
                    return true;
                }
            }
        }
        false
    }

    /// The result: packed if that is smaller.
    pub(super) fn end(mut self) -> Packed {
        let size = self.bytes.len();
        let is_deflated = self.made < size;
        self.deflated.truncate(self.made);
        Packed {
            bytes: if is_deflated {
                self.deflated
            } else {
                self.bytes
            },
            is_deflated,
            size,
            crc: self.crc.finalize(),
        }
    }
}
