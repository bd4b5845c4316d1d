//! Tokens, money and budgets.

use common::{
    frame::{ClientFrame, ServerFrame, ToolResult},
    id::ToolCallId,
    message::{Message, ToolOutcome},
    state::{RunStatus, RunSummary, Usage, UsageSummary, WaitReason},
};
use providers::{FinishReason, ProviderError, ProviderEvent};
use serde_json::json;

use super::submit;
use crate::{AgentOptions, ConnectionKey, ModelOptions, ModelProgress, testing::World};

fn world(turn: Option<f64>, conversation: Option<f64>) -> (World, ConnectionKey) {
    let mut world = World::with(AgentOptions {
        model: ModelOptions {
            default: "some/model".to_owned(),
            budget_turn_usd: turn,
            budget_conversation_usd: conversation,
            ..ModelOptions::default()
        },
        ..AgentOptions::default()
    });
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    (world, tab)
}

fn usage(cost_usd: f64) -> Usage {
    Usage {
        input_tokens: Some(100),
        cached_input_tokens: Some(80),
        output_tokens: Some(10),
        cost_usd: Some(cost_usd),
        ..Usage::default()
    }
}

/// The running model call lists the files, for this much.
fn list(world: &mut World, cost_usd: f64) {
    world.model_says(ModelProgress::Events(vec![
        ProviderEvent::ToolCallStart {
            index: 0,
            id: "c".to_owned(),
            name: "list".to_owned(),
        },
        ProviderEvent::Usage(usage(cost_usd)),
        ProviderEvent::Finished(FinishReason::ToolCalls),
    ]));
    world.model_says(ModelProgress::Ended);
    while world.step_tool() {}
}

fn end(world: &mut World, cost_usd: f64) {
    world.model_says(ModelProgress::Events(vec![
        ProviderEvent::TextDelta("Done.".to_owned()),
        ProviderEvent::Usage(usage(cost_usd)),
        ProviderEvent::Finished(FinishReason::Stop),
    ]));
    world.model_says(ModelProgress::Ended);
}

fn last_state(frames: &[ServerFrame]) -> serde_json::Value {
    let state = frames.iter().rev().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state.clone()),
        _ => None,
    });
    state.expect("a state")
}

fn summary(world: &mut World, tab: ConnectionKey) -> UsageSummary {
    UsageSummary::from_json(&last_state(&world.receive(tab))["usage"])
}

/// The id of the question that the last answer asks.
fn question(world: &World) -> ToolCallId {
    let transcript = world.transcript();
    let call = transcript
        .last()
        .and_then(|message| message.calls().next_back());
    call.expect("a question").tool_call_id.clone()
}

fn answer(world: &mut World, tab: ConnectionKey, words: &str) {
    let result = ToolResult {
        tool_call_id: question(world),
        tool_name: "ask_user".to_owned(),
        outcome: ToolOutcome::Output(json!({"answer": words})),
        auto_continue: true,
        client_tools: Vec::new(),
    };
    world.send(tab, &ClientFrame::ToolResult(result));
    world.pass(std::time::Duration::from_millis(100));
}

#[test]
fn steps_turns_and_conversations_are_counted_and_broadcast() {
    let (mut world, tab) = world(None, None);
    list(&mut world, 0.5);
    assert_eq!(summary(&mut world, tab).turn, usage(0.5));
    world.hibernate();
    world.pass(std::time::Duration::from_secs(20));
    end(&mut world, 0.25);
    let reported = summary(&mut world, tab);
    assert_eq!(
        (reported.step, reported.turn),
        (usage(0.25), usage(0.5).plus(&usage(0.25)))
    );
    let metadata = |message: &Message| message.metadata.clone().unwrap()["usage"].clone();
    let transcript = world.transcript();
    assert_eq!(metadata(&transcript[1]), reported.turn.to_json());
    world.send(tab, &submit(2, "two"));
    end(&mut world, 1.0);
    let reported = summary(&mut world, tab);
    assert_eq!(reported.turn, usage(1.0));
    assert_eq!(reported.conversation.cost_usd, Some(1.75));
    world.stop();
    let tab = world.connect();
    assert_eq!(summary(&mut world, tab), reported, "it is stored");
    world.send(tab, &ClientFrame::ChatClear);
    let tab = world.connect();
    assert_eq!(
        summary(&mut world, tab).conversation,
        reported.conversation,
        "the money is spent"
    );
}

#[test]
fn a_stopped_turn_is_paid_too() {
    let (mut world, tab) = world(None, None);
    world.model_says(ModelProgress::Events(vec![ProviderEvent::TextDelta(
        "W".to_owned(),
    )]));
    world.model_says(ModelProgress::Events(vec![ProviderEvent::Usage(usage(
        0.5,
    ))]));
    world.send(tab, &ClientFrame::ChatCancel("r1".into()));
    assert_eq!(summary(&mut world, tab).conversation, usage(0.5));
}

#[test]
fn a_turn_that_reaches_its_budget_asks_and_continues_on_request() {
    let (mut world, tab) = world(Some(1.0), None);
    assert_eq!(world.last_model_call().budget_usd, Some(1.0));
    list(&mut world, 0.75);
    assert_eq!(world.last_model_call().budget_usd, Some(0.25));
    world.fail_model_with(ProviderError::Budget {
        worst_usd: Some(0.5),
        left_usd: 0.25,
    });
    assert!(!world.has_model_call());
    let state = last_state(&world.receive(tab));
    let run = RunSummary::from_json(&state["run"]).unwrap();
    assert_eq!(run.status, RunStatus::Waiting(WaitReason::Budget));
    assert_eq!(
        world.transcript()[1].metadata.clone().unwrap()["finishReason"],
        "budget"
    );
    answer(&mut world, tab, "Continue");
    assert_eq!(world.last_model_call().budget_usd, Some(1.25), "once more");
    end(&mut world, 0.1);
    world.send(tab, &submit(2, "two"));
    assert_eq!(world.last_model_call().budget_usd, Some(1.0), "a new turn");
}

#[test]
fn a_budget_that_is_used_up_calls_no_model() {
    let (mut world, tab) = world(None, Some(1.0));
    end(&mut world, 1.0);
    world.send(tab, &submit(2, "two"));
    assert!(!world.has_model_call());
    let asked = world.transcript()[3].to_json().to_string();
    assert!(
        asked.contains("$1.00 for this conversation has $0.00 left"),
        "{asked}"
    );
    world.stop();
    let tab = world.connect();
    answer(&mut world, tab, "Continue");
    assert_eq!(world.last_model_call().budget_usd, Some(1.0));
    end(&mut world, 0.5);
    world.stop();
    let tab = world.connect();
    world.send(tab, &submit(3, "three"));
    assert_eq!(
        world.last_model_call().budget_usd,
        Some(0.5),
        "the extension is stored"
    );
}

#[test]
fn a_budget_the_user_does_not_extend_ends_the_turn() {
    let (mut world, tab) = world(Some(1.0), None);
    list(&mut world, 1.0);
    answer(&mut world, tab, "Stop");
    assert!(!world.has_model_call());
    let state = last_state(&world.receive(tab));
    let run = RunSummary::from_json(&state["run"]).unwrap();
    assert_eq!(run.status, RunStatus::Idle);
}
