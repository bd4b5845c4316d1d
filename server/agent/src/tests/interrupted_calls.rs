//! The agent is stopped after every effect while model calls fail, are slow, or reach a budget: the conversation comes to the
//! same end.

use std::time::Duration;

use common::{
    frame::{ClientFrame, ToolResult},
    message::{Message, ToolOutcome, ToolState},
    state::Usage,
};
use providers::{FinishReason, ProviderError, ProviderEvent, VendorMessage};
use serde_json::json;

use super::submit;
use crate::{AgentOptions, ConnectionKey, ModelCall, ModelOptions, ModelProgress, testing::World};

/// How the model answers a call.
enum Saying {
    Fails(ProviderError),
    Says(Vec<ProviderEvent>),
    /// Nothing, for as long as it is waited for.
    Silent,
}

/// One question, answered by `model`; the client asks again after every interruption and answers a question with
/// "Continue". Returns the world once nothing moves, and how many effects there were.
fn run(
    options: ModelOptions,
    stop_after: Option<usize>,
    mut model: impl FnMut(&ModelCall) -> Saying,
) -> (World, usize) {
    let mut world = World::with(AgentOptions {
        model: options,
        ..AgentOptions::default()
    });
    // The calls are answered here; the scripted model is not asked for the rest of its words.
    world.outside.model.is_strict = false;
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let mut tab = world.connect();
    world.send(tab, &submit(1, "one"));
    let mut idle = 0;
    for _ in 0..2_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            world.send(tab, &submit(1, "one"));
        } else if world.step_tool() {
            idle = 0;
        } else if world.has_model_call() {
            idle = 0;
            match model(&world.last_model_call()) {
                Saying::Fails(error) => world.fail_model_with(error),
                Saying::Silent => world.pass(Duration::from_secs(5)),
                Saying::Says(events) => {
                    world.model_says(ModelProgress::Events(events));
                    world.model_says(ModelProgress::Ended);
                }
            }
        } else if !continue_(&mut world, tab) {
            world.pass(Duration::from_secs(1));
            idle += 1;
            if idle > 60 {
                break;
            }
        }
    }
    let effects = world.done.len();
    (world, effects)
}

/// Answers the question that waits, if one does.
fn continue_(world: &mut World, tab: ConnectionKey) -> bool {
    let transcript = world.transcript();
    let waiting = transcript.last().and_then(|message| {
        let call = message.calls().next_back()?;
        let waits = matches!(call.state, ToolState::InputAvailable { .. });
        (waits && call.name == "ask_user").then(|| call.tool_call_id.clone())
    });
    let Some(tool_call_id) = waiting else {
        return false;
    };
    let result = ToolResult {
        tool_call_id,
        tool_name: "ask_user".to_owned(),
        outcome: ToolOutcome::Output(json!({"answer": "Continue"})),
        auto_continue: true,
        client_tools: Vec::new(),
    };
    world.send(tab, &ClientFrame::ToolResult(result));
    world.pass(Duration::from_millis(200));
    true
}

/// The model says that it is done, unless it has before it was cut off.
fn done(call: &ModelCall) -> Saying {
    let so_far = call.answer.as_ref();
    let has_said = so_far.is_some_and(|so_far| so_far.message.plain_text().ends_with("Done."));
    let words = (!has_said).then(|| ProviderEvent::TextDelta("Done.".to_owned()));
    let end = [usage(0.1), ProviderEvent::Finished(FinishReason::Stop)];
    Saying::Says(words.into_iter().chain(end).collect())
}

fn usage(cost_usd: f64) -> ProviderEvent {
    ProviderEvent::Usage(Usage {
        cost_usd: Some(cost_usd),
        ..Usage::default()
    })
}

fn options() -> ModelOptions {
    ModelOptions {
        default: "first/model".to_owned(),
        ..ModelOptions::default()
    }
}

/// The words of the answer.
fn answer(world: &World) -> String {
    let transcript = world.transcript();
    assert_eq!(transcript.len(), 2, "{:?}", world.lines());
    transcript
        .get(1)
        .map(Message::plain_text)
        .unwrap_or_default()
}

#[test]
fn calls_that_are_refused_are_made_again_whatever_stops() {
    let refused = |stop_after| {
        let mut refusals = 2;
        run(options(), stop_after, move |call| {
            if refusals == 0 {
                return done(call);
            }
            refusals -= 1;
            Saying::Fails(ProviderError::RateLimited {
                retry_after: Some(Duration::from_secs(3)),
                message: VendorMessage::default(),
            })
        })
    };
    let (world, effects) = refused(None);
    assert_eq!(answer(&world), "Done.");
    assert!(effects > 15, "{effects}");
    for stop_after in 0..effects {
        let (world, _) = refused(Some(stop_after));
        assert_eq!(
            answer(&world),
            "Done.",
            "stopped after {stop_after} effects"
        );
        assert_eq!(
            world.outside.given_up, 0,
            "stopped after {stop_after} effects"
        );
    }
}

#[test]
fn a_silent_model_is_replaced_whatever_stops() {
    let model = ModelOptions {
        fallbacks: vec!["second/model".to_owned()],
        first_token: Duration::from_secs(30),
        ..options()
    };
    let silent = |stop_after| {
        run(model.clone(), stop_after, |call| {
            if call.model == "first/model" {
                Saying::Silent
            } else {
                done(call)
            }
        })
    };
    let (world, effects) = silent(None);
    assert_eq!(answer(&world), "Done.");
    for stop_after in 0..effects {
        let (world, _) = silent(Some(stop_after));
        assert_eq!(
            answer(&world),
            "Done.",
            "stopped after {stop_after} effects"
        );
    }
}

#[test]
fn a_budget_holds_whatever_stops() {
    const BUDGET: f64 = 1.0;
    let model = ModelOptions {
        budget_turn_usd: Some(BUDGET),
        ..options()
    };
    let bounded = |stop_after| {
        run(model.clone(), stop_after, |call| {
            let left_usd = call.budget_usd.expect("there is a budget");
            assert!(left_usd > 0.0, "no call without money");
            let steps = call.answer.iter().flat_map(|so_far| so_far.message.calls());
            if steps.filter(|call| call.name == "list").count() >= 3 {
                return done(call);
            }
            if left_usd < 0.4 {
                return Saying::Fails(ProviderError::Budget {
                    worst_usd: Some(0.4),
                    left_usd,
                });
            }
            Saying::Says(vec![
                ProviderEvent::ToolCallStart {
                    index: 0,
                    id: "c".to_owned(),
                    name: "list".to_owned(),
                },
                usage(0.4),
                ProviderEvent::Finished(FinishReason::ToolCalls),
            ])
        })
    };
    let asked = |world: &World| {
        let transcript = world.transcript();
        let calls = transcript[1].calls();
        calls.filter(|call| call.name == "ask_user").count()
    };
    let (world, effects) = bounded(None);
    assert_eq!((answer(&world), asked(&world)), ("Done.".to_owned(), 1));
    for stop_after in 0..effects {
        let (world, _) = bounded(Some(stop_after));
        assert_eq!(
            answer(&world),
            "Done.",
            "stopped after {stop_after} effects"
        );
        // A step that was cut off before its usage was stored is not counted.
        assert!(asked(&world) <= 1, "stopped after {stop_after} effects");
    }
}
