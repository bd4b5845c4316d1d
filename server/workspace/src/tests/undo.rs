//! Undo and redo: by example, and after anything that can happen.

use std::collections::{BTreeMap, BTreeSet};

use test_support::seeds;

use super::{Files, model::Model, path, random::Run};
use crate::{
    ChangeOrigin, Expect, FilePath, Limits, OnConflict, UndoError, UndoState, Undone, What,
    WorkspaceError,
};

const SEEDS: u64 = 12;

fn undo(files: &Files, answer: &str) -> Result<Undone, UndoError> {
    files.workspace().undo(&[answer], OnConflict::Refuse)
}

fn redo(files: &Files, answer: &str) -> Result<Undone, UndoError> {
    files.workspace().redo(answer, OnConflict::Refuse)
}

/// Does something as the agent, in this answer.
fn in_answer(files: &mut Files, answer: &str, work: impl FnOnce(&Files)) {
    files.answer = Some(answer.to_owned());
    work(files);
    files.answer = None;
}

/// Files that the user made, and an answer that edits one, makes one, moves one and deletes one.
fn changed() -> Files {
    let mut files = Files::new();
    files.put("edited.txt", "1\n2\n3\n4\n5\n");
    files.put("src/moved.txt", "to move\n");
    files.put("old/deleted.txt", "to delete\n");
    in_answer(&mut files, "answer", |files| {
        files.put("edited.txt", "1\n2\n3\n4\nFIVE\n");
        files.put("new/made.txt", "made\n");
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

#[test]
fn changes_of_an_answer_are_undone_and_redone() {
    let files = changed();
    assert_eq!(files.tree(), AFTER);
    assert_eq!(
        files.workspace().undo_state("answer").unwrap(),
        UndoState::Done
    );
    for _ in 0..2 {
        let undone = undo(&files, "answer").unwrap();
        assert_eq!(
            (undone.answers, undone.kept),
            (vec!["answer".to_owned()], vec![])
        );
        assert_eq!(files.tree(), BEFORE);
        assert_eq!(files.text("edited.txt").unwrap(), "1\n2\n3\n4\n5\n");
        assert_eq!(
            files.workspace().undo_state("answer").unwrap(),
            UndoState::Undone
        );
        assert_eq!(undo(&files, "answer"), Err(UndoError::NothingToUndo));
        redo(&files, "answer").unwrap();
        assert_eq!(files.tree(), AFTER);
        assert_eq!(files.text("edited.txt").unwrap(), "1\n2\n3\n4\nFIVE\n");
        assert_eq!(redo(&files, "answer"), Err(UndoError::NothingToRedo));
    }
}

#[test]
fn later_changes_of_the_user_survive_an_undo_and_a_redo() {
    let files = changed();
    files.put("edited.txt", "ONE\n2\n3\n4\nFIVE\n");
    files.put("new/mine.txt", "mine\n");
    undo(&files, "answer").unwrap();
    assert_eq!(files.text("edited.txt").unwrap(), "ONE\n2\n3\n4\n5\n");
    assert_eq!(files.text("new/mine.txt").unwrap(), "mine\n");
    assert!(files.text("new/made.txt").is_err());
    redo(&files, "answer").unwrap();
    assert_eq!(files.text("edited.txt").unwrap(), "ONE\n2\n3\n4\nFIVE\n");
    assert_eq!(files.text("new/mine.txt").unwrap(), "mine\n");
    assert_eq!(files.text("new/made.txt").unwrap(), "made\n");
}

#[test]
fn changes_between_those_of_an_answer_survive_its_undo() {
    let mut files = Files::new();
    files.put("a.txt", "1\n2\n3\n4\n5\n6\n7\n");
    in_answer(&mut files, "answer", |files| {
        drop(files.put("a.txt", "ONE\n2\n3\n4\n5\n6\n7\n"))
    });
    files.put("a.txt", "ONE\n2\n3\nFOUR\n5\n6\n7\n");
    in_answer(&mut files, "answer", |files| {
        drop(files.put("a.txt", "ONE\n2\n3\nFOUR\n5\n6\nSEVEN\n"));
    });
    undo(&files, "answer").unwrap();
    assert_eq!(files.text("a.txt").unwrap(), "1\n2\n3\nFOUR\n5\n6\n7\n");
}

/// The four ways in which one place can be changed on both sides.
#[test]
fn where_both_changed_the_same_nothing_is_done_until_it_is_said_who_wins() {
    type Work = fn(&Files);
    let ways: [(&str, Work, &str); 4] = [
        (
            "edited.txt",
            |files| drop(files.put("edited.txt", "1\n2\n3\n4\nfünf\n")),
            "5\n",
        ),
        (
            "new/made.txt",
            |files| drop(files.put("new/made.txt", "mine\n")),
            "",
        ),
        (
            "old/deleted.txt",
            |files| drop(files.put("old/deleted.txt", "mine\n")),
            "to delete\n",
        ),
        (
            "edited.txt",
            |files| {
                let workspace = files.workspace();
                workspace
                    .delete(&path("edited.txt"), &Expect::Anything)
                    .unwrap();
                workspace.make_directory(&path("edited.txt")).unwrap();
                files.put("edited.txt/mine", "mine\n");
            },
            "mine",
        ),
    ];
    for (place, work, restored) in ways {
        let files = changed();
        work(&files);
        let before = (files.tree(), files.workspace().usage().unwrap());
        assert_eq!(
            undo(&files, "answer"),
            Err(UndoError::Conflict(vec![path(place)]))
        );
        assert_eq!(
            (files.tree(), files.workspace().usage().unwrap()),
            before,
            "{place}"
        );
        let mine = files.text(place).ok();

        let kept = files
            .workspace()
            .undo(&["answer"], OnConflict::Keep)
            .unwrap();
        assert_eq!(kept.kept, [path(place)]);
        assert_eq!(files.text(place).ok(), mine);
        assert!(files.text("src/moved.txt").is_ok());

        let files = changed();
        work(&files);
        let replaced = files
            .workspace()
            .undo(&["answer"], OnConflict::Replace)
            .unwrap();
        match restored {
            // Another file is in the way, and nothing is deleted for an undo that it did not make.
            "mine" => assert_eq!(replaced.kept, [path(place)]),
            "" => assert!(files.text(place).is_err()),
            text => assert!(files.text(place).unwrap().ends_with(text)),
        }
    }
}

#[test]
fn several_answers_are_undone_together_or_not_at_all() {
    let mut files = Files::new();
    for answer in ["1", "2", "3"] {
        in_answer(&mut files, answer, |files| {
            drop(files.put("a.txt", &format!("{answer}\n")))
        });
    }
    let undone = files
        .workspace()
        .undo(&["2", "3", "unknown"], OnConflict::Refuse)
        .unwrap();
    assert_eq!(undone.answers, ["3", "2"]);
    assert_eq!(files.text("a.txt").unwrap(), "1\n");
    redo(&files, "2").unwrap();
    assert_eq!(files.text("a.txt").unwrap(), "2\n");
    files.put("a.txt", "mine\n");
    in_answer(&mut files, "4", |files| drop(files.put("b.txt", "b\n")));
    let refused = files.workspace().undo(&["2", "4"], OnConflict::Refuse);
    assert_eq!(refused, Err(UndoError::Conflict(vec![path("a.txt")])));
    assert!(files.text("b.txt").is_ok());
}

#[test]
fn encodings_line_ends_and_permissions_survive_a_merge() {
    let mut files = Files::new();
    let windows = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let place = path("a.txt");
    let base = "Die Tür ist größer als früher\r\n2\r\n3\r\n4\r\nÄrger über Öl\r\n";
    let write = |files: &Files, text: &str| {
        files
            .workspace()
            .write(&place, &windows(text), &Expect::Anything)
            .unwrap();
    };
    write(&files, base);
    in_answer(&mut files, "answer", |files| {
        write(files, &base.replace("Öl", "Wasser"))
    });
    write(
        &files,
        &base
            .replace("Öl", "Wasser")
            .replace("Tür", "Tür, die hohe,"),
    );
    undo(&files, "answer").unwrap();
    let bytes = files.workspace().read_bytes(&place, 0..u64::MAX).unwrap();
    assert_eq!(bytes, windows(&base.replace("Tür", "Tür, die hohe,")));
}

#[test]
fn forgotten_changes_are_not_undone_and_reported() {
    let mut files = Files::new();
    files.limits = Limits {
        stored: 600,
        ..Limits::DEFAULT
    };
    files.put("a.txt", "before\n");
    in_answer(&mut files, "answer", |files| {
        drop(files.put("a.txt", "after\n"))
    });
    for n in 0..40 {
        files.put("b.txt", &format!("{n} {}\n", "-".repeat(100)));
    }
    let outcome = undo(&files, "answer");
    assert!(
        matches!(outcome, Err(UndoError::NothingToUndo | UndoError::TooOld)),
        "{outcome:?}"
    );
    assert_eq!(files.text("a.txt").unwrap(), "after\n");
    assert_eq!(files.workspace().compare(1, None).unwrap(), None);
}

#[test]
fn the_timeline_says_who_changed_what_and_two_points_can_be_compared() {
    let files = changed();
    undo(&files, "answer").unwrap();
    let timeline = files.workspace().timeline(None).unwrap();
    let said: Vec<(u64, ChangeOrigin, Vec<String>)> = timeline
        .iter()
        .map(|step| {
            let paths = step.paths.iter().map(ToString::to_string).collect();
            (step.change.number, step.change.origin.clone(), paths)
        })
        .collect();
    let answer = || ChangeOrigin::Answer("answer".to_owned());
    let step = |number, origin, paths: &[&str]| {
        (
            number,
            origin,
            paths
                .iter()
                .map(|path| (*path).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(
        said,
        [
            step(
                8,
                ChangeOrigin::Undo("answer".to_owned()),
                &["edited.txt", "lib/moved.txt", "new/made.txt"]
            ),
            step(7, answer(), &["old/deleted.txt"]),
            step(6, answer(), &["lib/moved.txt", "src/moved.txt"]),
            step(5, answer(), &["new/made.txt"]),
            step(4, answer(), &["edited.txt"]),
            step(3, ChangeOrigin::User, &["old/deleted.txt"]),
            step(2, ChangeOrigin::User, &["src/moved.txt"]),
            step(1, ChangeOrigin::User, &["edited.txt"]),
        ]
    );
    let workspace = files.workspace();
    let earlier = workspace.timeline(Some(3)).unwrap();
    assert_eq!(earlier.len(), 2);
    let differs = |from, to| {
        let compared = workspace.compare(from, to).unwrap().unwrap();
        compared
            .changes
            .into_iter()
            .map(|change| change.path)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        differs(3, Some(7)),
        [
            "edited.txt",
            "new/made.txt",
            "old/deleted.txt",
            "src/moved.txt"
        ]
    );
    assert_eq!(differs(3, None), [] as [&str; 0]);
    assert_eq!(differs(7, Some(3)), differs(7, None));
}

#[test]
fn a_file_is_put_back_as_it_was() {
    let files = changed();
    let versions = files.workspace().versions(&path("edited.txt")).unwrap();
    let ranges: Vec<_> = versions
        .iter()
        .map(|version| (version.since, version.until))
        .collect();
    assert_eq!(ranges, [(4, None), (1, Some(4))]);
    let change = files.workspace().restore(&path("edited.txt"), 1).unwrap();
    assert_eq!(change, 8);
    assert_eq!(files.text("edited.txt").unwrap(), "1\n2\n3\n4\n5\n");
    files
        .workspace()
        .restore(&path("old/deleted.txt"), 3)
        .unwrap();
    assert_eq!(files.text("old/deleted.txt").unwrap(), "to delete\n");
    let refused = files.workspace().restore(&path("new/made.txt"), 3);
    assert!(
        matches!(refused, Err(WorkspaceError::NotThen { .. })),
        "{refused:?}"
    );
}

/// Turns of random changes: undone one by one, redone, and undone together, they lead through the same states.
#[test]
fn turns_are_undone_to_what_was_before_them() {
    for seed in seeds(SEEDS) {
        let mut run = Run::new(seed, Limits::DEFAULT);
        let mut before = Vec::new();
        for turn in 0..8 {
            before.push(run.model.clone());
            run.files.answer = Some(turn.to_string());
            for _ in 0..run.random.usize(1..9) {
                run.step();
            }
        }
        run.files.answer = None;
        let end = run.model.clone();
        let answers: Vec<String> = (0..8).map(|turn| turn.to_string()).collect();
        for (answer, before) in answers.iter().zip(&before).rev() {
            match undo(&run.files, answer) {
                Ok(_) => assert_eq!(content(&run.files), *before, "seed {seed}: {answer}"),
                Err(UndoError::NothingToUndo) => assert_eq!(content(&run.files), *before),
                Err(error) => panic!("seed {seed}: {answer}: {error}"),
            }
        }
        for answer in &answers {
            let redone = redo(&run.files, answer);
            assert!(
                matches!(redone, Ok(_) | Err(UndoError::NothingToRedo)),
                "seed {seed}: {redone:?}"
            );
        }
        assert_eq!(content(&run.files), end, "seed {seed}");
        let all: Vec<&str> = answers.iter().map(String::as_str).collect();
        let undone = run.files.workspace().undo(&all, OnConflict::Refuse);
        assert!(matches!(undone, Ok(_) | Err(UndoError::NothingToUndo)));
        assert_eq!(content(&run.files), before[0], "seed {seed}");
    }
}

/// Whoever changes what, and whatever is undone or redone: a refusal changes nothing, other places stay, the tables fit
/// together, and every state there ever was can be found again.
#[test]
fn nothing_is_lost_by_undoing() {
    for seed in seeds(SEEDS) {
        let mut run = Run::new(seed, Limits::DEFAULT);
        for _ in 0..40 {
            let answer = run.random.u8(0..6).to_string();
            run.files.answer = run.random.bool().then(|| answer.clone());
            for _ in 0..run.random.usize(0..6) {
                run.step();
            }
            run.files.answer = None;
            undo_or_redo(&mut run, &answer);
            run.check();
        }
        run.check_history();
    }
}

fn undo_or_redo(run: &mut Run, answer: &str) {
    let policy = *run
        .random
        .choice(&[OnConflict::Refuse, OnConflict::Keep, OnConflict::Replace])
        .unwrap();
    let before = run.files.workspace().usage().unwrap();
    let touched = touched_by(&run.files, answer);
    let outcome = if run.random.bool() {
        run.files.workspace().undo(&[answer], policy)
    } else {
        run.files.workspace().redo(answer, policy)
    };
    let now = content(&run.files);
    match outcome {
        Err(_) => {
            assert_eq!(run.files.workspace().usage().unwrap(), before);
            assert_eq!(now, run.model, "seed {}", run.seed);
        }
        Ok(undone) => {
            let files = |model: &Model| -> BTreeMap<String, Option<Vec<u8>>> {
                let others = model
                    .0
                    .iter()
                    .filter(|(path, content)| content.is_some() && !touched.contains(*path));
                others
                    .map(|(path, content)| (path.clone(), content.clone()))
                    .collect()
            };
            assert_eq!(files(&now), files(&run.model), "seed {}", run.seed);
            run.model = now;
            run.past.insert(undone.version, run.model.clone());
        }
    }
}

/// Every place that the recorded changes of an answer touched.
fn touched_by(files: &Files, answer: &str) -> BTreeSet<String> {
    let rows = files.rows(&format!(
        "SELECT DISTINCT e.path FROM entries e JOIN changes c ON e.since = c.number OR e.until = c.number
         WHERE c.answer = '{answer}'"
    ));
    rows.into_iter()
        .flatten()
        .map(sql::SqlValue::into_text)
        .collect()
}

/// What is in the workspace now.
pub(super) fn content(files: &Files) -> Model {
    let mut model = Model::default();
    let mut directories = vec![FilePath::root()];
    while let Some(directory) = directories.pop() {
        let listing = files.workspace().list(&directory, None).unwrap();
        for stat in listing.entries {
            let bytes = match stat.what {
                What::Directory => {
                    directories.push(stat.path.clone());
                    None
                }
                What::File(_) => Some(
                    files
                        .workspace()
                        .read_bytes(&stat.path, 0..u64::MAX)
                        .unwrap(),
                ),
            };
            model.0.insert(stat.path.to_string(), bytes);
        }
    }
    model
}
