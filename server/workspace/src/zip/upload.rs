//! Receives an archive and keeps it in SQLite in pieces, since it may exceed the memory.

use std::{ops::Range, time::Duration};

use sql::{SqlError, SqlValue};

use super::{ArchiveError, ArchiveLimits};
use crate::{
    Workspace, WorkspaceError,
    content::{PIECE_BYTES, signed},
};

/// An upload that has not ended after this time is dropped.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(60 * 60);

/// The number of pieces deleted at once.
const FORGOTTEN_PIECES: i64 = 8;

/// The id of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadId(i64);

/// An archive being received. It holds at most one piece in memory. An upload that is dropped early stays in the
/// store until a later upload begins, at least an hour after it.
#[derive(Debug)]
pub struct Upload {
    pub(super) id: UploadId,
    pub(super) size: u64,
    pieces: i64,
    rest: Vec<u8>,
    limits: ArchiveLimits,
}

impl Upload {
    /// Adds the next bytes.
    ///
    /// # Errors
    /// When there are too many, or when an SQL statement fails.
    pub fn push(&mut self, workspace: &Workspace<'_>, bytes: &[u8]) -> Result<(), WorkspaceError> {
        self.size += bytes.len() as u64;
        if self.size > self.limits.bytes {
            return Err(ArchiveError::TooLarge {
                limit: self.limits.bytes,
            }
            .into());
        }
        self.rest.extend_from_slice(bytes);
        while self.rest.len() >= PIECE_BYTES {
            let after = self.rest.split_off(PIECE_BYTES);
            let piece = std::mem::replace(&mut self.rest, after);
            self.store(workspace, piece)?;
        }
        Ok(())
    }

    /// Stores the last piece and checks that all pieces are present.
    pub(super) fn flush(&mut self, workspace: &Workspace<'_>) -> Result<(), WorkspaceError> {
        let piece = std::mem::take(&mut self.rest);
        if !piece.is_empty() {
            self.store(workspace, piece)?;
        }
        let rows = workspace.sql.run(
            "SELECT count(*) FROM uploads WHERE upload = ? AND piece > 0",
            &[self.id.0.into()],
        )?;
        let there = rows
            .first()
            .and_then(|row| row.first())
            .map_or(0, SqlValue::as_integer);
        if there < self.pieces {
            return Err(ArchiveError::GivenUp.into());
        }
        Ok(())
    }

    pub(super) const fn limits(&self) -> ArchiveLimits {
        self.limits
    }

    fn store(&mut self, workspace: &Workspace<'_>, piece: Vec<u8>) -> Result<(), WorkspaceError> {
        self.pieces += 1;
        workspace.sql.execute(
            "INSERT INTO uploads (upload, piece, at, bytes) VALUES (?, ?, ?, ?)",
            &[
                self.id.0.into(),
                self.pieces.into(),
                signed(workspace.now.as_millis()),
                piece.into(),
            ],
        )?;
        Ok(())
    }
}

impl Workspace<'_> {
    /// Begins an upload.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn begin_upload(&self, limits: ArchiveLimits) -> Result<Upload, WorkspaceError> {
        let now = self.now.as_millis();
        let hour = u64::try_from(GIVEN_UP_AFTER.as_millis()).unwrap_or(u64::MAX);
        self.sql.execute(
            "DELETE FROM uploads WHERE at < ?",
            &[signed(now.saturating_sub(hour))],
        )?;
        // A row without bytes reserves the number, which begins with the time so that a dropped upload's number is
        // not reused.
        let rows = self.sql.run(
            "INSERT INTO uploads (upload, piece, at, bytes)
             SELECT max(coalesce(max(upload), 0) + 1, ?1), 0, ?1, ?2 FROM uploads RETURNING upload",
            &[signed(now), Vec::new().into()],
        )?;
        let id = rows
            .first()
            .and_then(|row| row.first())
            .map_or(0, SqlValue::as_integer);
        Ok(Upload {
            id: UploadId(id),
            size: 0,
            pieces: 0,
            rest: Vec::new(),
            limits,
        })
    }

    /// Deletes an upload, complete or not.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn drop_upload(&self, id: UploadId) -> Result<(), SqlError> {
        self.sql
            .execute("DELETE FROM uploads WHERE upload = ?", &[id.0.into()])
    }
}

impl Upload {
    /// Deletes some of its pieces, the last ones. Returns whether there were any.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn forget_some(&self, workspace: &Workspace<'_>) -> Result<bool, SqlError> {
        let forgotten = workspace.sql.run(
            "DELETE FROM uploads WHERE upload = ?1 AND piece IN
                 (SELECT piece FROM uploads WHERE upload = ?1 ORDER BY piece DESC LIMIT ?2) RETURNING piece",
            &[self.id.0.into(), FORGOTTEN_PIECES.into()],
        )?;
        Ok(!forgotten.is_empty())
    }

    /// The id, to delete it.
    #[must_use]
    pub const fn id(&self) -> UploadId {
        self.id
    }
}

/// Reads an upload at any position. The last piece is cached, since reads are mostly sequential.
#[derive(Debug)]
pub(super) struct Spool {
    id: UploadId,
    size: u64,
    kept: Option<(u64, Vec<u8>)>,
}

impl Spool {
    pub(super) const fn new(id: UploadId, size: u64) -> Self {
        Self {
            id,
            size,
            kept: None,
        }
    }

    /// Another reader of the same upload.
    pub(super) const fn again(&self) -> Self {
        Self::new(self.id, self.size)
    }

    /// The size of the upload in bytes.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of a range; `None` when the archive does not contain all of it.
    pub(super) fn read(
        &mut self,
        workspace: &Workspace<'_>,
        range: Range<u64>,
    ) -> Result<Option<Vec<u8>>, WorkspaceError> {
        if range.start > range.end || range.end > self.size {
            return Ok(None);
        }
        let piece_bytes = PIECE_BYTES as u64;
        let wanted = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(wanted);
        while bytes.len() < wanted {
            let at = range.start + bytes.len() as u64;
            let piece = self.piece(workspace, at / piece_bytes)?;
            let from = usize::try_from(at % piece_bytes).unwrap_or(usize::MAX);
            let rest = piece.get(from..).unwrap_or_default();
            if rest.is_empty() {
                return Err(ArchiveError::GivenUp.into());
            }
            bytes.extend_from_slice(rest.get(..wanted - bytes.len()).unwrap_or(rest));
        }
        Ok(Some(bytes))
    }

    fn piece(&mut self, workspace: &Workspace<'_>, piece: u64) -> Result<&[u8], WorkspaceError> {
        if self.kept.as_ref().is_none_or(|(kept, _)| *kept != piece) {
            let rows = workspace.sql.run(
                "SELECT bytes FROM uploads WHERE upload = ? AND piece = ?",
                &[self.id.0.into(), signed(piece + 1)],
            )?;
            let bytes = rows.into_iter().flatten().next().map(SqlValue::into_bytes);
            self.kept = Some((piece, bytes.unwrap_or_default()));
        }
        Ok(self.kept.as_ref().map_or(&[], |(_, bytes)| bytes))
    }
}
