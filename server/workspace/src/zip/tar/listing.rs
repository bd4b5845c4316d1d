//! Lists the entries of a tar file, in the formats of POSIX (ustar, pax), GNU and older tools.

use std::collections::HashMap;

use limits::Work;
use tar::{EntryType, Header, PaxExtensions};

use super::{
    super::{
        ArchiveError, ArchiveLimits,
        format::{Listed, ListedKind, Method},
        upload::Spool,
    },
    BLOCK_BYTES,
};
use crate::{Workspace, WorkspaceError};

/// The maximum size of an extended header, such as a long name, in bytes.
const LONG_BYTES: u64 = 100_000;

/// The offset of the mark in a further block of a file with holes.
const SPARSE_MARK_AT: u64 = 504;

/// Units of work per header.
const HEADER_UNITS: u64 = 4_000;

/// A tar file whose headers are read one after the other.
#[derive(Debug)]
pub(in super::super) struct TarListing {
    spool: Spool,
    at: u64,
    list: Vec<Listed>,
    /// The last index of each name in the list.
    names: HashMap<Vec<u8>, usize>,
    next: Extended,
}

/// The extended headers before an entry.
#[derive(Debug, Default)]
struct Extended {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
    /// The name of a file with holes; its header has another one.
    sparse_name: Option<Vec<u8>>,
}

impl TarListing {
    pub(in super::super) fn new(spool: Spool) -> Self {
        Self {
            spool,
            at: 0,
            list: Vec::new(),
            names: HashMap::new(),
            next: Extended::default(),
        }
    }

    /// Continues until the work of the slice is used up. Returns the entries when all are known.
    ///
    /// # Errors
    /// When it is no tar file, is damaged or has too many entries, or when an SQL statement fails.
    pub(in super::super) fn slice(
        &mut self,
        workspace: &Workspace<'_>,
        limits: ArchiveLimits,
        work: &mut Work,
    ) -> Result<Option<Vec<Listed>>, WorkspaceError> {
        while !work.is_spent() {
            work.spend(HEADER_UNITS);
            let block = self.spool.read(workspace, self.at..self.at + BLOCK_BYTES)?;
            let block = block.ok_or_else(|| self.unreadable("its end is missing"))?;
            if block.iter().all(|byte| *byte == 0) && self.at > 0 {
                return Ok(Some(std::mem::take(&mut self.list)));
            }
            if !is_header(&block) {
                return Err(self.unreadable("a header cannot be read").into());
            }
            self.take(workspace, Header::from_byte_slice(&block))?;
            if self.list.len() as u64 > limits.entries {
                return Err(ArchiveError::TooManyEntries {
                    entries: self.list.len() as u64,
                    limit: limits.entries,
                }
                .into());
            }
        }
        Ok(None)
    }

    pub(in super::super) fn spool(&self) -> Spool {
        self.spool.again()
    }

    fn unreadable(&self, what: &'static str) -> ArchiveError {
        if self.at == 0 {
            return ArchiveError::NotZip;
        }
        let last = self.list.last().map(|listed| listed.name.as_slice());
        ArchiveError::Damaged {
            name: String::from_utf8_lossy(last.unwrap_or_default()).into_owned(),
            what,
        }
    }

    /// Handles a header and moves to the next one.
    fn take(&mut self, workspace: &Workspace<'_>, header: &Header) -> Result<(), WorkspaceError> {
        let kind = header.entry_type();
        let has_bytes =
            !(kind.is_dir() || kind.is_symlink() || kind.is_hard_link() || is_special(kind));
        let size = match self.next.size.filter(|_| has_bytes) {
            Some(size) => size,
            None if has_bytes => header
                .entry_size()
                .map_err(|_| self.unreadable("a size cannot be read"))?,
            None => 0,
        };
        let bytes_at = self.after_headers(workspace, header)?;
        let end = size
            .checked_next_multiple_of(BLOCK_BYTES)
            .and_then(|filled| filled.checked_add(bytes_at))
            .filter(|_| bytes_at.saturating_add(size) <= self.spool.size())
            .ok_or_else(|| self.unreadable("its bytes are not in the archive"))?;
        if kind.is_gnu_longname() || kind.is_gnu_longlink() || kind.is_pax_local_extensions() {
            if size > LONG_BYTES {
                return Err(self.unreadable("a header is too long").into());
            }
            let reported = self.spool.read(workspace, bytes_at..bytes_at + size)?;
            self.tell(kind, &reported.unwrap_or_default());
        } else if !kind.is_pax_global_extensions() {
            self.push(header, size, bytes_at);
        }
        self.at = end;
        Ok(())
    }

    /// The offset of an entry's bytes. GNU tar describes a file with many holes in further blocks, each with a mark
    /// whether another one follows.
    fn after_headers(
        &mut self,
        workspace: &Workspace<'_>,
        header: &Header,
    ) -> Result<u64, WorkspaceError> {
        let mut at = self.at + BLOCK_BYTES;
        let sparse = header
            .as_gnu()
            .filter(|_| header.entry_type().is_gnu_sparse());
        let mut has_more = sparse.is_some_and(tar::GnuHeader::is_extended);
        while has_more {
            let mark = at + SPARSE_MARK_AT;
            let mark = self.spool.read(workspace, mark..mark + 1)?;
            let mark = mark.ok_or_else(|| self.unreadable("its bytes are not in the archive"))?;
            has_more = mark != [0];
            at += BLOCK_BYTES;
            if at > self.at + LONG_BYTES {
                return Err(self.unreadable("a header is too long").into());
            }
        }
        Ok(at)
    }

    /// Keeps an extended header for the entry that follows.
    fn tell(&mut self, kind: EntryType, reported: &[u8]) {
        let text = || {
            let end = memchr::memchr(0, reported).unwrap_or(reported.len());
            reported.get(..end).map(<[u8]>::to_vec)
        };
        if kind.is_gnu_longname() {
            self.next.name = text();
            return;
        }
        if kind.is_gnu_longlink() {
            self.next.link = text();
            return;
        }
        for extension in PaxExtensions::new(reported).flatten() {
            let value = extension.value_bytes();
            match extension.key_bytes() {
                b"path" => self.next.name = Some(value.to_vec()),
                b"linkpath" => self.next.link = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok();
                    self.next.size = size.and_then(|size| size.parse().ok());
                }
                b"GNU.sparse.name" => self.next.sparse_name = Some(value.to_vec()),
                key if key.starts_with(b"GNU.sparse.") => self.next.is_sparse = true,
                _ => {}
            }
        }
    }

    fn push(&mut self, header: &Header, size: u64, at: u64) {
        let reported = std::mem::take(&mut self.next);
        let kind = header.entry_type();
        let name = reported
            .sparse_name
            .or(reported.name)
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let is_directory = kind.is_dir() || name.ends_with(b"/");
        let mut listed = Listed {
            name_bytes: 0,
            is_encrypted: false,
            method: if reported.is_sparse || kind.is_gnu_sparse() {
                Method::Other
            } else {
                Method::Stored
            },
            crc: None,
            packed: size,
            size,
            at,
            has_header: false,
            kind: if kind.is_symlink() {
                ListedKind::Symlink
            } else if kind.is_hard_link() {
                ListedKind::HardLink
            } else if is_special(kind) {
                ListedKind::Special
            } else if is_directory {
                ListedKind::Directory
            } else {
                ListedKind::File
            },
            mode: header
                .mode()
                .ok()
                .map(|mode| mode & 0o777)
                .filter(|mode| *mode != 0),
            name,
        };
        if listed.kind == ListedKind::HardLink {
            let link = reported
                .link
                .or_else(|| header.link_name_bytes().map(|link| link.into_owned()));
            let target = link.and_then(|link| self.names.get(&link));
            if let Some(target) = target.and_then(|target| self.list.get(*target)) {
                listed = Listed {
                    name: listed.name,
                    ..target.clone()
                };
            }
        }
        self.names.insert(listed.name.clone(), self.list.len());
        self.list.push(listed);
    }
}

/// Whether the entry is a device, a pipe, or of an unknown type.
fn is_special(kind: EntryType) -> bool {
    let is_known = kind.is_file()
        || kind.is_contiguous()
        || kind.is_dir()
        || kind.is_symlink()
        || kind.is_hard_link()
        || kind.is_gnu_sparse()
        || kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions();
    !is_known
}

/// Whether a block is a header, by its checksum: the sum of its bytes, counting the checksum itself as spaces.
/// Some old tools summed up signed bytes.
pub(super) fn is_header(block: &[u8]) -> bool {
    if block.len() as u64 != BLOCK_BYTES {
        return false;
    }
    let Ok(reported) = Header::from_byte_slice(block).cksum() else {
        return false;
    };
    let counted = (0..).zip(block).map(|(at, byte)| match at {
        148..156 => b' ',
        _ => *byte,
    });
    let (unsigned, signed) = counted.fold((0_i64, 0_i64), |(unsigned, signed), byte| {
        let as_signed = i8::from_ne_bytes([byte]);
        (unsigned + i64::from(byte), signed + i64::from(as_signed))
    });
    let reported = i64::from(reported);
    reported == unsigned || reported == signed
}
