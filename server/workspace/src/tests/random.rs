//! Random operations on a workspace and on its model: the same results, the same files, and nothing lost.

use std::collections::BTreeMap;

use fastrand::Rng;
use test_support::seeds;

use super::{
    Files,
    archives::{export, import},
    model::{Model, Refusal},
    patch::patched,
    path,
    zip_file::{archive, entry},
};
use crate::{
    CaseTwins, Edit, Expect, FilePath, Find, Hash, Limits, Occurrences, What, WorkspaceError,
};

const SEEDS: u64 = 24;
const OPERATIONS: usize = 150;
const NAMES: &[&str] = &["a", "b", "A", "ä", "a.b", "a-", "日本"];

#[test]
fn a_workspace_does_what_its_model_does() {
    for seed in seeds(SEEDS) {
        let mut run = Run::new(seed, Limits::DEFAULT);
        for step in 0..OPERATIONS {
            run.step();
            if step % 10 == 0 {
                run.check();
            }
        }
        run.check();
        run.check_history();
    }
}

/// The oldest versions are deleted first; present files never are.
#[test]
fn forgetting_the_past_leaves_the_present() {
    for seed in seeds(SEEDS / 2) {
        let limits = Limits {
            stored: 2_000,
            ..Limits::DEFAULT
        };
        let mut run = Run::new(seed, limits);
        for step in 0..OPERATIONS {
            run.step();
            if step % 5 == 0 {
                run.check();
            }
        }
    }
}

/// An operation that would exceed a limit changes nothing.
#[test]
fn a_workspace_is_never_larger_than_it_may_be() {
    for seed in seeds(SEEDS / 2) {
        let limits = Limits {
            file_bytes: 90,
            bytes: 300,
            files: 8,
            directories: 6,
            ..Limits::DEFAULT
        };
        let mut run = Run::new(seed, limits);
        for step in 0..OPERATIONS {
            run.step();
            if step % 5 == 0 {
                run.check();
            }
        }
        run.check_history();
    }
}

pub(super) struct Run {
    pub(super) seed: u64,
    pub(super) random: Rng,
    pub(super) files: Files,
    pub(super) model: Model,
    /// The model after every change, by the number of the change.
    pub(super) past: BTreeMap<u64, Model>,
}

impl Run {
    pub(super) fn new(seed: u64, limits: Limits) -> Self {
        let mut files = Files::new();
        files.limits = limits;
        Self {
            seed,
            random: Rng::with_seed(seed),
            files,
            model: Model::default(),
            past: BTreeMap::from([(0, Model::default())]),
        }
    }

    fn some_path(&mut self) -> String {
        let depth = self.random.usize(0..4);
        let names: Vec<&str> = (0..depth)
            .map(|_| *self.random.choice(NAMES).unwrap())
            .collect();
        names.join("/")
    }

    fn content(&mut self) -> Vec<u8> {
        match self.random.u8(0..5) {
            0 => b"the same\n".to_vec(),
            1 => vec![0, 255, self.random.u8(..)],
            2 => (0..self.random.u8(0..9))
                .map(|n| format!("{n} é {}", if n == 8 { "" } else { "\n" }))
                .collect::<String>()
                .into_bytes(),
            _ => format!("text {}\n", self.random.u32(..))
                .repeat(self.random.usize(0..12))
                .into_bytes(),
        }
    }

    pub(super) fn step(&mut self) {
        let (one, two, bytes) = (self.some_path(), self.some_path(), self.content());
        let (from, to) = (path(&one), path(&two));
        let before = self.model.clone();
        let chosen = self.random.u8(0..13);
        let workspace = self.files.workspace();
        let mut twins = None;
        let (done, expected) = match chosen {
            0..=2 => (
                workspace
                    .write(&from, &bytes, &Expect::Anything)
                    .map(|written| twins = Some(written.twins)),
                self.model.write(&one, &bytes),
            ),
            3 => (
                workspace
                    .make_directory(&from)
                    .map(|made| twins = Some(made)),
                self.model.make_directory(&one),
            ),
            4 => (
                workspace.move_(&from, &to).map(drop),
                self.model.rename(&one, &two),
            ),
            5 => (
                workspace.copy(&from, &to).map(drop),
                self.model.copy(&one, &two),
            ),
            6 => (
                workspace.delete(&from, &Expect::Anything).map(drop),
                self.model.delete(&one),
            ),
            7 => (
                workspace.read_bytes(&from, 0..u64::MAX).map(drop),
                self.model.read(&one).map(drop),
            ),
            8..=11 => self.edit(),
            _ => self.import(),
        };
        let expected = expected.and_then(|()| {
            let fits = self.model.is_within(self.files.limits);
            fits.then_some(()).ok_or(Refusal::Full)
        });
        if expected.is_err() {
            self.model = before.clone();
        }
        let (refusal, expected) = (done.as_ref().err().map(refusal_of), expected.err());
        // An operation that is too large may be refused before another problem is noticed.
        let is_too_large =
            refusal == Some(Refusal::Full) && bytes.len() as u64 > self.files.limits.file_bytes;
        assert!(
            refusal == expected || (is_too_large && expected.is_some()),
            "seed {}: {chosen} {one} {two} {done:?} {expected:?}",
            self.seed
        );
        if let Some(twins) = twins {
            self.check_twins(&twins, &before);
        }
        let change = self.files.workspace().usage().unwrap().change;
        match self.past.get(&change) {
            Some(before) => assert_eq!(
                *before, self.model,
                "seed {}: a change without a number",
                self.seed
            ),
            None => drop(self.past.insert(change, self.model.clone())),
        }
    }

    /// Edits one to three places of a file that was read, sometimes an earlier version.
    fn edit(&mut self) -> (Result<(), WorkspaceError>, Result<(), Refusal>) {
        let files: Vec<String> = self.model.0.keys().cloned().collect();
        let at = match self.random.choice(files) {
            Some(at) if self.random.u8(0..20) > 0 => at,
            _ => self.some_path(),
        };
        let read = match self.model.read(&at) {
            Ok(bytes) if self.random.u8(0..20) > 0 => bytes.to_vec(),
            _ => b"another\n".to_vec(),
        };
        let old = String::from_utf8_lossy(&read).into_owned();
        let edits: Vec<Edit> = (0..self.random.usize(1..4))
            .map(|_| self.edit_of(&old))
            .collect();
        let workspace = self.files.workspace();
        let done = workspace
            .edit(&path(&at), &Hash::of(&read), &edits)
            .map(|edited| {
                let new = self.files.text(&at).unwrap();
                assert_eq!(patched(&old, &edited.diff.text), new, "seed {}", self.seed);
                assert_eq!(edited.hash, Hash::of(new.as_bytes()));
            });
        (done, self.model.edit(&at, &read, &edits))
    }

    fn edit_of(&mut self, text: &str) -> Edit {
        let bounds: Vec<usize> = (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .collect();
        let from = self.random.usize(0..bounds.len());
        let to = (from + self.random.usize(0..9)).min(bounds.len() - 1);
        let new = ["", "x", "two\nlines\n", "é", "1"];
        Edit {
            old: text[bounds[from]..bounds[to]].to_owned(),
            new: (*self.random.choice(&new).unwrap()).to_owned(),
            occurrences: if self.random.bool() {
                Occurrences::All
            } else {
                Occurrences::One
            },
        }
    }

    /// Imports an archive of a few entries.
    fn import(&mut self) -> (Result<(), WorkspaceError>, Result<(), Refusal>) {
        let entries: Vec<(String, Option<Vec<u8>>)> = (0..self.random.usize(0..5))
            .map(|_| {
                let content = self.content();
                (
                    self.some_path(),
                    (self.random.u8(0..4) > 0).then_some(content),
                )
            })
            .filter(|(path, _)| !path.is_empty())
            .collect();
        let listed: Vec<_> = entries
            .iter()
            .map(|(path, content)| match content {
                Some(content) => entry(path, content),
                None => entry(&format!("{path}/"), b""),
            })
            .collect();
        let done = import(&self.files, &archive(&listed)).map(drop);
        (done, self.model.import(&entries, self.files.limits))
    }

    /// Checks that exactly the new paths that differ from an existing one by case are reported.
    fn check_twins(&self, twins: &[CaseTwins], before: &Model) {
        let mut made: Vec<String> = twins.iter().map(|twins| twins.made.to_string()).collect();
        made.sort();
        assert_eq!(made, self.model.new_twins(before), "seed {}", self.seed);
        for CaseTwins { made, other } in twins {
            assert_eq!(made.folded(), other.folded());
            assert!(made != other && self.model.0.contains_key(other.as_str()));
        }
    }

    pub(super) fn check(&self) {
        let workspace = self.files.workspace();
        let (mut files, mut bytes) = (0, 0);
        for (at, content) in &self.model.0 {
            let stat = workspace.stat(&path(at)).unwrap();
            match (content, stat.what) {
                (None, What::Directory) => {}
                (Some(content), What::File(file)) => {
                    assert_eq!(
                        workspace.read_bytes(&path(at), 0..u64::MAX).unwrap(),
                        *content
                    );
                    assert_eq!(
                        (file.size, file.hash),
                        (content.len() as u64, Hash::of(content))
                    );
                    files += 1;
                    bytes += content.len() as u64;
                }
                (content, what) => {
                    panic!("seed {}: {at} is {what:?} and not {content:?}", self.seed)
                }
            }
        }
        let mut expected: Vec<String> = self
            .model
            .0
            .iter()
            .map(|(path, content)| format!("{path}{}", if content.is_none() { "/" } else { "" }))
            .collect();
        expected.sort();
        assert_eq!(self.files.tree(), expected, "seed {}", self.seed);
        let usage = workspace.usage().unwrap();
        let directories = self.model.0.len() as u64 - files;
        assert_eq!(
            (usage.files, usage.directories, usage.bytes),
            (files, directories, bytes),
            "seed {}",
            self.seed
        );
        let contents = self.files.rows("SELECT size FROM contents");
        let stored: i64 = contents.iter().map(|row| row[0].as_integer()).sum();
        assert_eq!(stored.cast_unsigned(), usage.stored);
        let all = Find {
            glob: "**".to_owned(),
            under: FilePath::root(),
            limit: usize::MAX,
            after: None,
            ignored: crate::Ignored::LeftOut,
        };
        assert_eq!(workspace.find(&all).unwrap().files.len() as u64, files);
        self.check_rows();
    }

    /// Checks the invariants of the tables.
    fn check_rows(&self) {
        for (what, statement) in [
            (
                "an entry without its content",
                "SELECT * FROM entries WHERE content IS NOT NULL AND content NOT IN (SELECT id FROM contents)",
            ),
            (
                "a content without an entry",
                "SELECT * FROM contents WHERE id NOT IN (
                    SELECT content FROM entries WHERE content IS NOT NULL
                    UNION SELECT content FROM draft_entries WHERE content IS NOT NULL
                    UNION SELECT content FROM draft_base WHERE content IS NOT NULL)",
            ),
            (
                "an entry of the draft without its content",
                "SELECT * FROM draft_entries WHERE content IS NOT NULL AND content NOT IN (SELECT id FROM contents)",
            ),
            (
                "an entry of the draft without its directory",
                "SELECT * FROM draft_entries e WHERE until IS NULL AND parent <> '' AND NOT EXISTS (SELECT 1 FROM draft_entries p WHERE p.until IS NULL AND p.content IS NULL AND p.path = e.parent)",
            ),
            (
                "a draft without its number",
                "SELECT * FROM draft_entries WHERE NOT EXISTS (SELECT 1 FROM draft_workspace)",
            ),
            (
                "an entry without its directory",
                "SELECT * FROM entries e WHERE until IS NULL AND parent <> '' AND NOT EXISTS (SELECT 1 FROM entries p WHERE p.until IS NULL AND p.content IS NULL AND p.path = e.parent)",
            ),
        ] {
            assert_eq!(
                self.files.rows(statement),
                [] as [Vec<_>; 0],
                "seed {}: {what}",
                self.seed
            );
        }
        let rows = self.files.rows("SELECT path, parent, folded FROM entries");
        for row in rows {
            let [at, parent, folded] = [0, 1, 2].map(|column| row[column].clone().into_text());
            let at = path(&at);
            assert_eq!(
                (
                    at.parent()
                        .unwrap_or_default()
                        .to_string()
                        .trim_matches('/'),
                    at.folded()
                ),
                (parent.as_str(), folded)
            );
        }
    }

    /// Checks that an exported archive can be imported again.
    fn check_archive(&self) {
        let other = Files::new();
        import(&other, &export(&self.files)).unwrap();
        assert_eq!(other.tree(), self.files.tree(), "seed {}", self.seed);
        for (at, content) in &self.model.0 {
            if let Some(content) = content {
                let there = other
                    .workspace()
                    .read_bytes(&path(at), 0..u64::MAX)
                    .unwrap();
                assert_eq!(there, *content, "seed {}: {at}", self.seed);
            }
        }
    }

    /// Checks that every earlier state can be reconstructed.
    pub(super) fn check_history(&self) {
        self.check_archive();
        for (change, model) in &self.past {
            let rows = self.files.rows(&format!(
                "SELECT e.path, c.hash FROM entries e LEFT JOIN contents c ON c.id = e.content
                 WHERE e.since <= {change} AND (e.until IS NULL OR e.until > {change}) ORDER BY e.path"
            ));
            let found: Vec<(String, String)> = rows
                .into_iter()
                .map(|row| (row[0].clone().into_text(), row[1].clone().into_text()))
                .collect();
            let expected: Vec<(String, String)> = model
                .0
                .iter()
                .map(|(path, content)| {
                    (
                        path.clone(),
                        content
                            .as_ref()
                            .map_or(String::new(), |bytes| Hash::of(bytes).to_string()),
                    )
                })
                .collect();
            assert_eq!(found, expected, "seed {}: change {change}", self.seed);
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the model refuses for no other reason"
)]
fn refusal_of(error: &WorkspaceError) -> Refusal {
    match error {
        WorkspaceError::NotFound { .. } => Refusal::NotFound,
        WorkspaceError::IsDirectory { .. } => Refusal::IsDirectory,
        WorkspaceError::NotDirectory { .. } => Refusal::NotDirectory,
        WorkspaceError::Exists { .. } => Refusal::Exists,
        WorkspaceError::IntoItself { .. } => Refusal::IntoItself,
        WorkspaceError::Root => Refusal::Root,
        WorkspaceError::Changed(_) => Refusal::Changed,
        WorkspaceError::Binary { .. } => Refusal::Binary,
        WorkspaceError::Edit(_) => Refusal::Edit,
        WorkspaceError::TooLarge { .. } | WorkspaceError::Full { .. } => Refusal::Full,
        other => panic!("{other}"),
    }
}
