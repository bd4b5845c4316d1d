//! Client machines and the agent machine, over links that break, in virtual time.

use std::time::Duration;

use common::{
    client::{Connection, Delivery, Input, Status},
    message::{Message, Role},
};
use fastrand::Rng;

use crate::testing::{ScriptedModel, Tab, World};

const TICK: Duration = Duration::from_millis(10);

/// Lets time pass; the model says something every `model_every` ticks.
fn run(world: &mut World, tabs: &mut [Tab], time: Duration, model_every: u32) {
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
            tab.rows().iter().all(|row| row.delivery == Delivery::Taken),
            "{what}: {:?}",
            tab.rows()
        );
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

/// Every question is there once, and right behind it its answer.
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
    for pair in stored.chunks(2) {
        let [(Role::User, question), (Role::Assistant, answer)] = pair else {
            panic!("{what}: {stored:?}")
        };
        assert_eq!(*answer, ScriptedModel::answer_to(question), "{what}");
    }
}

#[test]
fn a_question_is_answered_in_both_tabs() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send("hello".to_owned()));
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
    tabs[0].input(&mut world, Input::Send("hello".to_owned()));
    run(&mut world, &mut tabs, Duration::from_millis(500), 20);
    tabs[1].input(&mut world, Input::Stop);
    run(&mut world, &mut tabs, Duration::from_secs(5), 20);
    assert_settled(&world, &tabs, "stopped");
    let answer = world.transcript()[1].plain_text();
    assert!(!answer.is_empty() && answer.len() < ScriptedModel::answer_to("hello").len());
}

#[test]
fn an_error_is_shown_and_retry_answers() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].input(&mut world, Input::Send("fail please".to_owned()));
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    assert_eq!(tabs[0].status(), Status::Error);
    assert!(tabs[0].error().unwrap().contains("429"));
    tabs[0].input(&mut world, Input::Retry);
    assert_eq!(tabs[0].status(), Status::Submitted);
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    assert_eq!(
        tabs[0].status(),
        Status::Error,
        "it fails again, and says so again"
    );
    tabs[0].input(&mut world, Input::Send("now".to_owned()));
    run(&mut world, &mut tabs, Duration::from_secs(2), 10);
    assert_settled(&world, &tabs, "after an error");
}

#[test]
fn what_is_typed_offline_is_delivered_in_order() {
    let mut world = World::new();
    let mut tabs = vec![Tab::open(&mut world, "a")];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].network = false;
    tabs[0].break_link(&mut world);
    for text in ["one", "two"] {
        tabs[0].input(&mut world, Input::Send(text.to_owned()));
    }
    run(&mut world, &mut tabs, Duration::from_secs(30), 10);
    assert!(
        tabs[0]
            .rows()
            .iter()
            .all(|row| row.delivery == Delivery::Waiting)
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
    tabs[0].input(&mut world, Input::Send("hello?".to_owned()));
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

#[test]
fn nothing_is_lost_and_nothing_is_doubled_whatever_breaks() {
    for seed in 0..300 {
        let mut rng = Rng::with_seed(seed);
        let mut world = World::new();
        world.model_pace = Duration::ZERO;
        let mut tabs = vec![Tab::open(&mut world, "a"), Tab::open(&mut world, "b")];
        let mut questions = Vec::new();
        for _ in 0..rng.u32(20..120) {
            let count = tabs.len();
            let tab = &mut tabs[rng.usize(0..count)];
            match rng.u32(0..14) {
                0..=2 if questions.len() < 6 => {
                    let question = format!("question {} of seed {seed}", questions.len());
                    tab.input(&mut world, Input::Send(question.clone()));
                    questions.push(question);
                }
                3 | 4 => tab.break_link(&mut world),
                5 => tab.swallow(),
                6 => tab.network = false,
                7 | 8 => tab.network = true,
                9 => world.stop(),
                10 => world.hibernate(),
                11 => tab.input(&mut world, Input::Shown),
                _ => {}
            }
            let time = Duration::from_millis(rng.u64(10..900));
            run(&mut world, &mut tabs, time, rng.u32(1..30));
        }
        for tab in &mut tabs {
            tab.network = true;
        }
        // A turn that was interrupted too often is given up in words; here interruptions are far enough apart.
        run(&mut world, &mut tabs, Duration::from_secs(240), 5);
        let what = format!("seed {seed}");
        assert_settled(&world, &tabs, &what);
        assert_answered(&world, &questions, &what);
    }
}
