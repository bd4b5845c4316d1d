//! Earlier messages are summarised: on request, and by itself when the conversation is crowded.

mod branches;

use std::{sync::OnceLock, time::Duration};

use common::{
    frame::{ClientFrame, Outcome, ServerFrame},
    id::{RequestId, RpcId},
    state::{
        Activity, Compacted, ContextPart, ContextSize, ContextText, ContextTexts, RunStatus,
        RunSummary, UsageSummary,
    },
};
use serde_json::{Value, json};

use super::{call, outcomes, submit};
use crate::{
    ConnectionKey, Effect, Purpose,
    testing::{ScriptedModel, Summaries, World},
};

/// A small window: half of it are 8,000 bytes.
const WINDOW: usize = 4_000;

const RULE: &str = "Rule: Answer in haiku, and never name the moon.";

/// A conversation with a model of a small window.
fn small_world() -> (World, ConnectionKey) {
    let mut world = World::new();
    world.outside.model.window = WINDOW;
    let tab = world.connect();
    (world, tab)
}

/// A question of about 700 bytes; its answer repeats it six times, so that some turns fill the window.
fn question(number: u32) -> String {
    format!("question {number} {}", "about tides ".repeat(12))
}

fn ask(world: &mut World, tab: ConnectionKey, number: u32) {
    let text = match number {
        1 => format!("{RULE}\n{}", question(1)),
        _ => question(number),
    };
    world.send(tab, &submit(number, &text));
    world.settle();
}

/// So many turns are over.
fn talk(turns: u32) -> (World, ConnectionKey) {
    let (mut world, tab) = small_world();
    for number in 1..=turns {
        ask(&mut world, tab, number);
    }
    (world, tab)
}

/// A conversation whose next turn is crowded, and the number of that turn.
fn crowded() -> (World, ConnectionKey, u32) {
    static NUMBER: OnceLock<u32> = OnceLock::new();
    let number = *NUMBER.get_or_init(|| {
        let (mut world, tab) = small_world();
        let mut numbers = 1..20;
        let is_crowded = |number: &u32| {
            ask(&mut world, tab, *number);
            summaries(&world) > 0
        };
        numbers
            .find(is_crowded)
            .expect("twenty turns fill the window")
    });
    let (world, tab) = talk(number - 1);
    (world, tab, number)
}

/// How many summaries were asked for.
fn summaries(world: &World) -> usize {
    let is_summary =
        |effect: &&Effect| matches!(effect, Effect::CallModel(call) if is_summary(&call.purpose));
    world.done.iter().filter(is_summary).count()
}

const fn is_summary(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::Summary { .. })
}

/// The state that a new client gets.
fn state(world: &mut World) -> Value {
    let tab = world.connect();
    let frames = world.receive(tab);
    world.disconnect(tab);
    let state = frames.into_iter().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state),
        _ => None,
    });
    state.expect("a state")
}

fn compacted(world: &mut World) -> Compacted {
    let state = state(world);
    let read = |value: &Value| Compacted {
        after: value["after"].as_str().map(Into::into),
        problem: value["problem"].as_str().map(str::to_owned),
    };
    state.get("compaction").map(read).unwrap_or_default()
}

fn text(world: &mut World, tab: ConnectionKey) -> String {
    let summary = call(world, tab, "getSummary", vec![]).unwrap();
    summary["text"].as_str().unwrap_or_default().to_owned()
}

/// The messages of each request for a step of an answer.
fn requests(world: &World) -> Vec<String> {
    let asked = world.outside.asked.iter();
    let bodies = asked.map(|body| serde_json::from_str::<Value>(body).unwrap());
    let messages = bodies.map(|body| body["messages"].to_string());
    messages
        .filter(|messages| !messages.contains("Summarise this conversation"))
        .collect()
}

#[test]
fn a_rule_of_the_first_message_holds_after_three_hundred_turns() {
    let (mut world, tab) = small_world();
    for number in 1..=300 {
        ask(&mut world, tab, number);
        world.receive(tab);
    }
    let requests = requests(&world);
    assert_eq!(requests.len(), 300);
    let with_rule = requests.iter().filter(|messages| messages.contains(RULE));
    assert_eq!(with_rule.count(), 300);
    let longest = requests.iter().map(String::len).max().unwrap();
    assert!(longest < WINDOW * 4, "{longest} bytes");
    // The beginning is the same from one compaction to the next.
    let breaks = requests.windows(2).filter(|pair| {
        let [before, after] = pair else { return false };
        !after.starts_with(before.trim_end_matches(']'))
    });
    let compactions = summaries(&world);
    assert_eq!(breaks.count(), compactions);
    assert!((20..100).contains(&compactions), "{compactions}");
    // Nothing is gone.
    assert_eq!(world.transcript().len(), 600);
    assert!(world.transcript()[0].plain_text().starts_with(RULE));
    let state = compacted(&mut world);
    assert_eq!(state.problem, None);
    let last = world.transcript()[599].id.clone();
    assert!(state.after.is_some_and(|after| after != last));
    println!("{compactions} compactions, the longest request has {longest} bytes");
}

#[test]
fn the_state_says_how_large_a_request_is() {
    let (mut world, tab) = talk(2);
    world.put_file("AGENTS.md", "Always answer in haiku form.");
    ask(&mut world, tab, 3);
    let usage = UsageSummary::from_json(&state(&mut world)["usage"]);
    let ContextSize {
        window,
        system,
        tools,
        personal,
        agents_file,
        project,
        summary,
        history,
        files,
    } = usage.context.expect("a size");
    assert_eq!((window, summary, files), (4_000, 0, 0));
    assert_eq!((personal, agents_file, project), (0, 18, 0));
    assert!(system > 100 && tools > 1_000 && history > 500, "{usage:?}");
}

#[test]
fn on_request_all_is_summarised_and_the_transcript_stays() {
    let (mut world, tab) = talk(2);
    let before = world.transcript();
    let keep = json!({"keep": "Keep the names."});
    let started = call(&mut world, tab, "compact", vec![keep]).unwrap();
    let id = started["requestId"].as_str().unwrap().to_owned();
    let run = RunSummary::from_json(&state(&mut world)["run"]).unwrap();
    let RunStatus::Running { request, activity } = run.status else {
        panic!("{run:?}")
    };
    assert_eq!(request.as_str(), id);
    assert!(matches!(activity, Activity::Summary { .. }), "{activity:?}");
    let again = call(&mut world, tab, "compact", vec![]);
    assert!(again.unwrap_err().contains("already"));
    world.settle();
    let ends = outcomes(&world.receive(tab));
    assert_eq!(ends, [(id, Outcome::Completed)]);
    assert_eq!(world.transcript(), before);
    let after = compacted(&mut world).after;
    assert_eq!(after.as_ref(), before.last().map(|message| &message.id));
    assert_eq!(
        text(&mut world, tab),
        format!("## Rules\n{RULE}\nKeep the names.")
    );
    let again = call(&mut world, tab, "compact", vec![]);
    assert_eq!(again.unwrap_err(), "There is nothing new to summarise.");
    ask(&mut world, tab, 3);
    let last = requests(&world).pop().unwrap();
    assert!(
        last.contains("<summary>") && !last.contains("question 2"),
        "{last}"
    );
    assert_eq!(world.transcript().len(), 6);
}

#[test]
fn what_the_model_reads_can_be_read() {
    let (mut world, tab) = talk(2);
    let parts = |world: &mut World| {
        let texts = call(world, tab, "getContext", vec![]).unwrap();
        ContextTexts::from_json(texts).unwrap()
    };
    let names = |texts: &ContextTexts| texts.parts.iter().map(|text| text.part).collect::<Vec<_>>();
    let first = parts(&mut world);
    assert_eq!(names(&first), [ContextPart::System, ContextPart::Tools]);
    assert!(first.of(ContextPart::Tools).unwrap().contains("\nread\n"));
    world.put_file("AGENTS.md", "Use tabs.");
    let notes = vec![json!("It is a compiler.")];
    call(&mut world, tab, "setProjectContext", notes).unwrap();
    call(&mut world, tab, "compact", vec![]).unwrap();
    world.settle();
    ask(&mut world, tab, 3);
    let body = world.outside.asked.last().cloned().unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let sent = body["messages"].as_array().unwrap().iter();
    let sent: Vec<String> = sent.map(|message| message["content"].to_string()).collect();
    // Word for word what the model got.
    let texts = parts(&mut world);
    assert_eq!(texts.parts.len(), 5);
    for ContextText { part, text } in &texts.parts {
        let quoted = json!(text).to_string();
        let is_sent = sent
            .iter()
            .any(|sent| sent.contains(quoted.trim_matches('"')));
        assert!(is_sent || *part == ContextPart::Tools, "{part:?}: {text}");
    }
}

#[test]
fn without_messages_there_is_nothing_to_summarise() {
    let (mut world, tab) = small_world();
    let refused = call(&mut world, tab, "compact", vec![]).unwrap_err();
    assert_eq!(refused, "There is nothing new to summarise.");
    let long = json!({"keep": "x".repeat(2_001)});
    assert!(call(&mut world, tab, "compact", vec![long]).is_err());
    assert_eq!(call(&mut world, tab, "getSummary", vec![]), Ok(Value::Null));
    assert!(!world.has_owner());
}

#[test]
fn a_compaction_waits_for_the_turns_before_it() {
    let (mut world, tab) = talk(1);
    world.send(tab, &submit(2, &question(2)));
    world.step_model();
    call(&mut world, tab, "compact", vec![]).unwrap();
    world.send(tab, &submit(3, &question(3)));
    world.settle();
    assert_eq!(summaries(&world), 1);
    let after = compacted(&mut world).after;
    assert_eq!(after, Some(world.transcript()[3].id.clone()));
    assert!(requests(&world).pop().unwrap().contains("question 3"));
}

/// The crowded turn with a model that writes no summary.
fn without_summary(summaries: Summaries) -> (World, ConnectionKey, u32) {
    let (mut world, tab, number) = crowded();
    world.outside.model.summaries = summaries;
    world.send(tab, &submit(number, &question(number)));
    (world, tab, number)
}

#[test]
fn a_compaction_that_fails_leaves_the_conversation_usable_and_is_not_repeated_at_once() {
    for (how, words) in [
        (Summaries::Refused, "slow down"),
        (Summaries::Avoided, "wrote no summary"),
    ] {
        let (mut world, tab, number) = without_summary(how);
        world.settle();
        assert_eq!(world.transcript().len(), number as usize * 2, "{how:?}");
        let asked = summaries(&world);
        let state = compacted(&mut world);
        assert_eq!(state.after, None);
        assert!(
            state.problem.is_some_and(|problem| problem.contains(words)),
            "{how:?}"
        );
        ask(&mut world, tab, number + 1);
        assert_eq!(
            summaries(&world),
            asked,
            "{how:?}: it has not grown by much"
        );
        world.outside.model.summaries = Summaries::Written;
        for more in 2..6 {
            ask(&mut world, tab, number + more);
        }
        assert_eq!(summaries(&world), asked + 1, "{how:?}");
        assert!(compacted(&mut world).problem.is_none());
        assert!(requests(&world).pop().unwrap().contains(RULE), "{how:?}");
    }
}

#[test]
fn a_silent_model_is_given_up_and_the_turn_goes_on() {
    let (mut world, _, number) = without_summary(Summaries::Unfinished);
    while summaries(&world) == 0 || world.has_model_call() {
        if !world.step_model() {
            world.pass(Duration::from_secs(30));
        }
    }
    assert_eq!(world.transcript().len(), number as usize * 2);
    assert!(compacted(&mut world).problem.is_some());
}

#[test]
fn a_stop_ends_the_turn_and_the_next_one_is_not_held_up() {
    let (mut world, tab, number) = without_summary(Summaries::Unfinished);
    while summaries(&world) == 0 {
        world.step_model();
    }
    let before = world.transcript().len();
    let id = RequestId::new(format!("r{number}"));
    world.receive(tab);
    world.send(tab, &ClientFrame::ChatCancel(id.clone()));
    let ends = outcomes(&world.receive(tab));
    assert_eq!(ends, [(id.to_string(), Outcome::Aborted)]);
    assert!(!world.has_model_call());
    assert_eq!(world.transcript().len(), before);
    assert!(compacted(&mut world).is_empty());
    ask(&mut world, tab, number + 1);
    assert_eq!(summaries(&world), 1);
    assert_eq!(world.transcript().len(), before + 2);
}

#[test]
fn a_compaction_on_request_is_stopped_like_a_turn() {
    let (mut world, tab) = talk(2);
    world.outside.model.summaries = Summaries::Unfinished;
    let started = call(&mut world, tab, "compact", vec![]).unwrap();
    let id = RequestId::from(started["requestId"].as_str().unwrap());
    world.settle();
    world.send(tab, &ClientFrame::ChatCancel(id.clone()));
    let ends = outcomes(&world.receive(tab));
    assert_eq!(ends, [(id.to_string(), Outcome::Aborted)]);
    assert!(compacted(&mut world).is_empty());
    assert!(!world.has_model_call());
    ask(&mut world, tab, 3);
    assert_eq!(world.transcript().len(), 6);
}

/// A crowded turn and the one after it; the client asks again after every stop. How many effects there were.
fn run_crowded(stop_after: Option<usize>) -> (World, usize) {
    let (mut world, mut tab, number) = crowded();
    let before = world.done.len();
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let frames = || {
        vec![
            submit(number + 1, &question(number + 1)),
            submit(number, &question(number)),
        ]
    };
    let mut to_send = frames();
    for _ in 0..10_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            to_send = frames();
        } else if let Some(frame) = to_send.pop() {
            world.send(tab, &frame);
        } else if !world.step_model() {
            break;
        }
    }
    let effects = world.done.len() - before;
    world.stop_after(usize::MAX);
    (world, effects)
}

#[test]
fn stopped_after_every_effect_the_summary_is_made_and_nothing_is_lost() {
    let (mut undisturbed, effects) = run_crowded(None);
    let summary = |world: &mut World| {
        let tab = world.connect();
        text(world, tab)
    };
    let (lines, state) = (undisturbed.lines(), compacted(&mut undisturbed));
    let expected = summary(&mut undisturbed);
    assert!(state.after.is_some() && effects > 30);
    for stop_after in 0..effects {
        let (mut world, _) = run_crowded(Some(stop_after));
        let what = format!("stopped after {stop_after} effects");
        assert_eq!(world.lines(), lines, "{what}");
        assert_eq!(compacted(&mut world), state, "{what}");
        assert_eq!(summary(&mut world), expected, "{what}");
        let run = RunSummary::from_json(&self::state(&mut world)["run"]).unwrap();
        assert_eq!(run.status, RunStatus::Idle, "{what}");
    }
}

#[test]
fn on_request_it_is_taken_up_after_every_effect() {
    let run = |stop_after: Option<usize>| {
        let (mut world, tab) = talk(2);
        let before = world.done.len();
        if let Some(effects) = stop_after {
            world.stop_after(effects);
        }
        let frame = ClientFrame::Rpc {
            id: RpcId::from("1"),
            method: "compact".to_owned(),
            args: Vec::new(),
        };
        world.send(tab, &frame);
        for _ in 0..100 {
            if !world.step_model() {
                world.pass(Duration::from_secs(11));
            }
        }
        let effects = world.done.len() - before;
        (world, effects)
    };
    let (mut undisturbed, effects) = run(None);
    let lines = undisturbed.lines();
    let expected = compacted(&mut undisturbed);
    assert!(expected.after.is_some());
    let mut lost = 0;
    for stop_after in 0..effects {
        let (mut world, _) = run(Some(stop_after));
        assert_eq!(world.lines(), lines, "stopped after {stop_after} effects");
        let state = compacted(&mut world);
        // A call that was cut off before anything was stored is the caller's to repeat.
        if state.is_empty() && summaries(&world) == 0 {
            lost += 1;
        } else {
            assert_eq!(state, expected, "stopped after {stop_after} effects");
        }
        assert!(
            !world.has_model_call(),
            "stopped after {stop_after} effects"
        );
    }
    assert!(lost <= 2, "{lost}");
}

#[test]
fn one_that_is_interrupted_again_and_again_is_given_up_and_says_so() {
    let (mut world, tab) = talk(2);
    world.outside.model.summaries = Summaries::Unfinished;
    call(&mut world, tab, "compact", vec![]).unwrap();
    for _ in 0..4 {
        world.hibernate();
        world.pass(Duration::from_secs(20));
    }
    assert!(!world.has_model_call());
    let state = compacted(&mut world);
    assert!(
        state
            .problem
            .is_some_and(|problem| problem.contains("interrupted"))
    );
    assert_eq!(world.transcript().len(), 4);
    ask(&mut world, tab, 3);
    assert_eq!(world.transcript().len(), 6);
}

#[test]
fn pinned_messages_stay_word_for_word() {
    let (mut world, tab) = talk(3);
    let pin = |id: &str, pinned: bool| vec![json!({"messageId": id, "pinned": pinned})];
    call(&mut world, tab, "pinMessage", pin("m2", true)).unwrap();
    assert!(world.transcript()[2].is_pinned());
    let gone = call(&mut world, tab, "pinMessage", pin("gone", true));
    assert!(gone.unwrap_err().contains("no message"));
    call(&mut world, tab, "compact", vec![]).unwrap();
    world.settle();
    ask(&mut world, tab, 4);
    let last = requests(&world).pop().unwrap();
    assert!(
        last.contains("question 2") && !last.contains("question 3"),
        "{last}"
    );
    call(&mut world, tab, "pinMessage", pin("m2", false)).unwrap();
    ask(&mut world, tab, 5);
    assert!(!requests(&world).pop().unwrap().contains("question 2"));
    world.send(tab, &submit(6, &"x".repeat(40_000)));
    world.settle();
    let long = call(&mut world, tab, "pinMessage", pin("m6", true));
    assert!(long.unwrap_err().contains("too long"));
}

#[test]
fn what_a_summary_covers_may_change_or_go() {
    let (mut world, tab) = talk(3);
    call(&mut world, tab, "compact", vec![]).unwrap();
    world.settle();
    let left_out = json!({"messageId": "m2", "leftOut": true});
    call(&mut world, tab, "setLeftOut", vec![left_out]).unwrap();
    assert!(
        compacted(&mut world).is_empty(),
        "it summarised the message"
    );
    call(&mut world, tab, "compact", vec![]).unwrap();
    world.settle();
    assert!(compacted(&mut world).after.is_some());
    world.stop();
    let tab = world.connect();
    assert!(compacted(&mut world).after.is_some(), "it is stored");
    world.send(tab, &ClientFrame::ChatClear);
    assert!(compacted(&mut world).is_empty());
    assert_eq!(call(&mut world, tab, "getSummary", vec![]), Ok(Value::Null));
}

#[test]
fn the_answers_are_those_of_a_conversation_without_summaries() {
    let (world, _) = talk(12);
    for (number, line) in (1..).zip(world.lines().iter().skip(1).step_by(2)) {
        let asked = world.transcript()[(number - 1) * 2].plain_text();
        assert_eq!(
            *line,
            format!("assistant: {}", ScriptedModel::answer_to(&asked))
        );
    }
}
