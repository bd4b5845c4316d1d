//! Client machines and the agent machine, over links that break, in virtual time.

use std::time::Duration;

use common::{
    client::{Connection, Delivery, Input, Status},
    id::ToolCallId,
    message::{Message, Role, ToolPart, ToolState},
};
use fastrand::Rng;
use test_support::seeds;

use crate::testing::{ScriptedModel, Tab, World};

const TICK: Duration = Duration::from_millis(10);

/// Lets time pass; the model says something every `model_every` ticks.
pub(super) fn run(world: &mut World, tabs: &mut [Tab], time: Duration, model_every: u32) {
    let ticks = u32::try_from(time.as_millis() / TICK.as_millis()).unwrap();
    for tick in 0..ticks {
        world.pass(TICK);
        if tick % model_every == 0 {
            world.step_model();
        }
        for tab in tabs.iter_mut() {
            tab.tick(world);
        }
    }
}

/// Lets time pass; the model says nothing.
fn wait(world: &mut World, tabs: &mut [Tab], time: Duration) {
    let end = world.now + time;
    while world.now < end {
        world.pass(TICK);
        tabs.iter_mut().for_each(|tab| tab.tick(world));
    }
}

fn texts(messages: &[Message]) -> Vec<(Role, String)> {
    messages
        .iter()
        .map(|message| (message.role, message.plain_text()))
        .collect()
}

/// Every tab shows what is stored, and nothing is under way.
fn assert_settled(world: &World, tabs: &[Tab], what: &str) {
    let stored = world.transcript();
    for (number, tab) in tabs.iter().enumerate() {
        let shown: Vec<Message> = tab.rows().into_iter().map(|row| row.message).collect();
        assert_eq!(texts(&shown), texts(&stored), "{what}: tab {number}");
        let ids = |messages: &[Message]| {
            messages
                .iter()
                .map(|message| message.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&shown), ids(&stored), "{what}: ids of tab {number}");
        assert!(
            tab.rows()
                .iter()
                .all(|row| matches!(row.delivery, Delivery::Answered | Delivery::Failed)),
            "{what}: {:?}",
            tab.rows()
        );
        assert!(tab.kept.is_empty(), "{what}: kept for good: {:?}", tab.kept);
        assert_eq!(
            tab.connection(),
            Connection::Connected,
            "{what}: tab {number}"
        );
        assert_eq!(
            tab.status(),
            Status::Ready,
            "{what}: tab {number}: {:?}",
            tab.error()
        );
    }
}

/// Every question is there once, and right behind it its answer: the whole one, but for turns that were given up.
fn assert_answered(world: &World, questions: &[String], what: &str) {
    let stored = texts(&world.transcript());
    let mut asked: Vec<&String> = stored
        .iter()
        .filter(|(role, _)| *role == Role::User)
        .map(|(_, text)| text)
        .collect();
    asked.sort();
    let mut expected: Vec<&String> = questions.iter().collect();
    expected.sort();
    assert_eq!(asked, expected, "{what}: every question once");
    let mut given_up = world.outside.given_up;
    let mut rest = &stored[..];
    while let [(Role::User, question), others @ ..] = rest {
        let expected = ScriptedModel::answer_to(question);
        let (answer, others) = match others {
            [(Role::Assistant, answer), others @ ..] => (answer.as_str(), others),
            others => ("", others),
        };
        rest = others;
        if answer != expected && given_up > 0 {
            given_up -= 1;
            assert!(expected.starts_with(answer), "{what}: {answer}");
        } else {
            assert_eq!(answer, expected, "{what}");
        }
    }
    assert_eq!(rest, [], "{what}: answers without questions");
}

#[test]
fn a_question_is_answered_in_both_tabs() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send("hello".into()));
    assert_eq!(tabs[0].status(), Status::Submitted);
    run(&mut world, &mut tabs, Duration::from_millis(300), 10);
    assert_eq!([tabs[0].status(), tabs[1].status()], [Status::Streaming; 2]);
    run(&mut world, &mut tabs, Duration::from_secs(3), 10);
    assert_settled(&world, &tabs, "plain");
    assert_answered(&world, &["hello".to_owned()], "plain");
}

#[test]
fn either_tab_can_stop_the_answer() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 20);
    tabs[0].input(&mut world, Input::Send("hello".into()));
    run(&mut world, &mut tabs, Duration::from_millis(500), 20);
    tabs[1].input(&mut world, Input::Stop);
    run(&mut world, &mut tabs, Duration::from_secs(5), 20);
    assert_settled(&world, &tabs, "stopped");
    let answer = world.transcript()[1].plain_text();
    assert!(!answer.is_empty() && answer.len() < ScriptedModel::answer_to("hello").len());
}

#[test]
fn a_tab_that_was_there_before_shows_a_turn_without_words_and_can_stop_it() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 20);
    tabs[0].input(&mut world, Input::Send("hello".into()));
    wait(&mut world, &mut tabs, Duration::from_secs(1));
    assert_eq!(tabs[1].status(), Status::Submitted);
    tabs[1].input(&mut world, Input::Stop);
    wait(&mut world, &mut tabs, Duration::from_secs(5));
    assert_settled(&world, &tabs, "stopped");
    assert_eq!(tabs[1].status(), Status::Ready);
    assert!(!world.has_model_call());
}

#[test]
fn an_error_is_shown_and_retry_answers() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send("fail please".into()));
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    assert_eq!(tabs[0].status(), Status::Error);
    assert!(tabs[0].error().unwrap().contains("403"));
    tabs[0].input(&mut world, Input::Retry);
    assert_eq!(tabs[0].status(), Status::Submitted);
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    assert_eq!(
        tabs[0].status(),
        Status::Error,
        "it fails again, and says so again"
    );
    tabs[0].input(&mut world, Input::Send("now".into()));
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    assert_settled(&world, &tabs, "after an error");
}

#[test]
fn messages_typed_offline_are_delivered_in_order() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].network = false;
    tabs[0].break_link(&mut world);
    for text in ["one", "two"] {
        tabs[0].input(&mut world, Input::Send(text.into()));
    }
    run(&mut world, &mut tabs, Duration::from_secs(30), 10);
    assert!(
        tabs[0]
            .rows()
            .iter()
            .all(|row| row.delivery == Delivery::Stored)
    );
    assert_eq!(world.transcript(), []);
    tabs[0].network = true;
    run(&mut world, &mut tabs, Duration::from_secs(30), 10);
    assert_settled(&world, &tabs, "typed offline");
    let asked: Vec<String> = world
        .transcript()
        .iter()
        .filter(|m| m.role == Role::User)
        .map(Message::plain_text)
        .collect();
    assert_eq!(asked, ["one", "two"]);
    assert_answered(
        &world,
        &["one".to_owned(), "two".to_owned()],
        "typed offline",
    );
}

#[test]
fn a_connection_that_swallows_everything_is_noticed_within_ten_seconds() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(12), 10);
    tabs[0].swallow();
    tabs[0].input(&mut world, Input::Send("hello?".into()));
    let mut noticed = None;
    for step in 0..1_500_u32 {
        run(&mut world, &mut tabs, TICK, 10);
        if noticed.is_none() && tabs[0].connection() != Connection::Connected {
            noticed = Some(TICK * step);
        }
    }
    assert!(noticed.unwrap() <= Duration::from_secs(10), "{noticed:?}");
    assert_settled(&world, &tabs, "swallowed");
    assert_answered(&world, &["hello?".to_owned()], "swallowed");
}

/// Two tabs whose users act while everything around them breaks, and then peace until all is over.
fn storm(
    rng: &mut Rng,
    steps: std::ops::Range<u32>,
    act: impl FnMut(&mut Rng, &mut World, &mut Tab),
) -> (World, Vec<Tab>) {
    let mut world = World::new();
    world.model_pace = Duration::ZERO;
    let tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
    storm_of(rng, steps, world, tabs, act)
}

/// The same with these tabs.
pub(super) fn storm_of(
    rng: &mut Rng,
    steps: std::ops::Range<u32>,
    mut world: World,
    mut tabs: Vec<Tab>,
    mut act: impl FnMut(&mut Rng, &mut World, &mut Tab),
) -> (World, Vec<Tab>) {
    for _ in 0..rng.u32(steps) {
        let count = tabs.len();
        let tab = &mut tabs[rng.usize(0..count)];
        match rng.u32(0..24) {
            0..=9 => act(rng, &mut world, tab),
            10 | 11 => tab.break_link(&mut world),
            12 => tab.swallow(),
            13 => tab.network = false,
            14 | 15 => tab.network = true,
            16 => world.stop(),
            17 => world.hibernate(),
            18 => tab.input(&mut world, Input::Shown),
            19 if tab.network => tab.reload(&mut world),
            20 => tab.freeze(world.now + Duration::from_secs(rng.u64(1..90))),
            _ => {}
        }
        let time = Duration::from_millis(rng.u64(10..900));
        run(&mut world, &mut tabs, time, rng.u32(1..30));
    }
    for tab in &mut tabs {
        tab.network = true;
    }
    run(&mut world, &mut tabs, Duration::from_secs(240), 5);
    (world, tabs)
}

#[test]
fn nothing_is_lost_and_nothing_is_doubled_whatever_breaks() {
    for seed in seeds(300) {
        let mut rng = Rng::with_seed(seed);
        let mut questions = Vec::new();
        let (world, tabs) = storm(&mut rng, 20..120, |rng, world, tab| {
            if questions.len() < 6 && rng.bool() {
                let question = format!("question {} of seed {seed}", questions.len());
                tab.input(world, Input::Send(question.clone().into()));
                questions.push(question);
            }
        });
        let what = format!("seed {seed}");
        assert_settled(&world, &tabs, &what);
        assert_answered(&world, &questions, &what);
    }
}

/// A question whose answer asks before each of these calls.
pub(super) fn asking(contexts: &[&str]) -> String {
    let call = |context: &&str| format!(r#"set_project_context {{"context":"{context}"}}"#);
    let calls: Vec<String> = contexts.iter().map(call).collect();
    format!("call {}", calls.join(" & "))
}

fn approve(call: ToolCallId) -> Input {
    Input::Approve { call, always: None }
}

fn deny(call: ToolCallId) -> Input {
    Input::Deny { call, reason: None }
}

/// The calls of the last answer that a tab asks its user about.
pub(super) fn asked(tab: &Tab) -> Vec<ToolCallId> {
    let rows = tab.rows();
    let last = rows.iter().rfind(|row| row.message.role == Role::Assistant);
    let calls = last.into_iter().flat_map(|row| row.message.calls());
    calls
        .filter(|call| call.state.asks())
        .map(|call| call.tool_call_id.clone())
        .collect()
}

/// Every tab shows each message as it is stored, tool calls and all; no tool ran twice, none that was not allowed.
pub(super) fn assert_whole(world: &World, tabs: &[Tab], what: &str) {
    let stored = world.transcript();
    for (number, tab) in tabs.iter().enumerate() {
        let shown: Vec<Message> = tab.rows().into_iter().map(|row| row.message).collect();
        assert_eq!(shown, stored, "{what}: tab {number}");
    }
    for call in stored.iter().flat_map(Message::calls) {
        let runs = world.runs.get(call.tool_call_id.as_str()).copied();
        let approved = call.state.approval().and_then(|one| one.approved);
        match &call.state {
            ToolState::OutputAvailable { .. } => {
                // These are the calls that some user has allowed for good.
                let is_granted = call.name == "write" && approved.is_none();
                assert!(approved == Some(true) || is_granted, "{what}: {call:?}");
                assert_eq!(runs, Some(1), "{what}: {call:?}");
            }
            // It was cut off: whether it took effect is not known.
            ToolState::OutputError { .. } => assert!(runs <= Some(1), "{what}: {call:?}"),
            ToolState::ApprovalRequested { .. } | ToolState::OutputDenied { .. } => {
                assert_eq!(runs, None, "{what}: {call:?}");
            }
            // The conversation went on before the others were answered.
            ToolState::ApprovalResponded { .. } => assert_eq!(runs, None, "{what}: {call:?}"),
            ToolState::InputStreaming { .. } | ToolState::InputAvailable { .. } => {
                panic!("{what}: {call:?}")
            }
        }
    }
}

#[test]
fn an_allowed_call_is_made_and_a_refused_one_is_not_in_both_tabs() {
    for (answer, said) in [
        (
            approve as fn(ToolCallId) -> Input,
            "They said: {\"saved\":true}.",
        ),
        (deny, "They said: refused."),
    ] {
        let mut world = World::new();
        let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
        run(&mut world, &mut tabs, Duration::from_secs(1), 10);
        tabs[0].input(&mut world, Input::Send(asking(&["Rust 1.95."]).into()));
        run(&mut world, &mut tabs, Duration::from_secs(2), 10);
        let calls = asked(&tabs[1]);
        assert_eq!((calls.len(), &calls), (1, &asked(&tabs[0])));
        assert_settled(&world, &tabs, "asked");
        // The other tab answers, not the one that sent the question.
        tabs[1].input(&mut world, answer(calls[0].clone()));
        assert_eq!(asked(&tabs[1]), []);
        assert_eq!(tabs[1].status(), Status::Submitted);
        run(&mut world, &mut tabs, Duration::from_millis(200), 1000);
        assert_ne!(tabs[1].status(), Status::Ready);
        run(&mut world, &mut tabs, Duration::from_secs(3), 10);
        assert_settled(&world, &tabs, "answered");
        assert_whole(&world, &tabs, "answered");
        assert_eq!(world.transcript()[1].plain_text(), said);
    }
}

#[test]
fn the_first_of_two_simultaneous_answers_counts() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send(asking(&["Rust 1.95."]).into()));
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    let call = asked(&tabs[0])[0].clone();
    tabs[0].network = false;
    tabs[0].break_link(&mut world);
    tabs[0].input(&mut world, approve(call.clone()));
    tabs[1].input(&mut world, deny(call));
    run(&mut world, &mut tabs, Duration::from_secs(3), 10);
    tabs[0].network = true;
    run(&mut world, &mut tabs, Duration::from_secs(30), 10);
    assert_settled(&world, &tabs, "two answers");
    assert_whole(&world, &tabs, "two answers");
    assert!(world.runs.is_empty());
}

#[test]
fn a_continuation_can_be_stopped() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send(asking(&["Rust 1.95."]).into()));
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    let call = asked(&tabs[0])[0].clone();
    tabs[0].input(&mut world, approve(call));
    tabs[0].input(&mut world, Input::Stop);
    run(&mut world, &mut tabs, Duration::from_secs(1), 1000);
    assert_settled(&world, &tabs, "stopped");
    assert_whole(&world, &tabs, "stopped");
    assert_eq!(world.transcript()[1].plain_text(), "");
}

#[test]
fn a_page_gets_a_growing_answer_but_not_a_growing_continuation() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send(asking(&["Rust 1.95."]).into()));
    run(&mut world, &mut tabs, Duration::from_millis(250), 10);
    assert!(world.growing().is_some());
    assert_eq!(world.growing_anew(), world.growing());
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    let call = asked(&tabs[0])[0].clone();
    tabs[0].input(&mut world, approve(call));
    run(&mut world, &mut tabs, Duration::from_millis(300), 20);
    assert!(world.growing().is_some());
    assert_eq!(world.growing_anew(), None);
}

#[test]
fn answers_to_calls_are_neither_lost_nor_doubled_whatever_breaks() {
    let mut granted = 0;
    for seed in seeds(200) {
        let what = format!("seed {seed}");
        let mut rng = Rng::with_seed(seed);
        let mut sent = 0;
        let (mut world, mut tabs) = storm(&mut rng, 20..100, |rng, world, tab| {
            if sent < 4 && rng.u8(0..6) == 0 {
                let contexts = ["one", "two", "three"];
                let question = asking(&contexts[..rng.usize(1..=2)]);
                let write = format!(r#"write {{"path":"src/{sent}","text":""}}"#);
                let question = match rng.u8(0..4) {
                    0 => format!("call {write}"),
                    1 => format!("{question} & {write}"),
                    2 => format!("{question} then {write}"),
                    _ => question,
                };
                tab.input(world, Input::Send(question.into()));
                sent += 1;
            } else if let Some(call) = rng.choice(asked(tab)) {
                let allows = rng.u8(..) < 170;
                let says_more = rng.bool();
                let always = says_more.then(|| "src/**".to_owned());
                let reason = says_more.then(|| format!("reason {}", rng.u8(..)));
                tab.input(
                    world,
                    if allows {
                        Input::Approve { call, always }
                    } else {
                        Input::Deny { call, reason }
                    },
                );
            }
        });
        assert_settled(&world, &tabs, &what);
        assert_whole(&world, &tabs, &what);
        // Nothing that was given up keeps the conversation from going on, twice where a call follows another one.
        for _ in 0..2 {
            for call in asked(&tabs[0]) {
                tabs[0].input(&mut world, approve(call));
            }
            run(&mut world, &mut tabs, Duration::from_secs(60), 5);
        }
        assert_settled(&world, &tabs, &what);
        assert_whole(&world, &tabs, &what);
        assert_eq!(asked(&tabs[0]), [], "{what}");
        let transcript = world.transcript();
        if let Some(last) = transcript.last().filter(|_| sent > 0) {
            assert!(last.plain_text().contains("They said"), "{what}: {last:?}");
        }
        let calls = transcript.iter().flat_map(Message::calls);
        let is_done = |call: &&ToolPart| matches!(call.state, ToolState::OutputAvailable { .. });
        granted += calls
            .filter(is_done)
            .filter(|call| call.state.approval().is_none())
            .count();
    }
    assert!(granted > 10, "calls were allowed for good: {granted}");
}

#[test]
fn every_tab_ends_with_what_is_stored_whatever_is_asked_for() {
    for seed in seeds(200) {
        let mut rng = Rng::with_seed(seed);
        let mut step = 0;
        let (world, tabs) = storm(&mut rng, 20..100, |rng, world, tab| {
            step += 1;
            let rows = tab.rows();
            let row = rng.choice(rows.iter()).map(|row| row.message.id.clone());
            let text = format!("words {step} of seed {seed}");
            let input = match (rng.u32(0..12), row) {
                (0..=2, _) => Input::Send(text.into()),
                (3, _) => Input::Steer(text.into()),
                (4 | 5, Some(id)) => Input::Edit { id, text },
                (6, Some(id)) => Input::Regenerate(id),
                (7, Some(id)) => Input::Withdraw(id),
                (8 | 9, _) => Input::Stop,
                (10, _) if rng.bool() => Input::Clear,
                _ => Input::Retry,
            };
            tab.input(world, input);
        });
        assert_shows_what_is_stored(&world, &tabs, &format!("seed {seed}"));
    }
}

/// Every tab shows what is stored, and nothing is under way or kept for later.
pub(super) fn assert_shows_what_is_stored(world: &World, tabs: &[Tab], what: &str) {
    let stored = world.transcript();
    for (number, tab) in tabs.iter().enumerate() {
        let what = format!("{what}: tab {number}");
        let shown: Vec<Message> = tab.rows().into_iter().map(|row| row.message).collect();
        assert_eq!(shown, stored, "{what}");
        assert!(
            matches!(tab.status(), Status::Ready | Status::Error),
            "{what}"
        );
        assert!(tab.kept.is_empty(), "{what}: kept for good: {:?}", tab.kept);
    }
}
