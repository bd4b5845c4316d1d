//! Zip files built by hand, including invalid ones.

use miniz_oxide::deflate::compress_to_vec;

/// An entry of such a file.
#[derive(Clone)]
pub(super) struct TestEntry {
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) mode: u32,
    /// The size stated in the header; `None` for the true one.
    pub(super) size: Option<u32>,
    pub(super) crc: Option<u32>,
    /// The offset stated in the list; `None` for the true one.
    pub(super) at: Option<u32>,
    /// The system stated as its origin; 3 is Unix.
    pub(super) host: u8,
    /// The DOS attributes.
    pub(super) dos: u32,
    /// The extra fields in the list.
    pub(super) extra: Vec<u8>,
    pub(super) comment: &'static [u8],
    /// Whether its sizes follow its bytes and are in zip64 fields of the list.
    pub(super) is_zip64: bool,
}

pub(super) fn entry(name: &str, bytes: &[u8]) -> TestEntry {
    TestEntry {
        name: name.as_bytes().to_vec(),
        bytes: bytes.to_vec(),
        method: 8,
        flags: 0,
        mode: 0o100_644,
        size: None,
        crc: None,
        at: None,
        host: 3,
        dos: 0,
        extra: Vec::new(),
        comment: b"",
        is_zip64: false,
    }
}

pub(super) fn archive(entries: &[TestEntry]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = if entry.method == 8 {
            compress_to_vec(&entry.bytes, 6)
        } else {
            entry.bytes.clone()
        };
        let at = entry.at.unwrap_or(out.len() as u32);
        let mut common = Vec::new();
        common.extend(
            [20_u16, entry.flags, entry.method, 0, 0]
                .map(u16::to_le_bytes)
                .concat(),
        );
        let size = entry.size.unwrap_or(entry.bytes.len() as u32);
        let crc = entry.crc.unwrap_or(crc32fast::hash(&entry.bytes));
        let mut extra = entry.extra.clone();
        let numbers = if entry.is_zip64 {
            extra.extend([1_u16, 16].map(u16::to_le_bytes).concat());
            extra.extend(
                [u64::from(size), packed.len() as u64]
                    .map(u64::to_le_bytes)
                    .concat(),
            );
            [crc, u32::MAX, u32::MAX]
        } else {
            [crc, packed.len() as u32, size]
        };
        common.extend(numbers.map(u32::to_le_bytes).concat());
        common.extend((entry.name.len() as u16).to_le_bytes());
        if entry.at.is_none() {
            // A four-byte extra field, as many tools write.
            out.extend(
                [
                    &b"PK\x03\x04"[..],
                    &common,
                    &4_u16.to_le_bytes(),
                    &entry.name,
                    &[0; 4],
                    &packed,
                ]
                .concat(),
            );
        }
        let lengths = [extra.len() as u16, entry.comment.len() as u16, 0, 0].map(u16::to_le_bytes);
        list.extend(
            [
                &b"PK\x01\x02"[..],
                &[20, entry.host],
                &common,
                &lengths.concat(),
            ]
            .concat(),
        );
        let attributes = (entry.mode << 16) | entry.dos;
        list.extend([attributes, at].map(u32::to_le_bytes).concat());
        list.extend([&entry.name[..], &extra, entry.comment].concat());
    }
    let (at, count) = (out.len() as u32, entries.len() as u16);
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].map(u16::to_le_bytes).concat());
    out.extend([list.len() as u32, at].map(u32::to_le_bytes).concat());
    out.extend(b"\x05\0hello");
    out
}
