//! Tools of the agent and of the client, approvals, and the turns that go on with them.

use std::time::Duration;

use common::{
    chunk::Chunk,
    frame::{
        ChatRequest, ClientFrame, ClientTool, NoResume, Outcome, ResponseKind, ServerFrame,
        ToolApproval, ToolResult, Trigger,
    },
    id::{MessageId, ProbeId, RequestId, ToolCallId},
    message::{Message, Part, Role, ToolOutcome},
};
use serde_json::{Map, Value, json};

use super::{chat, kinds, outcomes, request, responses, seqs, state, submit};
use crate::{ConnectionKey, Effect, testing::World};

/// Longer than results are waited for.
pub(super) const COALESCED: Duration = Duration::from_millis(60);

fn client_tool(name: &str) -> ClientTool {
    ClientTool {
        name: name.to_owned(),
        description: None,
        parameters: None,
    }
}

/// A submission of a client that runs `getTime` and `getPlace` itself.
fn submit_with_tools(number: u32, text: &str) -> ClientFrame {
    ClientFrame::ChatRequest(ChatRequest {
        id: RequestId::new(format!("r{number}")),
        trigger: Trigger::Submit,
        messages: vec![Message::text(
            MessageId::new(format!("m{number}")),
            Role::User,
            text,
        )],
        after: None,
        client_tools: vec![client_tool("getTime"), client_tool("getPlace")],
        body: Map::from_iter([("model".to_owned(), "some/model".into())]),
    })
}

pub(super) fn result(call: &str, output: Value) -> ToolResult {
    ToolResult {
        tool_call_id: ToolCallId::from(call),
        tool_name: "getTime".to_owned(),
        outcome: ToolOutcome::Output(output),
        auto_continue: true,
        client_tools: Vec::new(),
    }
}

pub(super) fn approve(call: &str, approved: bool) -> ToolApproval {
    ToolApproval {
        tool_call_id: ToolCallId::from(call),
        approved,
        auto_continue: true,
    }
}

/// The states of the calls of the last message, as the wire says them.
pub(super) fn call_states(world: &World) -> Vec<String> {
    let transcript = world.transcript();
    let last = transcript.last().unwrap();
    last.calls()
        .map(|call| call.state.as_str().to_owned())
        .collect()
}

/// A world where the model has called the client's `getTime` (and `getPlace`) and waits.
fn waiting(question: &str) -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit_with_tools(1, question));
    world.settle();
    world.receive(tab);
    (world, tab)
}

const CONTEXT: &str = r#"call set_project_context {"context":"Rust 1.95."}"#;

#[test]
fn the_agent_runs_its_tools_step_by_step() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.receive(tab);
    world.receive(other);
    let question = r#"call rename_conversation {"title":"A"} & nope {} then rename_conversation {"title":"B"}"#;
    world.send(tab, &submit(1, question));
    world.settle();
    assert_eq!(
        call_states(&world),
        ["output-available", "output-error", "output-available"]
    );
    let reported = &world.lines()[1];
    assert!(
        reported.contains(
            r#"They said: {"title":"A"}, There is no tool `nope`. The tools are: `list`, "#
        ),
        "{reported}"
    );
    assert!(
        reported.ends_with(r#"`ask_user`., {"title":"B"}."#),
        "{reported}"
    );
    assert_eq!(world.runs.values().copied().collect::<Vec<_>>(), [1, 1]);
    let frames = world.receive(other);
    let steps = |wanted: &Chunk| {
        let kinds = responses(&frames)
            .into_iter()
            .filter_map(|response| match &response.kind {
                ResponseKind::Chunk { chunk, .. } => Some(chunk.clone()),
                _ => None,
            });
        kinds.filter(|chunk| chunk == wanted).count()
    };
    assert_eq!(
        (steps(&Chunk::StartStep), steps(&Chunk::FinishStep)),
        (3, 3)
    );
    let titles: Vec<&Value> = frames
        .iter()
        .filter_map(|frame| match frame {
            ServerFrame::State(state) => Some(&state["title"]),
            _ => None,
        })
        .collect();
    assert!(
        titles.contains(&&json!("A")) && titles.last() == Some(&&json!("B")),
        "{titles:?}"
    );
}

#[test]
fn input_that_is_not_json_is_an_error_for_the_model() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "call rename_conversation {broken"));
    world.settle();
    assert_eq!(call_states(&world), ["output-error"]);
    assert!(
        world.lines()[1].contains("The arguments are not JSON"),
        "{:?}",
        world.lines()
    );
}

#[test]
fn a_tool_that_does_not_come_back_is_given_up() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, r#"call rename_conversation {"title":"A"}"#));
    while world.running_tools() == 0 {
        assert!(world.step_model());
    }
    world.lose_tools();
    world.pass(Duration::from_secs(121));
    world.settle();
    assert!(world.lines()[1].contains("did not come back within 120 s"));
    assert_eq!(outcomes(&world.receive(tab)).len(), 1);
}

#[test]
fn a_cancelled_tool_has_an_end() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, r#"call rename_conversation {"title":"A"}"#));
    while world.running_tools() == 0 {
        assert!(world.step_model());
    }
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    assert!(!world.step_model());
    assert_eq!(call_states(&world), ["output-error"]);
    assert_eq!(outcomes(&world.receive(tab))[0].1, Outcome::Aborted);
}

#[test]
fn a_result_makes_one_continuation_of_the_same_message() {
    let (mut world, tab) = waiting("call getTime");
    let other = world.connect();
    world.receive(other);
    assert_eq!(call_states(&world), ["input-available"]);
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    for key in [tab, other] {
        let frames = chat(world.receive(key));
        let [ServerFrame::MessageUpdated(message)] = &frames[..] else {
            panic!("{frames:?}")
        };
        assert_eq!(
            message.calls().next().unwrap().state.as_str(),
            "output-available"
        );
    }
    assert!(!world.has_model_call(), "more results may come");
    world.pass(COALESCED);
    world.settle();
    assert_eq!(world.transcript().len(), 2);
    assert_eq!(world.lines()[1], r#"assistant: They said: "12:00"."#);
    assert_eq!(world.last_model_call().model, "some/model", "tl_13");
    let frames = world.receive(tab);
    assert!(
        responses(&frames)
            .iter()
            .all(|response| response.continuation)
    );
    let id = &responses(&frames)[0].id;
    assert_ne!(*id, RequestId::from("r1"));
    let starts: Vec<&Chunk> = responses(&frames)
        .into_iter()
        .filter_map(|response| match &response.kind {
            ResponseKind::Chunk { chunk, .. } => Some(chunk),
            _ => None,
        })
        .filter(|chunk| matches!(chunk, Chunk::Start { .. }))
        .collect();
    let nameless = Chunk::Start {
        message_id: None,
        message_metadata: None,
    };
    assert_eq!(starts, [&nameless]);
    let count = seqs(&frames).len() as u64;
    assert_eq!(seqs(&frames), (0..count).collect::<Vec<_>>());
    assert_eq!(
        kinds(&frames)[kinds(&frames).len() - 2..],
        ["ChatMessages", "done"]
    );
    assert_eq!(outcomes(&frames).len(), 1);
}

#[test]
fn a_continuation_that_is_due_is_not_put_off_by_what_comes_before_a_late_alarm() {
    let (mut world, tab) = waiting("call getTime");
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    // The platform is busy: the alarm is due, and the next input comes first.
    world.now = world.now + COALESCED;
    world.send(tab, &state(&json!({"title": "Clocks"})));
    world.pass(Duration::ZERO);
    world.settle();
    assert_eq!(world.lines()[1], r#"assistant: They said: "12:00"."#);
}

#[test]
fn without_auto_continue_nothing_follows() {
    let (mut world, tab) = waiting("call getTime");
    let alone = ToolResult {
        auto_continue: false,
        ..result("r1-0", json!("12:00"))
    };
    world.send(tab, &ClientFrame::ToolResult(alone));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(kinds(&world.receive(tab)), ["MessageUpdated"]);
    assert_eq!(call_states(&world), ["output-available"]);
}

#[test]
fn results_of_one_message_make_one_continuation_when_the_last_has_come() {
    let (mut world, tab) = waiting("call getTime & getPlace");
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    world.pass(Duration::from_secs(3600));
    assert!(!world.has_model_call());
    world.hibernate();
    world.pass(Duration::from_secs(3600));
    let last = ToolResult {
        auto_continue: false,
        ..result("r1-1", json!("Paris"))
    };
    world.send(tab, &ClientFrame::ToolResult(last));
    world.settle();
    assert_eq!(
        world.lines()[1],
        r#"assistant: They said: "12:00", "Paris"."#
    );
    let tools = [client_tool("getTime"), client_tool("getPlace")];
    assert_eq!(world.last_model_call().client_tools, tools);
    assert_eq!(outcomes(&world.receive(tab)).len(), 1);
}

#[test]
fn a_result_waits_for_the_turn_that_runs() {
    let (mut world, tab) = waiting("call getTime");
    let other = world.connect();
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    world.send(other, &submit(2, "hello"));
    world.pass(COALESCED);
    world.settle();
    let ended: Vec<Outcome> = outcomes(&world.receive(tab))
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(ended.len(), 2);
    assert!(
        world.lines()[1].starts_with("assistant: They said") || ended.contains(&Outcome::Skipped)
    );
    assert_eq!(world.transcript().len(), 4, "nothing stands twice");
}

#[test]
fn only_the_first_answer_counts() {
    let (mut world, tab) = waiting("call getTime");
    let refused = ToolResult {
        outcome: ToolOutcome::Error(None),
        auto_continue: false,
        ..result("r1-0", json!(null))
    };
    world.send(tab, &ClientFrame::ToolResult(refused.clone()));
    assert_eq!(kinds(&world.receive(tab)), ["MessageUpdated"]);
    let text = world.transcript()[1].to_json().to_string();
    assert!(text.contains("Tool execution denied by user"), "{text}");
    for frame in [
        ClientFrame::ToolResult(refused),
        ClientFrame::ToolResult(result("r1-0", json!("13:00"))),
        ClientFrame::ToolApproval(approve("r1-0", true)),
        ClientFrame::ToolResult(result("unheard-of", json!(1))),
        ClientFrame::ToolApproval(approve("unheard-of", true)),
    ] {
        world.send(tab, &frame);
        world.pass(COALESCED);
        assert_eq!(world.receive(tab), [], "{frame:?}");
    }
    assert_eq!(call_states(&world), ["output-error"]);
}

#[test]
fn an_error_keeps_its_words() {
    let (mut world, tab) = waiting("call getTime");
    let failed = ToolResult {
        outcome: ToolOutcome::Error(Some("no clock".to_owned())),
        ..result("r1-0", json!(null))
    };
    world.send(tab, &ClientFrame::ToolResult(failed));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(world.lines()[1], "assistant: They said: no clock.");
}

#[test]
fn a_result_may_stand_in_for_an_approval() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("done by hand"))),
    );
    world.pass(COALESCED);
    world.settle();
    assert_eq!(world.lines()[1], r#"assistant: They said: "done by hand"."#);
    assert!(world.runs.is_empty());
}

#[test]
fn continuations_use_the_latest_client_tools() {
    let (mut world, tab) = waiting("call getTime");
    let with_tools = ToolResult {
        client_tools: vec![client_tool("getWeather")],
        ..result("r1-0", json!("12:00"))
    };
    world.send(tab, &ClientFrame::ToolResult(with_tools));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(
        world.last_model_call().client_tools,
        [client_tool("getWeather")]
    );
    world.send(tab, &submit(2, "hello"));
    assert_eq!(
        world.last_model_call().client_tools,
        [],
        "a submission without tools forgets them"
    );
}

#[test]
fn the_owner_resumes_and_others_get_it_live() {
    let (mut world, tab) = waiting("call getTime");
    let other = world.connect();
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    world.receive(tab);
    world.receive(other);
    let probe = || ClientFrame::ResumeRequest(Some(ProbeId::from("p")));
    world.send(tab, &probe());
    world.send(other, &probe());
    assert_eq!(kinds(&world.receive(tab)), ["StreamPending"]);
    let owned = ServerFrame::StreamResumeNone {
        reason: Some(NoResume::ContinuationOwned),
        probe_id: Some(ProbeId::from("p")),
    };
    assert_eq!(world.receive(other), [owned]);
    world.pass(COALESCED);
    world.step_model();
    let offered = chat(world.receive(tab));
    let [ServerFrame::StreamResuming { id, .. }] = &offered[..] else {
        panic!("silent until it answers: {offered:?}")
    };
    assert!(!world.receive(other).is_empty());
    world.send(tab, &ClientFrame::ResumeAck(id.clone()));
    let replayed = world.receive(tab);
    assert!(
        responses(&replayed)
            .iter()
            .all(|response| response.continuation)
    );
    let before = seqs(&replayed).len();
    world.hibernate();
    world.disconnect(tab);
    world.send(other, &probe());
    let again = world.receive(other);
    assert!(
        again
            .iter()
            .any(|frame| matches!(frame, ServerFrame::StreamResuming { .. })),
        "its owner is gone: {again:?}"
    );
    assert!(before > 0);
}

#[test]
fn a_continuation_that_fails_ends_and_the_next_turn_works() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit_with_tools(1, "call getTime"));
    world.settle();
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    world.send(tab, &ClientFrame::ResumeRequest(None));
    world.receive(tab);
    world.pass(COALESCED);
    assert!(world.has_model_call());
    world.fail_model();
    let frames = world.receive(tab);
    assert!(
        kinds(&frames).contains(&"StreamResumeNone".to_owned()),
        "{frames:?}"
    );
    assert!(matches!(&outcomes(&frames)[0].1, Outcome::Error(Some(_))));
    world.send(tab, &submit(2, "hello"));
    world.settle();
    assert_eq!(
        outcomes(&world.receive(tab)).last().unwrap().1,
        Outcome::Completed
    );
}

#[test]
fn clear_forgets_continuations_and_what_they_would_use() {
    let (mut world, tab) = waiting("call getTime");
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    world.send(tab, &ClientFrame::ResumeRequest(None));
    world.receive(tab);
    world.send(tab, &ClientFrame::ChatClear);
    assert!(kinds(&world.receive(tab)).contains(&"StreamResumeNone".to_owned()));
    world.pass(COALESCED);
    world.settle();
    assert!(!world.has_model_call() && world.transcript().is_empty());
    world.hibernate();
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("13:00"))),
    );
    world.pass(COALESCED);
    assert!(!world.has_model_call());
}

#[test]
fn an_approved_call_runs_and_the_answer_continues() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    assert_eq!(call_states(&world), ["approval-requested"]);
    let frames = world.receive(tab);
    let stored_at = world.done.iter().position(|effect| {
        matches!(effect, Effect::Persist(writes)
        if format!("{writes:?}").contains("ApprovalRequested"))
    });
    let done_at = world.done.iter().position(|effect| {
        matches!(effect, Effect::Send { text, .. }
        if text.contains("\"done\":true"))
    });
    assert!(stored_at < done_at, "ta_01: stored before the end is sent");
    assert_eq!(outcomes(&frames).len(), 1);
    let id = world.transcript()[1].id.clone();
    world.hibernate();
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", true)));
    assert_eq!(call_states(&world), ["approval-responded"]);
    world.pass(COALESCED);
    world.settle();
    assert_eq!(call_states(&world), ["output-available"]);
    assert_eq!(world.transcript()[1].id, id);
    assert_eq!(world.lines()[1], r#"assistant: They said: {"saved":true}."#);
    assert_eq!(world.runs.values().copied().collect::<Vec<_>>(), [1]);
    let last = world.receive(tab);
    let reported = last.iter().any(|frame| {
        matches!(frame, ServerFrame::State(state)
        if state["projectContext"] == "Rust 1.95.")
    });
    assert!(reported, "{last:?}");
}

#[test]
fn a_refused_call_is_not_made_and_the_model_learns_of_it() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", false)));
    assert_eq!(call_states(&world), ["output-denied"]);
    world.pass(COALESCED);
    world.settle();
    assert_eq!(world.lines()[1], "assistant: They said: refused.");
    assert!(world.runs.is_empty());
}

#[test]
fn an_answer_without_auto_continue_only_changes_the_call() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    let alone = ToolApproval {
        auto_continue: false,
        ..approve("r1-0", true)
    };
    world.send(tab, &ClientFrame::ToolApproval(alone));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(call_states(&world), ["approval-responded"]);
    assert!(world.runs.is_empty());
}

#[test]
fn chained_approvals_keep_what_was_before() {
    let mut world = World::new();
    let tab = world.connect();
    let question = format!(r#"{CONTEXT} then set_project_context {{"context":"Rust 2."}}"#);
    world.send(tab, &submit(1, &question));
    world.settle();
    for call in ["r1-0", "r1-0-second"] {
        let waiting = world.transcript()[1]
            .calls()
            .find(|call| call.state.as_str() == "approval-requested")
            .map(|call| call.tool_call_id.to_string());
        assert!(waiting.is_some(), "{call}");
        world.send(
            tab,
            &ClientFrame::ToolApproval(approve(&waiting.unwrap(), true)),
        );
        world.pass(COALESCED);
        world.settle();
    }
    assert_eq!(
        call_states(&world),
        ["output-available", "output-available"]
    );
    assert_eq!(world.transcript().len(), 2);
    let steps = world.transcript()[1]
        .parts
        .iter()
        .filter(|part| **part == Part::StepStart)
        .count();
    assert_eq!(steps, 3);
}

#[test]
fn a_call_of_an_older_answer_is_answered_and_not_gone_on_with() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    world.send(tab, &submit(2, "never mind"));
    world.settle();
    world.receive(tab);
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", true)));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(kinds(&world.receive(tab)), ["MessageUpdated"]);
    assert!(world.runs.is_empty());
}

#[test]
fn regenerate_drops_what_waited() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", true)));
    let question = world.transcript()[0].clone();
    world.send(tab, &request("r2", Trigger::Regenerate, vec![question]));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(world.transcript().len(), 2);
    assert_eq!(call_states(&world), ["approval-requested"], "asked anew");
    assert!(world.runs.is_empty());
}

#[test]
fn the_state_tells_that_the_answer_waits() {
    let (mut world, tab) = waiting("call getTime");
    let other = world.connect();
    let states = |frames: Vec<ServerFrame>| -> Vec<Value> {
        let state = |frame: ServerFrame| match frame {
            ServerFrame::State(state) => Some(state["run"]["status"].clone()),
            _ => None,
        };
        frames.into_iter().filter_map(state).collect()
    };
    assert_eq!(states(world.receive(other)), ["waiting"]);
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!("12:00"))),
    );
    world.pass(COALESCED);
    world.settle();
    assert_eq!(states(world.receive(other)), ["idle", "running", "idle"]);
}

#[test]
fn a_continuation_says_what_was_asked_before_what_came_of_it() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, CONTEXT));
    world.settle();
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", true)));
    world.receive(tab);
    world.pass(COALESCED);
    world.settle();
    let frames = world.receive(tab);
    let first: Vec<String> = responses(&frames)
        .into_iter()
        .take(3)
        .map(|response| match &response.kind {
            ResponseKind::Chunk { chunk, .. } => {
                let json = serde_json::to_value(chunk).unwrap();
                json["type"].as_str().unwrap().to_owned()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        first,
        ["start", "tool-input-available", "tool-output-available"]
    );
}
