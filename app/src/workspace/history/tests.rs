use super::*;

fn change(number: u64, kind: OriginKind, answer: Option<&str>, paths: &[&str]) -> TimelineChange {
    TimelineChange {
        number,
        kind,
        answer: answer.map(str::to_owned),
        at: Timestamp::from_millis(number),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        touched: paths.len() as u64,
    }
}

fn history(changes: Vec<TimelineChange>) -> History {
    let mut history = History::default();
    assert_eq!(history.handle(Input::Changed), [Effect::List(None)]);
    let timeline = Timeline {
        changes,
        next: None,
    };
    history.handle(Input::Listed(None, Ok(timeline)));
    history
}

fn undo(answers: &[&str]) -> Reversal {
    Reversal {
        way: Way::Undo,
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
    }
}

#[test]
fn changes_of_one_origin_are_a_step() {
    let history = history(vec![
        change(6, OriginKind::User, None, &["mine"]),
        change(5, OriginKind::Answer, Some("b"), &["x", "y"]),
        change(4, OriginKind::Answer, Some("b"), &["z", "q"]),
        change(3, OriginKind::Undo, Some("a"), &["x"]),
        change(2, OriginKind::Answer, Some("a"), &["x"]),
    ]);
    let steps = history.steps();
    let said: Vec<_> = steps
        .iter()
        .map(|step| (step.first, step.last, step.paths.join(" "), step.has_more))
        .collect();
    let said_of = |first, last, paths: &str, more| (first, last, paths.to_owned(), more);
    assert_eq!(
        said,
        [
            said_of(6, 6, "mine", false),
            said_of(4, 5, "x y z", true),
            said_of(3, 3, "x", false),
            said_of(2, 2, "x", false),
        ]
    );
    let ways: Vec<_> = steps
        .iter()
        .map(|step| step.way.as_ref().map(|way| way.way))
        .collect();
    assert_eq!(
        ways,
        [None, Some(Way::Undo), Some(Way::Redo), Some(Way::Redo)]
    );
    assert_eq!(history.undo_from(&steps[1]), None, "a is undone already");
}

#[test]
fn everything_from_a_step_on_can_be_undone() {
    let history = history(vec![
        change(4, OriginKind::Answer, Some("c"), &["x"]),
        change(3, OriginKind::User, None, &["x"]),
        change(2, OriginKind::Answer, Some("b"), &["x"]),
        change(1, OriginKind::Answer, Some("a"), &["x"]),
    ]);
    let steps = history.steps();
    assert_eq!(history.undo_from(&steps[0]), None);
    assert_eq!(history.undo_from(&steps[2]), Some(undo(&["c", "b"])));
    assert_eq!(history.undo_from(&steps[3]), Some(undo(&["c", "b", "a"])));
}

#[test]
fn a_conflict_is_asked_about_and_the_answer_is_sent() {
    let mut history = history(vec![change(1, OriginKind::Answer, Some("a"), &["x"])]);
    let reversal = undo(&["a"]);
    let effects = history.handle(Input::Reverse(reversal.clone()));
    assert_eq!(effects, [Effect::Reverse(reversal.clone(), None)]);
    assert_eq!(
        history.handle(Input::Reverse(reversal.clone())),
        [],
        "one at a time"
    );
    history.handle(Input::Reversed(Reversed::Conflict(vec!["x".to_owned()])));
    assert_eq!(
        history.reversal,
        Reversing::Asking(reversal.clone(), vec!["x".to_owned()])
    );
    let keep = Some(ConflictChoice::Keep);
    assert_eq!(
        history.handle(Input::Chosen(keep)),
        [Effect::Reverse(reversal.clone(), keep)]
    );
    let done = history.handle(Input::Reversed(Reversed::Done(vec!["x".to_owned()])));
    assert_eq!(done, [Effect::List(None)]);
    assert_eq!(
        history.done.as_deref(),
        Some("The changes are undone. These stay as they are: x.")
    );

    history.handle(Input::Reverse(reversal));
    history.handle(Input::Reversed(Reversed::Conflict(vec!["x".to_owned()])));
    assert_eq!(history.handle(Input::Chosen(None)), []);
    assert_eq!(history.reversal, Reversing::Idle);
}

#[test]
fn lists_are_joined_and_a_late_one_leaves_no_gap() {
    let mut history = history(vec![change(9, OriginKind::User, None, &["x"])]);
    history.next = Some(9);
    assert_eq!(history.handle(Input::More), [Effect::List(Some(9))]);
    assert_eq!(history.handle(Input::More), [], "it is on its way");
    let older = Timeline {
        changes: vec![change(8, OriginKind::User, None, &["y"])],
        next: None,
    };
    history.handle(Input::Listed(Some(9), Ok(older.clone())));
    assert_eq!(history.steps().len(), 1);
    assert_eq!(history.steps()[0].paths, ["x", "y"]);
    history.handle(Input::Listed(Some(9), Ok(older)));
    assert_eq!(history.changes.len(), 2);
    history.handle(Input::Changed);
    history.handle(Input::Listed(None, Err("offline".to_owned())));
    assert_eq!(
        (history.changes.len(), history.problem.as_deref()),
        (2, Some("offline"))
    );
}

#[test]
fn what_a_step_changed_is_shown_and_hidden() {
    let mut history = history(vec![change(3, OriginKind::User, None, &["x"])]);
    let step = history.steps().remove(0);
    assert_eq!(
        history.handle(Input::Toggled(step.clone())),
        [Effect::Compare(2, 3)]
    );
    history.handle(Input::Compared(3, Ok(Comparison::default())));
    let found = Compared::Found(Comparison::default());
    assert_eq!(history.compared, Some((3, found)));
    assert_eq!(history.handle(Input::Toggled(step)), []);
    assert_eq!(history.compared, None);
    history.handle(Input::Compared(3, Ok(Comparison::default())));
    assert_eq!(history.compared, None, "it came too late");
}
