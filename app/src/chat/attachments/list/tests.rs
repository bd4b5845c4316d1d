use common::{
    attachments::PICTURE_BYTES,
    workspace::limits::{ARCHIVE_BYTES, FILE_BYTES},
};

use super::*;
use crate::chat::attachments::item::Origin;

fn new(id: &str, name: &str, size: u64) -> New {
    New {
        id: id.to_owned(),
        name: name.to_owned(),
        media_type: String::new(),
        size,
        made_of: None,
        origin: Origin::Chosen,
    }
}

fn added(list: &mut List, files: &[New]) -> Vec<Effect> {
    list.handle(Input::Added(files.to_vec()))
}

fn list() -> List {
    List::new(Place::Conversation)
}

fn send(id: &str, name: &str) -> Effect {
    sent_by(id, name, Way::Keep(1))
}

fn sent_by(id: &str, name: &str, way: Way) -> Effect {
    Effect::Send {
        id: id.to_owned(),
        path: format!("attachments/{name}"),
        way,
    }
}

fn answered(list: &mut List, id: &str, answer: Answer) -> Vec<Effect> {
    list.handle(Input::Answered(id.to_owned(), answer))
}

fn done(path: &str) -> Answer {
    Answer::Done {
        path: path.to_owned(),
        tag: Some("t".to_owned()),
    }
}

fn dropped(id: &str) -> Effect {
    Effect::Drop(id.to_owned())
}

#[test]
fn three_files_are_on_their_way_at_once_and_then_the_message_can_go() {
    let mut list = list();
    assert_eq!(list.outlook(), Outlook::Empty);
    let files = ["a", "b", "c", "d"].map(|id| new(id, id, 1));
    assert_eq!(
        added(&mut list, &files),
        [send("a", "a"), send("b", "b"), send("c", "c")]
    );
    assert_eq!(list.outlook(), Outlook::Busy);
    assert_eq!(
        answered(&mut list, "b", done("attachments/b")),
        [dropped("b"), send("d", "d")]
    );
    for id in ["a", "c", "d"] {
        assert_eq!(answered(&mut list, id, done(id)), [dropped(id)]);
    }
    assert_eq!(list.outlook(), Outlook::Ready);
    assert_eq!(list.handle(Input::Taken).len(), 4);
    assert_eq!(list.outlook(), Outlook::Empty);
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let mut list = list();
    added(&mut list, &[new("a", "image.png", 1)]);
    for (number, name) in [(2, "image-2.png"), (3, "image-3.png")] {
        assert_eq!(
            answered(&mut list, "a", Answer::NameTaken),
            [sent_by("a", name, Way::Keep(number))]
        );
    }
}

#[test]
fn a_server_that_is_not_reached_is_tried_again_ever_later() {
    let mut list = list();
    added(&mut list, &[new("a", "a", 1)]);
    for seconds in [1, 2, 4, 8, 16, 16] {
        let wait = Duration::from_secs(seconds);
        assert_eq!(
            answered(&mut list, "a", Answer::Unreached),
            [Effect::TryAfter(wait)]
        );
        assert_eq!(list.outlook(), Outlook::Busy);
        assert!(list.summary().contains("continues by itself"));
        assert_eq!(list.handle(Input::TriedAgain), [send("a", "a")]);
    }
    answered(&mut list, "a", done("a"));
    added(&mut list, &[new("b", "b", 1)]);
    assert_eq!(
        answered(&mut list, "b", Answer::Unreached),
        [Effect::TryAfter(FIRST_WAIT)]
    );
}

#[test]
fn what_the_server_refuses_is_in_the_way_until_it_is_sent_again_or_removed() {
    let mut list = list();
    added(&mut list, &[new("a", "a", 1)]);
    answered(&mut list, "a", Answer::Refused("It is full.".to_owned()));
    assert_eq!(list.outlook(), Outlook::Blocked);
    assert_eq!(list.items()[0].words(Place::Conversation), "It is full.");
    assert_eq!(
        list.handle(Input::Retried("a".to_owned())),
        [send("a", "a")]
    );
    answered(&mut list, "a", Answer::Lost);
    assert_eq!(list.outlook(), Outlook::Blocked);
    assert_eq!(list.handle(Input::Retried("a".to_owned())), []);
    assert_eq!(list.handle(Input::Removed("a".to_owned())), [dropped("a")]);
    assert_eq!(list.outlook(), Outlook::Empty);
}

#[test]
fn what_is_too_large_is_not_sent() {
    let mut list = list();
    let files = [
        new("a", "a.bin", FILE_BYTES + 1),
        new("b", "b.zip", ARCHIVE_BYTES + 1),
        new("c", "c.zip", FILE_BYTES + 1),
    ];
    assert_eq!(added(&mut list, &files), []);
    assert_eq!(list.outlook(), Outlook::Blocked);
    let words = |at: usize| list.items()[at].words(Place::Conversation);
    assert_eq!(
        words(0),
        "It has 10.0 MB, and a file has at most 10.0 MB. Remove it."
    );
    assert!(words(1).contains("an archive has at most 100.0 MB"));
    assert!(words(2).contains("have it unpacked"));
    assert_eq!(
        list.handle(Input::UnpackChosen("c".to_owned())),
        [sent_by("c", "", Way::Unpack)]
    );
    assert_eq!(list.handle(Input::UnpackChosen("a".to_owned())), []);
}

#[test]
fn an_archive_is_kept_and_can_be_unpacked_then() {
    let mut list = list();
    added(&mut list, &[new("a", "a.zip", 1)]);
    assert_eq!(answered(&mut list, "a", done("attachments/a.zip")), []);
    assert!(list.items()[0].can_be_unpacked());
    list.handle(Input::UnpackChosen("a".to_owned()));
    assert!(!list.items()[0].can_be_unpacked());
    let unpacked = Answer::Unpacked {
        files: 3,
        left_out: 1,
    };
    assert_eq!(answered(&mut list, "a", unpacked), [dropped("a")]);
    assert_eq!(
        list.items()[0].words(Place::Conversation),
        "Unpacked into the workspace: 3 files. Left out: 1"
    );
    assert_eq!(list.outlook(), Outlook::Ready);
}

#[test]
fn what_is_removed_goes_from_the_workspace_unless_it_was_there_before() {
    let mut list = list();
    added(&mut list, &[new("a", "a", 1), new("b", "b", 1)]);
    answered(&mut list, "a", done("attachments/a"));
    let same = Answer::Done {
        path: "attachments/b".to_owned(),
        tag: None,
    };
    answered(&mut list, "b", same);
    let deleted = Effect::Delete {
        path: "attachments/a".to_owned(),
        tag: "t".to_owned(),
    };
    assert_eq!(
        list.handle(Input::Removed("a".to_owned())),
        [dropped("a"), deleted]
    );
    assert_eq!(list.handle(Input::Removed("b".to_owned())), [dropped("b")]);
}

#[test]
fn a_message_takes_so_many_files_and_names_the_others() {
    let mut list = list();
    let files: Vec<New> = (0..FILES + 2)
        .map(|number| new(&number.to_string(), &format!("{number}.txt"), 1))
        .collect();
    let effects = added(&mut list, &files);
    assert_eq!(list.items().len(), FILES);
    assert_eq!(effects[..2], [dropped("20"), dropped("21")]);
    let words = list.left_out.clone().unwrap();
    assert!(words.contains("20.txt, 21.txt"), "{words}");
    list.handle(Input::Dismissed);
    assert_eq!(list.left_out, None);
}

#[test]
fn on_the_start_page_nothing_is_sent_and_the_message_can_go() {
    let mut list = List::new(Place::Start);
    assert_eq!(added(&mut list, &[new("a", "a", 2)]), []);
    assert_eq!(list.outlook(), Outlook::Ready);
    assert_eq!(list.items()[0].words(Place::Start), "2 bytes");
    list.handle(Input::Missed("a".to_owned()));
    assert_eq!(list.outlook(), Outlook::Blocked);
}

#[test]
fn what_the_model_does_not_see_is_said_before() {
    let mut list = List::new(Place::Start);
    let picture = |id: &str| New {
        media_type: "image/png".to_owned(),
        ..new(id, "a.png", PICTURE_BYTES + 1)
    };
    added(&mut list, &[picture("a")]);
    let words = list.items()[0].words(Place::Start);
    assert!(words.contains("gets the path alone"), "{words}");
    added(&mut list, &[picture("b"), picture("c"), picture("d")]);
    assert!(list.summary().contains("at most 20.0 MB"));
}

#[test]
fn how_far_a_file_is_is_said_in_percent() {
    let mut list = list();
    added(&mut list, &[new("a", "a", 200), new("b", "b", 0)]);
    list.handle(Input::Progressed("a".to_owned(), 50));
    let words = |at: usize| list.items()[at].words(Place::Conversation);
    assert_eq!(words(0), "200 bytes, uploading: 25 %");
    assert_eq!(words(1), "0 bytes, uploading: 100 %");
}
