//! An agent with everything around it, in virtual time: store, model, alarm and connections. It can be stopped after
//! any effect and restored.

mod faults;
mod inspect;
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
use providers::{ProviderError, VendorMessage};
use serde_json::Value;
use sql::{Sql as _, SqlValue};
use store::{Audience, Position, Store, Write};
use test_support::MemorySql;
use workspace::{Expect, FilePath, Hash, Workspace};

use super::{ScriptedModel, model::ScriptedCall};
use crate::{
    Agent, AgentOptions, Attached, CallId, ConnectionKey, ConnectionPolicy, Effect, GATHER, Input,
    ModelCall, ModelProgress, SummaryPush, ToolRun, replay_frames, reply_frames,
};

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
    calls: BTreeMap<CallId, ScriptedCall>,
    /// Tools that are running, and how often each call's tool was run.
    tools: VecDeque<ToolRun>,
    pub(crate) runs: BTreeMap<String, u32>,
    /// How many turns were interrupted too often.
    pub(crate) given_up: usize,
    alarm: Option<Timestamp>,
    flush: Option<Timestamp>,
    /// How long the model takes for a step.
    pub(crate) model_pace: Duration,
    next_key: u64,
    attached: BTreeMap<ConnectionKey, Attached>,
    ids: SharedIds,
    /// What each connection was sent and has not read.
    inboxes: BTreeMap<ConnectionKey, VecDeque<String>>,
    /// The connections that the agent has closed.
    pub(crate) closed: BTreeMap<ConnectionKey, (u16, String)>,
    /// Effects until the agent is stopped; `None`: it is not.
    effects_left: Option<usize>,
    /// Whether the agent was stopped since this was asked last.
    stopped: bool,
    /// Every effect that was done, for assertions on their order.
    pub(crate) done: Vec<Effect>,
    checks_what_is_sent: bool,
    pub(crate) model: ScriptedModel,
    /// The owner's directory.
    directory: Directory<MemorySql>,
    /// Whether what is pushed to the directory is lost.
    pub(crate) is_directory_down: bool,
    pushes: VecDeque<SummaryPush>,
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
            calls: BTreeMap::new(),
            tools: VecDeque::new(),
            runs: BTreeMap::new(),
            given_up: 0,
            alarm: None,
            flush: None,
            model_pace: GATHER,
            next_key: 0,
            attached: BTreeMap::new(),
            ids: SharedIds::default(),
            inboxes: BTreeMap::new(),
            closed: BTreeMap::new(),
            effects_left: None,
            stopped: false,
            done: Vec::new(),
            checks_what_is_sent: false,
            model: ScriptedModel { is_strict: true },
            directory: owners_directory(),
            is_directory_down: false,
            pushes: VecDeque::new(),
        };
        world.wake();
        world
    }

    fn wake(&mut self) {
        if self.agent.is_some() {
            return;
        }
        self.store = Store::open(self.sql.clone()).expect("the store opens again");
        let stored = self.store.load().expect("the store is readable");
        let attached = self.attached.values();
        let attached = attached.filter(|connection| self.inboxes.contains_key(&connection.key));
        let (agent, effects) = Agent::restore(
            self.now,
            "room".to_owned(),
            self.ids.clone(),
            self.options.clone(),
            stored,
            attached.cloned().collect(),
        );
        self.agent = Some(agent);
        self.run(effects);
        self.answer_pushes();
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.wake();
        if let Input::Provider {
            call,
            progress: ModelProgress::Ended | ModelProgress::Failed(_),
        } = &input
        {
            self.calls.remove(call);
        }
        let Some(agent) = self.agent.as_mut() else {
            return;
        };
        let effects = agent.handle(self.now, input);
        self.run(effects);
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
        match effect {
            Effect::Persist(writes) => {
                let was_new = self.store.is_new();
                self.store.write(&writes).expect("the store is writable");
                if let (true, Some(agent)) = (was_new, self.agent.as_mut()) {
                    agent.has_store(self.store.epoch().expect("the store is readable"));
                }
            }
            Effect::Send { to, text } => {
                if self.checks_what_is_sent {
                    self.assert_stored(&text);
                }
                self.deliver(&to, &text);
            }
            Effect::SendTranscript {
                to,
                breadth,
                growing,
            } => {
                let growing = growing
                    .as_ref()
                    .map(|(position, message)| (*position, message));
                let frame = self.store.transcript_frame(breadth, growing);
                self.deliver(&to, &frame.expect("the store is readable"));
            }
            Effect::SendMessage { to, position } => {
                let frame = self.store.message_frame(position);
                if let Some(frame) = frame.expect("the store is readable") {
                    self.deliver(&to, &frame);
                }
            }
            Effect::Close { key, code, reason } => {
                self.inboxes.remove(&key);
                self.closed.insert(key, (code, reason));
            }
            Effect::Replay(replay) => {
                let chunks = self
                    .store
                    .chunks(&replay.request_id)
                    .expect("the store is readable");
                for frame in replay_frames(&replay, &chunks) {
                    self.deliver(&[replay.to], &frame);
                }
            }
            Effect::Attach(attached) => {
                let attached_to = attached.key;
                let json = serde_json::to_string(&attached).expect("it can be written");
                let attached = serde_json::from_str(&json).expect("it can be read");
                let known = self.attached.insert(attached_to, attached);
                assert!(known.is_some(), "there is such a connection");
            }
            Effect::CallModel(call) => {
                let transcript = self
                    .store
                    .messages_before(call.before)
                    .expect("the store is readable");
                self.calls
                    .insert(call.call, self.model.call(call, &transcript));
            }
            Effect::Reply { to, id, reply } => {
                let mut frames = Vec::new();
                reply_frames(&self.store, &id, reply, |frame| frames.push(frame));
                for frame in frames {
                    self.deliver(&[to], &frame);
                }
            }
            Effect::PushSummary(push) => self.pushes.push_back(push),
            // A test answers these itself.
            Effect::MakeTitle(_) => {}
            Effect::RunTool(run) => self.tools.push_back(run),
            Effect::Abort(call) => {
                self.calls.remove(&call);
                self.tools.retain(|run| run.call != call);
            }
            Effect::WakeAt(at) => self.alarm = Some(at),
            Effect::FlushAt(at) => self.flush = Some(at),
            // A test answers these itself.
            Effect::CheckModel(_) | Effect::ListModels(_) => {}
            Effect::Log(line) => self.given_up += usize::from(line.contains("is given up")),
        }
    }

    /// Hands what was pushed to the directory, which answers at once.
    fn answer_pushes(&mut self) {
        while let Some(push) = self.pushes.pop_front() {
            if self.is_directory_down {
                continue;
            }
            let call = push.call;
            let push = self.store.push_of("room", push.number, push.head);
            let (push, texts) = push.expect("the store is readable");
            let input = directory::Input::Pushed(push);
            let effects = self.directory.handle(self.now, input);
            let taken = directory::Effect::Answer(directory::Answer::Taken);
            assert!(effects.contains(&taken), "{effects:?}");
            let result = Ok(texts);
            self.input(Input::SummaryPushed { call, result });
        }
    }

    fn deliver(&mut self, to: &[ConnectionKey], text: &str) {
        for key in to {
            if let Some(inbox) = self.inboxes.get_mut(key) {
                inbox.push_back(text.to_owned());
            }
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
        self.attached.insert(key, attached.clone());
        self.inboxes.insert(key, VecDeque::new());
        self.input(Input::Connected(attached));
        key
    }

    pub(crate) fn disconnect(&mut self, key: ConnectionKey) {
        self.inboxes.remove(&key);
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
        self.inboxes.get_mut(&key)?.pop_front()
    }

    /// All frames a connection was sent and has not read.
    pub(crate) fn receive(&mut self, key: ConnectionKey) -> Vec<ServerFrame> {
        let mut frames = Vec::new();
        while let Some(text) = self.receive_text(key) {
            frames.push(ServerFrame::decode(&text).expect("the agent sends frames"));
        }
        frames
    }

    /// Lets the oldest tool end, or else the oldest model call go on by one step; whether there was one.
    pub(crate) fn step_model(&mut self) -> bool {
        self.pass(self.model_pace);
        if self.step_tool() {
            return true;
        }
        let next = self.calls.iter_mut().find_map(|(call, scripted)| {
            let progress = scripted.script.pop_front()?;
            debug_assert_eq!(*call, scripted.call.call);
            Some((*call, progress))
        });
        let Some((call, progress)) = next else {
            return false;
        };
        self.input(Input::Provider { call, progress });
        true
    }

    /// Lets all model calls end.
    pub(crate) fn settle(&mut self) {
        while self.step_model() {}
    }

    /// Lets time pass, with every alarm on the way.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            let flush = self.flush.unwrap_or(Timestamp::from_millis(u64::MAX));
            let alarm = self.alarm.unwrap_or(Timestamp::from_millis(u64::MAX));
            if flush.min(alarm) > end {
                break;
            }
            self.now = self.now.max(flush.min(alarm));
            if flush <= alarm {
                self.flush = None;
                self.input(Input::FlushDue);
            } else {
                self.alarm = None;
                self.input(Input::DeadlinePassed);
                if self.agent.is_none() && self.alarm.is_none() {
                    // The platform calls again when an alarm is not done with.
                    self.alarm = Some(self.now + ALARM_RETRY);
                }
            }
        }
        self.now = end;
    }
}
