//! The test bench for tools: a workspace in memory.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here is the test"
)]

use common::{message::Message, state::About, time::Timestamp};
use limits::Work;
use serde_json::{Value, json};
use sql::{Sql as _, SqlRow};
use store::Store;
use test_support::MemorySql;
use workspace::{Expect, FilePath, Hash, Usage, Workspace};

use super::{
    OUTPUT_BYTES, Preview, Run, Slice, ToolContext, ToolDone, ToolFailure,
    attempt::{preview, run},
    fetch_url::Hosts,
    find,
};

/// A workspace and a conversation.
pub struct Bench {
    sql: MemorySql,
    store: Store<MemorySql>,
    /// The settings of the conversation.
    pub about: About,
    /// The answer that calls the tools.
    pub answer: Option<Message>,
}

impl Default for Bench {
    fn default() -> Self {
        let sql = MemorySql::with_tables();
        Self {
            store: Store::open(sql.clone()).unwrap(),
            sql,
            about: About::default(),
            answer: None,
        }
    }
}

impl Bench {
    /// A bench without files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A bench with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let bench = Self::new();
        for (path, text) in files {
            bench.put(path, text);
        }
        bench
    }

    fn workspace(&self) -> Workspace<'_> {
        self.store.workspace(Timestamp::from_millis(1_000))
    }

    /// Writes a text file and returns its hash.
    pub fn put(&self, path: &str, text: &str) -> String {
        self.put_bytes(path, text.as_bytes())
    }

    /// Writes a file and returns its hash.
    pub fn put_bytes(&self, path: &str, bytes: &[u8]) -> String {
        let path = FilePath::parse(path).unwrap();
        let written = self.workspace().write(&path, bytes, &Expect::Anything);
        written.unwrap().hash.to_string()
    }

    /// The content of a file when it had this hash; `None` when it never had.
    pub fn version(&self, path: &FilePath, hash: &Hash) -> Option<Vec<u8>> {
        self.workspace().read_version(path, hash).ok()
    }

    /// The text of a file; `None` when it does not exist.
    pub fn text(&self, path: &str) -> Option<String> {
        let path = FilePath::parse(path).unwrap();
        let bytes = self.workspace().read_bytes(&path, 0..u64::MAX).ok()?;
        Some(String::from_utf8(bytes).unwrap())
    }

    /// Runs a tool to its end.
    ///
    /// # Errors
    /// The error of the tool.
    pub fn run(&self, name: &str, input: &Value) -> Result<ToolDone, ToolFailure> {
        let mut rest = match run(find(name).unwrap(), input, &self.context())? {
            Run::Done(done) => return Ok(done),
            Run::Visit(visit) => panic!("{name} fetches {}", visit.url()),
            Run::Errand(_) => panic!("{name} talks to GitHub"),
            Run::Slices(rest) => rest,
        };
        loop {
            match rest.slice(&self.context(), &mut Work::slice())? {
                Slice::More(more) => rest = more,
                Slice::Done(done) => return Ok(done),
            }
        }
    }

    /// The context of the tools.
    #[must_use]
    pub fn context(&self) -> ToolContext<'_> {
        ToolContext {
            workspace: self.workspace(),
            now: Timestamp::from_millis(2_000),
            about: &self.about,
            answer: self.answer.as_ref(),
            hosts: Hosts::Public,
        }
    }

    /// The preview of a call. It changes nothing.
    #[track_caller]
    pub fn preview(&self, name: &str, input: &Value) -> Preview {
        self.previewed(name, input).unwrap()
    }

    /// The error of a call that would fail.
    #[track_caller]
    pub fn no_preview(&self, name: &str, input: &Value) -> String {
        self.previewed(name, input).unwrap_err().to_string()
    }

    #[track_caller]
    fn previewed(&self, name: &str, input: &Value) -> Result<Preview, ToolFailure> {
        let before = self.tables();
        let preview = preview(find(name).unwrap(), input, &self.context());
        assert_eq!(self.tables(), before, "{name}");
        preview
    }

    /// All stored rows of the files.
    fn tables(&self) -> Vec<Vec<SqlRow>> {
        let tables = ["workspace", "entries", "contents", "content_pieces"];
        let rows = tables.map(|table| self.sql.run(&format!("SELECT * FROM {table}"), &[]));
        rows.map(Result::unwrap).to_vec()
    }

    /// Runs a call that succeeds.
    #[track_caller]
    pub fn done(&self, name: &str, input: Value) -> ToolDone {
        let done = self.run(name, &input).unwrap();
        assert!(done.output.to_string().len() <= OUTPUT_BYTES, "{name}");
        done
    }

    /// The output of a call that succeeds.
    #[track_caller]
    pub fn output(&self, name: &str, input: Value) -> Value {
        self.done(name, input).output
    }

    /// The error of a call that fails and changes nothing.
    #[track_caller]
    pub fn refused(&self, name: &str, input: Value) -> String {
        let before: Usage = self.workspace().usage().unwrap();
        let failure = self.run(name, &input).unwrap_err();
        assert_eq!(self.workspace().usage().unwrap(), before, "{name}");
        failure.to_string()
    }
}

/// The hash of a text.
pub fn hash(text: &str) -> Value {
    json!(Hash::of(text.as_bytes()).as_str())
}
