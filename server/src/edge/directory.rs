//! The Durable Object of a directory: hands its events to the machine, and asks conversations what it wants of them.

use std::{
    cell::RefCell, collections::HashMap, pin::pin, rc::Rc, result::Result as StdResult,
    time::Duration,
};

use ::accounts::{Caller, ConnectionKey, CredentialId, Denial, Intent, PersonId};
use ::directory::{Answer, Attached, Directory as Machine, Effect, Input, Outcome};
use agent::ConnectionPolicy;
use common::{
    agent_path,
    directory::{ListState, push::Push},
    frame, naming,
    time::Timestamp,
};
use futures::future::{Either, select};
use sql::Fault;
use wasm_bindgen_futures::spawn_local;
use worker::{
    Delay, DurableObject, Env, Method, Request, RequestInit, Response, ResponseBuilder, Result,
    State, WebSocket, WebSocketIncomingMessage, WebSocketPair, WebSocketRequestResponsePair,
    durable_object,
};

use super::{
    accounts::REVOKED_PATH,
    failures::{self, Problem},
    object, policy,
    random::{now, random_key},
    reads, router, sign_in,
    sockets::{answer_close, caller, connection_id},
    sql::ObjectSql,
};
use crate::{routing::RequestKind, version};

/// Where conversations tell of themselves; the body is a [`Push`]. The path is none of an agent's, so no client reaches it.
const PUSHED_PATH: &str = "/pushed";

/// Where conversations ask for the person's settings. No client reaches it either.
pub(super) const SETTINGS_PATH: &str = "/settings";

/// How long a conversation may take for what the directory asks of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The list of one person's conversations.
#[durable_object]
#[derive(Debug)]
pub struct Directory {
    desk: Rc<Desk>,
}

#[derive(Debug)]
struct Desk {
    state: State,
    env: Env,
    /// What is there while the object is awake.
    live: RefCell<Option<Live>>,
}

#[derive(Debug)]
struct Live {
    machine: Machine<ObjectSql>,
    connections: HashMap<ConnectionKey, WebSocket>,
}

impl DurableObject for Directory {
    fn new(state: State, env: Env) -> Self {
        // The platform answers heartbeats itself: they wake nobody.
        if let Ok(pair) =
            WebSocketRequestResponsePair::new(frame::HEARTBEAT, frame::HEARTBEAT_ANSWER)
        {
            state.set_websocket_auto_response(&pair);
        }
        Self {
            desk: Rc::new(Desk {
                state,
                env,
                live: RefCell::new(None),
            }),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let kind = router::kind(&request);
        if let Err(problem) = self.desk.start() {
            worker::console_error!("{}", problem.words);
            return failures::answer(kind, problem.fault, &problem.words);
        }
        match request.path().as_str() {
            REVOKED_PATH => {
                let credential = CredentialId::stored(request.text().await?);
                self.desk.input(Input::Revoked(credential));
                return Response::empty();
            }
            SETTINGS_PATH => return self.settings(),
            PUSHED_PATH => {
                let push: Push = serde_json::from_str(&request.text().await?)?;
                return self.pushed(push);
            }
            _ => {}
        }
        let caller = caller(&request)?;
        if let Err(denial) = self.desk.admit(caller.as_ref(), Intent::Reads) {
            return sign_in::deny(denial, kind == RequestKind::Connect);
        }
        if kind == RequestKind::Connect {
            return self.accept(&request, caller);
        }
        let url = request.url()?;
        match agent_path::after_instance(url.path(), policy::PREFIX) {
            Some("") if request.method() == Method::Get => self.list(),
            Some(_) | None => reads::not_implemented(),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.desk.input(Input::DeadlinePassed);
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        if let Some(Attached { key, .. }) = attached(&socket) {
            self.desk.input(match message {
                WebSocketIncomingMessage::String(text) => Input::Received { key, text },
                WebSocketIncomingMessage::Binary(bytes) => Input::ReceivedBytes { key, bytes },
            });
        }
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        self.desk.disconnected(&socket);
        answer_close(&socket, code, reason);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.desk.disconnected(&socket);
        Ok(())
    }
}

impl Directory {
    fn pushed(&self, push: Push) -> Result<Response> {
        match self.desk.input(Input::Pushed(push)) {
            Some(Answer::Taken) => Ok(Response::empty()?.with_status(204)),
            Some(Answer::Failed(error)) => {
                failures::answer(RequestKind::Plain, error.fault, &error.words())
            }
            None => Response::error("The directory is not awake. Try again.", 503),
        }
    }

    /// The person's settings, for their conversations.
    fn settings(&self) -> Result<Response> {
        let live = self.desk.live.borrow();
        match live.as_ref().map(|live| live.machine.settings()) {
            Some(Ok(settings)) => Response::from_json(&settings.to_json()),
            Some(Err(error)) => failures::answer(RequestKind::Plain, error.fault, &error.words()),
            None => Response::error("The directory is not awake. Try again.", 503),
        }
    }

    /// The list as JSON, for who does not connect.
    fn list(&self) -> Result<Response> {
        let live = self.desk.live.borrow();
        match live.as_ref().map(|live| live.machine.state()) {
            Some(Ok(state)) => ResponseBuilder::new()
                .with_header("Cache-Control", "no-store")?
                .from_json(&state),
            Some(Err(error)) => failures::answer(RequestKind::Plain, error.fault, &error.words()),
            None => Response::error("The directory is not awake. Try again.", 503),
        }
    }

    fn accept(&self, request: &Request, caller: Option<Caller>) -> Result<Response> {
        let url = request.url()?;
        let id = match connection_id(&url) {
            Ok(id) => id,
            Err(words) => return failures::closed(Fault::Other, &words),
        };
        if let Err(problem) = self.desk.has_room_for_connection() {
            return failures::full(&problem);
        }
        let policy = ConnectionPolicy::from_query(url.query_pairs());
        let pair = WebSocketPair::new()?;
        let (state, socket) = (&self.desk.state, pair.server);
        state.accept_websocket_with_tags(&socket, &[id.as_str()]);
        let attached = Attached {
            key: ConnectionKey(random_key()),
            access: policy.access,
            protocol: policy.protocol,
            caller,
        };
        socket.serialize_attachment(&attached)?;
        if let Some(live) = self.desk.live.borrow_mut().as_mut() {
            live.connections.insert(attached.key, socket);
        }
        self.desk.input(Input::Connected(attached));
        Response::from_websocket(pair.client)
    }
}

/// What is kept with a socket; `None` for one that somebody else accepted.
fn attached(socket: &WebSocket) -> Option<Attached> {
    socket.deserialize_attachment().ok().flatten()
}

impl Desk {
    /// Wakes the directory up when it sleeps.
    fn start(self: &Rc<Self>) -> StdResult<(), Problem> {
        if self.live.borrow().is_some() {
            return Ok(());
        }
        let person = self.state.id().name().ok_or_else(|| Problem {
            fault: Fault::Other,
            words: naming::missing_name(naming::DIRECTORY_CLASS),
        })?;
        let mut connections = HashMap::new();
        let mut known = Vec::new();
        for socket in self.state.get_websockets() {
            if let Some(connection) = attached(&socket) {
                connections.insert(connection.key, socket);
                known.push(connection);
            }
        }
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

    /// Gives the machine an input and does what follows. What a conversation is answered comes back.
    fn input(self: &Rc<Self>, input: Input) -> Option<Answer> {
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

    fn admit(&self, caller: Option<&Caller>, intent: Intent) -> StdResult<(), Denial> {
        match self.live.borrow().as_ref() {
            Some(live) => live.machine.admit(now(), caller, intent),
            None => Err(Denial::NotYours),
        }
    }

    fn has_room_for_connection(&self) -> StdResult<(), String> {
        let live = self.live.borrow();
        let machine = live.as_ref().map(|live| &live.machine);
        machine.map_or(Ok(()), Machine::has_room_for_connection)
    }

    fn disconnected(self: &Rc<Self>, socket: &WebSocket) {
        if let Some(Attached { key, .. }) = attached(socket) {
            if let Some(live) = self.live.borrow_mut().as_mut() {
                live.connections.remove(&key);
            }
            self.input(Input::Disconnected(key));
        }
    }

    fn run(self: &Rc<Self>, effects: Vec<Effect>) -> Option<Answer> {
        let mut answered = None;
        for effect in effects {
            match effect {
                Effect::Send { to, text } => self.send(&to, &text),
                Effect::Close { key, code, reason } => self.close(key, code, &reason),
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
                        let outcome = result.map_or_else(Outcome::Failed, |()| Outcome::Gone);
                        desk.input(Input::Deleted { name, outcome });
                    });
                }
                Effect::WakeAt(at) => self.wake_at(at),
                Effect::Log(line) => worker::console_log!("{line}"),
            }
        }
        answered
    }

    fn send(&self, to: &[ConnectionKey], text: &str) {
        let live = self.live.borrow();
        let Some(live) = live.as_ref() else { return };
        for socket in to.iter().filter_map(|key| live.connections.get(key)) {
            // It fails when the connection has just ended, and then its end is on the way.
            let _ = socket.send_with_str(text);
        }
    }

    fn close(&self, key: ConnectionKey, code: u16, reason: &str) {
        let mut live = self.live.borrow_mut();
        let socket = live.as_mut().and_then(|live| live.connections.remove(&key));
        if let Some(socket) = socket {
            // It fails when the connection has just ended.
            let _ = socket.close(Some(code), Some(reason));
        }
    }

    fn wake_at(&self, at: Timestamp) {
        let storage = self.state.storage();
        spawn_local(async move {
            if let Err(error) = storage.set_alarm(at.since(now())).await {
                worker::console_error!("the alarm could not be set: {error}");
            }
        });
    }

    /// Asks something of a conversation as its owner. One that is not there has nothing left to be done.
    async fn ask(&self, name: &str, method: Method, path: &str, body: &str) -> Result<()> {
        let person = self.state.id().name().unwrap_or_default();
        let caller = Caller::of_directory(PersonId::stored(person));
        let stub =
            router::get_agent_by_name(&self.env, naming::CODER_AGENT, name, policy::PLACEMENT)?;
        let is_deletion = method == Method::Delete;
        let mut init = RequestInit::new();
        init.with_method(method);
        if !is_deletion {
            init.with_body(Some(body.into()));
        }
        let request = Request::new_with_init(&format!("https://agent{path}"), &init)?;
        let request = router::with_caller(request, &caller)?;
        let mut response = stub.fetch_with_request(request).await?;
        match response.status_code() {
            200..300 => Ok(()),
            404 if is_deletion => Ok(()),
            404 => Err("There is no such conversation any more".into()),
            status => {
                let words = response.text().await.unwrap_or_default();
                let words: serde_json::Value = serde_json::from_str(&words).unwrap_or_default();
                let words = words.get("error").and_then(serde_json::Value::as_str);
                let unknown = || format!("The conversation answered {status}. Try again");
                Err(words.map_or_else(unknown, str::to_owned).into())
            }
        }
    }
}

/// The result of a future, if it comes in time.
async fn within(work: impl Future<Output = Result<()>>) -> StdResult<(), String> {
    let (work, deadline) = (pin!(work), pin!(Delay::from(PATIENCE)));
    match select(work, deadline).await {
        Either::Left((Ok(()), _)) => Ok(()),
        Either::Left((Err(worker::Error::RustError(words)), _)) => Err(words),
        Either::Left((Err(error), _)) => Err(error.to_string()),
        Either::Right(_) => Err("The conversation does not answer. Try again".to_owned()),
    }
}

/// How long a page waits for the list.
const PAGE_PATIENCE: Duration = Duration::from_secs(2);

/// The synced state of the caller's own directory, for a page. It is empty, and no object wakes up, where none is stored.
pub(super) async fn listed(env: &Env, caller: &Caller) -> Result<serde_json::Value> {
    let read = async {
        if !router::has_list(env, &caller.person, policy::PLACEMENT).await? {
            return Ok(ListState::default().to_json());
        }
        let (agent, name) = (naming::DIRECTORY, naming::OWN_DIRECTORY);
        let url = format!("https://directory/{}/{agent}/{name}", policy::PREFIX);
        let request = Request::new(&url, Method::Get)?;
        let (person, placement) = (caller.person.as_str(), policy::PLACEMENT);
        let mut response =
            router::ask_agent(request, env, caller, agent, person, placement).await?;
        match response.status_code() {
            200 => response.json().await,
            status => Err(format!("the directory answered {status}").into()),
        }
    };
    match select(pin!(read), pin!(Delay::from(PAGE_PATIENCE))).await {
        Either::Left((read, _)) => read,
        Either::Right(_) => Err("the directory does not answer".into()),
    }
}

/// Pushes to the directory of a person.
pub(super) async fn push(env: &Env, owner: &PersonId, push: &Push) -> Result<()> {
    let stub =
        router::get_agent_by_name(env, naming::DIRECTORY, owner.as_str(), policy::PLACEMENT)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(serde_json::to_string(push)?.into()));
    let request = Request::new_with_init(&format!("https://directory{PUSHED_PATH}"), &init)?;
    let response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200..300 => Ok(()),
        status => Err(format!("the directory answered {status}").into()),
    }
}
