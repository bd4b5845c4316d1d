//! Contents: bytes addressed by their hash, each stored once, in pieces that fit a row.

use std::{fmt, ops::ControlFlow};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use sql::{SqlError, SqlValue};

use super::{Encoding, Workspace, WorkspaceError, encoding::UNKNOWN};

/// The maximum number of content bytes in a row. The platform limits a whole row to 2 MB.
pub(super) const PIECE_BYTES: usize = 1_000_000;

/// The SHA-256 of a content, in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(String);

impl Hash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |nibble: u8| {
            DIGITS
                .get(usize::from(nibble))
                .copied()
                .map_or('0', char::from)
        };
        let digest = Sha256::digest(bytes);
        let digits = digest
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        Self(digits.collect())
    }

    /// Takes a hash from a request or from the store. A text that is no hash matches no content.
    #[must_use]
    pub fn stated(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The hexadecimal text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kind of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text. A last line without a line break counts as a line.
    Text {
        /// The number of lines.
        lines: u64,
        /// The encoding of its bytes.
        encoding: Encoding,
    },
    /// Not text.
    Binary,
}

impl Kind {
    /// The kind of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let Some(encoding) = Encoding::of(bytes) else {
            return Self::Binary;
        };
        let lines = if encoding.is_utf8() {
            lines_of(bytes.get(encoding.mark_bytes()..).unwrap_or_default())
        } else {
            match encoding.decode(bytes.to_vec()) {
                Some(text) => lines_of(text.as_bytes()),
                None => return Self::Binary,
            }
        };
        Self::Text { lines, encoding }
    }
}

impl Kind {
    /// The values of the columns `lines, encoding`.
    fn columns(self) -> [SqlValue; 2] {
        match self {
            Self::Binary => [SqlValue::Null, SqlValue::Null],
            Self::Text { lines, encoding } => {
                let encoding = encoding.stored();
                [signed(lines), encoding.map_or(SqlValue::Null, Into::into)]
            }
        }
    }
}

fn lines_of(text: &[u8]) -> u64 {
    let breaks = memchr::memchr_iter(b'\n', text).count();
    let open = usize::from(text.last().is_some_and(|last| *last != b'\n'));
    breaks.saturating_add(open) as u64
}

/// A stored content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) id: i64,
    pub(super) hash: Hash,
    pub(super) size: u64,
    pub(super) kind: Kind,
    /// Whether its kind must be determined again: an earlier version took it for binary.
    pub(super) is_unknown: bool,
}

impl Content {
    /// Reads the columns `id, hash, size, lines, encoding`; `None` when the first is null.
    pub(super) fn from_columns(values: &mut impl Iterator<Item = SqlValue>) -> Option<Self> {
        let [id, hash, size, lines, encoding] =
            [(); 5].map(|()| values.next().unwrap_or(SqlValue::Null));
        let SqlValue::Integer(id) = id else {
            return None;
        };
        let stored = match &encoding {
            SqlValue::Text(stored) => Some(stored.as_str()),
            SqlValue::Null | SqlValue::Integer(_) | SqlValue::Blob(_) => None,
        };
        let encoding = stored.map_or(Some(Encoding::UTF_8), Encoding::from_stored);
        Some(Self {
            id,
            hash: Hash::stated(hash.into_text()),
            size: unsigned(&size),
            kind: match (lines, encoding) {
                (SqlValue::Integer(lines), Some(encoding)) => Kind::Text {
                    lines: u64::try_from(lines).unwrap_or(0),
                    encoding,
                },
                (_, Some(_) | None) => Kind::Binary,
            },
            is_unknown: stored == Some(UNKNOWN),
        })
    }
}

/// A number from SQLite that is never negative.
pub(super) fn unsigned(value: &SqlValue) -> u64 {
    u64::try_from(value.as_integer()).unwrap_or(0)
}

/// A number for SQLite.
pub(super) fn signed(number: u64) -> SqlValue {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

impl Workspace<'_> {
    /// The stored content with this hash.
    pub(super) fn content_of(&self, hash: &Hash) -> Result<Option<Content>, SqlError> {
        let rows = self.sql.run(
            "SELECT id, hash, size, lines, encoding FROM contents WHERE hash = ?",
            &[hash.as_str().into()],
        )?;
        let row = rows.into_iter().next();
        Ok(row.and_then(|row| Content::from_columns(&mut row.into_iter())))
    }

    /// Deletes those of these contents that nothing uses. Returns their size.
    pub(super) fn free(&self, ids: &[i64]) -> Result<u64, SqlError> {
        const IDS_AT_ONCE: usize = 5_000;
        const UNUSED: &str = "id IN (SELECT value FROM json_each(?1))
            AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.content = contents.id)
            AND NOT EXISTS (SELECT 1 FROM draft_entries e WHERE e.content = contents.id)
            AND NOT EXISTS (SELECT 1 FROM draft_base b WHERE b.content = contents.id)
            AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.content = contents.id)";
        let sql = self.sql.shared();
        let mut freed = 0;
        for ids in ids.chunks(IDS_AT_ONCE) {
            let rows = sql.run(
                &format!("DELETE FROM contents WHERE {UNUSED} RETURNING id, size"),
                &[json!(ids).to_string().into()],
            )?;
            for row in rows {
                let mut values = row.into_iter();
                if let (Some(id), Some(size)) = (values.next(), values.next()) {
                    freed += unsigned(&size);
                    sql.execute("DELETE FROM content_pieces WHERE content = ?", &[id])?;
                }
            }
        }
        Ok(freed)
    }

    /// Stores bytes under this hash unless they are stored already. Also returns how many bytes were added.
    pub(super) fn put_content(
        &self,
        bytes: &[u8],
        hash: &Hash,
    ) -> Result<(Content, u64), SqlError> {
        let known = self.content_of(hash)?;
        if let Some(content) = known {
            if content.is_unknown {
                let kind = Kind::of(bytes);
                let [lines, encoding] = kind.columns();
                self.sql.execute(
                    "UPDATE contents SET lines = ?2, encoding = ?3 WHERE id = ?1",
                    &[content.id.into(), lines, encoding],
                )?;
                let is_unknown = false;
                let content = Content {
                    kind,
                    is_unknown,
                    ..content
                };
                return Ok((content, 0));
            }
            return Ok((content, 0));
        }
        let size = bytes.len() as u64;
        let kind = Kind::of(bytes);
        let [lines, encoding] = kind.columns();
        let mut pieces = bytes.chunks(PIECE_BYTES);
        let first = pieces.next().unwrap_or_default().to_vec();
        let rows = self.sql.run(
            "INSERT INTO contents (hash, size, lines, encoding, bytes) VALUES (?, ?, ?, ?, ?) RETURNING id",
            &[hash.as_str().into(), signed(size), lines, encoding, first.into()],
        )?;
        let id = rows
            .first()
            .and_then(|row| row.first())
            .map(SqlValue::as_integer)
            .ok_or_else(|| SqlError::new("a content got no number"))?;
        for (piece, bytes) in (1_i64..).zip(pieces) {
            self.sql.execute(
                "INSERT INTO content_pieces (content, piece, bytes) VALUES (?, ?, ?)",
                &[id.into(), piece.into(), bytes.to_vec().into()],
            )?;
        }
        let content = Content {
            id,
            hash: hash.clone(),
            size,
            kind,
            is_unknown: false,
        };
        Ok((content, size))
    }

    /// Passes the bytes of a content to `visit`, piece by piece, starting at byte `from`.
    pub(super) fn visit_bytes(
        &self,
        content: &Content,
        from: u64,
        take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        let size = PIECE_BYTES as u64;
        let mut skip = usize::try_from(from % size).unwrap_or(usize::MAX);
        self.sql.visit(
            "SELECT 0, bytes FROM contents WHERE id = ?1 AND ?2 = 0
             UNION ALL SELECT piece, bytes FROM content_pieces WHERE content = ?1 AND piece >= ?2 ORDER BY 1",
            &[content.id.into(), signed(from / size)],
            &mut |row| {
                let bytes = row.into_iter().nth(1).map(SqlValue::into_bytes).unwrap_or_default();
                let rest = bytes.get(skip..).unwrap_or_default();
                skip = 0;
                take(rest)
            },
        )
    }

    /// All bytes of a content, which is never larger than the file limit.
    pub(super) fn bytes_of(&self, content: &Content) -> Result<Vec<u8>, SqlError> {
        let mut bytes = Vec::with_capacity(usize::try_from(content.size).unwrap_or(0));
        self.visit_bytes(content, 0, &mut |piece| {
            bytes.extend_from_slice(piece);
            ControlFlow::Continue(())
        })?;
        Ok(bytes)
    }

    /// A content as text; `None` when it is binary.
    pub(super) fn text_of(&self, content: &Content) -> Result<Option<String>, WorkspaceError> {
        Ok(match content.kind {
            Kind::Binary => None,
            Kind::Text { encoding, .. } => encoding.decode(self.bytes_of(content)?),
        })
    }

    /// Sets the kind of the content with this hash.
    pub(super) fn tell_kind(&self, hash: &Hash, kind: Kind) -> Result<(), SqlError> {
        let [lines, encoding] = kind.columns();
        self.sql.execute(
            "UPDATE contents SET lines = ?2, encoding = ?3 WHERE hash = ?1",
            &[hash.as_str().into(), lines, encoding],
        )
    }

    /// The content, with its kind determined if it was unknown.
    pub(super) fn examined(&self, content: Content) -> Result<Content, SqlError> {
        if !content.is_unknown {
            return Ok(content);
        }
        let kind = Kind::of(&self.bytes_of(&content)?);
        Ok(Content {
            kind,
            is_unknown: false,
            ..content
        })
    }
}
