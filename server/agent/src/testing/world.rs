//! An agent with everything around it, in virtual time: store, model, alarm and connections. It can be stopped after
//! any effect and restored.

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
use tools::{
    Attempt, Begun, ToolContext, ToolDone, ToolFailure,
    fetch_url::{AnswerHead, Fetched, Hosts, Visit, VisitStep},
};
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
    /// Whether what is told to the directory is lost.
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

    /// Stops the agent after this many more effects.
    pub(crate) fn stop_after(&mut self, effects: usize) {
        self.effects_left = Some(effects);
    }

    /// Whether the agent was stopped since this was asked last.
    pub(crate) fn take_stopped(&mut self) -> bool {
        std::mem::take(&mut self.stopped)
    }

    /// Stops the agent: its memory, its model calls and its connections are gone.
    pub(crate) fn stop(&mut self) {
        self.hibernate();
        self.inboxes.clear();
    }

    /// Evicts the agent: its memory and its model calls are gone; the connections stay.
    pub(crate) fn hibernate(&mut self) {
        self.agent = None;
        self.calls.clear();
        self.tools.clear();
        self.pushes.clear();
        self.flush = None;
        self.effects_left = None;
        self.stopped = true;
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
        self.tell_directory();
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
        self.tell_directory();
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
    fn tell_directory(&mut self) {
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

    /// What the directory shows of the conversation; `None`: it does not know it.
    pub(crate) fn listed(&self) -> Option<Summary> {
        let state = self.directory.state().expect("the directory is readable");
        let state = ListState::from_json(state).expect("it is a list");
        state.conversations.into_iter().next()
    }

    /// Whether the conversation is somebody's.
    pub(crate) fn has_owner(&self) -> bool {
        let owner = self.store.guarded().expect("the store is readable").owner;
        owner != Ownership::Nobody
    }

    /// The directory shows the conversation as it is.
    pub(crate) fn assert_listed(&self) {
        let listed = self.listed().expect("the conversation is listed");
        let stored = self.store.load().expect("the store is readable");
        assert_eq!(listed.title, stored.about.expect("a state").title);
        assert_eq!(listed.messages, self.transcript().len() as u64);
        let told = self.store.last_push().expect("the store is readable");
        assert!(told.is_some_and(|told| told.is_known), "{listed:?}");
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

    /// The epoch of the store.
    pub(crate) fn epoch(&self) -> String {
        self.store.guarded().expect("the store is readable").epoch
    }

    /// Whether a caller may do something outside of a connection.
    pub(crate) fn admit(&self, caller: Option<&Caller>, intent: Intent) -> Result<(), Denial> {
        let agent = self.agent.as_ref().expect("it is awake");
        agent.admit(self.now, caller, intent)
    }

    /// Whether the connection is still there.
    pub(crate) fn is_connected(&self, key: ConnectionKey) -> bool {
        self.inboxes.contains_key(&key)
    }

    /// Whether another connection may come.
    pub(crate) fn has_room_for_connection(&self) -> Result<(), String> {
        let agent = self.agent.as_ref();
        agent.map_or(Ok(()), Agent::has_room_for_connection)
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

    /// Lets the oldest tool end; whether there was one.
    pub(crate) fn step_tool(&mut self) -> bool {
        let Some(run) = self.tools.pop_front() else {
            return false;
        };
        let result = self.run_tool(&run);
        if matches!(result, Ok(Attempt::Done { .. })) {
            *self.runs.entry(run.tool_call_id.to_string()).or_default() += 1;
        }
        self.input(Input::ToolSettled {
            call: run.call,
            result,
        });
        true
    }

    fn run_tool(&self, run: &ToolRun) -> Result<Attempt, ToolFailure> {
        let about = self.agent.as_ref().map(|agent| agent.about().clone());
        let growing = self.growing();
        let context = ToolContext {
            workspace: self.workspace(),
            now: self.now,
            about: &about.unwrap_or_default(),
            answer: growing.as_ref(),
            hosts: Hosts::Public,
        };
        let mut begun = tools::attempt(&run.name, &run.input, run.allowed.as_ref(), &context)?;
        loop {
            begun = match begun {
                Begun::Over(attempt) => return Ok(attempt),
                Begun::Visit(visit) => return Self::visit(visit).map(Attempt::done),
                Begun::Slices(run) => run.next(&context)?,
            };
        }
    }

    /// A web in which every page says where it stands.
    fn visit(visit: Visit) -> Result<ToolDone, ToolFailure> {
        let head = AnswerHead {
            status: 200,
            content_type: Some("text/plain".to_owned()),
            ..AnswerHead::default()
        };
        let bytes = format!("This is {}", visit.url()).into_bytes();
        match visit.answered(&head)? {
            VisitStep::Read(visit) => Ok(visit.read(&Fetched { bytes, more: false })),
            VisitStep::Done(done) => Ok(done),
            VisitStep::Ask(visit) => Err(visit.failed("it leads on")),
        }
    }

    pub(crate) fn workspace(&self) -> Workspace<'_> {
        self.store.workspace(self.now)
    }

    /// Puts a file into the workspace, as somebody else would.
    pub(crate) fn put_file(&self, path: &str, text: &str) {
        let path = FilePath::parse(path).expect("a path");
        self.workspace()
            .write(&path, text.as_bytes(), &Expect::Anything)
            .expect("the workspace is writable");
    }

    /// The ids of all questions that are stored.
    pub(crate) fn questions(&self) -> Vec<String> {
        let rows = self.sql.run("SELECT id FROM approvals", &[]);
        let rows = rows.expect("the store is readable").into_iter().flatten();
        rows.map(SqlValue::into_text).collect()
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

    /// Whether something will wake the agent by itself.
    pub(crate) fn has_alarm(&self) -> bool {
        self.alarm.is_some()
    }

    pub(crate) fn has_model_call(&self) -> bool {
        !self.calls.is_empty()
    }

    pub(crate) fn transcript(&self) -> Vec<Message> {
        self.store
            .messages_before(Position::END)
            .expect("the store is readable")
    }

    /// The part of the transcript that is wanted, and how many messages come before it; `None`: it is to end before a
    /// message that is gone.
    pub(crate) fn excerpt(&self, wanted: &Wanted) -> Option<Excerpt> {
        let span = self.store.span(wanted).expect("the store is readable")?;
        let messages = self.store.transcript_json(Audience::Client, span, None);
        let earlier = self.store.count_before(span.start);
        let text = Excerpt::encode(
            &messages.expect("the store is readable"),
            earlier.expect("the store is readable"),
        );
        let json = serde_json::from_str(&text).expect("it is JSON");
        Some(Excerpt::from_json(json))
    }

    /// How many streams of turns that are over are stored.
    pub(crate) fn stored_streams(&self) -> usize {
        let stored = self.store.load().expect("the store is readable");
        stored.kept.len()
    }

    /// The entity tag of the transcript.
    pub(crate) fn etag(&self) -> String {
        self.store.etag().expect("the store is readable")
    }

    /// Ids that nobody else has.
    pub(crate) fn ids(&self) -> SharedIds {
        self.ids.clone()
    }

    /// The transcript as `role: text` lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.transcript()
            .iter()
            .map(|message| format!("{}: {}", message.role.as_str(), message.plain_text()))
            .collect()
    }

    /// What the model was asked last.
    pub(crate) fn last_model_call(&self) -> ModelCall {
        let call = |effect: &Effect| {
            if let Effect::CallModel(call) = effect {
                Some(call.clone())
            } else {
                None
            }
        };
        self.done
            .iter()
            .rev()
            .find_map(call)
            .expect("the model was called")
    }

    /// Writes nonsense where the synced state is stored.
    pub(crate) fn break_stored_state(&self) {
        self.store_state_text("{broken");
    }

    /// Replaces what the conversation is about, as another version of the server would.
    pub(crate) fn store_state(&self, state: &Value) {
        self.store_state_text(&state.to_string());
    }

    fn store_state_text(&self, text: &str) {
        let about = Write::PutAbout(About::default());
        self.store.write(&[about]).expect("the store is writable");
        let statement = "UPDATE facts SET value = ? WHERE name = 'state'";
        let written = self.sql.run(statement, &[text.into()]);
        written.expect("the store is writable");
    }

    /// As it was before there were directories.
    pub(crate) fn forget_told(&mut self) {
        let delete = "DELETE FROM facts WHERE name = 'told'";
        self.sql.run(delete, &[]).expect("the store is writable");
        self.directory = owners_directory();
    }

    /// Makes instructions wait for the user, as those of an archive do.
    pub(crate) fn mark_unconfirmed(&self, hash: &Hash) {
        let statement = "UPDATE contents SET unconfirmed = 1 WHERE hash = ?";
        let written = self.sql.run(statement, &[hash.as_str().into()]);
        written.expect("the store is writable");
    }

    /// The SQLite of the agent.
    pub(crate) fn sql(&self) -> MemorySql {
        self.sql.clone()
    }

    /// From now on the transcript cannot be read.
    pub(crate) fn drop_messages_table(&self) {
        self.sql
            .run("DROP TABLE messages", &[])
            .expect("the store is writable");
    }

    /// From now on files can be neither read nor written.
    pub(crate) fn drop_files_table(&self) {
        self.sql
            .run("DROP TABLE entries", &[])
            .expect("the store is writable");
    }

    /// How many tools are running.
    pub(crate) fn running_tools(&self) -> usize {
        self.tools.len()
    }

    /// The tools that are running never come back.
    pub(crate) fn lose_tools(&mut self) {
        self.tools.clear();
    }

    /// The oldest model call fails for good.
    pub(crate) fn fail_model(&mut self) {
        self.fail_model_with(ProviderError::Malformed {
            message: VendorMessage::default(),
        });
    }

    /// The oldest model call fails.
    pub(crate) fn fail_model_with(&mut self, error: ProviderError) {
        self.model_says(ModelProgress::Failed(error.into()));
    }

    /// The oldest model call goes on like this.
    pub(crate) fn model_says(&mut self, progress: ModelProgress) {
        if let Some(call) = self.model_call() {
            self.input(Input::Provider { call, progress });
        }
    }

    /// From now on every frame is checked: what it shows is stored.
    pub(crate) fn check_what_is_sent(&mut self) {
        self.checks_what_is_sent = true;
    }

    fn assert_stored(&self, text: &str) {
        match ServerFrame::decode(text) {
            Ok(ServerFrame::ChatResponse(response)) => match response.kind {
                ResponseKind::Chunk { chunk, seq } => {
                    let chunks = self
                        .store
                        .chunks(&response.id)
                        .expect("the store is readable");
                    let at =
                        usize::try_from(seq.expect("chunks are counted")).expect("a small number");
                    let stored = chunks
                        .get(at)
                        .map(|json| serde_json::from_str(json).expect("a chunk"));
                    assert_eq!(stored, Some(chunk), "a chunk is sent before it is stored");
                }
                ResponseKind::Done { .. } => {
                    let turns = self.store.load().expect("the store is readable").turns;
                    let queued = turns.queued.iter().map(|queued| &queued.turn);
                    let running = turns.running.iter().map(|running| &running.turn);
                    let mut unsettled = queued.chain(running);
                    let settled = unsettled.all(|turn| turn.request_id != response.id);
                    assert!(settled, "an end is told before it is stored: {text}");
                }
                ResponseKind::Words(_)
                | ResponseKind::ReplayComplete
                | ResponseKind::Failing(_)
                | ResponseKind::Refused(_) => {}
            },
            Ok(ServerFrame::MessageUpdated(message)) => {
                let stored = self.transcript().contains(&message);
                let grows = self
                    .growing()
                    .is_some_and(|growing| growing.id == message.id);
                assert!(
                    stored || grows,
                    "a message is sent before it is stored: {text}"
                );
            }
            Ok(_) => {}
            Err(error) => panic!("{error}: {text}"),
        }
    }

    /// The answer that is being written.
    pub(crate) fn growing(&self) -> Option<Message> {
        let (_, message) = self.agent.as_ref()?.growing()?;
        Some(message.clone())
    }

    /// The answer that is being written, as a page gets it.
    pub(crate) fn growing_anew(&self) -> Option<Message> {
        let (_, message) = self.agent.as_ref()?.growing_anew()?;
        Some(message.clone())
    }

    /// The turn that runs, as it is stored.
    pub(crate) fn growing_turn(&self) -> Option<RequestId> {
        let turns = self.store.load().expect("the store is readable").turns;
        turns.running.map(|running| running.turn.request_id)
    }

    /// The model call that runs.
    pub(crate) fn model_call(&self) -> Option<CallId> {
        self.calls.keys().next().copied()
    }
}
