//! The agent is stopped after every effect and restored: the transcript must be the one of an undisturbed run.

use std::time::Duration;

use common::{
    frame::{ClientFrame, ServerFrame, ToolApproval},
    id::RpcId,
    message::{Part, ToolPart, ToolState},
};

use serde_json::json;
use workspace::FilePath;

use super::{kinds, outcomes, state, submit};
use crate::{
    PUSH_TIME,
    testing::{ScriptedModel, World},
};

/// Two turns, the second queued behind the first; a client that asks again after every interruption, as ours does.
/// Returns the transcript without ids.
fn run(stop_after: Option<usize>) -> (Vec<(String, Vec<Part>)>, usize) {
    let mut world = World::new();
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let mut tab = world.connect();
    let mut to_send = vec![submit(2, "two"), submit(1, "one")];
    for _ in 0..10_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            to_send = vec![submit(2, "two"), submit(1, "one")];
        } else if let Some(frame) = to_send.pop() {
            world.send(tab, &frame);
        } else if !world.step_model() {
            break;
        }
    }
    let effects = world.done.len();
    let transcript = world
        .transcript()
        .into_iter()
        .map(|message| (message.role.as_str().to_owned(), message.parts))
        .collect();
    assert_pushed(&mut world);
    (transcript, effects)
}

/// The list of conversations knows the conversation as it is, once every alarm has come.
fn assert_pushed(world: &mut World) {
    world.stop_after(usize::MAX);
    world.pass(PUSH_TIME * 3);
    world.assert_listed();
}

#[test]
fn stopped_after_every_effect_the_transcript_is_the_same() {
    let (undisturbed, effects) = run(None);
    assert_eq!(undisturbed.len(), 4);
    assert!(effects > 30);
    for stop_after in 0..effects {
        let (disturbed, _) = run(Some(stop_after));
        assert_eq!(disturbed, undisturbed, "stopped after {stop_after} effects");
    }
}

#[test]
fn a_connection_that_stays_sees_one_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.step_model();
    world.hibernate();
    world.pass(std::time::Duration::from_secs(60));
    world.settle();
    let frames = world.receive(tab);
    let seqs = super::seqs(&frames);
    assert_eq!(
        seqs,
        (0..seqs.len() as u64).collect::<Vec<_>>(),
        "the stream continues where it stopped"
    );
    let recovering: Vec<bool> = frames
        .iter()
        .filter_map(|frame| match frame {
            ServerFrame::ChatRecovering { recovering, .. } => Some(*recovering),
            _ => None,
        })
        .collect();
    assert_eq!(recovering, [true, false]);
    assert_eq!(outcomes(&frames).len(), 1);
    assert_eq!(
        world.lines()[1],
        format!("assistant: {}", ScriptedModel::answer_to("one"))
    );
}

#[test]
fn a_turn_that_makes_no_progress_is_given_up_and_says_so() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    for _ in 0..10 {
        world.hibernate();
        assert!(world.has_alarm() || !world.has_model_call());
        world.pass(std::time::Duration::from_secs(60));
    }
    let frames = world.receive(tab);
    let ended = outcomes(&frames);
    assert_eq!(ended.len(), 1, "once: {:?}", kinds(&frames));
    assert!(
        matches!(&ended[0].1, common::frame::Outcome::Error(Some(text)) if text.contains("interrupted"))
    );
    assert!(
        world.lines()[1].starts_with("assistant: word1"),
        "what there was is kept"
    );
}

/// A turn that runs a tool, asks for an approval, gets it and continues; the client sends again what was not heard.
/// Returns the world once nothing moves, and how many effects there were.
pub(super) fn run_tools(mode: &str, question: &str, stop_after: Option<usize>) -> (World, usize) {
    let mut world = World::new();
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let mut tab = world.connect();
    world.send(tab, &state(&json!({"mode": mode})));
    world.send(tab, &submit(1, question));
    for _ in 0..1_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            world.send(tab, &submit(1, question));
        } else if let Some(call) = call_to_approve(&world) {
            let approval = ToolApproval {
                tool_call_id: call.tool_call_id,
                approved: true,
                auto_continue: true,
            };
            world.send(tab, &ClientFrame::ToolApproval(approval));
        } else if !world.step_model() {
            world.pass(Duration::from_secs(1));
            if !world.has_model_call() && world.running_tools() == 0 && !world.take_stopped() {
                break;
            }
        }
    }
    let effects = world.done.len();
    assert_pushed(&mut world);
    (world, effects)
}

const ASKED: &str = r#"call write {"path":"src/a","text":"one"} & move {"from":"b","to":"c"}"#;

/// A turn that ends with two questions; the first is answered with a yes for good, the second with a no and a reason,
/// when `answers` says so. The client says again what the agent has not decided. Returns the world once nothing moves,
/// and how many effects there were.
fn run_questions(answers: bool, stop_after: Option<usize>) -> (World, usize) {
    let mut world = World::new();
    world.put_file("b", "two");
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let mut tab = world.connect();
    world.send(tab, &submit(1, ASKED));
    let mut said = Vec::new();
    for _ in 0..1_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            world.send(tab, &submit(1, ASKED));
            said.clear();
        } else if let Some(call) =
            call_to_approve(&world).filter(|call| answers && !said.contains(&call.tool_call_id))
        {
            let approved = call.name == "write";
            let mut note = json!({"toolCallId": call.tool_call_id});
            let (field, text) = if approved {
                ("always", "src/*")
            } else {
                ("reason", "It is fine where it is.")
            };
            note[field] = text.into();
            let note = ClientFrame::Rpc {
                id: RpcId::from("note"),
                method: "annotateApproval".to_owned(),
                args: vec![note],
            };
            let approval = ToolApproval {
                tool_call_id: call.tool_call_id.clone(),
                approved,
                auto_continue: true,
            };
            said.push(call.tool_call_id);
            for frame in [note, ClientFrame::ToolApproval(approval)] {
                // What is sent to a connection that is gone is lost.
                if world.is_connected(tab) {
                    world.send(tab, &frame);
                }
            }
        } else if !world.step_model() {
            world.pass(Duration::from_secs(1));
            if !world.has_model_call() && world.running_tools() == 0 && !world.take_stopped() {
                break;
            }
        }
    }
    let effects = world.done.len();
    assert_pushed(&mut world);
    (world, effects)
}

#[test]
fn a_stop_while_the_user_is_to_be_asked_changes_nothing() {
    let (undisturbed, effects) = run_questions(false, None);
    let parts = |world: &World| -> Vec<String> {
        let transcript = world.transcript();
        let parts = transcript[1].parts.iter();
        // Questions have ids and moments of their own.
        let part = |part: &Part| match part {
            Part::Tool(call) => format!("{} {}", call.tool_call_id, call.state.as_str()),
            Part::Data(part) => format!("{:?}", part.data["changes"]),
            other => format!("{other:?}"),
        };
        parts.map(part).collect()
    };
    let expected = parts(&undisturbed);
    assert!(format!("{expected:?}").contains("approval-requested"));
    let mut compared = 0;
    for stop_after in 0..effects {
        let (world, _) = run_questions(false, Some(stop_after));
        if was_cut_off(&world) {
            continue;
        }
        compared += 1;
        assert_eq!(
            parts(&world),
            expected,
            "stopped after {stop_after} effects"
        );
        let questions = world.approvals();
        assert_eq!(questions.len(), 2, "stopped after {stop_after} effects");
        assert_eq!(changes(&world), 1, "stopped after {stop_after} effects");
        assert!(world.has_alarm(), "stopped after {stop_after} effects");
    }
    assert!(compared > 10, "{compared}");
}

/// Whether the stop was while the model wrote a call: there is another answer then.
fn was_cut_off(world: &World) -> bool {
    world.lines()[1].contains("The input was cut off")
}

#[test]
fn an_answer_with_more_than_yes_or_no_is_taken_wholly_whatever_stops() {
    let (undisturbed, effects) = run_questions(true, None);
    assert_eq!(paths(&undisturbed), ["b", "src"]);
    let mut unknown = 0;
    for stop_after in 0..effects {
        let (mut world, _) = run_questions(true, Some(stop_after));
        if was_cut_off(&world) {
            continue;
        }
        let what = format!("stopped after {stop_after} effects");
        let transcript = world.transcript();
        let calls: Vec<&ToolPart> = transcript[1].calls().collect();
        let [write, moved] = &calls[..] else {
            panic!("{what}: {calls:?}")
        };
        match &write.state {
            ToolState::OutputAvailable { .. } => assert_eq!(paths(&world), ["b", "src"], "{what}"),
            ToolState::OutputError { error_text, .. } => {
                assert!(error_text.contains("interrupt"), "{what}: {error_text}");
                unknown += 1;
            }
            other => panic!("{what}: {other:?}"),
        }
        let ToolState::OutputDenied { approval, .. } = &moved.state else {
            panic!("{what}: {moved:?}")
        };
        let reason = "It is fine where it is.";
        assert_eq!(approval.reason.as_deref(), Some(reason), "{what}");
        assert!(world.runs.values().all(|runs| *runs == 1), "{what}");
        let tab = world.connect();
        let allowed = world
            .receive(tab)
            .into_iter()
            .find_map(|frame| match frame {
                ServerFrame::State(state) => Some(state["allowed"].clone()),
                _ => None,
            });
        let grant = json!([{"tool": "write", "paths": "src/*"}]);
        assert_eq!(allowed, Some(grant), "{what}");
        let said = &world.lines()[1];
        assert!(said.starts_with("assistant: They said: "), "{what}: {said}");
    }
    assert!(unknown > 0, "some stops were in the middle of the tool");
}

fn call_to_approve(world: &World) -> Option<ToolPart> {
    let transcript = world.transcript();
    let mut calls = transcript.iter().flat_map(common::message::Message::calls);
    calls
        .find(|call| matches!(call.state, ToolState::ApprovalRequested { .. }))
        .cloned()
}

#[test]
fn tools_run_once_and_what_they_said_is_kept() {
    const QUESTION: &str =
        r#"call rename_conversation {"title":"A"} then set_project_context {"context":"B"}"#;
    let (undisturbed, effects) = run_tools("ask", QUESTION, None);
    let expected = r#"assistant: They said: {"title":"A"}, {"saved":true}."#;
    assert_eq!(undisturbed.lines()[1], expected);
    assert!(effects > 40);
    let mut interrupted = 0;
    for stop_after in 0..effects {
        let (mut world, _) = run_tools("ask", QUESTION, Some(stop_after));
        let transcript = world.transcript();
        assert_eq!(
            transcript.len(),
            2,
            "stopped after {stop_after} effects: {:?}",
            world.lines()
        );
        let calls: Vec<ToolPart> = transcript[1].calls().cloned().collect();
        assert_eq!(
            calls.len(),
            2,
            "stopped after {stop_after} effects: no call stands twice"
        );
        for call in &calls {
            let runs = world
                .runs
                .get(call.tool_call_id.as_str())
                .copied()
                .unwrap_or(0);
            match &call.state {
                ToolState::OutputAvailable { .. } => {
                    assert_eq!(runs, 1, "stopped after {stop_after} effects");
                }
                ToolState::OutputError { error_text, .. } => {
                    assert!(error_text.contains("interrupt"), "{error_text}");
                    interrupted += 1;
                }
                other => panic!("stopped after {stop_after} effects: {other:?}"),
            }
        }
        let ended = world.lines()[1].starts_with("assistant: They said: ");
        assert!(
            ended,
            "stopped after {stop_after} effects: {:?}",
            world.lines()
        );
        let tab = world.connect();
        let frames = world.receive(tab);
        let idle = frames.iter().any(|frame| {
            matches!(frame, ServerFrame::State(state)
            if state["run"]["status"] == "idle")
        });
        assert!(idle, "stopped after {stop_after} effects: {frames:?}");
    }
    assert!(interrupted > 0, "some stops were in the middle of a tool");
}

#[test]
fn a_tool_that_writes_does_so_once_and_says_no_more_than_it_did() {
    const LAST: &str = r#"move {"from":"a","to":"c"} then list {}"#;
    const WRITES: [&str; 2] = [
        r#"write {"path":"a","text":"one"}"#,
        r#"write {"path":"b","text":"two"}"#,
    ];
    let modes = ["ask", "auto-edit"];
    for (mode, between) in modes
        .iter()
        .flat_map(|mode| [(mode, " then "), (mode, " & ")])
    {
        let question = format!("call {} then {LAST}", WRITES.join(between));
        let (undisturbed, effects) = run_tools(mode, &question, None);
        assert_eq!(paths(&undisturbed), ["b", "c"]);
        assert_eq!(changes(&undisturbed), 3);
        let mut unknown = 0;
        for stop_after in 0..effects {
            let (world, _) = run_tools(mode, &question, Some(stop_after));
            unknown += check_writes(&world, stop_after);
        }
        assert!(unknown > 0, "some stops were in the middle of a tool");
    }
}

/// Each change is one that a call tells of, or may have been made by one whose end is not known. Returns how many of
/// the latter there are.
fn check_writes(world: &World, stop_after: usize) -> u64 {
    let lines = world.lines();
    let transcript = world.transcript();
    assert_eq!(
        transcript.len(),
        2,
        "stopped after {stop_after} effects: {lines:?}"
    );
    let (mut done, mut unknown) = (0, 0);
    for call in transcript[1].calls() {
        let runs = world.runs.get(call.tool_call_id.as_str());
        assert!(
            runs.is_none_or(|runs| *runs == 1),
            "stopped after {stop_after} effects"
        );
        match &call.state {
            ToolState::OutputAvailable { .. } => done += u64::from(call.name != "list"),
            ToolState::OutputError { error_text, .. } => {
                unknown += u64::from(error_text.contains("It may have taken effect"));
            }
            other => panic!("stopped after {stop_after} effects: {other:?}"),
        }
    }
    assert!(
        (done..=done + unknown).contains(&changes(world)),
        "stopped after {stop_after} effects: {} changes, {lines:?}",
        changes(world)
    );
    if done == 3 {
        assert_eq!(
            paths(world),
            ["b", "c"],
            "stopped after {stop_after} effects"
        );
    }
    unknown
}

fn changes(world: &World) -> u64 {
    world.workspace().usage().unwrap().change
}

fn paths(world: &World) -> Vec<String> {
    let listing = world.workspace().list(&FilePath::root(), None).unwrap();
    let entries = listing.entries.into_iter();
    entries.map(|stat| stat.path.to_string()).collect()
}

#[test]
fn an_interrupted_answer_is_its_own_message() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    world.send(tab, &submit(2, "two"));
    world.step_model();
    world.step_model();
    world.stop();
    world.connect();
    world.settle();
    let answer = |question: &str| format!("assistant: {}", ScriptedModel::answer_to(question));
    assert_eq!(
        world.lines(),
        [
            "user: one".to_owned(),
            answer("one"),
            "user: two".to_owned(),
            answer("two")
        ]
    );
}

#[test]
fn a_client_that_connects_during_a_recovery_sees_it() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.stop();
    let late = world.connect();
    assert!(kinds(&world.receive(late)).contains(&"ChatRecovering".to_owned()));
}
