//! Files of any repository, and the search in code.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::repositories::Parent;
use crate::{
    Call, ObjectId, RepositoryName, Request,
    api::{encoded, path_of},
};

/// The most bytes of a file that is read.
const FILE_BYTES: usize = 10_000_000;

/// The items of a page of a search.
const FOUND_ITEMS: u64 = 20;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// A file.
    File(FileContent),
    /// A directory.
    Dir {
        /// What is in it.
        #[serde(default)]
        entries: Vec<ContentEntry>,
    },
    /// A symbolic link.
    Symlink {
        /// Where it leads.
        target: String,
    },
    /// A submodule.
    Submodule {
        /// The address of its repository.
        submodule_git_url: Option<String>,
        /// The commit.
        sha: String,
    },
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FileContent {
    /// The path.
    pub path: String,
    /// The id of its content.
    pub sha: String,
    /// The size in bytes.
    pub size: u64,
    /// `base64`, or `none` for a file of more than 1 MB.
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    content: String,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ContentEntry {
    /// The name.
    pub name: String,
    /// `file`, `dir`, `symlink` or `submodule`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The size in bytes.
    #[serde(default)]
    pub size: u64,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CodeSearch {
    /// The number of files found.
    pub total_count: u64,
    /// Whether the search took too long to be complete.
    pub incomplete_results: bool,
    /// One page of them.
    pub items: Vec<CodeMatch>,
}

/// A file that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CodeMatch {
    /// The path.
    pub path: String,
    /// The repository.
    pub repository: Parent,
    /// Parts of the file that match.
    #[serde(default)]
    pub text_matches: Vec<Fragment>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fragment {
    /// Its text.
    #[serde(default)]
    pub fragment: String,
}

impl FileContent {
    /// The bytes; `None`: the file is too large to come with the answer.
    ///
    /// # Errors
    /// When the content is damaged.
    pub fn bytes(&self) -> Result<Option<Vec<u8>>, String> {
        if self.encoding != "base64" {
            return Ok(None);
        }
        let plain: String = self.content.split_whitespace().collect();
        let bytes = STANDARD.decode(plain).map_err(|error| error.to_string())?;
        Ok(Some(bytes).filter(|bytes| bytes.len() as u64 == self.size))
    }
}

/// What is at a path, at a branch, tag or commit.
#[must_use]
pub fn content(name: &RepositoryName, path: &str, reference: Option<&str>) -> Call<Content> {
    let path = path.trim_matches('/');
    let subject = match path {
        "" => format!("directory of {name}"),
        path => format!("file or directory {path} in {name}"),
    };
    let request = Request::get(
        path_of(name, &format!("/contents/{}", encoded(path))),
        subject,
    );
    Call::json(
        request
            .with_optional("ref", reference)
            .accepting("application/vnd.github.object+json"),
    )
}

/// The bytes of a file by the id of its content.
#[must_use]
pub fn raw_blob(name: &RepositoryName, blob: &ObjectId) -> Call<Vec<u8>> {
    let path = path_of(name, &format!("/git/blobs/{blob}"));
    let subject = format!("content {blob} of {name}");
    Call::bytes(Request::get(path, subject).at_most(FILE_BYTES))
}

/// Searches code, in GitHub's query language.
#[must_use]
pub fn code(query: &str, page: u64) -> Call<CodeSearch> {
    let request = Request::get("/search/code", "search in code").with("q", query);
    Call::json(
        request
            .page(page, FOUND_ITEMS)
            .accepting("application/vnd.github.text-match+json"),
    )
}

impl CodeSearch {
    /// Whether there are more pages after this one. GitHub shows the first 1,000 results.
    #[must_use]
    pub fn has_more(&self, page: u64) -> bool {
        page.saturating_mul(FOUND_ITEMS) < self.total_count.min(1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_told_apart_by_their_type() {
        let read = |json: &str| serde_json::from_str::<Content>(json).unwrap();
        let file = r#"{"type":"file","path":"a","sha":"1","size":3,"encoding":"base64","content":"YWJ\nj\n"}"#;
        let Content::File(file) = read(file) else {
            panic!("it is a file")
        };
        assert_eq!(file.bytes(), Ok(Some(b"abc".to_vec())));
        let large =
            r#"{"type":"file","path":"a","sha":"1","size":3000000,"encoding":"none","content":""}"#;
        let Content::File(large) = read(large) else {
            panic!("it is a file")
        };
        assert_eq!(large.bytes(), Ok(None));
        let dir = r#"{"type":"dir","entries":[{"name":"b","type":"file","size":1}]}"#;
        assert!(matches!(read(dir), Content::Dir { entries } if entries.len() == 1));
        assert!(matches!(
            read(r#"{"type":"symlink","target":"x"}"#),
            Content::Symlink { .. }
        ));
        let module = r#"{"type":"submodule","submodule_git_url":"git://x","sha":"1"}"#;
        assert!(matches!(read(module), Content::Submodule { .. }));
    }
}
