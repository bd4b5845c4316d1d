//! Reads and writes the records of a zip file (APPNOTE 4.3). Numbers are little-endian.

use super::{ArchiveError, attributes::Attributes, extra::Extra, name::CodePage};

/// The size of the end record, without its comment.
pub(super) const END_BYTES: usize = 22;

/// The maximum size of that comment.
pub(super) const MAX_COMMENT_BYTES: usize = 65_535;

/// The size of a local header, without name and extra field.
pub(super) const LOCAL_BYTES: usize = 30;

const END: u32 = 0x0605_4b50;
const LISTED: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

const ENCRYPTED: u16 = 1;
const UTF8: u16 = 1 << 11;

/// The identification of Unix in the upper byte of an entry's version, which selects Unix attributes.
const UNIX: u16 = 3;

/// The signatures of the zip64 locator and the zip64 end record.
const LOCATOR: u32 = 0x0706_4b50;
const END_64: u32 = 0x0606_4b50;
pub(super) const LOCATOR_BYTES: u64 = 20;
pub(super) const END_64_BYTES: u64 = 56;

/// The position of the list of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) entries: u64,
    pub(super) list_bytes: u64,
    pub(super) list_at: u64,
    /// The offset of the record in the bytes that were searched.
    pub(super) at: usize,
    /// Whether a number does not fit, so that the zip64 end record has the numbers.
    pub(super) is_zip64: bool,
}

impl End {
    /// Finds the record in the last bytes of an archive. Some tools append bytes that the record does not count.
    pub(super) fn find(tail: &[u8]) -> Result<Self, ArchiveError> {
        let last = tail
            .len()
            .checked_sub(END_BYTES)
            .ok_or(ArchiveError::NotZip)?;
        let mut other = None;
        for at in (0..=last).rev() {
            match Self::read(tail.get(at..).unwrap_or_default(), at) {
                Some((end, true)) => return end,
                Some((end, false)) => other = other.or(Some(end)),
                None => {}
            }
        }
        other.unwrap_or(Err(ArchiveError::NotZip))
    }

    /// `None` when there is no such record. Also returns whether the record ends where the bytes do.
    fn read(bytes: &[u8], at: usize) -> Option<(Result<Self, ArchiveError>, bool)> {
        let mut fields = Fields(bytes);
        if fields.u32()? != END {
            return None;
        }
        let [disk, list_disk, entries_here, entries] =
            [fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?];
        let (list_bytes, list_at) = (fields.u32()?, fields.u32()?);
        let comment = usize::from(fields.u16()?);
        let is_exact = comment == fields.0.len();
        if comment > fields.0.len() {
            return None;
        }
        let is_zip64 = list_at == u32::MAX || list_bytes == u32::MAX || entries == u16::MAX;
        if !is_zip64 && (disk != 0 || list_disk != 0 || entries_here != entries) {
            let what = "one part of an archive in several files";
            return Some((Err(ArchiveError::Unsupported { what }), is_exact));
        }
        let end = Self {
            entries: u64::from(entries),
            list_bytes: u64::from(list_bytes),
            list_at: u64::from(list_at),
            at,
            is_zip64,
        };
        Some((Ok(end), is_exact))
    }

    /// The offset of the zip64 end record, from the locator before the end record.
    pub(super) fn locate_64(bytes: &[u8]) -> Option<u64> {
        let mut fields = Fields(bytes);
        if fields.u32()? != LOCATOR {
            return None;
        }
        fields.u32()?;
        fields.u64()
    }

    /// Reads the zip64 end record.
    pub(super) fn read_64(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        if fields.u32()? != END_64 {
            return None;
        }
        // Skips its length, two versions, two disks, and the entries of this disk.
        fields.take(8 + 4 + 8 + 8)?;
        let [entries, list_bytes, list_at] = [fields.u64()?, fields.u64()?, fields.u64()?];
        Some(Self {
            entries,
            list_bytes,
            list_at,
            at: 0,
            is_zip64: true,
        })
    }
}

/// Whether a list of entries begins with these bytes.
pub(super) fn begins_list(bytes: &[u8]) -> bool {
    bytes.starts_with(&LISTED.to_le_bytes())
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// The name with `/` as separator, in UTF-8 if it can be decoded.
    pub(super) name: Vec<u8>,
    /// The length of the name in the archive, in bytes.
    pub(super) name_bytes: u64,
    pub(super) is_encrypted: bool,
    pub(super) method: Method,
    /// The checksum; `None` when the archive has none.
    pub(super) crc: Option<u32>,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) at: u64,
    /// Whether the entry has a local header before its bytes.
    pub(super) has_header: bool,
    pub(super) kind: ListedKind,
    /// The Unix permissions; `None` when the archive has none.
    pub(super) mode: Option<u32>,
}

impl Listed {
    /// Whether it is the directory that everything is in, which many tools list as `./` or `/`.
    pub(super) fn is_root(&self) -> bool {
        let mut names = self.name.split(|byte| *byte == b'/');
        self.kind == ListedKind::Directory && names.all(|name| matches!(name, b"" | b"."))
    }
}

/// The compression of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    Other,
}

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListedKind {
    File,
    Directory,
    Symlink,
    /// A hard link to a file that is not in the archive.
    HardLink,
    /// A device, pipe or socket.
    Special,
}

/// Reads the list of entries. Also returns the code page of names that do not state their encoding.
pub(super) fn read_list(
    bytes: &[u8],
    entries: u64,
) -> Result<(Vec<Listed>, Option<CodePage>), ArchiveError> {
    let mut fields = Fields(bytes);
    let mut raw = Vec::new();
    for _ in 0..entries {
        raw.push(read_raw(&mut fields).ok_or(ArchiveError::Damaged {
            name: String::new(),
            what: "the list of entries ends early",
        })?);
    }
    let unnamed: Vec<&[u8]> = raw
        .iter()
        .filter(|raw| raw.text.is_none())
        .map(|raw| raw.name)
        .collect();
    let page = (!unnamed.is_empty()).then(|| CodePage::of(&unnamed));
    Ok((raw.into_iter().map(|raw| raw.listed(page)).collect(), page))
}

/// An entry of the list before its name is decoded.
struct Raw<'b> {
    name: &'b [u8],
    /// The decoded name; `None` when the archive does not state the encoding.
    text: Option<Vec<u8>>,
    attributes: Attributes,
    listed: Listed,
}

impl Raw<'_> {
    fn listed(self, page: Option<CodePage>) -> Listed {
        let text = self
            .text
            .or_else(|| page?.decode(self.name).map(String::into_bytes));
        let mut name = text.unwrap_or_else(|| self.name.to_vec());
        if self.attributes.has_backslashes() {
            for byte in &mut name {
                if *byte == b'\\' {
                    *byte = b'/';
                }
            }
        }
        Listed {
            kind: self.attributes.kind(&name, self.listed.size),
            mode: self.attributes.mode(),
            name,
            ..self.listed
        }
    }
}

fn read_raw<'b>(fields: &mut Fields<'b>) -> Option<Raw<'b>> {
    if fields.u32()? != LISTED {
        return None;
    }
    let made_by = fields.u16()?;
    let _needed = fields.u16()?;
    let flags = fields.u16()?;
    let method = match fields.u16()? {
        STORED => Method::Stored,
        DEFLATED => Method::Deflated,
        _ => Method::Other,
    };
    let _modified = fields.u32()?;
    let [crc, packed, size] = [fields.u32()?, fields.u32()?, fields.u32()?];
    let [name, extra, comment] = [fields.u16()?, fields.u16()?, fields.u16()?].map(usize::from);
    let _disk = fields.u16()?;
    let _internal = fields.u16()?;
    let attributes = fields.u32()?;
    let at = fields.u32()?;
    let name = fields.take(name)?;
    let extra = fields.take(extra)?;
    fields.take(comment)?;
    let extra = Extra::read(extra, name, [size, packed, at]);
    let [size, packed, at] = extra.numbers;
    let text = if flags & UTF8 != 0 || std::str::from_utf8(name).is_ok() {
        Some(name.to_vec())
    } else {
        None
    };
    let [_, host] = made_by.to_le_bytes();
    Some(Raw {
        name,
        text: extra.name.or(text),
        attributes: Attributes {
            host,
            external: attributes,
            extra_mode: extra.mode,
        },
        listed: Listed {
            name: Vec::new(),
            name_bytes: name.len() as u64,
            is_encrypted: flags & ENCRYPTED != 0,
            method,
            crc: Some(crc),
            packed,
            size,
            at,
            has_header: true,
            kind: ListedKind::File,
            mode: None,
        },
    })
}

/// The size of name and extra field after a local header; `None` when it is no local header.
pub(super) fn read_local(bytes: &[u8]) -> Option<u64> {
    let mut fields = Fields(bytes);
    if fields.u32()? != LOCAL {
        return None;
    }
    fields.take(22)?;
    Some(u64::from(fields.u16()?) + u64::from(fields.u16()?))
}

/// An entry to write.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenEntry<'a> {
    pub(super) name: &'a str,
    /// Whether its bytes are deflated.
    pub(super) is_deflated: bool,
    /// The date and time in DOS format.
    pub(super) modified: u32,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    /// The Unix permissions.
    pub(super) mode: u32,
}

impl WrittenEntry<'_> {
    /// Writes its local header.
    pub(super) fn write_local(&self, out: &mut Vec<u8>) {
        out.extend(LOCAL.to_le_bytes());
        self.write_common(out);
        out.extend(0_u16.to_le_bytes());
        out.extend(self.name.as_bytes());
    }

    /// Writes its entry in the list.
    pub(super) fn write_listed(&self, at: u32, out: &mut Vec<u8>) {
        // 0o40000 and 0x10 mark a directory.
        let attributes: u32 = if self.name.ends_with('/') {
            ((0o040_000 | self.mode) << 16) | 0x10
        } else {
            (0o100_000 | self.mode) << 16
        };
        out.extend(LISTED.to_le_bytes());
        out.extend(((UNIX << 8) | 20).to_le_bytes());
        self.write_common(out);
        // No extra field, no comment, the first disk, no internal attributes.
        out.extend([0; 8]);
        out.extend(attributes.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend(self.name.as_bytes());
    }

    /// Writes the fields from the required version to the length of the name.
    fn write_common(&self, out: &mut Vec<u8>) {
        let method = if self.is_deflated { DEFLATED } else { STORED };
        out.extend([20_u16, UTF8, method].map(u16::to_le_bytes).concat());
        for number in [self.modified, self.crc, self.packed, self.size] {
            out.extend(number.to_le_bytes());
        }
        // A path has at most 1,024 bytes.
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        out.extend(length.to_le_bytes());
    }
}

/// Writes the end record.
pub(super) fn write_end(entries: u16, list_bytes: u32, list_at: u32, out: &mut Vec<u8>) {
    out.extend(END.to_le_bytes());
    out.extend([0, 0, entries, entries].map(u16::to_le_bytes).concat());
    out.extend(list_bytes.to_le_bytes());
    out.extend(list_at.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
}

/// Reads one field after the other.
pub(super) struct Fields<'b>(pub(super) &'b [u8]);

impl<'b> Fields<'b> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }
}
