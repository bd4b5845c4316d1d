//! The records of a zip file (APPNOTE 4.3), read and written. Numbers are little-endian.

use super::ArchiveError;

/// The length of the record at the end, without its comment.
pub(super) const END_BYTES: usize = 22;

/// The longest comment behind it.
pub(super) const MAX_COMMENT_BYTES: usize = 65_535;

/// The length of a local header, without name and extra field.
pub(super) const LOCAL_BYTES: usize = 30;

const END: u32 = 0x0605_4b50;
const LISTED: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

const ENCRYPTED: u16 = 1;
const UTF8: u16 = 1 << 11;

/// Who made an entry, in the upper byte of its version: the attributes are those of Unix then.
const UNIX: u16 = 3;

/// Where the list of entries is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) entries: u64,
    pub(super) list_bytes: u64,
    pub(super) list_at: u64,
}

impl End {
    /// Finds the record in the last bytes of an archive.
    pub(super) fn find(tail: &[u8]) -> Result<Self, ArchiveError> {
        let last = tail
            .len()
            .checked_sub(END_BYTES)
            .ok_or(ArchiveError::NotZip)?;
        (0..=last)
            .rev()
            .find_map(|at| Self::read(tail.get(at..)?))
            .ok_or(ArchiveError::NotZip)?
    }

    /// `None`: there is no such record.
    fn read(bytes: &[u8]) -> Option<Result<Self, ArchiveError>> {
        let mut fields = Fields(bytes);
        if fields.u32()? != END {
            return None;
        }
        let [disk, list_disk, entries_here, entries] =
            [fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?];
        let (list_bytes, list_at) = (fields.u32()?, fields.u32()?);
        let comment = usize::from(fields.u16()?);
        if comment != fields.0.len() {
            return None;
        }
        if list_at == u32::MAX || list_bytes == u32::MAX || entries == u16::MAX {
            let what = "of the kind zip64";
            return Some(Err(ArchiveError::Unsupported { what }));
        }
        if disk != 0 || list_disk != 0 || entries_here != entries {
            let what = "one part of several";
            return Some(Err(ArchiveError::Unsupported { what }));
        }
        Some(Ok(Self {
            entries: u64::from(entries),
            list_bytes: u64::from(list_bytes),
            list_at: u64::from(list_at),
        }))
    }
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: Vec<u8>,
    pub(super) is_encrypted: bool,
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) at: u64,
    pub(super) kind: ListedKind,
}

/// How the bytes of an entry are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    Other,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListedKind {
    File,
    Directory,
    Symlink,
    /// A device, a pipe.
    Special,
}

/// Reads the list of entries.
pub(super) fn read_list(bytes: &[u8], entries: u64) -> Result<Vec<Listed>, ArchiveError> {
    let mut fields = Fields(bytes);
    let mut list = Vec::new();
    for _ in 0..entries {
        list.push(read_listed(&mut fields).ok_or(ArchiveError::Damaged {
            name: String::new(),
            what: "the list of entries ends too early",
        })?);
    }
    Ok(list)
}

fn read_listed(fields: &mut Fields<'_>) -> Option<Listed> {
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
    let name = fields.take(name)?.to_vec();
    fields.take(extra)?;
    fields.take(comment)?;
    let mode = if made_by >> 8 == UNIX {
        (attributes >> 16) & 0o170_000
    } else {
        0
    };
    let kind = match mode {
        0o120_000 => ListedKind::Symlink,
        _ if name.ends_with(b"/") => ListedKind::Directory,
        0 | 0o100_000 => ListedKind::File,
        0o040_000 => ListedKind::Directory,
        _ => ListedKind::Special,
    };
    Some(Listed {
        is_encrypted: flags & ENCRYPTED != 0,
        method,
        crc,
        packed: u64::from(packed),
        size: u64::from(size),
        at: u64::from(at),
        kind,
        name,
    })
}

/// How many bytes of name and extra field follow a local header; `None` when it is none.
pub(super) fn read_local(bytes: &[u8]) -> Option<u64> {
    let mut fields = Fields(bytes);
    if fields.u32()? != LOCAL {
        return None;
    }
    fields.take(22)?;
    Some(u64::from(fields.u16()?) + u64::from(fields.u16()?))
}

/// An entry to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    /// Whether its bytes are deflated.
    pub(super) is_deflated: bool,
    /// Date and time as DOS has them.
    pub(super) modified: u32,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
}

impl Entry<'_> {
    /// Its header, before its bytes.
    pub(super) fn write_local(&self, out: &mut Vec<u8>) {
        out.extend(LOCAL.to_le_bytes());
        self.write_common(out);
        out.extend(0_u16.to_le_bytes());
        out.extend(self.name.as_bytes());
    }

    /// Its place in the list.
    pub(super) fn write_listed(&self, at: u32, out: &mut Vec<u8>) {
        // Files may be written by their owner and read by all; 0o40000 and 0x10 tell a directory.
        let attributes: u32 = if self.name.ends_with('/') {
            (0o040_755 << 16) | 0x10
        } else {
            0o100_644 << 16
        };
        out.extend(LISTED.to_le_bytes());
        out.extend(((UNIX << 8) | 20).to_le_bytes());
        self.write_common(out);
        // No extra field, no comment, the first disk, nothing internal.
        out.extend([0; 8]);
        out.extend(attributes.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend(self.name.as_bytes());
    }

    /// From the version needed to the length of the name.
    fn write_common(&self, out: &mut Vec<u8>) {
        let method = if self.is_deflated { DEFLATED } else { STORED };
        out.extend([20_u16, UTF8, method].map(u16::to_le_bytes).concat());
        for number in [self.modified, self.crc, self.packed, self.size] {
            out.extend(number.to_le_bytes());
        }
        // A path is no longer than 1,024 bytes.
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        out.extend(length.to_le_bytes());
    }
}

/// The record at the end.
pub(super) fn write_end(entries: u16, list_bytes: u32, list_at: u32, out: &mut Vec<u8>) {
    out.extend(END.to_le_bytes());
    out.extend([0, 0, entries, entries].map(u16::to_le_bytes).concat());
    out.extend(list_bytes.to_le_bytes());
    out.extend(list_at.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
}

/// Reads field after field.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}
