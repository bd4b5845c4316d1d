//! A client that is offered a stream ends with the whole message once, however late it answers and whatever happens
//! meanwhile: pages with the official client, in every order of frames.

use std::time::Duration;

use common::message::{Message, ToolPart};
use fastrand::Rng;
use serde_json::json;
use test_support::seeds;

use super::tools::{COALESCED, result};
use crate::testing::{Official, Shown, World};

/// Longer than the agent waits for an answer.
const LATE: Duration = Duration::from_secs(31);
const QUESTION: &str = r#"call ask_user {"question":"Tabs?","options":["Yes","No"]}"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Requester,
    Watcher,
}
use Who::{Requester, Watcher};

/// What can happen next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The model continues.
    Model,
    /// The agent gets the next frame of a client.
    Send(Who),
    /// The client gets the next frame.
    Read(Who),
    /// The client gets all frames.
    ReadAll(Who),
    /// The user asks the next question.
    Ask(Who),
    /// The user answers the model's question.
    Answer(Who),
    /// The page is loaded anew.
    Reload(Who),
    /// The agent is evicted; the connections stay.
    Hibernate,
    /// Nobody does anything for a while.
    Wait,
}

struct Scene {
    world: World,
    requester: Official,
    watcher: Official,
    /// The questions that will be asked, the last one first.
    questions: Vec<&'static str>,
    /// Who has asked which message.
    asked: Vec<(Who, String)>,
}

impl Scene {
    fn new(questions: &[&'static str]) -> Self {
        let mut world = World::new();
        world.check_what_is_sent();
        let requester = Official::open(&mut world, "requester");
        let watcher = Official::open(&mut world, "watcher");
        Self {
            world,
            requester,
            watcher,
            questions: questions.iter().rev().copied().collect(),
            asked: Vec::new(),
        }
    }

    /// The requester has asked at once and then what to resume. The model has said this much before the agent was asked
    /// that, and this much after it.
    fn asked_at_once(questions: &[&'static str], before: usize, after: usize) -> Self {
        let mut scene = Self::new(questions);
        scene.act(Step::Ask(Requester));
        scene.requester.mount();
        scene.watcher.mount();
        for said in [before, after] {
            scene.act(Step::Send(Requester));
            for _ in 0..said {
                scene.act(Step::Model);
            }
        }
        scene
    }

    fn client(&mut self, who: Who) -> (&mut Official, &mut World) {
        match who {
            Requester => (&mut self.requester, &mut self.world),
            Watcher => (&mut self.watcher, &mut self.world),
        }
    }

    /// Whether anything happened.
    fn act(&mut self, step: Step) -> bool {
        match step {
            Step::Model => self.world.step_model(),
            Step::Send(who) => {
                let (client, world) = self.client(who);
                client.transmit(world)
            }
            Step::Read(who) => {
                let (client, world) = self.client(who);
                client.read(world)
            }
            Step::ReadAll(who) => {
                let (client, world) = self.client(who);
                let mut read = false;
                while client.read(world) {
                    read = true;
                }
                read
            }
            Step::Ask(who) => {
                let Some(question) = self.questions.pop() else {
                    return false;
                };
                let number = self.asked.len() + 1;
                let (request, message) = (format!("r{number}"), format!("m{number}"));
                self.client(who).0.submit(&request, &message, question);
                self.asked.push((who, message));
                true
            }
            Step::Answer(who) => self.answer(who),
            Step::Reload(who) => {
                let (client, world) = self.client(who);
                client.reload(world);
                true
            }
            Step::Hibernate => {
                // What was sent has left.
                self.requester.collect(&mut self.world);
                self.watcher.collect(&mut self.world);
                self.world.hibernate();
                true
            }
            Step::Wait => {
                self.world.pass(LATE);
                true
            }
        }
    }

    fn answer(&mut self, who: Who) -> bool {
        let Some(call) = asks(&self.world) else {
            return false;
        };
        let (client, _) = self.client(who);
        if !client.is_ready() {
            return false;
        }
        client.answer(result(&call, json!({"answer": "Yes"})));
        true
    }

    /// All frames arrive, and the model says all it has to say.
    fn come_to_rest_but_for_answers(&mut self) {
        let mut goes_on = true;
        while goes_on {
            goes_on = false;
            for who in [Requester, Watcher] {
                goes_on |= self.act(Step::Send(who)) | self.act(Step::ReadAll(who));
            }
            goes_on |= self.act(Step::Model);
        }
    }

    /// Everything that is on its way arrives.
    fn come_to_rest(&mut self) {
        for _ in 0..20 {
            self.come_to_rest_but_for_answers();
            let answers = self.act(Step::Answer(Requester));
            self.world.pass(LATE);
            let quiet = !self.world.has_model_call() && self.questions.is_empty() && !answers;
            if quiet && !self.act(Step::Send(Requester)) && !self.act(Step::ReadAll(Requester)) {
                break;
            }
            self.act(Step::Ask(Requester));
        }
        self.world.pass(LATE);
        for who in [Requester, Watcher, Requester, Watcher] {
            self.act(Step::ReadAll(who));
            self.act(Step::Send(who));
        }
    }

    /// In the order of their ids, and without what the page itself asked: it shows its questions before the agent has
    /// them, an answer that was still to come behind the next question, and a transcript that crosses a question takes
    /// that away.
    fn comparable(&self, who: Who, messages: &[Shown]) -> Vec<Shown> {
        let is_own = |message: &Shown| self.asked.contains(&(who, message.id.clone()));
        let mut messages: Vec<Shown> = messages.to_vec();
        messages.retain(|message| !is_own(message));
        messages.sort_by(|one, other| one.id.cmp(&other.id));
        messages
    }

    /// Both pages show what is stored, and nothing is on its way.
    fn end(mut self, what: &dyn std::fmt::Debug) {
        self.come_to_rest();
        let stored: Vec<Shown> = self.world.transcript().iter().map(Shown::of).collect();
        for (who, client) in [(Requester, &self.requester), (Watcher, &self.watcher)] {
            let of = |messages: &[Shown]| self.comparable(who, messages);
            assert_eq!(of(&client.shown()), of(&stored), "{who:?}: {what:?}");
            assert!(!client.is_busy(), "{who:?}: {what:?}");
        }
        self.world.disconnect(self.requester.key());
        self.world.disconnect(self.watcher.key());
        let streams = self.world.stored_streams();
        assert!(streams <= 1, "{streams} streams are kept: {what:?}");
    }
}

/// The call that waits for the user.
fn asks(world: &World) -> Option<String> {
    let transcript = world.transcript();
    let last = transcript.last()?;
    let waits = |call: &&ToolPart| call.state.is_unanswered();
    let mut calls = Message::calls(last).filter(waits);
    calls.next().map(|call| call.tool_call_id.to_string())
}

/// Tries every sequence of this many steps that each do something.
fn explore(make: &dyn Fn() -> Scene, steps: &[Step], depth: usize) -> usize {
    fn visit(
        make: &dyn Fn() -> Scene,
        steps: &[Step],
        depth: usize,
        path: &mut Vec<Step>,
        count: &mut usize,
    ) {
        if path.len() == depth {
            return;
        }
        for step in steps {
            let mut scene = make();
            for earlier in path.iter() {
                scene.act(*earlier);
            }
            if !scene.act(*step) {
                continue;
            }
            path.push(*step);
            *count += 1;
            scene.end(path);
            visit(make, steps, depth, path, count);
            path.pop();
        }
    }
    let mut count = 0;
    visit(make, steps, depth, &mut Vec::new(), &mut count);
    count
}

const ORDERS: [Step; 7] = [
    Step::Model,
    Step::Send(Requester),
    Step::Read(Requester),
    Step::ReadAll(Watcher),
    Step::Ask(Requester),
    Step::Hibernate,
    Step::Wait,
];

#[test]
fn every_order_from_every_point_of_a_turn() {
    let mut count = 0;
    for (before, after, depth) in [
        (0, 0, 3),
        (0, 1, 2),
        (1, 0, 3),
        (1, 1, 2),
        (1, 9, 2),
        (9, 0, 2),
    ] {
        let make = || Scene::asked_at_once(&["one", "two"], before, after);
        count += explore(&make, &ORDERS, depth);
    }
    assert!(count > 400, "{count}");
}

#[test]
fn every_order_from_every_point_of_a_continuation() {
    let steps = [
        Step::Model,
        Step::Send(Requester),
        Step::ReadAll(Requester),
        Step::ReadAll(Watcher),
        Step::Ask(Watcher),
        Step::Hibernate,
    ];
    let mut count = 0;
    for said in [0, 1, 3] {
        let make = || {
            let mut scene = Scene::asked_at_once(&[QUESTION, "two"], 0, 0);
            scene.come_to_rest_but_for_answers();
            scene.act(Step::Answer(Requester));
            while scene.act(Step::Send(Requester)) {}
            scene.world.pass(COALESCED);
            for _ in 0..said {
                scene.act(Step::Model);
            }
            scene
        };
        count += explore(&make, &steps, 3);
    }
    assert!(count > 200, "{count}");
}

#[test]
fn long_random_orders() {
    for seed in seeds(80) {
        let mut rng = Rng::with_seed(seed);
        let mut questions = vec!["one", "two", QUESTION, "drop it", "call list {}", "three"];
        rng.shuffle(&mut questions);
        let mut scene = Scene::new(&questions);
        let mut steps = Vec::new();
        let mut mounted = [false, false];
        for _ in 0..60 {
            let who = if rng.bool() { Requester } else { Watcher };
            if !std::mem::replace(&mut mounted[who as usize], true) {
                // Before or after it was mounted.
                let asks_at_once = rng.bool() && scene.act(Step::Ask(who));
                steps.push(if asks_at_once {
                    Step::Ask(who)
                } else {
                    Step::Wait
                });
                scene.client(who).0.mount();
            }
            let step = match rng.u8(0..24) {
                0..8 => Step::Model,
                8..13 => Step::Send(who),
                13..16 => Step::Read(who),
                16..19 => Step::ReadAll(who),
                19 => Step::Ask(who),
                20 => Step::Answer(who),
                21 => Step::Reload(who),
                22 => Step::Hibernate,
                _ => Step::Wait,
            };
            if scene.act(step) {
                steps.push(step);
            }
        }
        scene.end(&(seed, steps));
    }
}
