//! The directory of one person while it is awake: its machine, its connections, and the effects.

use std::{cell::RefCell, rc::Rc, result::Result as StdResult};

use ::accounts::{Caller, ConnectionKey, Denial, Intent, PersonId};
use ::directory::{Attached, DeletionOutcome, Directory as Machine, Effect, Input, PushAnswer};
use common::{directory::Settings, naming};
use serde_json::Value;
use sql::{Fault, SqlError};
use wasm_bindgen_futures::spawn_local;
use worker::{Env, Method, Result, State};

use super::conversations::within;
use crate::{
    edge::{
        failures::Problem,
        model::personal,
        object,
        random::now,
        sockets::{self, Connectable, Connections, NewConnection},
        sql::ObjectSql,
    },
    version,
};

/// The directory of one person.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) state: State,
    pub(super) env: Env,
    /// Present while the object is awake.
    live: RefCell<Option<Live>>,
}

#[derive(Debug)]
struct Live {
    machine: Machine<ObjectSql>,
    connections: Connections,
}

impl Desk {
    pub(super) fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            live: RefCell::new(None),
        }
    }

    /// Wakes the directory up when it sleeps.
    pub(super) fn start(self: &Rc<Self>) -> StdResult<(), Problem> {
        if self.live.borrow().is_some() {
            return Ok(());
        }
        let person = self.state.id().name().ok_or_else(|| Problem {
            fault: Fault::Other,
            words: naming::missing_name(naming::DIRECTORY_CLASS),
        })?;
        let (connections, known) = Connections::restore(&self.state);
        let sql = ObjectSql::of(&self.state)?;
        let (machine, effects) = Machine::open(
            now(),
            PersonId::stored(person),
            Some(version::PAGE),
            sql,
            known,
        )?;
        *self.live.borrow_mut() = Some(Live {
            machine,
            connections,
        });
        self.run(effects);
        Ok(())
    }

    /// Gives the machine an input and runs the effects. Returns the answer to a conversation, if there is one.
    pub(super) fn input(self: &Rc<Self>, input: Input) -> Option<PushAnswer> {
        if let Err(problem) = self.start() {
            worker::console_error!("{}", problem.words);
            return None;
        }
        let effects = match self.live.borrow_mut().as_mut() {
            Some(live) => live.machine.handle(now(), input),
            None => return None,
        };
        self.run(effects)
    }

    /// The synced state; `None`: the directory is not awake.
    pub(super) fn list(&self) -> Option<StdResult<Value, SqlError>> {
        let live = self.live.borrow();
        live.as_ref().map(|live| live.machine.state())
    }

    /// The person's settings; `None`: the directory is not awake.
    pub(super) fn settings(&self) -> Option<StdResult<Settings, SqlError>> {
        let live = self.live.borrow();
        live.as_ref().map(|live| live.machine.settings())
    }

    /// Adds a connection.
    pub(super) fn accept(self: &Rc<Self>, new: NewConnection, attached: Attached) -> Result<()> {
        let key = attached.key;
        let socket = new.accept(&self.state, &attached)?;
        self.with_connections(|connections| connections.insert(key, socket));
        self.input(Input::Connected(attached));
        Ok(())
    }

    /// Checks whether a caller may do what it intends.
    pub(super) fn admit(&self, caller: Option<&Caller>, intent: Intent) -> StdResult<(), Denial> {
        match self.live.borrow().as_ref() {
            Some(live) => live.machine.admit(now(), caller, intent),
            None => Err(Denial::NotYours),
        }
    }

    fn run(self: &Rc<Self>, effects: Vec<Effect>) -> Option<PushAnswer> {
        let mut answered = None;
        for effect in effects {
            match effect {
                Effect::Send { to, text } => {
                    self.with_connections(|connections| connections.send(&to, &text));
                }
                Effect::Close { key, code, reason } => {
                    self.with_connections(|connections| connections.close(key, code, &reason));
                }
                Effect::Answer(answer) => answered = Some(answer),
                Effect::Rename { job, name, title } => {
                    let desk = Rc::clone(self);
                    spawn_local(async move {
                        let asked = desk.ask(&name, Method::Post, object::TITLE_PATH, &title);
                        let result = within(asked).await;
                        desk.input(Input::Renamed { job, result });
                    });
                }
                Effect::Delete(name) => {
                    let desk = Rc::clone(self);
                    spawn_local(async move {
                        let prefix = naming::AGENTS_PREFIX;
                        let path = format!("/{prefix}/{}/{name}", naming::CODER_AGENT);
                        let result = within(desk.ask(&name, Method::Delete, &path, "")).await;
                        let outcome =
                            result.map_or_else(DeletionOutcome::Failed, |()| DeletionOutcome::Gone);
                        desk.input(Input::Deleted { name, outcome });
                    });
                }
                Effect::WakeAt(at) => sockets::wake_at(&self.state, at),
                Effect::Log(line) => worker::console_log!("{line}"),
            }
        }
        answered
    }

    fn with_connections(&self, work: impl FnOnce(&mut Connections)) {
        if let Some(live) = self.live.borrow_mut().as_mut() {
            work(&mut live.connections);
        }
    }
}

impl Connectable for Rc<Desk> {
    fn has_room_for_connection(&self) -> StdResult<(), String> {
        let live = self.live.borrow();
        let machine = live.as_ref().map(|live| &live.machine);
        machine.map_or(Ok(()), Machine::has_room_for_connection)
    }

    fn received(&self, key: ConnectionKey, text: String) {
        self.input(Input::Received { key, text });
        if let Some(person) = self.state.id().name() {
            personal::forget(&PersonId::stored(person));
        }
    }

    fn received_bytes(&self, key: ConnectionKey, bytes: Vec<u8>) {
        self.input(Input::ReceivedBytes { key, bytes });
    }

    fn disconnected(&self, key: ConnectionKey) {
        self.with_connections(|connections| connections.remove(key));
        self.input(Input::Disconnected(key));
    }
}
