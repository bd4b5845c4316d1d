//! Gathers the files of a commit beside the workspace.

use std::collections::BTreeSet;

use serde_json::json;
use sql::SqlValue;

use super::{BaseFile, BlobId};
use crate::{FilePath, Hash, Workspace, WorkspaceError, content::signed};

/// A commit being gathered. One that is dropped early stays in the store until the next one begins.
#[derive(Debug)]
pub struct Incoming {
    /// Its number: a later one ends it.
    id: i64,
    files: u64,
    bytes: u64,
    directories: BTreeSet<String>,
}

impl Workspace<'_> {
    /// Begins to gather a commit. An earlier one that was not finished is dropped.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn begin_incoming(&self) -> Result<Incoming, WorkspaceError> {
        self.together(|| {
            self.drop_incoming()?;
            let rows = self.sql.run(
                "INSERT INTO facts (name, value) VALUES ('incoming', '1')
                 ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1
                 RETURNING CAST(value AS INTEGER)",
                &[],
            )?;
            let id = rows.first().and_then(|row| row.first());
            Ok(Incoming {
                id: id.map_or(0, SqlValue::as_integer),
                files: 0,
                bytes: 0,
                directories: BTreeSet::new(),
            })
        })
    }

    /// Drops what was gathered, with the contents that nothing else uses.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn drop_incoming(&self) -> Result<(), WorkspaceError> {
        self.together(|| {
            self.sql.execute("DELETE FROM incoming", &[])?;
            let freed = self.forget_blobs()?;
            self.sql.shared().execute(
                "UPDATE workspace SET stored = max(0, stored - ?)",
                &[signed(freed)],
            )?;
            Ok(())
        })
    }

    /// Forgets blobs that no file of the commit has, with their contents where nothing else uses them. Returns the size of
    /// those contents.
    pub(crate) fn forget_blobs(&self) -> Result<u64, WorkspaceError> {
        const UNUSED: &str = "SELECT b.content FROM blobs b
            WHERE NOT EXISTS (SELECT 1 FROM base_files f WHERE f.blob = b.blob)
            AND NOT EXISTS (SELECT 1 FROM draft_base_files f WHERE f.blob = b.blob)";
        let sql = self.sql.shared();
        let unused = sql.run(UNUSED, &[])?;
        if unused.is_empty() {
            return Ok(0);
        }
        sql.execute(
            "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM base_files f WHERE f.blob = blobs.blob)
             AND NOT EXISTS (SELECT 1 FROM draft_base_files f WHERE f.blob = blobs.blob)",
            &[],
        )?;
        let ids: Vec<i64> = unused.iter().flatten().map(SqlValue::as_integer).collect();
        Ok(self.free(&ids)?)
    }
}

impl Incoming {
    /// Adds files to the list; at most some thousands at once.
    ///
    /// # Errors
    /// When there are more than the workspace may have, or when an SQL statement fails.
    pub fn add(
        &mut self,
        workspace: &Workspace<'_>,
        files: &[BaseFile],
    ) -> Result<(), WorkspaceError> {
        let limits = workspace.limits();
        self.files += files.len() as u64;
        self.bytes += files.iter().map(|file| file.size).sum::<u64>();
        let mut rows = Vec::with_capacity(files.len());
        for file in files {
            let mut above = file.path.parent();
            while let Some(directory) = above.filter(|directory| !directory.is_root()) {
                if !self.directories.insert(directory.as_str().to_owned()) {
                    break;
                }
                above = directory.parent();
                rows.push(row(&directory, None));
            }
            rows.push(row(&file.path, Some(file)));
        }
        let directories = self.directories.len() as u64;
        if self.files > limits.files
            || self.bytes > limits.bytes
            || directories > limits.directories
        {
            return Err(WorkspaceError::Full {
                files: self.files,
                directories,
                bytes: self.bytes,
                limits,
            });
        }
        self.check(workspace)?;
        workspace.sql.execute(
            "INSERT OR REPLACE INTO incoming (path, parent, folded, blob, mode, instructions)
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                    json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]')
             FROM json_each(?)",
            &[json!(rows).to_string().into()],
        )?;
        Ok(())
    }

    /// The contents that are not stored yet.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn missing(&self, workspace: &Workspace<'_>) -> Result<Vec<BlobId>, WorkspaceError> {
        self.check(workspace)?;
        let rows = workspace.sql.run(
            "SELECT DISTINCT i.blob FROM incoming i
             WHERE i.blob IS NOT NULL AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.blob = i.blob)",
            &[],
        )?;
        let missing = rows.into_iter().flatten().map(SqlValue::into_text);
        Ok(missing.map(BlobId::stated).collect())
    }

    /// Whether a content is one of those that are missing.
    pub(super) fn wants(
        &self,
        workspace: &Workspace<'_>,
        blob: &BlobId,
    ) -> Result<bool, WorkspaceError> {
        let rows = workspace.sql.run(
            "SELECT 1 FROM incoming i WHERE i.blob = ?1 AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.blob = ?1)
             LIMIT 1",
            &[blob.as_str().into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Stores a content. Returns whether it is one that was missing.
    ///
    /// # Errors
    /// When an SQL statement fails, or another commit is being gathered by now.
    pub fn put(&self, workspace: &Workspace<'_>, bytes: &[u8]) -> Result<bool, WorkspaceError> {
        self.check(workspace)?;
        let blob = BlobId::of(bytes);
        if !self.wants(workspace, &blob)? {
            return Ok(false);
        }
        workspace.together(|| {
            let (content, added) = workspace.put_content(bytes, &Hash::of(bytes))?;
            workspace.sql.execute(
                "INSERT INTO blobs (blob, content) VALUES (?, ?)",
                &[blob.as_str().into(), content.id.into()],
            )?;
            workspace
                .sql
                .shared()
                .execute("UPDATE workspace SET stored = stored + ?", &[signed(added)])?;
            Ok(true)
        })
    }

    /// The number of files.
    #[must_use]
    pub const fn files(&self) -> u64 {
        self.files
    }

    /// Their size in bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether no other commit is being gathered by now.
    pub(super) fn check(&self, workspace: &Workspace<'_>) -> Result<(), WorkspaceError> {
        let rows = workspace.sql.run(
            "SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'incoming'",
            &[],
        )?;
        let id = rows.first().and_then(|row| row.first());
        if id.map(SqlValue::as_integer) == Some(self.id) {
            return Ok(());
        }
        Err(WorkspaceError::Overtaken)
    }
}

/// A row of the table: path, parent, folded path, content, permissions, whether it has instructions.
fn row(path: &FilePath, file: Option<&BaseFile>) -> serde_json::Value {
    json!([
        path.as_str(),
        path.parent().unwrap_or_default().as_str(),
        path.folded(),
        file.map(|file| file.blob.as_str()),
        file.filter(|file| file.is_executable).map(|_| EXECUTABLE),
        i32::from(file.is_some() && path.is_instructions()),
    ])
}

/// The permissions of a file that can be executed; others have the default ones.
const EXECUTABLE: u32 = 0o755;
