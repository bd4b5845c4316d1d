use common::directory::Page;

use super::*;
use crate::conversations::testing::row;

fn state(revision: u64, rows: Vec<Summary>, next: Option<&str>) -> ListState {
    ListState {
        revision,
        total: rows.len() as u64,
        archived: 0,
        conversations: rows,
        next: next.map(str::to_owned),
    }
}

fn list(names: &[&str]) -> List {
    let rows = names.iter().zip((1..100).rev());
    let rows = rows.map(|(name, active)| row(name, active)).collect();
    List::of(state(1, rows, None))
}

fn names(list: &List) -> Vec<String> {
    list.rows().into_iter().map(|row| row.name).collect()
}

/// Makes a change; returns the number of the call.
fn act(list: &mut List, call: Call) -> u32 {
    let effects = list.handle(Input::Do(call));
    match effects.last() {
        Some(Effect::Call(id, _)) => *id,
        other => panic!("no call: {other:?}"),
    }
}

#[test]
fn changes_show_at_once_and_are_undone_when_they_fail() {
    let mut list = list(&["a", "b", "c"]);
    let pin = act(&mut list, Call::Pin("c".to_owned()));
    assert_eq!(names(&list), ["c", "a", "b"]);
    list.handle(Input::Done(pin, Err("no".to_owned())));
    assert_eq!(names(&list), ["a", "b", "c"]);
    assert_eq!(list.problem.as_deref(), Some("no"));
    list.handle(Input::Dismissed);
    assert_eq!(list.problem, None);

    let rename = |title: &str| Call::Rename {
        name: "a".to_owned(),
        title: title.to_owned(),
    };
    let id = act(&mut list, rename(" New\u{202e} "));
    assert_eq!(list.title_of("a"), "New");
    list.handle(Input::Done(id, Ok(())));
    assert_eq!(list.title_of("a"), "New", "until the directory says it");
    list.handle(Input::Synced(state(2, vec![row("a", 1)], None)));
    assert_eq!(list.title_of("a"), "a");
    act(&mut list, rename(""));
    assert_eq!(list.title_of("a"), "a", "what is refused never shows");
}

#[test]
fn a_deletion_hides_and_can_be_taken_back() {
    let mut list = list(&["a", "b"]);
    let delete = Call::Delete("a".to_owned());
    let effects = list.handle(Input::Do(delete.clone()));
    assert_eq!(
        effects,
        [
            Effect::WaitForUndo("a".to_owned()),
            Effect::Call(1, delete.clone())
        ]
    );
    list.handle(Input::Done(1, Ok(())));
    assert_eq!(
        (names(&list), list.deletions.len()),
        (vec!["b".to_owned()], 1)
    );
    let undelete = Call::Undelete("a".to_owned());
    assert_eq!(
        list.handle(Input::Do(undelete.clone())),
        [Effect::Call(2, undelete)]
    );
    assert_eq!((names(&list).len(), list.deletions.len()), (2, 0));

    let id = act(&mut list, delete.clone());
    list.handle(Input::Done(id, Err("no".to_owned())));
    assert_eq!((names(&list).len(), list.deletions.len()), (2, 0));
    act(&mut list, delete);
    list.handle(Input::UndoOver("a".to_owned()));
    assert_eq!((names(&list).len(), list.deletions.len()), (1, 0));
}

#[test]
fn an_answer_counts_as_read_when_somebody_looks() {
    let unread = || Summary {
        is_unread: true,
        ..row("a", 1)
    };
    let mut list = List::of(state(1, vec![unread()], None));
    assert_eq!(list.news(), 1);
    assert_eq!(list.handle(Input::Current(Some("a".to_owned()))), []);
    let read = Call::Read("a".to_owned());
    let looked = list.handle(Input::LookedAt(true));
    assert_eq!(looked, [Effect::Call(1, read.clone())]);
    assert_eq!(list.news(), 0);
    assert_eq!(
        list.handle(Input::Synced(state(2, vec![unread()], None))),
        [],
        "on its way"
    );
    list.handle(Input::Done(1, Err("no".to_owned())));
    assert_eq!(list.problem, None, "nobody asked for it");
    let again = list.handle(Input::Synced(state(3, vec![unread()], None)));
    assert_eq!(again, [Effect::Call(2, read)]);
    list.handle(Input::LookedAt(false));
    list.handle(Input::Done(2, Ok(())));
    assert_eq!(
        list.handle(Input::Synced(state(4, vec![unread()], None))),
        []
    );
    assert_eq!(list.news(), 1);
}

#[test]
fn later_pages_are_read_again_after_a_change() {
    let mut list = List::of(state(1, vec![row("a", 9)], Some("n1")));
    assert!(list.pages(Shelf::Listed).unwrap().has_more());
    let more = list.handle(Input::More(Shelf::Listed));
    let Some(Effect::Page(Shelf::Listed, turn, wanted)) = more.first() else {
        panic!("{more:?}");
    };
    assert_eq!(wanted.cursor.as_deref(), Some("n1"));
    let page = Page {
        conversations: vec![row("b", 8), row("a", 7)],
        next: None,
    };
    list.handle(Input::PageCame(Shelf::Listed, *turn, Ok(page)));
    assert_eq!(names(&list), ["a", "b"], "each once");
    let synced = list.handle(Input::Synced(state(2, vec![row("c", 10)], Some("n2"))));
    assert!(
        matches!(synced.first(), Some(Effect::Page(_, _, wanted)) if wanted.cursor.as_deref() == Some("n2"))
    );
    list.handle(Input::Synced(state(3, vec![row("c", 10)], None)));
    assert_eq!(names(&list), ["c"]);
}

#[test]
fn archived_conversations_are_read_when_they_are_shown() {
    let mut list = list(&["a"]);
    assert_eq!(list.archived_rows(), None);
    let effects = list.handle(Input::Archived(true));
    let Some(Effect::Page(Shelf::Archived, turn, wanted)) = effects.first() else {
        panic!("{effects:?}");
    };
    assert!(wanted.is_of_archived);
    let page = Page {
        conversations: vec![row("z", 1)],
        next: None,
    };
    list.handle(Input::PageCame(Shelf::Archived, *turn, Ok(page)));
    assert_eq!(list.archived_rows().unwrap().len(), 1);
    act(&mut list, Call::Unarchive("z".to_owned()));
    assert_eq!(list.archived_rows().unwrap().len(), 0);
    act(&mut list, Call::Archive("a".to_owned()));
    assert_eq!(names(&list).len(), 0);
    list.handle(Input::Synced(state(2, vec![row("z", 3)], None)));
    assert_eq!(
        list.archived_rows().unwrap().len(),
        0,
        "it is in the list alone"
    );
    list.handle(Input::Archived(false));
    assert_eq!(list.archived_rows(), None);
}

#[test]
fn titles_are_one_line_and_never_empty() {
    assert_eq!(shown_title(None, "a%20b"), "a b");
    assert_eq!(shown_title(Some("\u{202e}"), "a"), "a");
    assert_eq!(shown_title(Some("x\n\u{202e}y"), "a"), "x y");
    assert_eq!(shown_title(None, "a%07%E2%80%AE%3Cb%3E"), "a <b>");
    assert_eq!(shown_title(None, "%E2%80%8B"), "%E2%80%8B");
    let long = shown_title(None, &"x".repeat(10_000));
    assert_eq!(long.chars().count(), common::naming::MAX_NAME_CHARS);
}

#[test]
fn a_hidden_page_sends_one_notification() {
    let with = |is_unread, state| Summary {
        is_unread,
        state,
        ..row("a", 1)
    };
    let idle = ConversationState::Idle;
    let synced = |list: &mut List, row| {
        let effects = list.handle(Input::Synced(state(2, vec![row], None)));
        let notices = effects.into_iter().filter_map(|effect| match effect {
            Effect::Notify { asks, .. } => Some(asks),
            Effect::Page(..) | Effect::Call(..) | Effect::Search(_) | Effect::WaitForUndo(_) => {
                None
            }
        });
        notices.collect::<Vec<bool>>()
    };
    let mut list = List::of(state(
        1,
        vec![with(false, ConversationState::Running)],
        None,
    ));
    assert!(
        synced(&mut list, with(true, idle)).is_empty(),
        "it is not on the page"
    );
    list.handle(Input::Current(Some("a".to_owned())));
    assert!(synced(&mut list, with(false, ConversationState::Running)).is_empty());
    assert_eq!(
        synced(&mut list, with(false, ConversationState::Waiting)),
        [true]
    );
    assert!(
        synced(&mut list, with(true, ConversationState::Waiting)).is_empty(),
        "once"
    );
    synced(&mut list, with(false, ConversationState::Running));
    assert_eq!(synced(&mut list, with(true, idle)), [false]);
    synced(&mut list, with(false, ConversationState::Running));
    list.handle(Input::LookedAt(true));
    assert!(synced(&mut list, with(true, idle)).is_empty());
}
