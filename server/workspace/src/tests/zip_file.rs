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
    /// Whether its sizes are in zip64 fields.
    pub(super) is_zip64: bool,
    /// The version of the format that its maker states, and the one needed to unpack it.
    pub(super) versions: [u8; 2],
    /// The extra fields of the local header. Many tools write others there than in the list.
    pub(super) local_extra: Vec<u8>,
    /// Where its sizes and checksum are besides the list.
    pub(super) sizes: Sizes,
}

/// Where the sizes and the checksum of an entry are besides the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    /// In the local header.
    Before,
    /// After the bytes, in a data descriptor with a signature: the archive was written to a pipe.
    After,
    /// After the bytes, in a data descriptor without a signature.
    AfterUnsigned,
    /// After the bytes, in numbers of eight bytes.
    After64,
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
        versions: [20, 20],
        local_extra: vec![0; 4],
        sizes: Sizes::Before,
    }
}

/// An extra field.
pub(super) fn field(id: u16, bytes: &[u8]) -> Vec<u8> {
    let head = [id, bytes.len() as u16].map(u16::to_le_bytes).concat();
    [&head, bytes].concat()
}

/// A zip file with a comment.
pub(super) fn archive(entries: &[TestEntry]) -> Vec<u8> {
    archive_with(entries, b"", b"hello")
}

/// A zip file with these bytes between the last entry and the list, and with this comment.
pub(super) fn archive_with(entries: &[TestEntry], between: &[u8], comment: &[u8]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = entry.at.unwrap_or(out.len() as u32);
        let packed = entry.packed();
        if entry.at.is_none() {
            entry.write_local(&packed, &mut out);
        }
        entry.write_listed(at, packed.len(), &mut list);
    }
    let (at, count) = (out.len() + between.len(), entries.len() as u16);
    out.extend([between, &list, b"PK\x05\x06\0\0\0\0"].concat());
    out.extend([count, count].map(u16::to_le_bytes).concat());
    out.extend(
        [list.len() as u32, at as u32]
            .map(u32::to_le_bytes)
            .concat(),
    );
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend(comment);
    out
}

impl TestEntry {
    fn packed(&self) -> Vec<u8> {
        if self.method == 8 {
            compress_to_vec(&self.bytes, 6)
        } else {
            self.bytes.clone()
        }
    }

    fn size(&self) -> u32 {
        self.size.unwrap_or(self.bytes.len() as u32)
    }

    fn crc(&self) -> u32 {
        self.crc.unwrap_or(crc32fast::hash(&self.bytes))
    }

    /// The fields from the needed version to the length of the name.
    fn common(&self, flags: u16, numbers: [u32; 3]) -> Vec<u8> {
        let [_, needed] = self.versions;
        let head = [u16::from(needed), flags, self.method, 0x1883, 0x5c22].map(u16::to_le_bytes);
        let name = (self.name.len() as u16).to_le_bytes();
        [
            &head.concat(),
            &numbers.map(u32::to_le_bytes).concat(),
            &name[..],
        ]
        .concat()
    }

    fn flags(&self) -> u16 {
        self.flags | if self.sizes == Sizes::Before { 0 } else { 8 }
    }

    /// The zip64 field with the two sizes.
    fn numbers_64(&self, packed: usize) -> Vec<u8> {
        let numbers = [u64::from(self.size()), packed as u64];
        field(1, &numbers.map(u64::to_le_bytes).concat())
    }

    fn write_local(&self, packed: &[u8], out: &mut Vec<u8>) {
        let (sizes, crc, length) = ([packed.len() as u32, self.size()], self.crc(), packed.len());
        let mut extra = self.local_extra.clone();
        let numbers = match self.sizes {
            Sizes::Before if self.is_zip64 => {
                extra.extend(self.numbers_64(length));
                [crc, u32::MAX, u32::MAX]
            }
            Sizes::Before => [crc, sizes[0], sizes[1]],
            Sizes::After | Sizes::AfterUnsigned => [0; 3],
            Sizes::After64 => {
                extra.extend(field(1, &[0; 16]));
                [0, u32::MAX, u32::MAX]
            }
        };
        out.extend([b"PK\x03\x04", &self.common(self.flags(), numbers)[..]].concat());
        out.extend((extra.len() as u16).to_le_bytes());
        out.extend([&self.name, &extra, packed].concat());
        let short = [crc, sizes[0], sizes[1]].map(u32::to_le_bytes).concat();
        match self.sizes {
            Sizes::Before => {}
            Sizes::After => out.extend([b"PK\x07\x08", &short[..]].concat()),
            Sizes::AfterUnsigned => out.extend(short),
            Sizes::After64 => {
                let sizes = sizes.map(|size| u64::from(size).to_le_bytes()).concat();
                out.extend([b"PK\x07\x08", &crc.to_le_bytes()[..], &sizes].concat());
            }
        }
    }

    fn write_listed(&self, at: u32, packed: usize, list: &mut Vec<u8>) {
        let mut extra = self.extra.clone();
        let numbers = if self.is_zip64 {
            extra.extend(self.numbers_64(packed));
            [self.crc(), u32::MAX, u32::MAX]
        } else {
            [self.crc(), packed as u32, self.size()]
        };
        let lengths = [extra.len() as u16, self.comment.len() as u16, 0, 0].map(u16::to_le_bytes);
        let [made_by, _] = self.versions;
        list.extend([&b"PK\x01\x02"[..], &[made_by, self.host]].concat());
        list.extend([self.common(self.flags(), numbers), lengths.concat()].concat());
        let attributes = (self.mode << 16) | self.dos;
        list.extend([attributes, at].map(u32::to_le_bytes).concat());
        list.extend([&self.name[..], &extra, self.comment].concat());
    }
}
