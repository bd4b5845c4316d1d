//! Git's own objects: commits, trees, blobs, branches.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::{
    Author, Call, RepositoryName, Request,
    api::{encoded, path_of},
    request::Method,
};

/// The most bytes of a list of files: some 40,000.
const TREE_BYTES: usize = 12_000_000;

/// The id of a git object: 40 hexadecimal digits, or 64.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ObjectId(String);

impl ObjectId {
    /// Reads an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = matches!(text.len(), 40 | 64)
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_id.then(|| Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an id of git was expected"))
    }
}

/// An object that is referred to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RefOf {
    /// Its id.
    pub sha: ObjectId,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GitRef {
    /// The commit it is at.
    pub object: RefOf,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Commit {
    /// Its id.
    pub sha: ObjectId,
    /// Its files.
    pub tree: RefOf,
}

/// The files of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Tree {
    /// Files and directories.
    pub tree: Vec<TreeEntry>,
    /// Whether there are more than GitHub lists.
    pub truncated: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TreeEntry {
    /// The path.
    pub path: String,
    /// The mode in git's notation, such as `100644`.
    pub mode: String,
    /// `blob`, `tree`, or `commit` for a submodule.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of the object.
    pub sha: ObjectId,
    /// The size in bytes, for a blob.
    #[serde(default)]
    pub size: u64,
}

/// One difference of a new tree from the one that it is based on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeChange {
    /// A file with this content.
    Put {
        /// The path.
        path: String,
        /// Whether it can be executed.
        is_executable: bool,
        /// The content.
        blob: ObjectId,
    },
    /// No file any more.
    Delete {
        /// The path.
        path: String,
    },
}

/// A commit to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewCommit<'a> {
    /// The message.
    pub message: &'a str,
    /// The files.
    pub tree: &'a ObjectId,
    /// The commits before it.
    pub parents: &'a [ObjectId],
    /// Who made it; `None`: the person of the token.
    pub author: Option<&'a Author>,
}

/// The id of the commit that a branch, tag or commit names.
#[must_use]
pub fn commit_id(name: &RepositoryName, reference: &str) -> Call<ObjectId> {
    let path = path_of(name, &format!("/commits/{}", encoded(reference)));
    let subject = format!("branch, tag or commit {reference} in {name}");
    Call {
        request: Request::get(path, subject).accepting("application/vnd.github.sha"),
        read: |_, body| {
            let text = String::from_utf8_lossy(&body);
            ObjectId::parse(text.trim()).ok_or_else(|| "it is no id of a commit".to_owned())
        },
    }
}

/// A commit.
#[must_use]
pub fn commit(name: &RepositoryName, commit: &ObjectId) -> Call<Commit> {
    let path = path_of(name, &format!("/git/commits/{commit}"));
    Call::json(Request::get(path, format!("commit {commit} in {name}")))
}

/// All files of a tree, in its directories too.
#[must_use]
pub fn tree(name: &RepositoryName, tree: &ObjectId) -> Call<Tree> {
    let path = path_of(name, &format!("/git/trees/{tree}"));
    let request = Request::get(path, format!("list of files of {name}"));
    Call::json(request.with("recursive", "1").at_most(TREE_BYTES))
}

/// An archive of a commit.
#[must_use]
pub fn tarball(name: &RepositoryName, commit: &ObjectId) -> Request {
    let path = path_of(name, &format!("/tarball/{commit}"));
    Request {
        is_archive: true,
        ..Request::get(path, format!("archive of {name}"))
    }
}

/// A branch.
#[must_use]
pub fn git_ref(name: &RepositoryName, branch: &str) -> Call<GitRef> {
    let path = path_of(name, &format!("/git/ref/heads/{}", encoded(branch)));
    Call::json(Request::get(path, format!("branch {branch} in {name}")))
}

/// Stores a content.
#[must_use]
pub fn create_blob(name: &RepositoryName, bytes: &[u8]) -> Call<RefOf> {
    let body = json!({"content": STANDARD.encode(bytes), "encoding": "base64"});
    sending(
        Method::Post,
        name,
        "/git/blobs",
        format!("file for {name}"),
        body,
    )
}

/// Makes a tree of an earlier one and what differs from it.
#[must_use]
pub fn create_tree(name: &RepositoryName, base: &ObjectId, changes: &[TreeChange]) -> Call<RefOf> {
    let entry = |change: &TreeChange| match change {
        TreeChange::Put {
            path,
            is_executable,
            blob,
        } => json!({
            "path": path,
            "mode": if *is_executable { "100755" } else { "100644" },
            "type": "blob",
            "sha": blob,
        }),
        TreeChange::Delete { path } => {
            json!({"path": path, "mode": "100644", "type": "blob", "sha": Value::Null})
        }
    };
    let tree: Vec<Value> = changes.iter().map(entry).collect();
    let body = json!({"base_tree": base, "tree": tree});
    sending(
        Method::Post,
        name,
        "/git/trees",
        format!("files for {name}"),
        body,
    )
}

/// Makes a commit.
#[must_use]
pub fn create_commit(name: &RepositoryName, new: NewCommit<'_>) -> Call<RefOf> {
    let mut body = json!({"message": new.message, "tree": new.tree, "parents": new.parents});
    if let (Some(author), Some(body)) = (new.author, body.as_object_mut()) {
        let author = json!({"name": author.name, "email": author.email});
        body.insert("author".to_owned(), author);
    }
    sending(
        Method::Post,
        name,
        "/git/commits",
        format!("commit for {name}"),
        body,
    )
}

/// Creates a branch at a commit.
#[must_use]
pub fn create_branch(name: &RepositoryName, branch: &str, commit: &ObjectId) -> Call<GitRef> {
    let body = json!({"ref": format!("refs/heads/{branch}"), "sha": commit});
    let request = Request::send(
        Method::Post,
        path_of(name, "/git/refs"),
        format!("branch {branch}"),
        body,
    );
    Call::json(request)
}

/// Moves a branch to a later commit of it.
#[must_use]
pub fn move_branch(name: &RepositoryName, branch: &str, commit: &ObjectId) -> Call<GitRef> {
    let path = path_of(name, &format!("/git/refs/heads/{}", encoded(branch)));
    let body = json!({"sha": commit, "force": false});
    Call::json(Request::send(
        Method::Patch,
        path,
        format!("branch {branch}"),
        body,
    ))
}

fn sending(
    method: Method,
    name: &RepositoryName,
    rest: &str,
    subject: String,
    body: Value,
) -> Call<RefOf> {
    Call::json(Request::send(method, path_of(name, rest), subject, body))
}
