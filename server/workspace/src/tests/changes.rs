//! What clients ask of the history, and what the model reads of it.

use common::workspace::{CompareRequest, ConflictChoice, RestoreRequest, UndoRequest, Undone};
use serde_json::{Value, json};

use super::{Files, path};
use crate::{Ask, AskError, FilePath, SwitchRequest, Turned, TurnedBack};

/// A file of the user's that the answer `one` changed, and one that the answer `two` made.
fn changed() -> Files {
    let mut files = Files::new();
    files.put("a.txt", "1\n");
    files.answer = Some("one".to_owned());
    files.put("a.txt", "one\n");
    files.answer = Some("two".to_owned());
    files.put("b.txt", "two\n");
    files.answer = None;
    files
}

fn request(answers: &[&str]) -> UndoRequest {
    UndoRequest {
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        on_conflict: None,
        is_check: false,
        is_leaving: false,
    }
}

fn ask(files: &Files, ask: Ask) -> Result<(Value, Vec<(String, bool)>), AskError> {
    let asked = files.workspace().ask(&ask)?;
    let turned = asked.turned.into_iter();
    let turned = turned.map(|Turned { answer, is_undone }| (answer, is_undone));
    Ok((asked.body, turned.collect()))
}

fn texts(files: &Files) -> [Option<String>; 2] {
    ["a.txt", "b.txt"].map(|path| files.text(path).ok())
}

#[test]
fn an_undo_is_checked_made_and_taken_back() {
    let files = changed();
    let both = request(&["one", "two"]);
    let check = UndoRequest {
        is_check: true,
        ..both.clone()
    };
    let (checked, turned) = ask(&files, Ask::Undo(check.clone())).unwrap();
    assert_eq!(
        (&checked["answers"], turned),
        (&json!(["two", "one"]), vec![])
    );
    assert_eq!(files.tree(), ["a.txt", "b.txt"]);
    assert_eq!(files.workspace().usage().unwrap().change, 3);
    let (_, turned) = ask(&files, Ask::Undo(both.clone())).unwrap();
    assert_eq!(turned, [("two".to_owned(), true), ("one".to_owned(), true)]);
    assert_eq!(files.tree(), ["a.txt"]);
    let nothing = ask(&files, Ask::Undo(both)).unwrap_err();
    assert_eq!(
        nothing.to_string(),
        "There is nothing to undo: the answer changed no files, or its changes are undone already."
    );
    let (_, turned) = ask(&files, Ask::Redo(request(&["two"]))).unwrap();
    assert_eq!(turned, [("two".to_owned(), false)]);
    files.put("a.txt", "mine\n");
    for conflicting in [
        Ask::Redo(request(&["one"])),
        Ask::Redo(UndoRequest {
            is_check: true,
            ..request(&["one"])
        }),
    ] {
        let Err(AskError::Conflict(Undone { kept, error, .. })) = ask(&files, conflicting) else {
            panic!("the same lines were changed");
        };
        assert_eq!(kept, ["a.txt"]);
        assert!(error.unwrap().starts_with("What was changed in a.txt"));
    }
    let (_, turned) = ask(
        &files,
        Ask::Redo(UndoRequest {
            on_conflict: Some(ConflictChoice::Replace),
            ..request(&["one"])
        }),
    )
    .unwrap();
    assert_eq!(turned, [("one".to_owned(), false)]);
    assert_eq!(files.text("a.txt").unwrap(), "one\n");
}

#[test]
fn requests_that_mean_nothing_are_refused_with_what_is_missing() {
    let files = changed();
    for (asked, words) in [
        (
            Ask::Redo(request(&["one", "two"])),
            "A redo takes the id of one answer.",
        ),
        (Ask::Compare(CompareRequest::default()), "Name an `answer`"),
        (
            Ask::Compare(CompareRequest {
                answer: Some("none".to_owned()),
                ..CompareRequest::default()
            }),
            "no longer stored",
        ),
        (
            Ask::Restore(RestoreRequest {
                path: "../a".to_owned(),
                behind: 1,
            }),
            "has a `..` in it",
        ),
    ] {
        let refused = ask(&files, asked).unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn what_an_answer_changed_is_compared_without_what_others_did() {
    let mut files = changed();
    files.put("c.txt", "mine\n");
    files.put("a.txt", "mine\n");
    files.answer = Some("one".to_owned());
    files.put("a.txt", "1\n2\n");
    files.answer = None;
    let compared = |answer: &str| {
        let (body, _) = ask(
            &files,
            Ask::Compare(CompareRequest {
                answer: Some(answer.to_owned()),
                ..CompareRequest::default()
            }),
        )
        .unwrap();
        let changes = body["changes"].as_array().unwrap().iter();
        let changes = changes.map(|change| (change["path"].clone(), change["added"].clone()));
        changes.collect::<Vec<_>>()
    };
    assert_eq!(compared("one"), [(json!("a.txt"), json!(1))]);
    assert_eq!(compared("two"), [(json!("b.txt"), json!(1))]);
}

fn turned_back(files: &Files, after: u64) -> Option<TurnedBack> {
    files
        .workspace()
        .turned_back(after, |answer| answer != "unknown")
        .unwrap()
}

#[test]
fn what_was_changed_back_and_forth_is_told_by_what_became_of_it() {
    let mut files = changed();
    assert_eq!(turned_back(&files, 0), None);
    ask(&files, Ask::Undo(request(&["one", "two"]))).unwrap();
    let undone = TurnedBack {
        until: 5,
        undone: vec![path("a.txt"), path("b.txt")],
        ..TurnedBack::default()
    };
    assert_eq!(turned_back(&files, 0), Some(undone));
    assert_eq!(turned_back(&files, 5), None, "the model has it");
    ask(&files, Ask::Redo(request(&["two"]))).unwrap();
    let reported = turned_back(&files, 0).unwrap();
    assert_eq!(
        reported.undone,
        [path("a.txt")],
        "the other one is as it was"
    );
    let reported = turned_back(&files, 5).unwrap();
    assert_eq!((reported.until, reported.redone), (6, vec![path("b.txt")]));
    let restore = RestoreRequest {
        path: "a.txt".to_owned(),
        behind: 2,
    };
    ask(&files, Ask::Restore(restore)).unwrap();
    let reported = turned_back(&files, 6).unwrap();
    assert_eq!(reported.restored, [path("a.txt")]);
    assert_eq!(
        (reported.undone, reported.redone),
        (vec![], vec![] as Vec<FilePath>)
    );
    let until = reported.until;
    files.answer = Some("unknown".to_owned());
    files.put("x.txt", "x\n");
    files.answer = None;
    ask(&files, Ask::Undo(request(&["unknown"]))).unwrap();
    assert_eq!(turned_back(&files, until), None, "the model never saw it");
}

#[test]
fn a_branch_takes_its_changes_with_it() {
    let files = changed();
    let switch = |left: &[&str], entered: &[&str], on_conflict| {
        let owned = |answers: &[&str]| answers.iter().map(|answer| (*answer).to_owned()).collect();
        let request = SwitchRequest {
            left: owned(left),
            entered: owned(entered),
            on_conflict,
        };
        ask(&files, Ask::Switch(request))
    };
    let before = texts(&files);
    let (_, turned) = switch(&["two"], &[], None).unwrap();
    assert_eq!(turned, [("two".to_owned(), true)]);
    assert_ne!(texts(&files), before);
    let (_, turned) = switch(&[], &["two"], None).unwrap();
    assert_eq!(turned, [("two".to_owned(), false)]);
    assert_eq!(texts(&files), before);
    // What the user undid stays undone when its branch comes back.
    ask(&files, Ask::Undo(request(&["two"]))).unwrap();
    let undone = texts(&files);
    assert_eq!(switch(&["two"], &[], None).unwrap().1, []);
    assert_eq!(switch(&[], &["two"], None).unwrap().1, []);
    assert_eq!(texts(&files), undone);
}

#[test]
fn a_branch_is_left_only_when_the_user_has_chosen_what_stays() {
    let files = changed();
    files.put("b.txt", "mine\n");
    let request = |on_conflict| {
        Ask::Switch(SwitchRequest {
            left: vec!["two".to_owned()],
            entered: Vec::new(),
            on_conflict,
        })
    };
    let before = texts(&files);
    let Err(AskError::Conflict(conflict)) = ask(&files, request(None)) else {
        panic!("the same lines were changed")
    };
    assert_eq!(conflict.kept, ["b.txt"]);
    assert_eq!(texts(&files), before);
    let (body, _) = ask(&files, request(Some(ConflictChoice::Keep))).unwrap();
    assert_eq!(body["kept"], json!(["b.txt"]));
    assert_eq!(texts(&files), before);
}
