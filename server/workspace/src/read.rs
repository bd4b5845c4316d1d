//! Reading: by lines for those who look at text, by bytes for those who take a file away.

use std::ops::{ControlFlow, Range};

use super::{Encoding, FilePath, Hash, Kind, Workspace, WorkspaceError};

/// The most bytes of text of one read.
const READ_BYTES: usize = 256_000;

/// Lines, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first one; zero means one.
    pub first: u64,
    /// The last one; there need not be so many.
    pub last: u64,
}

impl Lines {
    /// All of them.
    pub const ALL: Self = Self {
        first: 1,
        last: u64::MAX,
    };
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Text.
    Text(TextRead),
    /// It is no text.
    Binary {
        /// Of its content.
        hash: Hash,
        /// In bytes.
        size: u64,
    },
}

/// A part of a text, or all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRead {
    /// Of the whole content; what an edit wants to know.
    pub hash: Hash,
    /// Of the whole, in bytes.
    pub size: u64,
    /// How many lines the whole has.
    pub total_lines: u64,
    /// The lines that were read; empty when there are none in the range.
    pub lines: Range<u64>,
    /// How the whole is written down as bytes.
    pub encoding: Encoding,
    /// Their text, line breaks included.
    pub text: String,
    /// Whether the first line ends before the character that was to be the first one.
    pub is_beyond: bool,
    /// Whether the range has more than one read gives. A line that is longer by itself is cut off.
    pub more: bool,
}

impl Workspace<'_> {
    /// Reads lines of a file, at most 256 kB of them.
    ///
    /// # Errors
    /// When there is no such file, or when a statement fails.
    pub fn read(&self, path: &FilePath, lines: Lines) -> Result<Read, WorkspaceError> {
        self.read_from(path, lines, 1)
    }

    /// The same, without what is before a character of the first line. Characters are counted from 1.
    ///
    /// # Errors
    /// When there is no such file, or when a statement fails.
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

    /// Reads bytes of a file, as many of the range as there are.
    ///
    /// # Errors
    /// When there is no such file, or when a statement fails.
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

    /// Reads all bytes that a file has or had when its hash was this one.
    ///
    /// # Errors
    /// When the file never had such a content, or when a statement fails.
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

/// Picks the lines of a range out of pieces.
struct Window {
    /// The line that the next byte belongs to.
    line: u64,
    first: u64,
    last: u64,
    /// How many characters of the first line are still left out.
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

    /// What is left of a piece of a line behind the characters that are left out.
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
            // Every byte but those that continue a character.
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
            // The line that was too much goes, unless it is the only one.
            let whole = self
                .bytes
                .get(..self.bytes.len().saturating_sub(1))
                .and_then(|bytes| memchr::memrchr(b'\n', bytes))
                .map(|at| at + 1);
            self.bytes.truncate(whole.unwrap_or(READ_BYTES));
        }
        let text = match String::from_utf8(self.bytes) {
            Ok(text) => text,
            // A line was cut off inside a character.
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
