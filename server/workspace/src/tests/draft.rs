//! The draft: what the agent sees, what the user sees, and what becomes of it; by example, and after anything that can happen.

use std::collections::BTreeSet;

use common::{
    message::ChangeKind,
    workspace::{DraftChoice, DraftRequest, UndoRequest},
};
use test_support::seeds;

use super::{Files, model::Model, path, random::Run, undo::content};
use crate::{
    Ask, AskError, Choice, Decided, DraftError, Expect, FilePath, Limits, OnConflict, Portion,
    SwitchRequest, Workspace,
};

const SEEDS: u64 = 16;

/// Does something as the agent, in its draft.
fn drafting<T>(files: &mut Files, answer: &str, work: impl FnOnce(&Files) -> T) -> T {
    (files.answer, files.is_draft) = (Some(answer.to_owned()), true);
    let done = work(files);
    (files.answer, files.is_draft) = (None, false);
    done
}

fn lines(changed: &[(usize, &str)]) -> String {
    let line = |n: usize| {
        let other = changed.iter().find(|(at, _)| *at == n);
        other.map_or_else(|| format!("{n}\n"), |(_, text)| format!("{text}\n"))
    };
    (0..40).map(line).collect()
}

/// Files of the user, and a draft that changes, makes, moves and deletes some.
fn drafted() -> Files {
    let mut files = Files::new();
    files.put("edited.txt", &lines(&[]));
    files.put("src/moved.txt", "to move\n");
    files.put("old/deleted.txt", "to delete\n");
    drafting(&mut files, "one", |files| {
        files.put("edited.txt", &lines(&[(3, "three"), (30, "thirty")]));
        files.put("new/made.txt", "made\n");
    });
    drafting(&mut files, "two", |files| {
        let workspace = files.workspace();
        workspace
            .move_(&path("src/moved.txt"), &path("lib/moved.txt"))
            .unwrap();
        workspace.delete(&path("old"), &Expect::Anything).unwrap();
    });
    files
}

const BEFORE: [&str; 5] = [
    "edited.txt",
    "old/",
    "old/deleted.txt",
    "src/",
    "src/moved.txt",
];
const AFTER: [&str; 6] = [
    "edited.txt",
    "lib/",
    "lib/moved.txt",
    "new/",
    "new/made.txt",
    "src/",
];

fn listed(files: &Files) -> Vec<(String, ChangeKind)> {
    let draft = files.workspace().draft_listing(None).unwrap();
    let files = draft.files.into_iter();
    files.map(|file| (file.path, file.kind)).collect()
}

fn whole(at: &str) -> Choice {
    Choice {
        path: path(at),
        version: None,
        portion: Portion::Whole,
    }
}

fn hunks(files: &Files, at: &str, numbers: &[u64]) -> Choice {
    let listing = files.workspace().draft_listing(Some(&path(at))).unwrap();
    Choice {
        path: path(at),
        version: Some(listing.files[0].version.clone()),
        portion: Portion::Hunks(numbers.iter().copied().collect()),
    }
}

fn keep(files: &Files, choices: &[Choice]) -> Result<Decided, DraftError> {
    files
        .workspace()
        .keep_draft(Some(choices), OnConflict::Refuse)
}

/// Nothing of a draft is stored any more.
fn assert_closed(files: &Files) {
    for table in [
        "workspace",
        "entries",
        "changes",
        "base",
        "repository",
        "base_files",
    ] {
        assert_eq!(
            files.rows(&format!("SELECT * FROM draft_{table}")),
            [] as [Vec<_>; 0],
            "{table}: {:?}",
            files.rows("SELECT b.*, e.*, f.* FROM draft_base b LEFT JOIN draft_entries e ON e.path = b.path AND e.until IS NULL LEFT JOIN entries f ON f.path = b.path AND f.until IS NULL")
        );
    }
    let unused = "SELECT hash FROM contents WHERE id NOT IN (SELECT content FROM entries WHERE content IS NOT NULL)";
    assert_eq!(files.rows(unused), [] as [Vec<_>; 0]);
}

#[test]
fn the_agent_sees_its_draft_and_the_user_the_files() {
    let mut files = drafted();
    assert_eq!(files.tree(), BEFORE);
    assert_eq!(drafting(&mut files, "two", Files::tree), AFTER);
    assert_eq!(files.workspace().drafted().unwrap().files, 5);
    assert_eq!(
        listed(&files),
        [
            ("edited.txt".to_owned(), ChangeKind::Changed),
            ("lib/moved.txt".to_owned(), ChangeKind::Made),
            ("new/made.txt".to_owned(), ChangeKind::Made),
            ("old/deleted.txt".to_owned(), ChangeKind::Deleted),
            ("src/moved.txt".to_owned(), ChangeKind::Deleted),
        ]
    );
    // What the user does comes into the draft, except where the draft has something of its own.
    files.put("user.txt", "mine\n");
    files.put("edited.txt", &lines(&[(20, "mine")]));
    drafting(&mut files, "two", |files| {
        assert_eq!(files.text("user.txt").unwrap(), "mine\n");
        assert_eq!(
            files.text("edited.txt").unwrap(),
            lines(&[(3, "three"), (30, "thirty")])
        );
    });
    assert_eq!(listed(&files).len(), 5);
}

#[test]
fn what_is_kept_is_a_change_of_its_answer_that_can_be_undone() {
    let files = drafted();
    files.put("edited.txt", &lines(&[(20, "mine")]));
    let decided = files
        .workspace()
        .keep_draft(None, OnConflict::Refuse)
        .unwrap();
    assert_eq!((decided.left, decided.conflicts), (0, Vec::new()));
    assert_eq!(
        decided.answers,
        BTreeSet::from(["one".to_owned(), "two".to_owned()])
    );
    assert_eq!(files.tree(), AFTER);
    assert_eq!(
        files.text("edited.txt").unwrap(),
        lines(&[(3, "three"), (20, "mine"), (30, "thirty")])
    );
    assert_closed(&files);
    files
        .workspace()
        .undo(&["one"], OnConflict::Refuse)
        .unwrap();
    assert_eq!(files.text("edited.txt").unwrap(), lines(&[(20, "mine")]));
    files
        .workspace()
        .undo(&["two"], OnConflict::Refuse)
        .unwrap();
    assert_eq!(files.tree(), BEFORE);
}

#[test]
fn what_is_dropped_was_never_there() {
    let mut files = drafted();
    let before = content(&files);
    files.workspace().drop_draft(None).unwrap();
    assert_eq!(content(&files), before);
    assert_closed(&files);
    assert_eq!(files.workspace().drop_draft(None), Err(DraftError::NoDraft));
    // By file: what belongs together goes together.
    let again = drafted();
    again
        .workspace()
        .drop_draft(Some(&[whole("new/made.txt"), whole("old/deleted.txt")]))
        .unwrap();
    files = again;
    assert_eq!(
        drafting(&mut files, "two", Files::tree),
        [
            "edited.txt",
            "lib/",
            "lib/moved.txt",
            "old/",
            "old/deleted.txt",
            "src/"
        ]
    );
    assert_eq!(listed(&files).len(), 3);
    assert_eq!(content(&files), before);
}

#[test]
fn a_file_is_decided_about_by_hunk() {
    let mut files = drafted();
    let kept = keep(&files, &[hunks(&files, "edited.txt", &[2])]).unwrap();
    assert_eq!(kept.left, 5);
    assert_eq!(files.text("edited.txt").unwrap(), lines(&[(30, "thirty")]));
    let rest = files
        .workspace()
        .draft_listing(Some(&path("edited.txt")))
        .unwrap();
    let [rest] = rest.files.as_slice() else {
        panic!("{rest:?}")
    };
    assert_eq!(rest.hunks.len(), 1);
    assert!(rest.hunks[0].diff.contains("+three"));
    // The agent goes on, and the user decides about something else than what is there.
    let seen = hunks(&files, "edited.txt", &[1]);
    drafting(&mut files, "two", |files| {
        files.put(
            "edited.txt",
            &lines(&[(3, "three!"), (20, "twenty"), (30, "thirty")]),
        );
    });
    assert_eq!(
        keep(&files, std::slice::from_ref(&seen)),
        Err(DraftError::Stale(path("edited.txt")))
    );
    let dropped = hunks(&files, "edited.txt", &[1]);
    files.workspace().drop_draft(Some(&[dropped])).unwrap();
    assert_eq!(files.text("edited.txt").unwrap(), lines(&[(30, "thirty")]));
    assert_eq!(
        drafting(&mut files, "two", |files| files.text("edited.txt").unwrap()),
        lines(&[(20, "twenty"), (30, "thirty")])
    );
    let missing = hunks(&files, "edited.txt", &[7]);
    assert_eq!(
        keep(&files, &[missing]),
        Err(DraftError::NoSuchHunk(path("edited.txt")))
    );
    keep(&files, &[hunks(&files, "edited.txt", &[1])]).unwrap();
    assert!(!listed(&files).iter().any(|(path, _)| path == "edited.txt"));
    assert_eq!(
        keep(&files, &[whole("edited.txt")]),
        Err(DraftError::NotDrafted(path("edited.txt")))
    );
}

#[test]
fn where_the_user_changed_the_same_lines_the_user_chooses() {
    let mine = lines(&[(3, "mine")]);
    for (policy, text, conflicts) in [
        (OnConflict::Keep, mine.clone(), 1),
        (
            OnConflict::Replace,
            lines(&[(3, "three"), (30, "thirty")]),
            0,
        ),
    ] {
        let files = drafted();
        files.put("edited.txt", &mine);
        let listing = files.workspace().draft_listing(None).unwrap();
        assert!(listing.files[0].is_conflicting);
        let refused = files.workspace().keep_draft(None, OnConflict::Refuse);
        assert_eq!(refused, Err(DraftError::Conflict(vec![path("edited.txt")])));
        assert_eq!(listed(&files).len(), 5);
        assert_eq!(files.text("edited.txt").unwrap(), mine);
        let decided = files.workspace().keep_draft(None, policy).unwrap();
        assert_eq!(decided.conflicts.len(), conflicts);
        assert_eq!(files.text("edited.txt").unwrap(), text);
        assert_closed(&files);
    }
}

#[test]
fn an_answer_is_undone_in_its_draft_and_a_branch_takes_its_draft_along() {
    let mut files = drafted();
    let request = |answers: &[&str]| UndoRequest {
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        on_conflict: None,
        is_check: false,
        is_leaving: false,
    };
    let undone = files
        .workspace()
        .ask(&Ask::Undo(request(&["two"])))
        .unwrap();
    assert_eq!(undone.turned.len(), 1);
    assert_eq!(
        drafting(&mut files, "two", Files::tree),
        [
            "edited.txt",
            "new/",
            "new/made.txt",
            "old/",
            "old/deleted.txt",
            "src/",
            "src/moved.txt"
        ]
    );
    let reported = files.workspace().turned_back(0, |_| true).unwrap().unwrap();
    assert!(
        reported.undone.contains(&path("lib/moved.txt")),
        "{reported:?}"
    );
    assert_eq!(listed(&files).len(), 2);
    let again = drafted();
    let switch = |left: &[&str], entered: &[&str]| {
        let texts = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        again
            .workspace()
            .ask(&Ask::Switch(SwitchRequest {
                left: texts(left),
                entered: texts(entered),
                on_conflict: None,
            }))
            .unwrap()
    };
    keep(&again, &[whole("new/made.txt")]).unwrap();
    assert_eq!(switch(&["one"], &[]).turned.len(), 1);
    assert!(again.text("new/made.txt").is_err());
    assert!(!listed(&again).iter().any(|(path, _)| path == "edited.txt"));
    switch(&[], &["one"]);
    assert_eq!(again.text("new/made.txt").unwrap(), "made\n");
    assert!(listed(&again).iter().any(|(path, _)| path == "edited.txt"));
}

#[test]
fn the_model_is_told_what_became_of_its_draft() {
    let files = drafted();
    keep(&files, &[whole("edited.txt")]).unwrap();
    let first = files.workspace().turned_back(0, |_| true).unwrap().unwrap();
    assert_eq!(
        (&first.kept, &first.dropped),
        (&vec![path("edited.txt")], &vec![])
    );
    files.workspace().drop_draft(None).unwrap();
    let then = files.workspace().turned_back(first.until, |_| true);
    let then = then.unwrap().unwrap();
    assert!(then.kept.is_empty() && then.dropped.contains(&path("new/made.txt")));
    assert_eq!(
        files.workspace().turned_back(then.until, |_| true),
        Ok(None)
    );
}

#[test]
fn a_request_names_what_it_is_about() {
    let files = drafted();
    for (request, is_unreadable) in [
        (DraftRequest::default(), true),
        (
            DraftRequest {
                files: vec![DraftChoice {
                    path: "edited.txt".to_owned(),
                    ..DraftChoice::default()
                }],
                is_all: true,
                on_conflict: None,
            },
            true,
        ),
        (
            DraftRequest {
                files: vec![DraftChoice {
                    path: "other.txt".to_owned(),
                    ..DraftChoice::default()
                }],
                ..DraftRequest::default()
            },
            false,
        ),
    ] {
        let refused = files.workspace().ask(&Ask::KeepDraft(request.clone()));
        let error = refused.unwrap_err();
        assert_eq!(
            matches!(error, AskError::Unreadable(_)),
            is_unreadable,
            "{request:?}"
        );
        assert_eq!(
            matches!(error, AskError::Refused(_)),
            !is_unreadable,
            "{request:?}"
        );
        assert_eq!(listed(&files).len(), 5);
    }
}

/// Whoever changes what, whatever is kept, dropped, undone or redone, and whichever history is forgotten: the tables fit
/// together, the draft changes nothing that the user sees, what is kept of an undisturbed draft is the draft, and every state
/// of the files there ever was can be found again.
#[test]
fn a_draft_loses_nothing() {
    for seed in seeds(SEEDS) {
        let mut run = Run::new(seed, Limits::DEFAULT);
        let mut outside = Drafts::default();
        for _ in 0..30 {
            match run.random.u8(0..8) {
                0 | 1 => {
                    run.files.answer = None;
                    for _ in 0..run.random.usize(0..5) {
                        run.step();
                    }
                }
                2..=4 => outside.draft(&mut run),
                5 => decide(&mut run),
                6 => undo_somewhere(&mut run),
                _ => keep_undisturbed(&mut run),
            }
            run.check();
        }
        run.check_history();
        drop_all(&run);
        assert_eq!(content(&run.files), run.model, "seed {seed}");
    }
}

/// What a run knows of the files while it is in the draft.
#[derive(Default)]
struct Drafts {
    past: std::collections::BTreeMap<u64, Model>,
}

impl Drafts {
    /// The agent changes something in its draft: it does what its model does, and the user sees nothing of it.
    fn draft(&mut self, run: &mut Run) {
        let answer = run.random.u8(0..4).to_string();
        let before = run.model.clone();
        self.past = std::mem::take(&mut run.past);
        drafting(&mut run.files, &answer, |_| {});
        (run.files.answer, run.files.is_draft) = (Some(answer), true);
        run.model = content(&run.files);
        for _ in 0..run.random.usize(1..6) {
            run.step();
        }
        run.check();
        (run.files.answer, run.files.is_draft) = (None, false);
        run.model = before;
        run.past = std::mem::take(&mut self.past);
        assert_eq!(content(&run.files), run.model, "seed {}", run.seed);
    }
}

fn seen(run: &mut Run) {
    run.model = content(&run.files);
    let change = run.files.workspace().usage().unwrap().change;
    run.past.insert(change, run.model.clone());
}

/// The user decides about some files or hunks.
fn decide(run: &mut Run) {
    let listing = run.files.workspace().draft_listing(None).unwrap();
    let mut choices = Vec::new();
    for file in listing.files {
        if run.random.bool() {
            continue;
        }
        let is_partly = file.hunks.len() > 1 && run.random.bool();
        choices.push(Choice {
            path: path(&file.path),
            version: Some(file.version),
            portion: if is_partly {
                Portion::Hunks(BTreeSet::from([1]))
            } else {
                Portion::Whole
            },
        });
    }
    let policy = *run
        .random
        .choice(&[OnConflict::Refuse, OnConflict::Keep, OnConflict::Replace])
        .unwrap();
    let before = run.model.clone();
    let workspace = run.files.workspace();
    if run.random.bool() {
        if workspace.keep_draft(Some(&choices), policy).is_err() {
            assert_eq!(content(&run.files), before, "seed {}", run.seed);
        }
    } else {
        let dropped = workspace.drop_draft(Some(&choices));
        assert!(
            matches!(
                dropped,
                Ok(_) | Err(DraftError::NoDraft | DraftError::NoSuchHunk(_))
            ),
            "seed {}: {dropped:?}",
            run.seed
        );
        assert_eq!(content(&run.files), before, "seed {}", run.seed);
    }
    seen(run);
}

fn undo_somewhere(run: &mut Run) {
    let request = UndoRequest {
        answers: vec![run.random.u8(0..4).to_string()],
        on_conflict: None,
        is_check: false,
        is_leaving: run.random.bool(),
    };
    let workspace = run.files.workspace();
    let asked = if run.random.bool() {
        workspace.ask(&Ask::Undo(request))
    } else {
        workspace.ask(&Ask::Redo(request))
    };
    if asked.is_err() {
        assert_eq!(content(&run.files), run.model, "seed {}", run.seed);
    }
    seen(run);
}

fn drop_all(run: &Run) {
    let dropped = run.files.workspace().drop_draft(None);
    assert!(
        matches!(
            dropped,
            Ok(Decided { left: 0, .. }) | Err(DraftError::NoDraft)
        ),
        "seed {}: {dropped:?}",
        run.seed
    );
    assert_closed(&run.files);
}

/// The user decides for the files, then the agent drafts, and all of that is kept.
fn keep_undisturbed(run: &mut Run) {
    drop_all(run);
    Drafts::default().draft(run);
    run.files.is_draft = true;
    let wanted = content(&run.files);
    run.files.is_draft = false;
    let kept = run.files.workspace().keep_draft(None, OnConflict::Refuse);
    assert!(
        matches!(kept, Ok(_) | Err(DraftError::NoDraft)),
        "seed {}: {kept:?}",
        run.seed
    );
    assert_eq!(content(&run.files), wanted, "seed {}", run.seed);
    assert_closed(&run.files);
    seen(run);
}

/// A draft of many files is begun, listed and kept in a time that a request may take.
#[test]
fn a_draft_of_many_files_is_kept() {
    let mut files = Files::new();
    for n in 0..300 {
        files.put(&format!("{}/{n}.txt", n % 10), &format!("{n}\n"));
    }
    drafting(&mut files, "one", |files| {
        for n in 0..300 {
            files.put(&format!("{}/{n}.txt", n % 10), &format!("{n}!\n"));
        }
    });
    let workspace: Workspace<'_> = files.workspace();
    assert_eq!(workspace.drafted().unwrap().files, 300);
    workspace.keep_draft(None, OnConflict::Refuse).unwrap();
    assert_eq!(files.text("7/297.txt").unwrap(), "297!\n");
    assert!(FilePath::parse("7/297.txt").is_ok());
}
