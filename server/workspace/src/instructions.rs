//! Instruction files: `AGENTS.md` in any directory, whose content goes to the model. One that came with an archive is
//! used only after the user has confirmed it.

use icu_normalizer::ComposingNormalizerBorrowed;
use sql::{Sql, SqlError, SqlValue};

use super::{
    FilePath, Hash, Lines, Read, Workspace, WorkspaceError, change::Change, content::Content,
};

/// The name of instruction files.
pub const INSTRUCTIONS_FILE: &str = "AGENTS.md";

/// An instruction file that the user has not confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// The path.
    pub path: FilePath,
    /// The hash of its content.
    pub hash: Hash,
}

impl FilePath {
    /// Whether the path names an instruction file, here or on another computer: regardless of case, width, invisible
    /// characters, and dots or spaces at the end.
    #[must_use]
    pub fn is_instructions(&self) -> bool {
        let name = ComposingNormalizerBorrowed::new_nfkc().normalize(self.name());
        let letters = name
            .chars()
            .filter(|letter| letter.is_alphanumeric() || *letter == '.');
        let folded: String = letters.flat_map(char::to_lowercase).collect();
        folded
            .trim_end_matches('.')
            .eq_ignore_ascii_case(INSTRUCTIONS_FILE)
    }
}

impl Workspace<'_> {
    /// The instruction files that the user has not confirmed, by path.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn unconfirmed(&self) -> Result<Vec<Unconfirmed>, SqlError> {
        let rows = self.sql.run(
            "SELECT e.path, c.hash FROM contents c JOIN entries e ON e.content = c.id AND e.until IS NULL
             WHERE c.unconfirmed = 1 ORDER BY e.path",
            &[],
        )?;
        let read = |row: Vec<SqlValue>| {
            let mut values = row.into_iter().map(SqlValue::into_text);
            Some(Unconfirmed {
                path: FilePath::stored(values.next()?),
                hash: Hash::stated(values.next()?),
            })
        };
        let found = rows.into_iter().filter_map(read);
        Ok(found
            .filter(|file| file.path.name() == INSTRUCTIONS_FILE)
            .collect())
    }

    /// The confirmed instructions in the nearest directory at or above a path, except those in the root.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn nearest_instructions(
        &self,
        path: &FilePath,
    ) -> Result<Option<FilePath>, WorkspaceError> {
        let mut candidates: Vec<SqlValue> = Vec::new();
        let mut directory = Some(path.clone());
        while let Some(above) = directory.filter(|directory| !directory.is_root()) {
            candidates.push(format!("{above}/{INSTRUCTIONS_FILE}").into());
            directory = above.parent();
        }
        if candidates.is_empty() {
            return Ok(None);
        }
        let marks = vec!["?"; candidates.len()].join(", ");
        let rows = self.sql.run(
            &format!(
                "SELECT e.path FROM entries e JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND c.unconfirmed = 0 AND e.path IN ({marks})
                 ORDER BY length(e.path) DESC LIMIT 1"
            ),
            &candidates,
        )?;
        let found = rows.into_iter().flatten().next().map(SqlValue::into_text);
        Ok(found.map(|path| FilePath::parse(&path)).transpose()?)
    }

    /// The instructions in the root, if confirmed.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn root_instructions(&self) -> Result<Option<String>, WorkspaceError> {
        let path = FilePath::parse(INSTRUCTIONS_FILE)?;
        let content = self.entry(&path)?.and_then(|entry| entry.content);
        match content {
            Some(content) if self.is_confirmed(&content)? => {}
            Some(_) | None => return Ok(None),
        }
        Ok(match self.read(&path, Lines::ALL)? {
            Read::Text(read) => Some(read.text),
            Read::Binary { .. } => None,
        })
    }

    /// Confirms the instructions with this content, at any path.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn confirm(&self, hash: &Hash) -> Result<(), SqlError> {
        confirm(self.sql.sql, hash)
    }

    /// Whether a content is confirmed as instructions.
    pub(super) fn is_confirmed(&self, content: &Content) -> Result<bool, SqlError> {
        let rows = self.sql.run(
            "SELECT 1 FROM contents WHERE id = ? AND unconfirmed = 0",
            &[content.id.into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Whether the content is already in use as confirmed instructions at another path.
    pub(super) fn is_followed(&self, content: &Content) -> Result<bool, SqlError> {
        let rows = self.sql.run(
            "SELECT path FROM entries WHERE content = ? AND until IS NULL",
            &[content.id.into()],
        )?;
        let mut paths = rows.into_iter().flatten().map(SqlValue::into_text);
        let stands = paths.any(|path| FilePath::stored(path).is_instructions());
        Ok(stands && self.is_confirmed(content)?)
    }
}

/// See [`Workspace::confirm`].
pub fn confirm(sql: &dyn Sql, hash: &Hash) -> Result<(), SqlError> {
    sql.execute(
        "UPDATE contents SET unconfirmed = 0 WHERE hash = ?",
        &[hash.as_str().into()],
    )
}

impl Change<'_, '_> {
    /// Stores a file from an archive. Instructions are unconfirmed, unless the same content is already in use as
    /// confirmed instructions.
    pub(super) fn put_file_of_archive(
        &mut self,
        path: &FilePath,
        bytes: &[u8],
        hash: &Hash,
    ) -> Result<Content, WorkspaceError> {
        if !path.is_instructions() {
            return self.put_file(path, bytes, hash);
        }
        let known = self.workspace().content_of(hash)?;
        let is_followed = match &known {
            Some(content) => self.workspace().is_followed(content)?,
            None => false,
        };
        let content = self.put_file(path, bytes, hash)?;
        if !is_followed {
            self.mark_unconfirmed(&content)?;
        }
        Ok(content)
    }

    /// Instructions that replace unconfirmed ones are unconfirmed too: a person who edits a line has not read the
    /// rest.
    pub(super) fn inherit(
        &self,
        path: &FilePath,
        before: &Content,
        after: &Content,
    ) -> Result<(), SqlError> {
        if path.is_instructions() && !self.workspace().is_confirmed(before)? {
            self.mark_unconfirmed(after)?;
        }
        Ok(())
    }

    pub(super) fn mark_unconfirmed(&self, content: &Content) -> Result<(), SqlError> {
        self.workspace().sql.execute(
            "UPDATE contents SET unconfirmed = 1 WHERE id = ?",
            &[content.id.into()],
        )
    }
}

#[cfg(test)]
mod tests {
    use common::time::Timestamp;
    use test_support::MemorySql;

    use super::*;
    use crate::{ArchiveLimits, Expect};

    fn path(path: &str) -> FilePath {
        FilePath::parse(path).unwrap()
    }

    #[test]
    fn other_spellings_of_the_name_count() {
        for name in [
            "AGENTS.md",
            "a/b/AGENTS.md",
            "agents.MD",
            "Agents.Md",
            "AGENTS.md.",
            "AGENTS.md ",
            "ＡＧＥＮＴＳ.md",
            "AGENTS\u{200b}.md",
            "𝐀GENTS.md",
            "AGENTS․md",
        ] {
            assert!(path(name).is_instructions(), "{name}");
        }
        for name in [
            "AGENTS.md/x",
            "AGENTS.mdx",
            "MYAGENTS.md",
            "AGENTS",
            "README.md",
            "",
        ] {
            assert!(!path(name).is_instructions(), "{name}");
        }
    }

    /// A workspace with these files from an unpacked archive.
    fn unpacked(sql: &MemorySql, files: &[(&str, &str)]) {
        let other = MemorySql::with_tables();
        let other = Workspace::new(&other, Timestamp::from_millis(1));
        for (name, text) in files {
            let bytes = text.as_bytes();
            other.write(&path(name), bytes, &Expect::Anything).unwrap();
        }
        let workspace = Workspace::new(sql, Timestamp::from_millis(2));
        let mut upload = workspace.begin_upload(ArchiveLimits::DEFAULT).unwrap();
        upload.push(&workspace, &other.whole_archive()).unwrap();
        workspace.finish_upload(upload).unwrap();
    }

    fn reported(workspace: &Workspace<'_>) -> Vec<String> {
        let files = workspace.unconfirmed().unwrap();
        files.iter().map(|file| file.path.to_string()).collect()
    }

    #[test]
    fn instructions_of_an_archive_wait_until_they_are_confirmed() {
        let sql = MemorySql::with_tables();
        unpacked(
            &sql,
            &[("AGENTS.md", "root"), ("a/AGENTS.md", "a"), ("b", "root")],
        );
        let workspace = Workspace::new(&sql, Timestamp::from_millis(3));
        assert_eq!(reported(&workspace), ["AGENTS.md", "a/AGENTS.md"]);
        workspace.confirm(&Hash::of(b"root")).unwrap();
        assert_eq!(reported(&workspace), ["a/AGENTS.md"]);
    }

    #[test]
    fn they_wait_wherever_they_go_and_however_they_are_edited() {
        let sql = MemorySql::with_tables();
        unpacked(&sql, &[("a/agents.md", "one\ntwo\n")]);
        let workspace = Workspace::new(&sql, Timestamp::from_millis(3));
        assert_eq!(reported(&workspace), [""; 0], "that one is not followed");
        workspace
            .move_(&path("a/agents.md"), &path("AGENTS.md"))
            .unwrap();
        assert_eq!(reported(&workspace), ["AGENTS.md"]);
        let file = path("AGENTS.md");
        workspace
            .write(&file, b"one\nthree\n", &Expect::File)
            .unwrap();
        assert_eq!(reported(&workspace), ["AGENTS.md"]);
    }

    #[test]
    fn instructions_that_are_followed_already_stay_so() {
        let sql = MemorySql::with_tables();
        let workspace = Workspace::new(&sql, Timestamp::from_millis(3));
        let write = |name: &str, text: &str| {
            let bytes = text.as_bytes();
            workspace
                .write(&path(name), bytes, &Expect::Anything)
                .unwrap();
        };
        write("AGENTS.md", "mine");
        write("notes.md", "theirs");
        unpacked(
            &sql,
            &[
                ("AGENTS.md", "mine"),
                ("a/AGENTS.md", "mine"),
                ("b/AGENTS.md", "theirs"),
            ],
        );
        assert_eq!(reported(&workspace), ["b/AGENTS.md"]);
    }
}
