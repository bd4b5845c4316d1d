//! One instance: its machine, its store and its connections. It gives inputs to the machine and runs the effects in order.
//! Nothing awaits while the machine is borrowed, and the next input waits for all effects of the last one, so that events
//! of the platform interleave only between two inputs.

mod effects;
mod life;
mod pushes;
mod tool_runs;
mod workspace;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    result::Result as StdResult,
    time::Duration,
};

use ::limits::TooManyConversations;
use accounts::{Caller, Denial, Intent};
use agent::{Agent, AgentOptions, Attached, CallId, ConnectionKey, Effect, Input};
use common::frame::ClientFrame;
use sql::{Fault, SqlError};
use store::{Audience, Store};
use worker::{AbortController, Env, Request, Response, Result, State};

use super::{
    disk,
    failures::Problem,
    limits,
    models::Waiters,
    object, observe,
    random::{RandomIds, now},
    reads,
    settings::{self, SharedConfig},
    sockets::{self, Connectable, Connections, NewConnection},
    sql::ObjectSql,
};
use crate::{
    config::{Config, ConfigError},
    events::{Event, Hashed, Level, Metrics, TurnClock, Who},
    version,
};

/// Closes connections after a failed write, so that clients ask again (RFC 6455 §7.4.1: an unexpected condition).
const STATE_NOT_STORED: u16 = 1011;

/// After a failed write the instance is restored after this time, unless an event restores it earlier.
const RESTORE_AFTER: Duration = Duration::from_secs(2);

/// One instance. Its model calls and runs hold clones of its `Rc`.
#[derive(Debug)]
pub(super) struct Instance {
    state: State,
    pub(super) env: Env,
    config: SharedConfig,
    live: RefCell<Option<Live>>,
    calls: RefCell<HashMap<CallId, AbortController>>,
    /// The tasks that wait for the provider's list of models.
    pub(super) model_waiters: RefCell<Waiters>,
    /// When each running turn started.
    turns: RefCell<TurnClock>,
    /// Call ids are unique within one machine; the life distinguishes machines.
    life: Cell<u64>,
    /// Whether this life of the object has begun.
    has_begun: Cell<bool>,
    /// Whether everything that is stored is being deleted.
    is_ending: Cell<bool>,
    /// Whether an archive is being imported into the conversation.
    is_importing: Cell<bool>,
    /// Whether the machine is read-only, since its writes cannot be stored.
    is_held: Cell<bool>,
}

/// Present while the instance is awake.
#[derive(Debug)]
struct Live {
    name: String,
    agent: Agent<RandomIds>,
    store: Store<ObjectSql>,
    connections: Connections,
}

impl Instance {
    pub(super) fn new(state: State, env: Env) -> Self {
        Self {
            state,
            config: settings::config(&env),
            env,
            live: RefCell::new(None),
            calls: RefCell::new(HashMap::new()),
            model_waiters: RefCell::new(Waiters::default()),
            turns: RefCell::default(),
            life: Cell::new(0),
            has_begun: Cell::new(false),
            is_ending: Cell::new(false),
            is_importing: Cell::new(false),
            is_held: Cell::new(false),
        }
    }

    fn config(&self) -> StdResult<Config, ConfigError> {
        self.config.as_ref().clone()
    }

    /// Wakes the instance up if it is asleep.
    pub(super) fn start(self: &Rc<Self>) -> StdResult<(), Problem> {
        if self.is_held.get() && disk::refuses().is_none() {
            self.live.take();
        }
        if self.is_importing.get() {
            return Err(Problem {
                fault: Fault::Other,
                words: "This conversation is being imported. Try again.".to_owned(),
            });
        }
        if self.live.borrow().is_some() {
            return Ok(());
        }
        if self.is_ending.get() {
            return Err(Problem {
                fault: Fault::Other,
                words: "This conversation is being deleted. Try again.".to_owned(),
            });
        }
        let name = self.state.id().name().ok_or_else(|| Problem {
            fault: Fault::Other,
            words: object::missing_name(),
        })?;
        if !self.has_begun.replace(true) {
            disk::begins(&name);
        }
        let (live, effects) = self.restore(name)?;
        *self.live.borrow_mut() = Some(live);
        // Held effects are not run: restoring the instance later creates them again.
        let is_held = disk::refuses().is_some() && effects.iter().any(Effect::stores);
        self.is_held.set(is_held);
        if !is_held {
            self.run(effects);
        }
        Ok(())
    }

    fn restore(&self, name: String) -> StdResult<(Live, Vec<Effect>), SqlError> {
        self.life.set(self.life.get() + 1);
        let store = Store::open(ObjectSql::of(&self.state)?)?;
        let (connections, attached) = Connections::restore(&self.state);
        let options = self
            .config
            .as_ref()
            .as_ref()
            .map_or_else(|_| AgentOptions::default(), |config| config.agent.clone());
        let options = AgentOptions {
            page: Some(version::PAGE),
            ..options
        };
        let (agent, effects) = Agent::restore(
            now(),
            name.clone(),
            RandomIds,
            options,
            store.load()?,
            attached,
        );
        Ok((
            Live {
                name,
                agent,
                store,
                connections,
            },
            effects,
        ))
    }

    /// Gives the machine an input and runs the effects.
    pub(super) fn input(self: &Rc<Self>, input: Input) {
        if let Err(problem) = self.start() {
            worker::console_error!("{}", problem.words);
            return;
        }
        let refused = self.refusal(&input);
        let effects = match self.live.borrow_mut().as_mut() {
            Some(live) => {
                disk::lives_on(&live.name);
                live.agent.handle(now(), input)
            }
            None => return,
        };
        match refused {
            Some((words, sender)) if effects.iter().any(Effect::stores) => {
                self.refuse(&words, sender);
            }
            Some(_) | None => self.run(effects),
        }
    }

    /// Why the effects of an input must not be stored, and who sent the input: the disk takes no writes, or the caller has
    /// begun too many conversations.
    fn refusal(&self, input: &Input) -> Option<(String, Option<(ConnectionKey, String)>)> {
        if let Some(fault) = disk::refuses() {
            let words = fault.words().unwrap_or_default();
            return Some((words.to_owned(), input.sender()));
        }
        let live = self.live.borrow();
        let live = live.as_ref().filter(|live| live.store.is_new())?;
        let (key, text) = input.sender()?;
        let too_many = self.may_begin(live.agent.caller(key)).err()?;
        Some((too_many.to_string(), Some((key, text))))
    }

    /// Checks that a caller may begin a conversation, if this one is new.
    pub(super) fn may_begin(&self, caller: Option<&Caller>) -> StdResult<(), TooManyConversations> {
        match (self.config.as_ref(), caller) {
            (Ok(config), Some(caller)) if self.is_new() => limits::may_begin(config, caller),
            (Ok(_) | Err(_), _) => Ok(()),
        }
    }

    /// Drops what the machine did with an input whose effects must not be stored, and sends the reason to the sender.
    fn refuse(&self, words: &str, sender: Option<(ConnectionKey, String)>) {
        if let Some((key, text)) = sender
            && let Ok(frame) = ClientFrame::decode(&text)
        {
            let answer = frame.refusal(words.trim_end_matches('.'));
            self.send(&[key], &answer.encode());
        }
        self.live.take();
    }

    /// Adds a connection.
    pub(super) fn accept(self: &Rc<Self>, new: NewConnection) -> Result<()> {
        let attached = Attached::new(new.key, new.id.clone(), new.policy, new.caller.clone());
        let socket = new.accept(&self.state, &attached)?;
        observe::metrics(Metrics::connected);
        if let Some(live) = self.live.borrow_mut().as_mut() {
            live.connections.insert(attached.key, socket);
        }
        self.input(Input::Connected(attached));
        Ok(())
    }

    /// The stored transcript as JSON, for a page with the growing answer.
    pub(super) fn transcript(&self, request: &Request, audience: Audience) -> Result<Response> {
        let live = self.live.borrow();
        let Some(live) = live.as_ref() else {
            return Response::error("The agent is not awake. Try again.", 503);
        };
        let growing = match audience {
            Audience::Page => live.agent.growing_anew(),
            Audience::Client => None,
        };
        reads::transcript(&live.store, request, audience, growing)
    }

    /// Counts an event of this conversation, and logs it.
    pub(super) fn record(&self, event: &Event<'_>) {
        let config = self.config.as_ref().as_ref();
        let level = config.map_or_else(|_| Level::default(), |config| config.log);
        let name = self.state.id().name();
        let who = Who {
            conversation: name.as_deref().map(Hashed::conversation),
            ..Who::default()
        };
        observe::record(level, &who, event);
    }

    /// Calls `work` with the store.
    pub(super) fn with_store<T>(
        &self,
        work: impl FnOnce(&Store<ObjectSql>) -> StdResult<T, SqlError>,
    ) -> StdResult<T, SqlError> {
        match self.live.borrow().as_ref() {
            Some(live) => work(&live.store),
            None => Err(SqlError::new("the store is closed")),
        }
    }

    /// Reports what of the files waits for the user, after they may have changed.
    pub(super) fn look_at_files(self: &Rc<Self>) {
        let found = match self.with_store(Store::files_found) {
            Ok(found) => found,
            Err(error) => return worker::console_error!("{error}"),
        };
        let live = self.live.borrow();
        let is_known = live
            .as_ref()
            .is_none_or(|live| *live.agent.found() == found);
        drop(live);
        if !is_known {
            self.input(Input::FilesFound(found));
        }
    }

    /// Checks what a caller may do here without a connection.
    pub(super) fn admit(&self, caller: Option<&Caller>, intent: Intent) -> StdResult<(), Denial> {
        match self.live.borrow().as_ref() {
            Some(live) => live.agent.admit(now(), caller, intent),
            // The next request finds the object awake.
            None => Err(Denial::NotYours),
        }
    }

    /// The epoch of the store, for a share of the conversation.
    pub(super) fn epoch(&self) -> Option<String> {
        let live = self.live.borrow();
        live.as_ref().map(|live| live.agent.epoch().to_owned())
    }

    /// Whether a client is connected.
    pub(super) fn has_connections(&self) -> bool {
        let live = self.live.borrow();
        live.as_ref()
            .is_some_and(|live| !live.connections.is_empty())
    }

    /// Whether a model call or a run of a tool is still wanted.
    pub(super) fn wants(&self, life: u64, call: CallId) -> bool {
        self.life.get() == life && self.calls.borrow().contains_key(&call)
    }

    /// Aborts a model call or a run of a tool.
    pub(super) fn abort_call(&self, call: CallId) {
        if let Some(controller) = self.calls.borrow_mut().remove(&call) {
            controller.abort();
        }
    }

    /// Removes a model call or a run of a tool that has ended.
    pub(super) fn forget_call(&self, call: CallId) {
        self.calls.borrow_mut().remove(&call);
    }

    /// Drops everything in memory: the next event restores the instance from the store. Connections are closed, so that
    /// clients load the stored state again.
    fn fall_asleep(&self) {
        for (_, controller) in self.calls.borrow_mut().drain() {
            controller.abort();
        }
        if let Some(live) = self.live.borrow_mut().take() {
            live.connections
                .close_all(STATE_NOT_STORED, "The agent could not store its state");
        }
        sockets::wake_at(&self.state, now() + RESTORE_AFTER);
    }
}

impl Connectable for Rc<Instance> {
    fn has_room_for_connection(&self) -> StdResult<(), String> {
        let live = self.live.borrow();
        let agent = live.as_ref().map(|live| &live.agent);
        agent.map_or(Ok(()), Agent::has_room_for_connection)
    }

    fn received(&self, key: ConnectionKey, text: String) {
        self.input(Input::Received { key, text });
    }

    fn received_bytes(&self, key: ConnectionKey, bytes: Vec<u8>) {
        self.input(Input::ReceivedBytes { key, bytes });
    }

    fn disconnected(&self, key: ConnectionKey) {
        observe::metrics(Metrics::disconnected);
        if let Some(live) = self.live.borrow_mut().as_mut() {
            live.connections.remove(key);
        }
        self.input(Input::Disconnected(key));
    }
}
