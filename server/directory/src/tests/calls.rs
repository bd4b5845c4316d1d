//! The methods for clients, and their permissions.

use common::{
    directory::{Page, PageWanted, Settings},
    frame::ServerFrame,
    state::{Choices, Mode},
};
use serde_json::json;

use super::*;
use accounts::Scope;

#[test]
fn pinned_conversations_stand_first_and_archived_ones_elsewhere() {
    let mut bench = Bench::new();
    let (tab, other) = (bench.connect(), bench.connect());
    for (name, active) in [("a", 10), ("b", 20), ("c", 30)] {
        bench.begin(name, active);
    }
    bench.call(tab, &Call::Pin("a".to_owned())).unwrap();
    bench.call(tab, &Call::Archive("c".to_owned())).unwrap();
    assert_eq!(bench.names(), ["a", "b"]);
    let reported = bench.reported(other);
    assert_eq!(reported, bench.list(), "live in the other tab");
    assert_eq!((reported.total, reported.archived), (2, 1));
    assert!(reported.conversations[0].is_pinned);
    let archived = Call::Page(PageWanted {
        is_of_archived: true,
        ..PageWanted::default()
    });
    let page = Page::from_json(bench.call(tab, &archived).unwrap()).unwrap();
    assert_eq!(page.conversations[0].name, "c");
    // A report keeps it archived.
    bench.push("c", 2, head("c", 40));
    assert_eq!(bench.names(), ["a", "b"]);
    bench.call(tab, &Call::Unarchive("c".to_owned())).unwrap();
    bench.call(tab, &Call::Unpin("a".to_owned())).unwrap();
    assert_eq!(bench.names(), ["c", "b", "a"]);
    let revision = bench.list().revision;
    bench.call(tab, &Call::Unpin("a".to_owned())).unwrap();
    assert_eq!(bench.list().revision, revision, "nothing has changed");
}

#[test]
fn an_answer_is_unread_until_it_was_seen() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    let is_unread = |bench: &Bench| bench.list().conversations[0].is_unread;
    let now = bench.now.as_millis();
    bench.begin("a", now);
    assert!(is_unread(&bench));
    bench.call(tab, &Call::Read("a".to_owned())).unwrap();
    assert!(!is_unread(&bench));
    bench.push("a", 2, head("a", now + 1_000));
    assert!(is_unread(&bench), "another answer");
    // A client that read an answer may say so before the report of it arrives.
    bench.pass(Duration::from_secs(5));
    bench.call(tab, &Call::Read("a".to_owned())).unwrap();
    bench.push("a", 3, head("a", now + 4_000));
    assert!(!is_unread(&bench));
}

#[test]
fn a_rename_is_answered_once_the_conversation_has_the_title() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    bench.begin("a", 10);
    let rename = |title: &str| Call::Rename {
        name: "a".to_owned(),
        title: title.to_owned(),
    };
    for (title, words) in [
        ("  ", "visible character"),
        (&"x".repeat(10_000), "longer than 200"),
        (&"\u{202e}".repeat(10_000), "longer than 200"),
    ] {
        let error = bench.call(tab, &rename(title)).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    let frame = ClientFrame::Rpc {
        id: RpcId::from("r"),
        method: "rename".to_owned(),
        args: vec![json!("a"), json!(" <b>Lists\u{7}\u{202e}")],
    };
    bench.inboxes.insert(tab, Vec::new());
    let text = frame.encode();
    bench.input(Input::Received { key: tab, text });
    assert_eq!(bench.inboxes[&tab], [], "not yet");
    let (job, name, title) = bench.renames.pop().unwrap();
    assert_eq!((name.as_str(), title.as_str()), ("a", "<b>Lists"));
    let result = Err("The conversation does not answer".to_owned());
    bench.input(Input::Renamed { job, result });
    assert!(bench.answer(tab).unwrap_err().contains("does not answer"));
    let result = Ok(());
    bench.input(Input::Renamed { job, result });
    assert_eq!(bench.inboxes[&tab].len(), 1, "once");
}

#[test]
fn impossible_calls_are_refused_with_a_reason() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    bench.begin("a", 10);
    let mut fails =
        |method: &str, args: Value| bench.call_raw(tab, method, args.as_array().unwrap().clone());
    for method in [
        "pin",
        "unarchive",
        "delete",
        "deleteForGood",
        "undelete",
        "read",
    ] {
        let error = fails(method, json!(["b"])).unwrap_err();
        assert_eq!(error, "There is no such conversation in your list");
        assert!(fails(method, json!([7])).unwrap_err().starts_with("`"));
    }
    assert!(
        fails("fly", json!([]))
            .unwrap_err()
            .contains("does not exist")
    );
    for cursor in ["", "x", "2.1.a", "0.x.a", "0.1"] {
        let error = fails("page", json!([{"cursor": cursor}])).unwrap_err();
        assert_eq!(error, "`cursor` is no place in the list");
    }
    bench.inboxes.insert(tab, Vec::new());
    for text in [
        r#"{"type":"cf_agent_state","state":{}}"#,
        r#"{"type":"cf_agent_chat_clear"}"#,
        r#"{"type":"cf_agent_stream_resume_request"}"#,
        r#"{"type":"rpc","id":"x","method":"pin"}"#,
        "nonsense",
    ] {
        let text = text.to_owned();
        bench.input(Input::Received { key: tab, text });
    }
    let bytes = vec![0xff; 9];
    bench.input(Input::ReceivedBytes { key: tab, bytes });
    let frames = &bench.inboxes[&tab];
    assert!(matches!(frames[0], ServerFrame::StateError(_)));
    assert!(
        matches!(&frames[1], ServerFrame::FrameError { error, .. } if error.contains("list of conversations"))
    );
    assert!(matches!(frames[2], ServerFrame::StreamResumeNone { .. }));
    assert_eq!(bench.names(), ["a"]);
}

#[test]
fn other_people_are_refused() {
    let mut bench = Bench::new();
    bench.begin("a", 10);
    let ann = Caller {
        person: PersonId::stored("ann"),
        ..Caller::local()
    };
    for (caller, code) in [(Some(ann), 4403), (None, 4401)] {
        let key = bench.connect_as(Access::Full, Protocol::Sent, caller);
        assert!(!bench.inboxes.contains_key(&key));
        assert_eq!(bench.closed.pop(), Some(code));
    }
}

#[test]
fn a_read_only_client_changes_nothing() {
    let mut bench = Bench::new();
    bench.begin("a", 10);
    let reader = Caller {
        scopes: vec![Scope::Read].into(),
        ..Caller::local()
    };
    for (access, caller) in [(Access::Full, reader), (Access::Readonly, Caller::local())] {
        let key = bench.connect_as(access, Protocol::Sent, Some(caller));
        bench.call(key, &Call::Page(PageWanted::default())).unwrap();
        let error = bench.call(key, &Call::Pin("a".to_owned())).unwrap_err();
        assert!(
            error.contains("readonly") || error.contains("scope"),
            "{error}"
        );
    }
    assert!(!bench.list().conversations[0].is_pinned);
}

#[test]
fn sign_ins_end() {
    let mut bench = Bench::new();
    let until = bench.now + Duration::from_secs(60);
    let caller = Caller {
        until: Some(until),
        ..Caller::local()
    };
    bench.connect_as(Access::Full, Protocol::Sent, Some(caller));
    let tab = bench.connect();
    bench.pass(Duration::from_secs(61));
    bench.begin("a", 10);
    assert_eq!(bench.closed, [4401]);
    bench.input(Input::Revoked(Caller::local().credential));
    assert_eq!(bench.closed, [4401, 4401]);
    assert!(!bench.inboxes.contains_key(&tab));
    let late = bench.connect();
    assert!(!bench.inboxes.contains_key(&late));
}

#[test]
fn a_person_has_settings_that_survive_a_restart() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    let none = bench.call(tab, &Call::GetSettings).unwrap();
    assert_eq!(none, json!({}));
    let settings = |text: &str| Settings {
        instructions: Some(text.to_owned()),
        defaults: Some(Choices {
            mode: Mode::AutoEdit,
            ..Choices::default()
        }),
    };
    let set = Call::SetSettings(settings(" 12 \n"));
    bench.call(tab, &set).unwrap();
    bench.restart();
    let tab = bench.connect();
    let read = bench.call(tab, &Call::GetSettings).unwrap();
    assert_eq!(Settings::from_json(read), Some(settings("12")));
    let long = Call::SetSettings(settings(&"x".repeat(8_001)));
    let refused = bench.call(tab, &long).unwrap_err();
    assert!(refused.contains("have 8001 characters"), "{refused}");
    assert_eq!(bench.directory.settings(), Ok(settings("12")));
    let clear = Call::SetSettings(Settings::default());
    bench.call(tab, &clear).unwrap();
    assert_eq!(bench.directory.settings(), Ok(Settings::default()));
}
