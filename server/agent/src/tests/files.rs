//! Tools that read and change files: who is asked, and what holds when several are called.

use common::frame::{ClientFrame, ServerFrame};
use providers::{FinishReason, ProviderEvent};
use serde_json::json;
use sql::Sql as _;
use workspace::FilePath;

use super::{
    state, submit,
    tools::{COALESCED, approve, call_states},
};
use crate::{Input, ModelProgress, testing::World};

/// What is in a file of the workspace.
fn file(world: &World, path: &str) -> Option<String> {
    let path = FilePath::parse(path).unwrap();
    let bytes = world.workspace().read_bytes(&path, 0..u64::MAX).ok()?;
    Some(String::from_utf8(bytes).unwrap())
}

const WRITE: &str = r#"call write {"path":"a.txt","text":"one"}"#;

#[test]
fn a_file_is_changed_only_when_the_user_agrees() {
    for approved in [true, false] {
        let mut world = World::new();
        let tab = world.connect();
        let question = format!(r#"{WRITE} & list {{}} then list {{}}"#);
        world.send(tab, &submit(1, &question));
        world.settle();
        assert_eq!(
            call_states(&world),
            ["approval-requested", "output-available"]
        );
        assert_eq!(file(&world, "a.txt"), None);
        world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", approved)));
        world.pass(COALESCED);
        world.settle();
        let said = &world.lines()[1];
        assert_eq!(file(&world, "a.txt").is_some(), approved, "{said}");
        assert_eq!(said.contains("refused"), !approved, "{said}");
        assert_eq!(
            said.contains(r#"{"lines":1,"name":"a.txt","size":3}"#),
            approved,
            "{said}"
        );
    }
}

#[test]
fn in_auto_edit_files_are_changed_without_asking_and_nothing_else_is() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    let question = format!(r#"{WRITE} & set_project_context {{"context":"Rust"}}"#);
    world.send(tab, &submit(1, &question));
    world.settle();
    assert_eq!(
        call_states(&world),
        ["output-available", "approval-requested"]
    );
    assert_eq!(file(&world, "a.txt").as_deref(), Some("one"));
    world.hibernate();
    world.send(tab, &state(&json!({})));
    world.send(tab, &submit(2, r#"call delete {"path":"a.txt"}"#));
    world.settle();
    assert_eq!(
        call_states(&world),
        ["approval-requested"],
        "the mode is kept, and can be left"
    );
    assert_eq!(file(&world, "a.txt").as_deref(), Some("one"));
}

#[test]
fn the_model_is_warned_before_a_limit_is_reached() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    world.send(tab, &submit(1, WRITE));
    world.settle();
    assert!(!world.lines()[1].contains("limits"), "{:?}", world.lines());
    let nearly_full = "UPDATE workspace SET bytes = 460000000";
    world.sql().run(nearly_full, &[]).unwrap();
    world.send(
        tab,
        &submit(2, r#"call write {"path":"b.txt","text":"two"}"#),
    );
    world.settle();
    let said = &world.lines()[3];
    assert!(said.contains("take 461 MB, of at most 500 MB"), "{said}");
    world.send(tab, &submit(3, r#"call read {"path":"b.txt"}"#));
    world.settle();
    assert!(
        !world.lines()[5].contains("limits"),
        "reading fills nothing"
    );
}

#[test]
fn an_impossible_call_needs_no_approval() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(
        tab,
        &submit(1, r#"call write {"path":"a.txt"} & write [] & write"#),
    );
    world.settle();
    assert_eq!(call_states(&world), ["output-error"; 3]);
    assert!(
        world.lines()[1].contains("`text` is missing"),
        "{:?}",
        world.lines()
    );
    assert!(world.runs.is_empty());
}

#[test]
fn tools_of_one_step_do_not_undo_each_other() {
    let mut world = World::new();
    let tab = world.connect();
    let question = r#"call rename_conversation {"title":"A"} & write {"path":"a","text":""} & plan {"steps":[]}"#;
    world.send(tab, &submit(1, question));
    while world.running_tools() == 0 {
        assert!(world.step_model());
    }
    world.send(tab, &state(&json!({"title": "mine", "model": "other"})));
    world.settle();
    let frames = world.receive(tab);
    let last = frames.iter().rev().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state.clone()),
        _ => None,
    });
    let last = last.unwrap();
    assert_eq!(
        (&last["title"], &last["model"]),
        (&json!("A"), &json!("other"))
    );
}

/// Lets the running model call say this.
fn say(world: &mut World, events: Vec<ProviderEvent>) {
    let call = world.model_call().unwrap();
    for progress in [ModelProgress::Events(events), ModelProgress::Ended] {
        world.input(Input::Provider { call, progress });
    }
}

#[test]
fn two_calls_with_one_id_are_two_calls() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    let step = || {
        let calls = ["A", "B"]
            .into_iter()
            .enumerate()
            .flat_map(|(index, title)| {
                [
                    ProviderEvent::ToolCallStart {
                        index,
                        id: "call_0".to_owned(),
                        name: "rename_conversation".to_owned(),
                    },
                    ProviderEvent::ToolCallDelta {
                        index,
                        arguments: format!(r#"{{"title":"{title}"}}"#),
                    },
                ]
            });
        let end = ProviderEvent::Finished(FinishReason::ToolCalls);
        calls.chain([end]).collect::<Vec<_>>()
    };
    say(&mut world, step());
    while world.running_tools() > 0 {
        world.step_tool();
    }
    say(&mut world, step());
    while world.running_tools() > 0 {
        world.step_tool();
    }
    say(
        &mut world,
        vec![ProviderEvent::Finished(FinishReason::Stop)],
    );
    let transcript = world.transcript();
    let calls: Vec<(&str, &str)> = transcript[1]
        .calls()
        .map(|call| (call.tool_call_id.as_str(), call.state.as_str()))
        .collect();
    let ids = ["call_0", "call_0-2", "call_0-3", "call_0-4"];
    assert_eq!(calls, ids.map(|id| (id, "output-available")));
}
