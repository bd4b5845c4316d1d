//! Exports the workspace as an archive, piece by piece: as it was at the start, whatever is written meanwhile.

use common::time::Timestamp;
use limits::Work;
use sql::SqlError;

use super::{
    tar::TarWriter,
    writer::{ArchiveStep, ZipWriter},
};
use crate::{
    Workspace,
    content::{Content, signed},
    entry::{COLUMNS, Entry},
    mode,
};

/// An export in progress.
#[derive(Debug)]
pub struct Archive {
    files: FilesOf,
    writer: Writer,
}

#[derive(Debug)]
enum Writer {
    Zip(Box<ZipWriter>),
    TarGz(Box<TarWriter>),
}

/// The kind of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// A zip file.
    Zip,
    /// A gzipped tar file.
    TarGz,
}

/// A file or directory to export.
struct NextFile {
    /// The name; that of a directory ends with `/`.
    name: String,
    at: Timestamp,
    mode: u32,
    bytes: Vec<u8>,
}

/// The files to export, by path.
#[derive(Debug)]
pub struct FilesOf {
    change: u64,
    /// The path of the last exported file.
    after: String,
    /// The prefix for each path.
    prefix: &'static str,
}

/// Former versions to export, oldest first.
#[derive(Debug)]
pub struct VersionsOf {
    change: u64,
    /// The last exported row.
    after: i64,
    prefix: &'static str,
}

impl Workspace<'_> {
    /// Begins an export of all present files.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn archive(&self, kind: ArchiveKind) -> Result<Archive, SqlError> {
        Ok(Archive {
            files: self.files_of_now("")?,
            writer: match kind {
                ArchiveKind::Zip => Writer::Zip(Box::default()),
                ArchiveKind::TarGz => Writer::TarGz(Box::new(TarWriter::new())),
            },
        })
    }

    /// The next bytes of an archive, until the work of the slice is used up.
    ///
    /// # Errors
    /// When an SQL statement fails, or when so much was written meanwhile that a version in the archive was deleted.
    pub fn archive_slice(
        &self,
        archive: &mut Archive,
        work: &mut Work,
    ) -> Result<ArchiveStep, SqlError> {
        let Archive { files, writer } = archive;
        match writer {
            Writer::Zip(zip) => zip.slice(work, |zip, _| {
                if !self.put_next_file(files, zip)? {
                    zip.end();
                }
                Ok(())
            }),
            Writer::TarGz(tar) => tar.slice(work, |tar| {
                match self.next_file(files)? {
                    Some(next) => tar.begin(&next.name, next.at, next.mode, &next.bytes),
                    None => tar.end(),
                }
                Ok(())
            }),
        }
    }

    /// Exports all present files without interruption.
    #[cfg(test)]
    pub fn whole_archive(&self) -> Vec<u8> {
        let mut archive = self.archive(ArchiveKind::Zip).unwrap();
        let mut bytes = Vec::new();
        loop {
            match self
                .archive_slice(&mut archive, &mut Work::slice())
                .unwrap()
            {
                ArchiveStep::Piece(piece) => bytes.extend(piece),
                ArchiveStep::More => {}
                ArchiveStep::End => return bytes,
            }
        }
    }

    /// The present files, to be exported under a prefix that ends with `/` or is empty.
    pub fn files_of_now(&self, prefix: &'static str) -> Result<FilesOf, SqlError> {
        Ok(FilesOf {
            change: self.usage()?.change,
            after: String::new(),
            prefix,
        })
    }

    /// Exports the next file or directory. Returns whether there was one.
    pub fn put_next_file(
        &self,
        files: &mut FilesOf,
        zip: &mut ZipWriter,
    ) -> Result<bool, SqlError> {
        let Some(next) = self.next_file(files)? else {
            return Ok(false);
        };
        zip.begin_with(next.name, next.at, next.mode, next.bytes);
        Ok(true)
    }

    fn next_file(&self, files: &mut FilesOf) -> Result<Option<NextFile>, SqlError> {
        let Some(entry) = self.next_of(files)? else {
            return Ok(None);
        };
        files.after = entry.path.as_str().to_owned();
        let mut name = format!("{}{}", files.prefix, entry.path.as_str());
        let bytes = match &entry.content {
            None => {
                name.push('/');
                Vec::new()
            }
            Some(content) => self.kept_bytes(content)?,
        };
        Ok(Some(NextFile {
            name,
            at: entry.at,
            mode: mode::reported(entry.mode, entry.content.is_none()),
            bytes,
        }))
    }

    /// The former versions of the files that are still kept, each under the number of the change that created it.
    pub const fn versions_before(&self, files: &FilesOf, prefix: &'static str) -> VersionsOf {
        VersionsOf {
            change: files.change,
            after: 0,
            prefix,
        }
    }

    /// Exports the next former version. Returns whether there was one.
    pub fn put_next_version(
        &self,
        versions: &mut VersionsOf,
        zip: &mut ZipWriter,
    ) -> Result<bool, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT e.id, {COLUMNS} FROM entries e JOIN contents c ON c.id = e.content
                 WHERE e.id > ? AND e.until <= ? ORDER BY e.id LIMIT 1"
            ),
            &[versions.after.into(), signed(versions.change)],
        )?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(false);
        };
        versions.after = row.remove(0).as_integer();
        let entry = Entry::from_row(row);
        if let Some(content) = &entry.content {
            let name = format!(
                "{}{:06}/{}",
                versions.prefix,
                entry.since,
                entry.path.as_str()
            );
            let mode = mode::reported(entry.mode, false);
            zip.begin_with(name, entry.at, mode, self.kept_bytes(content)?);
        }
        Ok(true)
    }

    fn next_of(&self, files: &FilesOf) -> Result<Option<Entry>, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM entries e INDEXED BY entries_by_path LEFT JOIN contents c ON c.id = e.content
                 WHERE e.path > ?1 AND e.since <= ?2 AND (e.until IS NULL OR e.until > ?2) ORDER BY e.path LIMIT 1"
            ),
            &[files.after.as_str().into(), signed(files.change)],
        )?;
        Ok(rows.into_iter().next().map(Entry::from_row))
    }

    fn kept_bytes(&self, content: &Content) -> Result<Vec<u8>, SqlError> {
        let bytes = self.bytes_of(content)?;
        if bytes.len() as u64 == content.size {
            Ok(bytes)
        } else {
            Err(SqlError::new("a version in the archive was deleted"))
        }
    }
}
