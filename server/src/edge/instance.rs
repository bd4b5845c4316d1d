//! One instance: its machine, store and connections. Inputs go in, effects are done in order.
//!
//! Nothing here awaits while the machine is borrowed, and no effect gives the machine an input before the others are
//! done: the platform's events interleave only between two inputs.

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
use agent::{
    Agent, AgentOptions, Attached, CallId, ConnectionKey, ConnectionPolicy, Effect, Input,
};
use common::{frame::ClientFrame, id::ConnectionId};
use sql::{Fault, SqlError};
use store::{Audience, Store};
use worker::{AbortController, Env, Request, Response, Result, State, WebSocket};

use super::{
    disk,
    failures::Problem,
    limits,
    models::Waiters,
    object, observe,
    random::{RandomIds, now, random_key},
    reads,
    settings::{self, SharedConfig},
    sql::ObjectSql,
};
use crate::{
    config::{Config, ConfigError},
    events::{Event, Hashed, Level, Metrics, TurnClock, Who},
    version,
};

/// How long after a failed write the instance is restored, when nothing else wakes it.
const RESTORE_AFTER: Duration = Duration::from_secs(2);

/// One instance. Clones of its `Rc` are held by its model calls.
#[derive(Debug)]
pub(super) struct Instance {
    state: State,
    pub(super) env: Env,
    config: SharedConfig,
    live: RefCell<Option<Live>>,
    calls: RefCell<HashMap<CallId, AbortController>>,
    /// Who waits for the provider's list of models.
    pub(super) model_waiters: RefCell<Waiters>,
    /// Since when turns run.
    turns: RefCell<TurnClock>,
    /// Calls are counted by each machine anew; the life tells machines apart.
    life: Cell<u64>,
    /// Whether this life of the object has begun.
    has_begun: Cell<bool>,
    /// Whether all that is stored is being deleted.
    is_ending: Cell<bool>,
    /// Whether the conversation is being made of an archive.
    is_importing: Cell<bool>,
    /// Whether the machine is only looked at, since what it wants to store cannot be.
    is_held: Cell<bool>,
}

/// What is there while the instance is awake.
#[derive(Debug)]
struct Live {
    name: String,
    agent: Agent<RandomIds>,
    store: Store<ObjectSql>,
    connections: HashMap<ConnectionKey, WebSocket>,
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

    /// The connection's key; `None` for a socket that somebody else accepted.
    pub(super) fn key_of(socket: &WebSocket) -> Option<ConnectionKey> {
        Self::attached(socket).map(|attached| attached.key)
    }

    fn attached(socket: &WebSocket) -> Option<Attached> {
        socket.deserialize_attachment().ok().flatten()
    }

    /// Wakes the instance up when it sleeps.
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
        // What it would do now is done when it is restored again.
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
        let mut connections = HashMap::new();
        let mut attached = Vec::new();
        for socket in self.state.get_websockets() {
            if let Some(connection) = Self::attached(&socket) {
                connections.insert(connection.key, socket);
                attached.push(connection);
            }
        }
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

    /// Gives the machine an input and does what follows.
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

    /// Why nothing may be stored about an input, and who sent it: the disk takes no writes, or it would begin one
    /// conversation too many.
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

    /// Whether a caller may begin a conversation here, when this is a new one.
    pub(super) fn may_begin(&self, caller: Option<&Caller>) -> StdResult<(), TooManyConversations> {
        match (self.config.as_ref(), caller) {
            (Ok(config), Some(caller)) if self.is_new() => limits::may_begin(config, caller),
            (Ok(_) | Err(_), _) => Ok(()),
        }
    }

    /// Forgets what the machine did about an input that may not be stored, and says why to whoever sent it.
    fn refuse(&self, words: &str, sender: Option<(ConnectionKey, String)>) {
        if let Some((key, text)) = sender
            && let Ok(frame) = ClientFrame::decode(&text)
        {
            let answer = frame.refusal(words.trim_end_matches('.'));
            self.send(&[key], &answer.encode());
        }
        self.live.take();
    }

    /// Takes a connection in.
    pub(super) fn accept(
        self: &Rc<Self>,
        socket: WebSocket,
        id: ConnectionId,
        policy: ConnectionPolicy,
        caller: Option<Caller>,
    ) -> Result<()> {
        self.state
            .accept_websocket_with_tags(&socket, &[id.as_str()]);
        let attached = Attached::new(ConnectionKey(random_key()), id, policy, caller);
        socket.serialize_attachment(&attached)?;
        observe::metrics(Metrics::connected);
        if let Some(live) = self.live.borrow_mut().as_mut() {
            live.connections.insert(attached.key, socket);
        }
        self.input(Input::Connected(attached));
        Ok(())
    }

    /// Whether another connection may come; the error says why not.
    pub(super) fn has_room_for_connection(&self) -> StdResult<(), String> {
        let live = self.live.borrow();
        let agent = live.as_ref().map(|live| &live.agent);
        agent.map_or(Ok(()), Agent::has_room_for_connection)
    }

    /// Lets a connection go.
    pub(super) fn disconnected(self: &Rc<Self>, socket: &WebSocket) {
        if let Some(key) = Self::key_of(socket) {
            observe::metrics(Metrics::disconnected);
            if let Some(live) = self.live.borrow_mut().as_mut() {
                live.connections.remove(&key);
            }
            self.input(Input::Disconnected(key));
        }
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

    /// Tells those who run the server of something.
    pub(super) fn tell(&self, event: &Event<'_>) {
        let config = self.config.as_ref().as_ref();
        let level = config.map_or_else(|_| Level::default(), |config| config.log);
        let name = self.state.id().name();
        let who = Who {
            conversation: name.as_deref().map(Hashed::conversation),
            ..Who::default()
        };
        observe::tell(level, &who, event);
    }

    /// Does something with the store.
    pub(super) fn with_store<T>(
        &self,
        work: impl FnOnce(&Store<ObjectSql>) -> StdResult<T, SqlError>,
    ) -> StdResult<T, SqlError> {
        match self.live.borrow().as_ref() {
            Some(live) => work(&live.store),
            None => Err(SqlError::new("the store is closed")),
        }
    }

    /// Tells the machine which instructions wait for the user, after files may have changed.
    pub(super) fn look_for_instructions(self: &Rc<Self>) {
        let found = match self.with_store(Store::unconfirmed) {
            Ok(found) => found,
            Err(error) => return worker::console_error!("{error}"),
        };
        let live = self.live.borrow();
        let is_known = live
            .as_ref()
            .is_none_or(|live| live.agent.unconfirmed() == found);
        drop(live);
        if !is_known {
            self.input(Input::InstructionsFound(found));
        }
    }

    /// Whether a caller may do something here, outside of a connection.
    pub(super) fn admit(&self, caller: Option<&Caller>, intent: Intent) -> StdResult<(), Denial> {
        match self.live.borrow().as_ref() {
            Some(live) => live.agent.admit(now(), caller, intent),
            // Who asks again finds it awake.
            None => Err(Denial::NotYours),
        }
    }

    /// The epoch of the store, for a share of the conversation.
    pub(super) fn epoch(&self) -> Option<String> {
        let live = self.live.borrow();
        live.as_ref().map(|live| live.agent.epoch().to_owned())
    }

    /// Whether somebody is connected.
    pub(super) fn has_connections(&self) -> bool {
        let live = self.live.borrow();
        live.as_ref()
            .is_some_and(|live| !live.connections.is_empty())
    }

    /// Whether a model call, or a run of a tool, is still wanted.
    pub(super) fn wants(&self, life: u64, call: CallId) -> bool {
        self.life.get() == life && self.calls.borrow().contains_key(&call)
    }

    /// Drops what a model call, or a run of a tool, still waits for.
    pub(super) fn abort_call(&self, call: CallId) {
        if let Some(controller) = self.calls.borrow_mut().remove(&call) {
            controller.abort();
        }
    }

    /// A model call, or a run of a tool, is over.
    pub(super) fn forget_call(&self, call: CallId) {
        self.calls.borrow_mut().remove(&call);
    }

    /// Drops all that is in memory: the next event restores the instance from the store. Clients are disconnected, so
    /// that they ask again instead of trusting what they have.
    fn fall_asleep(&self) {
        for (_, controller) in self.calls.borrow_mut().drain() {
            controller.abort();
        }
        if let Some(live) = self.live.borrow_mut().take() {
            for socket in live.connections.into_values() {
                let _ = socket.close(Some(1011), Some("The agent could not store its state"));
            }
        }
        self.wake_at(now() + RESTORE_AFTER);
    }
}
