//! The extra fields of a zip entry.

use super::format::Fields;

/// The ids of extra fields: eight-byte numbers, a UTF-8 name, and Unix attributes.
const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;
const UNIX: u16 = 0x756e;

/// The content of the extra fields.
#[derive(Debug)]
pub(super) struct Extra {
    /// The size, the packed size, and the offset of the entry.
    pub(super) numbers: [u64; 3],
    /// The name in UTF-8.
    pub(super) name: Option<Vec<u8>>,
    /// The Unix mode.
    pub(super) mode: Option<u32>,
}

impl Extra {
    /// Reads the fields. `name` and `numbers` are those of the header; a number that does not fit there is in an
    /// extra field.
    pub(super) fn read(bytes: &[u8], name: &[u8], numbers: [u32; 3]) -> Self {
        let mut extra = Self {
            numbers: numbers.map(u64::from),
            name: None,
            mode: None,
        };
        let mut fields = Fields(bytes);
        while let (Some(id), Some(length)) = (fields.u16(), fields.u16()) {
            let Some(field) = fields.take(usize::from(length)) else {
                break;
            };
            match id {
                ZIP64 => extra.read_numbers(Fields(field), numbers),
                UNICODE_PATH => extra.name = unicode_path(Fields(field), name).or(extra.name),
                UNIX => extra.mode = unix_mode(Fields(field)).or(extra.mode),
                _ => {}
            }
        }
        extra
    }

    /// Reads the eight-byte numbers: only those that do not fit the header are present, in this order.
    fn read_numbers(&mut self, mut fields: Fields<'_>, numbers: [u32; 3]) {
        for (number, reported) in self.numbers.iter_mut().zip(numbers) {
            if reported == u32::MAX
                && let Some(whole) = fields.u64()
            {
                *number = whole;
            }
        }
    }
}

/// Reads a UTF-8 name. It belongs to an earlier name when a tool that does not know the field has renamed the entry.
fn unicode_path(mut fields: Fields<'_>, name: &[u8]) -> Option<Vec<u8>> {
    let [version] = fields.take(1)? else {
        return None;
    };
    let crc = fields.u32()?;
    let is_current =
        *version == 1 && crc == crc32fast::hash(name) && std::str::from_utf8(fields.0).is_ok();
    is_current.then(|| fields.0.to_vec())
}

/// Reads the mode after its checksum.
fn unix_mode(mut fields: Fields<'_>) -> Option<u32> {
    let crc = fields.u32()?;
    let is_whole = crc32fast::hash(fields.0) == crc;
    fields.u16().map(u32::from).filter(|_| is_whole)
}
