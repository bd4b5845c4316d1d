//! The used part of GitHub's REST API, with a git repository behind it.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    ops::ControlFlow,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use github::{Api, Head, Hop};
use serde_json::{Value, json};
use url::Url;

use super::{git::Git, schema};

/// The only repository.
const NAME: &str = "a/b";

/// A GitHub.
#[derive(Debug)]
pub(in super::super) struct Fake {
    git: Git,
    /// What goes wrong next.
    faults: RefCell<VecDeque<Fault>>,
    /// The requests that came: method and path.
    pub(super) seen: RefCell<Vec<String>>,
    pub(super) has_token: Cell<bool>,
    pub(super) is_archived: Cell<bool>,
    pub(super) may_push: Cell<bool>,
    /// The conversation is evicted when this many more requests have come.
    pub(super) dies_after: Cell<Option<u32>>,
    /// A branch that nobody may push to.
    pub(super) protected: RefCell<Option<String>>,
    pulls: RefCell<Vec<Pull>>,
    /// Answers of paths that have nothing to do with git.
    fixed: RefCell<BTreeMap<String, Reply>>,
}

/// Something that goes wrong once.
#[derive(Clone, Debug)]
pub(in super::super) struct Fault {
    /// The end of the path that it concerns.
    pub(super) at: &'static str,
    /// What is answered.
    pub(super) reply: Reply,
    /// After how many bytes the connection breaks.
    pub(super) breaks_after: Option<usize>,
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Pull {
    head: String,
    base: String,
    title: String,
    body: String,
    state: &'static str,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::json(
            status,
            &json!({"message": message, "documentation_url": "https://docs.github.com"}),
        )
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn bytes(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body,
        }
    }
}

/// A request as it is handled.
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    query: BTreeMap<String, String>,
    accept: &'a str,
    body: Value,
}

impl Fake {
    pub(super) fn new(git: Git) -> Self {
        Self {
            git,
            faults: RefCell::default(),
            seen: RefCell::default(),
            has_token: Cell::new(true),
            is_archived: Cell::new(false),
            may_push: Cell::new(true),
            dies_after: Cell::new(None),
            protected: RefCell::default(),
            pulls: RefCell::default(),
            fixed: RefCell::default(),
        }
    }

    pub(super) const fn git(&self) -> &Git {
        &self.git
    }

    pub(super) fn api(&self) -> Api {
        Api::default().with_token(self.has_token.get())
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dies_after.get() == Some(0)
    }

    /// Lets a request fail.
    pub(super) fn fail(&self, at: &'static str, reply: Reply) {
        let breaks_after = None;
        let fault = Fault {
            at,
            reply,
            breaks_after,
        };
        self.faults.borrow_mut().push_back(fault);
    }

    /// Lets an archive break off.
    pub(super) fn break_off(&self, at: &'static str, after: usize) {
        self.faults.borrow_mut().push_back(Fault {
            at,
            reply: Reply::default(),
            breaks_after: Some(after),
        });
    }

    /// Sets the answer for a path.
    pub(super) fn answer(&self, path: &str, body: &Value) {
        let reply = Reply::json(200, body);
        self.fixed.borrow_mut().insert(path.to_owned(), reply);
    }

    pub(super) fn close_pull(&self, number: usize) {
        self.pulls.borrow_mut()[number - 1].state = "closed";
    }

    pub(super) fn pull_count(&self) -> usize {
        self.pulls.borrow().len()
    }

    pub(super) fn send(
        &self,
        hop: &Hop,
        take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
    ) -> Result<Head, String> {
        if let Some(left) = self.dies_after.get() {
            self.dies_after.set(Some(left.saturating_sub(1)));
            if left == 0 {
                return Err("evicted".to_owned());
            }
        }
        let url = Url::parse(hop.url()).unwrap();
        self.check_headers(hop, &url);
        let path = url.path().to_owned();
        self.seen
            .borrow_mut()
            .push(format!("{} {path}", hop.method().name()));
        let fault = {
            let mut faults = self.faults.borrow_mut();
            let is_archive = url.host_str() == Some("codeload.github.com");
            let is_at = |fault: &Fault| match fault.at {
                "@archive" => is_archive,
                at => path.ends_with(at),
            };
            let at = faults.iter().position(is_at);
            at.and_then(|at| faults.remove(at))
        };
        let accept = hop
            .headers()
            .into_iter()
            .find(|(name, _)| *name == "Accept");
        let asked = Asked {
            method: hop.method().name(),
            path: &path,
            query: url.query_pairs().into_owned().collect(),
            accept: accept.map_or("", |(_, accept)| accept),
            body: hop
                .body()
                .map_or(Value::Null, |body| serde_json::from_str(body).unwrap()),
        };
        let breaks_after = fault.as_ref().and_then(|fault| fault.breaks_after);
        let reply = match fault {
            Some(Fault {
                reply,
                breaks_after: None,
                ..
            }) => reply,
            Some(_) | None => self.reply(&asked, url.host_str().unwrap()),
        };
        let head = Head::of(reply.status, |name| {
            let found = reply.headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        });
        let end = breaks_after
            .unwrap_or(reply.body.len())
            .min(reply.body.len());
        for piece in reply.body[..end].chunks(60_000) {
            if take(&head, piece).is_break() {
                return Ok(head);
            }
        }
        match breaks_after {
            Some(_) => Err("the connection was lost".to_owned()),
            None => Ok(head),
        }
    }

    fn check_headers(&self, hop: &Hop, url: &Url) {
        let has = |name: &str| hop.headers().iter().any(|(known, _)| *known == name);
        assert!(has("Accept") && has("User-Agent") && has("X-GitHub-Api-Version"));
        let is_api = url.host_str() == Some("api.github.com");
        assert_eq!(hop.is_authorized(), is_api && self.has_token.get(), "{url}");
        assert_eq!(hop.body().is_some(), hop.method().name() != "GET");
    }

    fn reply(&self, asked: &Asked<'_>, host: &str) -> Reply {
        if host == "codeload.github.com" {
            let commit = asked.path.rsplit('/').next().unwrap();
            let arguments = [
                "archive",
                "--format=tar.gz",
                "--prefix=a-b-1234567/",
                commit,
            ];
            return Reply::bytes(self.git.run(&arguments));
        }
        if let Some(fixed) = self.fixed.borrow().get(asked.path) {
            return fixed.clone();
        }
        if let Some(rest) = asked.path.strip_prefix("/repos/a/old") {
            let location = format!("https://api.github.com/repositories/1{rest}");
            return Reply::error(301, "Moved Permanently").with("Location", &location);
        }
        let rest = asked
            .path
            .strip_prefix("/repos/a/b")
            .or_else(|| asked.path.strip_prefix("/repositories/1"));
        match rest {
            Some(rest) if asked.method != "GET" => self.written(asked, rest),
            Some(rest) => self.read(asked, rest),
            None => Reply::error(404, "Not Found"),
        }
    }

    fn read(&self, asked: &Asked<'_>, rest: &str) -> Reply {
        let missing = || Reply::error(404, "Not Found");
        let decoded = percent_encoding::percent_decode_str(rest)
            .decode_utf8()
            .unwrap();
        let rest = decoded.as_ref();
        if rest.is_empty() {
            return Reply::json(200, &self.facts());
        }
        if let Some(branch) = rest.strip_prefix("/git/ref/heads/") {
            return match self.git.id(&format!("refs/heads/{branch}")) {
                Some(id) => Reply::json(200, &reference(branch, &id)),
                None if self.git.id("HEAD").is_none() => {
                    Reply::error(409, "Git Repository is empty.")
                }
                None => missing(),
            };
        }
        if let Some(name) = rest.strip_prefix("/commits/") {
            assert_eq!(asked.accept, "application/vnd.github.sha");
            return match self.git.id(&format!("{name}^{{commit}}")) {
                Some(id) => Reply::bytes(id.into_bytes()),
                None => Reply::error(422, &format!("No commit found for SHA: {name}")),
            };
        }
        if let Some(id) = rest.strip_prefix("/git/commits/") {
            let tree = self.git.line(&["rev-parse", &format!("{id}^{{tree}}")]);
            return Reply::json(
                200,
                &json!({"sha": id, "tree": {"sha": tree}, "parents": [], "message": ""}),
            );
        }
        if let Some(id) = rest.strip_prefix("/git/trees/") {
            assert_eq!(asked.query.get("recursive").map(String::as_str), Some("1"));
            return Reply::json(
                200,
                &json!({"sha": id, "truncated": false, "tree": self.tree(id)}),
            );
        }
        if let Some(id) = rest.strip_prefix("/git/blobs/") {
            assert!(asked.accept.contains("raw"));
            return match self.git.try_run(&["cat-file", "blob", id], b"") {
                Ok(bytes) => Reply::bytes(bytes),
                Err(_) => missing(),
            };
        }
        if let Some(id) = rest.strip_prefix("/tarball/") {
            let location =
                format!("https://codeload.github.com/a/b/legacy.tar.gz/{id}?token=temporary");
            return Reply {
                status: 302,
                ..Reply::default()
            }
            .with("Location", &location);
        }
        if let Some(path) = rest.strip_prefix("/contents/") {
            let at = asked.query.get("ref").map_or("HEAD", String::as_str);
            return self.content(path, at);
        }
        match rest {
            "/branches" => {
                let names =
                    self.git
                        .line(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
                let branch = |name| json!({"name": name, "protected": false, "commit": {}});
                Reply::json(200, &names.lines().map(branch).collect())
            }
            "/pulls" => self.pulls_of(asked),
            _ => missing(),
        }
    }

    fn facts(&self) -> Value {
        json!({
            "id": 1, "full_name": NAME, "private": true, "fork": false, "archived": self.is_archived.get(),
            "disabled": false, "default_branch": "main", "description": "A test", "size": 12,
            "html_url": "https://github.com/a/b", "language": null, "license": {"spdx_id": "MIT"},
            "pushed_at": "2026-01-01T00:00:00Z",
            "permissions": {"admin": false, "push": self.may_push.get(), "pull": true},
        })
    }

    fn tree(&self, id: &str) -> Vec<Value> {
        let listed = self.git.run(&["ls-tree", "-r", "-t", "-l", "-z", id]);
        let entries = listed
            .split(|byte| *byte == 0)
            .filter(|entry| !entry.is_empty());
        entries
            .map(|entry| {
                let entry = String::from_utf8_lossy(entry);
                let (facts, path) = entry.split_once('\t').unwrap();
                let facts: Vec<&str> = facts.split_whitespace().collect();
                let mut value =
                    json!({"path": path, "mode": facts[0], "type": facts[1], "sha": facts[2]});
                if let Ok(size) = facts[3].parse::<u64>() {
                    value["size"] = json!(size);
                }
                value
            })
            .collect()
    }

    fn content(&self, path: &str, at: &str) -> Reply {
        let Some(id) = self.git.id(&format!("{at}:{path}")) else {
            return Reply::error(404, "Not Found");
        };
        if self.git.line(&["cat-file", "-t", &id]) == "tree" {
            let entry = |entry: &Value| {
                let kind = if entry["type"] == "tree" {
                    "dir"
                } else {
                    "file"
                };
                json!({"name": entry["path"], "type": kind, "size": entry["size"].as_u64().unwrap_or(0)})
            };
            let tree = self.tree(&id);
            let entries = tree
                .iter()
                .filter(|entry| !entry["path"].as_str().unwrap().contains('/'));
            let entries: Vec<Value> = entries.map(entry).collect();
            return Reply::json(
                200,
                &json!({"type": "dir", "path": path, "sha": id, "size": 0, "entries": entries}),
            );
        }
        let bytes = self.git.run(&["cat-file", "blob", &id]);
        let is_large = bytes.len() > 1_000_000;
        let (encoding, content) = if is_large {
            ("none", String::new())
        } else {
            ("base64", STANDARD.encode(&bytes) + "\n")
        };
        Reply::json(
            200,
            &json!({
                "type": "file", "path": path, "name": path, "sha": id, "size": bytes.len(),
                "encoding": encoding, "content": content,
            }),
        )
    }

    fn written(&self, asked: &Asked<'_>, rest: &str) -> Reply {
        if !self.has_token.get() {
            return Reply::error(401, "Requires authentication");
        }
        if self.is_archived.get() {
            return Reply::error(403, "Repository was archived so is read-only.");
        }
        if !self.may_push.get() {
            return Reply::error(403, "Resource not accessible by personal access token");
        }
        match (asked.method, rest) {
            ("POST", "/git/blobs") => self.blob(&asked.body),
            ("POST", "/git/trees") => self.new_tree(&asked.body),
            ("POST", "/git/commits") => self.new_commit(&asked.body),
            ("POST", "/git/refs") => self.new_ref(&asked.body),
            ("PATCH", _) => match rest.strip_prefix("/git/refs/heads/") {
                Some(branch) => self.move_ref(branch, &asked.body),
                None => panic!("nothing is changed at {rest}"),
            },
            ("POST", "/pulls") => self.new_pull(&asked.body),
            _ => panic!("nothing is changed at {rest}"),
        }
    }

    fn blob(&self, body: &Value) -> Reply {
        schema::check(body, schema::BLOB);
        assert_eq!(body["encoding"], "base64");
        let bytes = STANDARD.decode(body["content"].as_str().unwrap()).unwrap();
        let id = self
            .git
            .try_run(&["hash-object", "-w", "--stdin", "--no-filters"], &bytes)
            .unwrap();
        created(&String::from_utf8(id).unwrap())
    }

    fn new_tree(&self, body: &Value) -> Reply {
        schema::check(body, schema::TREE);
        let base = body["base_tree"].as_str().unwrap();
        self.git.run(&["read-tree", base]);
        let mut lines = String::new();
        for entry in body["tree"].as_array().unwrap() {
            let path = entry["path"].as_str().unwrap();
            let mode = entry["mode"].as_str().unwrap();
            match entry["sha"].as_str() {
                Some(id) => {
                    if self.git.id(&format!("{id}^{{blob}}")).is_none() {
                        return Reply::error(422, "GitRPC::BadObjectState");
                    }
                    lines.push_str(&format!("{mode} {id}\t{path}\0"));
                }
                None => {
                    if self.git.id(&format!("{base}:{path}")).is_none() {
                        return Reply::error(422, "GitRPC::BadObjectState");
                    }
                    lines.push_str(&format!("0 {}\t{path}\0", "0".repeat(40)));
                }
            }
        }
        // Deletions go first, so that a file may take the place of a directory.
        let mut sorted: Vec<&str> = lines.split_inclusive('\0').collect();
        sorted.sort_by_key(|line| !line.starts_with("0 "));
        let lines = sorted.concat();
        self.git
            .try_run(&["update-index", "-z", "--index-info"], lines.as_bytes())
            .unwrap();
        created(&self.git.line(&["write-tree"]))
    }

    fn new_commit(&self, body: &Value) -> Reply {
        schema::check(body, schema::COMMIT);
        let tree = body["tree"].as_str().unwrap();
        let mut arguments = vec!["commit-tree", tree];
        for parent in body["parents"].as_array().unwrap() {
            arguments.extend(["-p", parent.as_str().unwrap()]);
        }
        let message = body["message"].as_str().unwrap();
        let id = self.git.try_run(&arguments, message.as_bytes()).unwrap();
        created(&String::from_utf8(id).unwrap())
    }

    fn new_ref(&self, body: &Value) -> Reply {
        schema::check(body, schema::NEW_REF);
        let name = body["ref"].as_str().unwrap();
        let branch = name.strip_prefix("refs/heads/").unwrap();
        if self.git.id(name).is_some() {
            return Reply::error(422, "Reference already exists");
        }
        if let Some(refusal) = self.refusal(branch) {
            return refusal;
        }
        let id = body["sha"].as_str().unwrap();
        self.git.run(&["update-ref", name, id]);
        Reply::json(201, &reference(branch, id))
    }

    fn move_ref(&self, branch: &str, body: &Value) -> Reply {
        schema::check(body, schema::MOVED_REF);
        assert_eq!(body["force"], false);
        let name = format!("refs/heads/{branch}");
        let id = body["sha"].as_str().unwrap();
        if self.git.id(&name).is_none() {
            return Reply::error(422, "Reference does not exist");
        }
        if let Some(refusal) = self.refusal(branch) {
            return refusal;
        }
        if self
            .git
            .try_run(&["merge-base", "--is-ancestor", &name, id], b"")
            .is_err()
        {
            return Reply::error(422, "Update is not a fast forward");
        }
        self.git.run(&["update-ref", &name, id]);
        Reply::json(200, &reference(branch, id))
    }

    fn refusal(&self, branch: &str) -> Option<Reply> {
        let protected = self.protected.borrow();
        (protected.as_deref() == Some(branch))
            .then(|| Reply::error(422, "Protected branch update failed for this branch"))
    }

    fn new_pull(&self, body: &Value) -> Reply {
        schema::check(body, schema::PULL);
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (head, base) = (text("head"), text("base"));
        let invalid = |field: &str| {
            Reply::json(
                422,
                &json!({
                    "message": "Validation Failed",
                    "errors": [{"resource": "PullRequest", "field": field, "code": "invalid"}],
                }),
            )
        };
        for (field, branch) in [("head", &head), ("base", &base)] {
            if self.git.id(&format!("refs/heads/{branch}")).is_none() {
                return invalid(field);
            }
        }
        let mut pulls = self.pulls.borrow_mut();
        assert!(
            !pulls
                .iter()
                .any(|pull| pull.state == "open" && pull.head == head)
        );
        pulls.push(Pull {
            head,
            base,
            title: text("title"),
            body: text("body"),
            state: "open",
        });
        Reply::json(201, &self.pull(pulls.len(), pulls.last().unwrap()))
    }

    fn pulls_of(&self, asked: &Asked<'_>) -> Reply {
        let pulls = self.pulls.borrow();
        let head = asked
            .query
            .get("head")
            .map(|head| head.strip_prefix("a:").unwrap());
        let state = asked.query.get("state").map_or("open", String::as_str);
        let listed = pulls.iter().enumerate().filter(|(_, pull)| {
            (state == "all" || pull.state == state) && head.is_none_or(|head| pull.head == head)
        });
        let listed = listed.map(|(at, pull)| self.pull(at + 1, pull));
        Reply::json(200, &listed.collect())
    }

    fn pull(&self, number: usize, pull: &Pull) -> Value {
        let side = |branch: &str| {
            let id = self.git.id(&format!("refs/heads/{branch}"));
            json!({"ref": branch, "sha": id, "repo": {"full_name": NAME}})
        };
        json!({
            "number": number, "title": pull.title, "body": pull.body, "state": pull.state,
            "draft": false, "user": {"login": "me"}, "head": side(&pull.head), "base": side(&pull.base),
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "html_url": format!("https://github.com/a/b/pull/{number}"),
        })
    }
}

fn reference(branch: &str, id: &str) -> Value {
    json!({"ref": format!("refs/heads/{branch}"), "object": {"sha": id, "type": "commit"}})
}

fn created(id: &str) -> Reply {
    Reply::json(
        201,
        &json!({"sha": id.trim(), "url": "https://api.github.com/"}),
    )
}
