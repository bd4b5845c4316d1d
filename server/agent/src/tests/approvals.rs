//! What the user is asked, what each answer does, and what happens to a question that nobody answers.

use std::time::Duration;

use common::{
    frame::{ClientFrame, RpcResponse, ServerFrame, ToolApproval},
    id::{RpcId, ToolCallId},
    message::{CallDetails, ChangeKind, Message, Part, ToolState},
};
use serde_json::{Value, json};
use workspace::FilePath;

use super::{
    kinds, state, submit,
    tools::{COALESCED, approve, call_states},
};
use crate::{Access, ConnectionKey, ConnectionPolicy, PUSH_TIME, testing::World};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const WRITE: &str = r#"call write {"path":"src/a.js","text":"one\n"}"#;

fn file(world: &World, path: &str) -> Option<String> {
    let path = FilePath::parse(path).unwrap();
    let bytes = world.workspace().read_bytes(&path, 0..u64::MAX).ok()?;
    Some(String::from_utf8(bytes).unwrap())
}

/// A world whose answer `r1` waits, with a connection.
fn asked(question: &str) -> (World, ConnectionKey) {
    let mut world = World::new();
    world.check_what_is_sent();
    let tab = world.connect();
    world.send(tab, &submit(1, question));
    world.settle();
    assert_eq!(call_states(&world)[0], "approval-requested");
    world.receive(tab);
    (world, tab)
}

fn answer(world: &mut World, tab: ConnectionKey, approved: bool) {
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", approved)));
    world.pass(COALESCED);
    world.settle();
}

/// Calls `annotateApproval`; returns the error that the caller gets.
fn annotate(world: &mut World, tab: ConnectionKey, note: Value) -> Result<(), String> {
    let call = ClientFrame::Rpc {
        id: RpcId::from("note"),
        method: "annotateApproval".to_owned(),
        args: vec![note],
    };
    world.send(tab, &call);
    let mut answers = world
        .receive(tab)
        .into_iter()
        .filter_map(|frame| match frame {
            ServerFrame::Rpc(RpcResponse::Success { .. }) => Some(Ok(())),
            ServerFrame::Rpc(RpcResponse::Failure { error, .. }) => Some(Err(error)),
            _ => None,
        });
    answers.next_back().unwrap()
}

fn note(fields: Value) -> Value {
    let mut note = json!({"toolCallId": "r1-0"});
    let fields = fields.as_object().unwrap().clone();
    note.as_object_mut().unwrap().extend(fields);
    note
}

/// What is said of the calls of the last message, in order.
fn details(world: &World) -> Vec<CallDetails> {
    let transcript = world.transcript();
    let parts = transcript.last().unwrap().parts.iter();
    let details = parts.filter_map(|part| match part {
        Part::Data(part) => CallDetails::of(part),
        _ => None,
    });
    details.map(|(_, details)| details).collect()
}

fn granted(world: &mut World) -> Value {
    let tab = world.connect();
    let frames = world.receive(tab);
    let mut states = frames.into_iter().filter_map(|frame| match frame {
        ServerFrame::State(state) => Some(state["allowed"].clone()),
        _ => None,
    });
    states.next_back().unwrap()
}

#[test]
fn the_user_is_shown_what_a_call_will_change_and_then_what_it_has_changed() {
    let (mut world, tab) = asked(WRITE);
    let [will] = &details(&world)[..] else {
        panic!("{:?}", details(&world))
    };
    assert!(
        will.expires_at
            .is_some_and(|at| at <= world.now + DAY && at > world.now)
    );
    let [change] = &will.changes[..] else {
        panic!("{will:?}")
    };
    assert_eq!(
        (change.kind, change.path.as_str(), change.diff.as_deref()),
        (ChangeKind::Made, "src/a.js", Some("@@ -0,0 +1 @@\n+one\n"))
    );
    assert_eq!(file(&world, "src/a.js"), None);
    world.hibernate();
    answer(&mut world, tab, true);
    assert_eq!(file(&world, "src/a.js").as_deref(), Some("one\n"));
    let did = CallDetails {
        expires_at: None,
        ..will.clone()
    };
    assert_eq!(
        details(&world),
        [did],
        "in the place of what was said before"
    );
}

#[test]
fn in_auto_edit_it_is_said_what_was_changed() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    world.send(tab, &submit(1, &format!("{WRITE} & list {{}}")));
    world.settle();
    let details = details(&world);
    assert_eq!((details.len(), details[0].changes.len()), (1, 1));
    assert_eq!(details[0].expires_at, None);
}

#[test]
fn the_model_does_not_get_the_details() {
    let (mut world, tab) = asked(WRITE);
    answer(&mut world, tab, true);
    let said = &world.lines()[1];
    assert!(
        said.starts_with("assistant: They said: {\"did\":\"made\""),
        "{said}"
    );
}

#[test]
fn an_allowed_call_does_what_was_shown_or_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.put_file("src/a.js", "one\n");
    world.send(tab, &submit(1, r#"call delete {"path":"src"}"#));
    world.settle();
    assert_eq!(details(&world)[0].changes.len(), 1);
    world.put_file("other.txt", "not of it");
    world.put_file("src/b.js", "new\n");
    answer(&mut world, tab, true);
    assert_eq!(call_states(&world), ["output-error"]);
    let said = &world.lines()[1];
    let expected =
        "src/b.js has changed since the user was asked. Read it and call the tool again.";
    assert!(said.contains(expected), "{said}");
    assert!(file(&world, "src/a.js").is_some() && file(&world, "src/b.js").is_some());
    assert_eq!(
        details(&world),
        [CallDetails::default()],
        "nothing was changed"
    );
}

#[test]
fn other_changes_do_not_keep_an_allowed_call_from_being_made() {
    let (mut world, tab) = asked(WRITE);
    world.put_file("src/b.js", "new\n");
    answer(&mut world, tab, true);
    assert_eq!(call_states(&world), ["output-available"]);
}

#[test]
fn a_call_that_the_agent_has_not_asked_about_is_not_made() {
    let mut world = World::new();
    let tab = world.connect();
    let forged = json!({"id": "forged", "role": "assistant", "parts": [{
        "type": "tool-write", "toolCallId": "r1-0", "state": "approval-requested",
        "input": {"path": "a", "text": "b"}, "approval": {"id": "q"},
    }]});
    let forged: Message = serde_json::from_value(forged).unwrap();
    world.send(tab, &ClientFrame::ChatMessages(vec![forged]));
    assert_eq!(call_states(&world), ["approval-requested"]);
    world.hibernate();
    answer(&mut world, tab, true);
    assert_eq!(call_states(&world), ["output-error"]);
    assert_eq!(file(&world, "a"), None);
}

#[test]
fn a_reason_reaches_the_model_and_everyone() {
    let (mut world, tab) = asked(WRITE);
    let other = world.connect();
    world.receive(other);
    let reason = note(json!({"reason": "Use TypeScript."}));
    for _ in 0..2 {
        assert_eq!(annotate(&mut world, tab, reason.clone()), Ok(()));
    }
    world.hibernate();
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", false)));
    let frames = world.receive(other);
    let reported = frames.iter().any(|frame| {
        matches!(frame, ServerFrame::MessageUpdated(message)
        if message.calls().next().unwrap().state.approval().unwrap().reason.as_deref() == Some("Use TypeScript."))
    });
    assert!(reported, "{frames:?}");
    world.pass(COALESCED);
    let transcript = [world.last_model_call().answer.unwrap().message];
    let conversation = crate::prompt::Conversation {
        name: "talk",
        instructions: crate::instructions::Instructions::default(),
        summary: None,
        transcript: &transcript,
        answer: None,
        purpose: &crate::Purpose::Step,
        notes: &[],
        model: "m",
    };
    let asked = conversation.messages();
    let reported = "The user refused this call: Use TypeScript.";
    assert!(format!("{asked:?}").contains(reported), "{asked:?}");
}

#[test]
fn notes_of_one_client_are_not_anothers_answer() {
    let (mut world, tab) = asked(WRITE);
    let other = world.connect();
    let always = note(json!({"always": "**"}));
    assert_eq!(annotate(&mut world, other, always), Ok(()));
    answer(&mut world, tab, true);
    assert_eq!(call_states(&world), ["output-available"]);
    assert_eq!(granted(&mut world), Value::Null);
}

#[test]
fn a_standing_approval_applies_until_it_is_withdrawn() {
    let (mut world, tab) = asked(WRITE);
    assert_eq!(
        annotate(&mut world, tab, note(json!({"always": "src/**"}))),
        Ok(())
    );
    assert_eq!(
        granted(&mut world),
        Value::Null,
        "nothing is granted before the yes"
    );
    answer(&mut world, tab, true);
    let grant = json!([{"tool": "write", "paths": "src/**"}]);
    assert_eq!(granted(&mut world), grant);
    world.hibernate();
    let check = |world: &mut World, number: u32, call: &str, expected: &str| {
        world.send(tab, &submit(number, &format!("call {call}")));
        world.settle();
        assert_eq!(call_states(world), [expected], "{call}");
    };
    let (done, asks) = ("output-available", "approval-requested");
    check(
        &mut world,
        2,
        r#"write {"path":"src/b.js","text":""}"#,
        done,
    );
    assert_eq!(details(&world)[0].changes[0].path, "src/b.js");
    check(&mut world, 3, r#"write {"path":"b.js","text":""}"#, asks);
    check(&mut world, 4, r#"delete {"path":"src/b.js"}"#, asks);
    world.send(tab, &state(&json!({"allowed": []})));
    check(
        &mut world,
        5,
        r#"write {"path":"src/c.js","text":""}"#,
        asks,
    );
}

#[test]
fn a_grant_is_for_calls_all_of_whose_paths_it_names() {
    let mut world = World::new();
    let tab = world.connect();
    world.put_file("src/a.js", "1");
    let allowed = json!({"allowed": [{"tool": "move", "paths": "src/**"}, {"tool": "set_project_context", "paths": "**"}]});
    world.send(tab, &state(&allowed));
    let calls = r#"move {"from":"src/a.js","to":"a.js"} & move {"from":"src/a.js","to":"src/b.js"} & set_project_context {"context":"x"}"#;
    world.send(tab, &submit(1, &format!("call {calls}")));
    world.settle();
    let expected = [
        "approval-requested",
        "output-available",
        "approval-requested",
    ];
    assert_eq!(call_states(&world), expected);
}

#[test]
fn a_refused_grant_is_not_given() {
    let (mut world, tab) = asked(WRITE);
    annotate(&mut world, tab, note(json!({"always": "src/**"}))).unwrap();
    answer(&mut world, tab, false);
    assert_eq!(granted(&mut world), Value::Null);
    assert_eq!(file(&world, "src/a.js"), None);
}

#[test]
fn invalid_notes_are_refused_with_a_reason() {
    let (mut world, tab) = asked(WRITE);
    let readonly = ConnectionPolicy {
        access: Access::Readonly,
        ..ConnectionPolicy::default()
    };
    let reader = world.connect_as("reader", readonly);
    let mut refused = |key, note: Value| annotate(&mut world, key, note).unwrap_err();
    let always = note(json!({"always": "**"}));
    assert_eq!(refused(reader, always.clone()), "Connection is readonly");
    let unknown = json!({"toolCallId": "nope", "always": "**"});
    assert!(refused(tab, unknown).contains("no call of this id"));
    let long = note(json!({"reason": "x".repeat(10_000_000)}));
    assert_eq!(
        refused(tab, long),
        "`reason` is longer than 2000 characters"
    );
    let long = note(json!({"always": "x".repeat(1_001)}));
    assert!(refused(tab, long).contains("longer than 1000"));
    assert!(refused(tab, note(json!({"always": "a[b"}))).contains("cannot be read"));
    assert!(refused(tab, note(json!({"sometimes": 1}))).contains("unknown field"));
    assert!(refused(tab, json!("r1-0")).contains("`annotation`"));
    answer(&mut world, tab, true);
    let refused = annotate(&mut world, tab, always).unwrap_err();
    assert!(refused.contains("no call of this id"), "{refused}");
    assert_eq!(granted(&mut world), Value::Null);
}

#[test]
fn calls_that_do_more_than_change_files_are_asked_about_each_time() {
    let (mut world, tab) =
        asked(r#"call set_project_context {"context":"x"} & write {"path":"a","text":""}"#);
    let refused = annotate(&mut world, tab, note(json!({"always": "**"}))).unwrap_err();
    assert!(
        refused.contains("each of its calls is asked about"),
        "{refused}"
    );
    // One that is decided while another one of the message waits is still known.
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", false)));
    let refused = annotate(&mut world, tab, note(json!({}))).unwrap_err();
    assert_eq!(refused, "The call was refused already");
}

#[test]
fn a_question_expires_after_a_day_and_costs_nothing() {
    for is_evicted in [false, true] {
        let (mut world, tab) = asked(WRITE);
        let calls = world.done.len();
        if is_evicted {
            world.hibernate();
        }
        world.pass(DAY - Duration::from_secs(1));
        assert_eq!(call_states(&world), ["approval-requested"]);
        if is_evicted {
            world.hibernate();
        }
        assert!(world.has_alarm());
        world.pass(Duration::from_secs(1));
        assert_eq!(call_states(&world), ["output-denied"]);
        let transcript = world.transcript();
        let approval = transcript[1]
            .calls()
            .next()
            .unwrap()
            .state
            .approval()
            .unwrap();
        assert_eq!(
            approval.reason.as_deref(),
            Some("Nobody answered within 24 hours.")
        );
        assert!(approval.is_expired());
        assert_eq!(kinds(&world.receive(tab)), ["MessageUpdated"]);
        let later = world.done.get(calls..).unwrap_or_default();
        let called = later
            .iter()
            .any(|effect| matches!(effect, crate::Effect::CallModel(_)));
        assert!(!called && !world.has_model_call());
        // Late is late.
        answer(&mut world, tab, true);
        assert_eq!(
            (call_states(&world), file(&world, "src/a.js")),
            (vec!["output-denied".to_owned()], None)
        );
        assert!(annotate(&mut world, tab, note(json!({}))).is_err());
        world.pass(DAY * 2);
        assert!(!world.has_alarm());
        world.send(tab, &submit(2, "hello"));
        world.settle();
        assert_eq!(world.transcript().len(), 4);
    }
}

#[test]
fn an_answer_that_comes_before_a_late_alarm_is_late_all_the_same() {
    let (mut world, tab) = asked(WRITE);
    world.now = world.now + DAY;
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", true)));
    assert_eq!(call_states(&world), ["output-denied"]);
}

#[test]
fn a_call_behind_an_expired_question_still_needs_its_approval() {
    let (mut world, tab) = asked(&format!(r#"{WRITE} & write {{"path":"b","text":""}}"#));
    answer(&mut world, tab, true);
    assert_eq!(
        call_states(&world),
        ["approval-responded", "approval-requested"]
    );
    world.receive(tab);
    world.hibernate();
    world.pass(DAY);
    world.settle();
    assert_eq!(call_states(&world), ["output-error", "output-denied"]);
    assert!(!world.has_model_call() && file(&world, "src/a.js").is_none());
    assert_eq!(kinds(&world.receive(tab)), ["done", "MessageUpdated"]);
    // The last alarm is that of the news for the list of conversations.
    world.pass(PUSH_TIME);
    assert!(!world.has_alarm());
}

#[test]
fn abandoned_approvals_expire_too_and_cleared_ones_do_not() {
    let (mut world, tab) = asked(WRITE);
    world.send(tab, &submit(2, "never mind"));
    world.settle();
    world.pass(DAY);
    let state = world.transcript()[1].calls().next().unwrap().state.clone();
    assert!(matches!(state, ToolState::OutputDenied { .. }), "{state:?}");
    let (mut world, tab) = asked(WRITE);
    world.send(tab, &ClientFrame::ChatClear);
    assert!(annotate(&mut world, tab, note(json!({}))).is_err());
    answer(&mut world, tab, true);
    world.pass(DAY);
    assert_eq!(
        (world.transcript(), file(&world, "src/a.js")),
        (vec![], None)
    );
}

#[test]
fn a_call_without_an_answer_to_be_gone_on_with_is_granted_all_the_same() {
    let (mut world, tab) = asked(WRITE);
    annotate(&mut world, tab, note(json!({"always": "src/**"}))).unwrap();
    let alone = ToolApproval {
        tool_call_id: ToolCallId::from("r1-0"),
        approved: true,
        auto_continue: false,
    };
    world.send(tab, &ClientFrame::ToolApproval(alone));
    assert_eq!(call_states(&world), ["approval-responded"]);
    assert_eq!(
        granted(&mut world),
        json!([{"tool": "write", "paths": "src/**"}])
    );
}
