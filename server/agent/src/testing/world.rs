//! An agent with everything around it, in virtual time: store, model, alarm and connections. It can be stopped after
//! any effect and restored.

mod faults;
mod inspect;
mod outside;
mod tools;

use std::{
    cell::Cell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    time::Duration,
};

use accounts::{Caller, Denial, Intent, Ownership, PersonId};
use common::{
    directory::{ListState, Summary},
    frame::{ClientFrame, Excerpt, ResponseKind, ServerFrame, Wanted},
    id::{ConnectionId, IdSource, RequestId},
    message::Message,
    state::About,
    time::Timestamp,
};
use directory::Directory;
use providers::{ProviderError, VendorMessage, openai_compatible::KnownModels};
use serde_json::Value;
use sql::{Sql as _, SqlValue};
use store::{Audience, Position, Store, Write};
use test_support::MemorySql;
use workspace::{Expect, FilePath, Hash, Workspace};

use self::outside::Outside;
use crate::{
    Agent, AgentOptions, Attached, Awake, CallId, ConnectionKey, ConnectionPolicy, Effect, GATHER,
    Input, ModelCall, ModelProgress, PushToSend,
};

/// The name of the conversation.
const NAME: &str = "room";

/// How soon the platform calls again when an object dies over its alarm.
const ALARM_RETRY: Duration = Duration::from_secs(2);

/// Ids that stay unique over all lives of an agent, as random ones do.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedIds(Rc<Cell<u64>>);

impl IdSource for SharedIds {
    fn fresh(&mut self) -> String {
        self.0.set(self.0.get() + 1);
        format!("id{}", self.0.get())
    }
}

pub(crate) struct World {
    pub(crate) now: Timestamp,
    store: Store<MemorySql>,
    sql: MemorySql,
    agent: Option<Agent<SharedIds>>,
    options: AgentOptions,
    /// How often the tool of each call was run.
    pub(crate) runs: BTreeMap<String, u32>,
    /// How long the model takes for a step.
    pub(crate) model_pace: Duration,
    next_key: u64,
    ids: SharedIds,
    /// Effects until the agent is stopped; `None`: it is not.
    effects_left: Option<usize>,
    /// Whether the agent was stopped since this was asked last.
    stopped: bool,
    /// Every effect that was done, for assertions on their order.
    pub(crate) done: Vec<Effect>,
    checks_what_is_sent: bool,
    pub(crate) outside: Outside,
    known_models: KnownModels,
    /// The owner's directory.
    directory: Directory<MemorySql>,
    /// Whether what is pushed to the directory is lost.
    pub(crate) is_directory_down: bool,
    /// Whether the time of pushes does not come.
    pub(crate) holds_pushes: bool,
}

fn owners_directory() -> Directory<MemorySql> {
    let begin = Timestamp::default();
    let opened = Directory::open(begin, PersonId::owner(), None, MemorySql::new(), Vec::new());
    opened.expect("an empty directory opens").0
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(AgentOptions::default())
    }

    pub(crate) fn with(options: AgentOptions) -> Self {
        let sql = MemorySql::new();
        let mut world = Self {
            now: Timestamp::from_millis(1_000_000),
            store: Store::open(sql.clone()).expect("an empty store opens"),
            sql,
            agent: None,
            options,
            runs: BTreeMap::new(),
            model_pace: GATHER,
            next_key: 0,
            ids: SharedIds::default(),
            effects_left: None,
            stopped: false,
            done: Vec::new(),
            checks_what_is_sent: false,
            outside: Outside::default(),
            known_models: KnownModels::default(),
            directory: owners_directory(),
            is_directory_down: false,
            holds_pushes: false,
        };
        world.wake();
        world
    }

    fn wake(&mut self) {
        if self.agent.is_some() {
            return;
        }
        self.outside.has_asked_for_alarm = false;
        self.store = Store::open(self.sql.clone()).expect("the store opens again");
        let stored = self.store.load().expect("the store is readable");
        let attached = self.outside.attached.values();
        let attached =
            attached.filter(|connection| self.outside.inboxes.contains_key(&connection.key));
        let (agent, effects) = Agent::restore(
            self.now,
            NAME.to_owned(),
            self.ids.clone(),
            self.options.clone(),
            stored,
            attached.cloned().collect(),
        );
        self.agent = Some(agent);
        self.run(effects);
        self.answer_defaults();
        self.answer_pushes();
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.wake();
        if let Input::Provider {
            call,
            progress: ModelProgress::Ended | ModelProgress::Failed(_),
        } = &input
        {
            self.outside.calls.remove(call);
        }
        // What was due is done by this call; the alarm that was to come for it may be put off.
        if matches!(input, Input::DeadlinePassed)
            && self.outside.alarm.is_some_and(|alarm| alarm <= self.now)
        {
            self.outside.alarm = None;
        }
        let Some(agent) = self.agent.as_mut() else {
            return;
        };
        let effects = agent.handle(self.now, input);
        self.run(effects);
        self.answer_asks();
        self.answer_defaults();
        self.answer_pushes();
    }

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if self.effects_left == Some(0) {
                self.stop();
                return;
            }
            if let Some(left) = self.effects_left.as_mut() {
                *left -= 1;
            }
            self.run_one(effect.clone());
            self.done.push(effect);
        }
    }

    fn run_one(&mut self, effect: Effect) {
        if let Effect::WakeAt(at) = effect {
            self.assert_takes_no_due_alarm_back(at);
        }
        if let (true, Effect::Send { text, .. }) = (self.checks_what_is_sent, &effect) {
            self.assert_stored(text);
        }
        let (Some(agent), outside) = (self.agent.as_mut(), &mut self.outside) else {
            return;
        };
        let mut awake = Awake {
            now: self.now,
            name: NAME,
            agent,
            store: &self.store,
        };
        let done = awake.perform(effect, outside);
        done.expect("the store takes and gives everything");
    }

    /// A platform whose alarm is due, and which is given a later moment, forgets the first.
    fn assert_takes_no_due_alarm_back(&mut self, at: Timestamp) {
        let is_of_this_life = std::mem::replace(&mut self.outside.has_asked_for_alarm, true);
        let is_due = (self.outside.alarm).is_some_and(|alarm| alarm <= self.now);
        assert!(
            !is_of_this_life || !is_due || at <= self.now,
            "an alarm that is due is put off to {at}"
        );
    }

    /// The directory answers at once.
    fn answer_defaults(&mut self) {
        let asks = std::mem::take(&mut self.outside.asks_defaults);
        if let Some(defaults) = self.outside.defaults.clone().filter(|_| asks) {
            self.input(Input::DefaultsTold(defaults));
        }
    }

    /// The workspace answers at once.
    fn answer_asks(&mut self) {
        while let Some(call) = self.outside.asks.pop_front() {
            let result = self.workspace().ask(&call.ask);
            self.input(Input::WorkspaceAsked { call, result });
        }
    }

    /// Hands what was pushed to the directory, which answers at once.
    fn answer_pushes(&mut self) {
        while !self.holds_pushes
            && let Some(call) = self.outside.later_pushes.pop_front()
        {
            self.input(Input::PushDue(call));
        }
        while let Some(push) = self.outside.pushes.pop_front() {
            if self.is_directory_down {
                continue;
            }
            let PushToSend {
                call, push, texts, ..
            } = push;
            let input = directory::Input::Pushed(push);
            let effects = self.directory.handle(self.now, input);
            let taken = directory::Effect::Answer(directory::PushAnswer::Taken);
            assert!(effects.contains(&taken), "{effects:?}");
            let result = Ok(texts);
            self.input(Input::SummaryPushed { call, result });
        }
    }

    pub(crate) fn connect(&mut self) -> ConnectionKey {
        let id = format!("client{}", self.next_key + 1);
        self.connect_as(&id, ConnectionPolicy::default())
    }

    /// Connects a client of the owner's that calls itself `id`.
    pub(crate) fn connect_as(&mut self, id: &str, policy: ConnectionPolicy) -> ConnectionKey {
        self.connect_of(id, policy, Some(Caller::local()))
    }

    /// Connects a client of this caller's.
    pub(crate) fn connect_of(
        &mut self,
        id: &str,
        policy: ConnectionPolicy,
        caller: Option<Caller>,
    ) -> ConnectionKey {
        self.wake();
        self.next_key += 1;
        let key = ConnectionKey(self.next_key);
        let id = ConnectionId::from(id);
        let attached = Attached::new(key, id, policy, caller);
        self.outside.attached.insert(key, attached.clone());
        self.outside.inboxes.insert(key, VecDeque::new());
        self.input(Input::Connected(attached));
        key
    }

    pub(crate) fn disconnect(&mut self, key: ConnectionKey) {
        self.outside.inboxes.remove(&key);
        self.input(Input::Disconnected(key));
    }

    pub(crate) fn send_text(&mut self, key: ConnectionKey, text: &str) {
        self.input(Input::Received {
            key,
            text: text.to_owned(),
        });
    }

    pub(crate) fn send(&mut self, key: ConnectionKey, frame: &ClientFrame) {
        self.send_text(key, &frame.encode());
    }

    /// The next frame a connection was sent, as text.
    pub(crate) fn receive_text(&mut self, key: ConnectionKey) -> Option<String> {
        self.outside.inboxes.get_mut(&key)?.pop_front()
    }

    /// All frames a connection was sent and has not read.
    pub(crate) fn receive(&mut self, key: ConnectionKey) -> Vec<ServerFrame> {
        let mut frames = Vec::new();
        while let Some(text) = self.receive_text(key) {
            frames.push(ServerFrame::decode(&text).expect("the agent sends frames"));
        }
        frames
    }

    /// Lets the oldest tool end, or else the oldest model call continue by one step; whether there was one. A sign of life is
    /// no step, nor is the size of the request.
    pub(crate) fn step_model(&mut self) -> bool {
        self.pass(self.model_pace);
        if self.step_tool() {
            return true;
        }
        loop {
            let (now, workspace) = (self.now, self.store.workspace(self.now));
            let known = &mut self.known_models;
            let mut calls = self.outside.calls.iter_mut();
            let next = calls.find_map(|(call, scripted)| {
                let progress = scripted.next(now, &workspace, known)?;
                Some((*call, progress, scripted.take_sent()))
            });
            let Some((call, progress, asked)) = next else {
                return false;
            };
            self.outside.asked.extend(asked);
            let is_sign = progress == ModelProgress::Events(Vec::new())
                || matches!(progress, ModelProgress::Measured(_));
            self.input(Input::Provider { call, progress });
            if !is_sign || self.agent.is_none() {
                return true;
            }
        }
    }

    /// Lets all model calls end.
    pub(crate) fn settle(&mut self) {
        while self.step_model() {}
    }

    /// The platform calls the agent, perhaps earlier than asked for.
    pub(crate) fn alarm_comes(&mut self) {
        self.outside.alarm = None;
        self.input(Input::DeadlinePassed);
    }

    /// Lets time pass, with every alarm on the way.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            let flush = self
                .outside
                .flush
                .unwrap_or(Timestamp::from_millis(u64::MAX));
            let alarm = self
                .outside
                .alarm
                .unwrap_or(Timestamp::from_millis(u64::MAX));
            if flush.min(alarm) > end {
                break;
            }
            self.now = self.now.max(flush.min(alarm));
            if flush <= alarm {
                self.outside.flush = None;
                self.input(Input::FlushDue);
            } else {
                self.alarm_comes();
                if self.agent.is_none() && self.outside.alarm.is_none() {
                    // The platform calls again when an alarm is not done with.
                    self.outside.alarm = Some(self.now + ALARM_RETRY);
                }
            }
        }
        self.now = end;
    }
}
