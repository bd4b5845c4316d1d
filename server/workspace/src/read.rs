//! Reads files: lines for viewing, bytes for downloading.

use std::ops::{ControlFlow, Range};

use super::{Encoding, FilePath, Hash, Kind, Workspace, WorkspaceError};

/// The maximum size of the text in one read, in bytes.
const READ_BYTES: usize = 256_000;

/// A range of lines, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first line; zero means one.
    pub first: u64,
    /// The last line; may exceed the file.
    pub last: u64,
}

impl Lines {
    /// All lines.
    pub const ALL: Self = Self {
        first: 1,
        last: u64::MAX,
    };
}

/// The result of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The file is text.
    Text(TextRead),
    /// The file is binary.
    Binary {
        /// The hash of its content.
        hash: Hash,
        /// Its size in bytes.
        size: u64,
    },
}

/// A text, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRead {
    /// The hash of the whole content, which an edit needs.
    pub hash: Hash,
    /// The size of the whole content in bytes.
    pub size: u64,
    /// The number of lines of the whole text.
    pub total_lines: u64,
    /// The lines read; empty when the range contains none.
    pub lines: Range<u64>,
    /// The encoding of the file.
    pub encoding: Encoding,
    /// The text of the lines, including line breaks.
    pub text: String,
    /// Whether the first line is shorter than the requested first character.
    pub is_beyond: bool,
    /// Whether the range contains more than one read returns. A line longer than that is cut.
    pub more: bool,
}

impl Workspace<'_> {
    /// Reads lines of a file, at most 256 kB.
    ///
    /// # Errors
    /// When the file does not exist, or when an SQL statement fails.
    pub fn read(&self, path: &FilePath, lines: Lines) -> Result<Read, WorkspaceError> {
        self.read_from(path, lines, 1)
    }

    /// Reads lines, starting at a character of the first line. Characters are counted from 1.
    ///
    /// # Errors
    /// When the file does not exist, or when an SQL statement fails.
    pub fn read_from(
        &self,
        path: &FilePath,
        lines: Lines,
        character: u64,
    ) -> Result<Read, WorkspaceError> {
        let content = self.file(path)?;
        let Kind::Text {
            lines: total_lines,
            encoding,
        } = content.kind
        else {
            return Ok(Read::Binary {
                hash: content.hash,
                size: content.size,
            });
        };
        let first = lines.first.max(1);
        let mut window = Window::new(first, lines.last, character.saturating_sub(1));
        if encoding.is_utf8() {
            let mark = encoding.mark_bytes() as u64;
            self.visit_bytes(&content, mark, &mut |piece| window.take(piece))?;
        } else if let Some(text) = self.text_of(&content)? {
            let _ = window.take(text.as_bytes());
        }
        let is_beyond = window.is_skipping || window.is_beyond;
        let (text, end, more) = window.end();
        Ok(Read::Text(TextRead {
            hash: content.hash,
            size: content.size,
            total_lines,
            lines: first..end,
            encoding,
            is_beyond: is_beyond && character > 1,
            text,
            more,
        }))
    }

    /// Reads a range of bytes, as far as the file has them.
    ///
    /// # Errors
    /// When the file does not exist, or when an SQL statement fails.
    pub fn read_bytes(
        &self,
        path: &FilePath,
        range: Range<u64>,
    ) -> Result<Vec<u8>, WorkspaceError> {
        let content = self.file(path)?;
        let end = range.end.min(content.size);
        let wanted = usize::try_from(end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(wanted);
        if wanted > 0 {
            self.visit_bytes(&content, range.start, &mut |piece| {
                let rest = wanted - bytes.len();
                bytes.extend_from_slice(piece.get(..rest).unwrap_or(piece));
                if bytes.len() < wanted {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        }
        Ok(bytes)
    }

    /// Reads all bytes of the version of a file with this hash.
    ///
    /// # Errors
    /// When the file never had such a content, or when an SQL statement fails.
    pub fn read_version(&self, path: &FilePath, hash: &Hash) -> Result<Vec<u8>, WorkspaceError> {
        let content = self
            .version_of(path, hash)?
            .ok_or_else(|| WorkspaceError::NoVersion {
                path: path.clone(),
                hash: hash.clone(),
            })?;
        Ok(self.bytes_of(&content)?)
    }
}

/// Collects the lines of a range from pieces.
struct Window {
    /// The line of the next byte.
    line: u64,
    first: u64,
    last: u64,
    /// The number of characters of the first line still to skip.
    skipped: u64,
    is_skipping: bool,
    is_beyond: bool,
    bytes: Vec<u8>,
    more: bool,
}

impl Window {
    const fn new(first: u64, last: u64, skipped: u64) -> Self {
        Self {
            line: 1,
            first,
            last,
            skipped,
            is_skipping: skipped > 0,
            is_beyond: false,
            bytes: Vec::new(),
            more: false,
        }
    }

    fn take(&mut self, piece: &[u8]) -> ControlFlow<()> {
        for line in piece.split_inclusive(|byte| *byte == b'\n') {
            if self.line > self.last {
                return ControlFlow::Break(());
            }
            if self.line >= self.first {
                let rest = self.behind_skipped(line);
                self.bytes.extend_from_slice(rest);
                if self.bytes.len() > READ_BYTES {
                    self.more = true;
                    return ControlFlow::Break(());
                }
            }
            if line.ends_with(b"\n") {
                self.line += 1;
            }
        }
        ControlFlow::Continue(())
    }

    /// The rest of a piece of a line after the skipped characters.
    fn behind_skipped<'l>(&mut self, line: &'l [u8]) -> &'l [u8] {
        if !self.is_skipping {
            return line;
        }
        for (at, byte) in line.iter().enumerate() {
            if matches!(byte, b'\r' | b'\n') {
                self.is_skipping = false;
                self.is_beyond = true;
                return &[];
            }
            // Counts every byte that does not continue a character.
            if byte & 0xc0 != 0x80 {
                if self.skipped == 0 {
                    self.is_skipping = false;
                    return line.get(at..).unwrap_or_default();
                }
                self.skipped -= 1;
            }
        }
        &[]
    }

    /// The text, the line after its last one, and whether there is more.
    fn end(mut self) -> (String, u64, bool) {
        if self.more {
            // The line that exceeds the limit is dropped, unless it is the only one.
            let whole = self
                .bytes
                .get(..self.bytes.len().saturating_sub(1))
                .and_then(|bytes| memchr::memrchr(b'\n', bytes))
                .map(|at| at + 1);
            self.bytes.truncate(whole.unwrap_or(READ_BYTES));
        }
        let text = match String::from_utf8(self.bytes) {
            Ok(text) => text,
            // A line was cut inside a character.
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let mut bytes = error.into_bytes();
                bytes.truncate(valid);
                String::from_utf8(bytes).unwrap_or_default()
            }
        };
        let count = text.split_inclusive('\n').count() as u64;
        (text, self.first.saturating_add(count), self.more)
    }
}
