//! A real git repository, driven with stock git.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// A repository with a work tree in a folder of its own, which is deleted with it.
#[derive(Debug)]
pub(in super::super) struct Git {
    folder: PathBuf,
}

impl Drop for Git {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Git {
    pub(in super::super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("coder-github-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let git = Self { folder };
        git.run(&["init", "--quiet", "--initial-branch=main"]);
        git
    }

    /// Runs git; its output.
    #[track_caller]
    pub(in super::super) fn run(&self, arguments: &[&str]) -> Vec<u8> {
        self.try_run(arguments, b"")
            .unwrap_or_else(|error| panic!("git {arguments:?}: {error}"))
    }

    /// The same with an input; the error is what git says.
    pub(in super::super) fn try_run(
        &self,
        arguments: &[&str],
        input: &[u8],
    ) -> Result<Vec<u8>, String> {
        let mut child = Command::new("git")
            .args(["-c", "core.autocrlf=false", "-c", "core.quotepath=false"])
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_INDEX_FILE", self.index(arguments))
            .env_remove("GIT_DIR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Trees are made in an index of their own.
    fn index(&self, arguments: &[&str]) -> PathBuf {
        let is_of_tree = ["read-tree", "update-index", "write-tree"]
            .iter()
            .any(|command| arguments.first() == Some(command));
        let name = if is_of_tree { "made-index" } else { "index" };
        self.folder.join(".git").join(name)
    }

    /// Runs git; its output as one line.
    #[track_caller]
    pub(in super::super) fn line(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.run(arguments))
            .unwrap()
            .trim()
            .to_owned()
    }

    /// The id that a name has; `None`: there is none.
    pub(in super::super) fn id(&self, name: &str) -> Option<String> {
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
        let found = self.try_run(&arguments, b"").ok()?;
        Some(String::from_utf8(found).unwrap().trim().to_owned())
    }

    /// Writes a file of the work tree.
    pub(in super::super) fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(in super::super) fn delete(&self, path: &str) {
        std::fs::remove_file(self.folder.join(path)).unwrap();
    }

    pub(in super::super) fn remove_directory(&self, path: &str) {
        std::fs::remove_dir_all(self.folder.join(path)).unwrap();
    }

    /// Makes a file executable.
    pub(in super::super) fn make_executable(&self, path: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.folder.join(path), permissions).unwrap();
    }

    pub(in super::super) fn link(&self, path: &str, target: &str) {
        std::os::unix::fs::symlink(target, self.folder.join(path)).unwrap();
    }

    /// Commits the work tree.
    #[track_caller]
    pub(in super::super) fn commit(&self, message: &str) -> String {
        self.run(&["add", "--all"]);
        self.run(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.line(&["rev-parse", "HEAD"])
    }

    /// The files of a commit: mode, path and bytes, as stock git checks them out.
    pub(in super::super) fn files(&self, commit: &str) -> Vec<(String, String, Vec<u8>)> {
        let listed = self.run(&["ls-tree", "-r", "-z", commit]);
        let listed = String::from_utf8(listed).unwrap();
        let entries = listed.split('\0').filter(|entry| !entry.is_empty());
        entries
            .map(|entry| {
                let (facts, path) = entry.split_once('\t').unwrap();
                let mut facts = facts.split(' ');
                let mode = facts.next().unwrap().to_owned();
                let bytes = match facts.next().unwrap() {
                    "blob" => self.run(&["cat-file", "blob", &format!("{commit}:{path}")]),
                    _ => Vec::new(),
                };
                (mode, path.to_owned(), bytes)
            })
            .collect()
    }
}
