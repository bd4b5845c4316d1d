//! The loop between the client machine and the browser.

use common::{
    client::{Call, ChatError, Client, ClientOptions, Effect, Input, ViewChange},
    doctor,
    frame::{Place, Wanted},
    id::{ConnectionId, IdSource, MessageId, RpcId},
    time::Timestamp,
};
use futures::{
    FutureExt, StreamExt,
    channel::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
        oneshot,
    },
    future::{AbortHandle, abortable},
};
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;

use super::{
    Address, events, history,
    page::{self, now},
    random::RandomIds,
    scroll::keep_place,
    socket::{Generation, Socket},
    storage::Shelf,
};
use crate::chat::{
    use_chat::{Calling, Facts, Hooks, MethodCall, Signals, Start},
    view_change,
};

/// What the names of the outbox's entries begin with.
const OUTBOX: &str = "outbox:";

/// Takes inputs for a running machine.
#[derive(Clone, Debug)]
pub(crate) struct Inputs(pub(super) UnboundedSender<Event>);

/// An input, with the socket it comes from: what an earlier socket still says is dropped.
#[derive(Debug)]
pub(super) enum Event {
    Page(Input),
    Socket(Generation, Input),
    Call(MethodCall, oneshot::Sender<CallResult>),
    /// For the connection doctor, which shares this way with the client: two would be twice the code.
    Doctor(doctor::Input),
}

impl Inputs {
    /// For no machine.
    pub(crate) fn nowhere() -> Self {
        Self(unbounded().0)
    }

    /// After the machine's end inputs go nowhere.
    pub(crate) fn give(&self, input: Input) {
        let _ = self.0.unbounded_send(Event::Page(input));
    }

    pub(super) fn give_from(&self, socket: Generation, input: Input) {
        let _ = self.0.unbounded_send(Event::Socket(socket, input));
    }

    pub(super) fn give_doctor(&self, input: doctor::Input) {
        let _ = self.0.unbounded_send(Event::Doctor(input));
    }

    /// Runs the loop that these are for until the current owner is cleaned up. Not before the page is taken over: until
    /// then it must say what the server rendered.
    pub(super) fn run_until_cleanup(&self, run: impl Future<Output = ()> + 'static) {
        let mut waiting = Some(run);
        leptos::prelude::Effect::new(move || {
            if let Some(run) = waiting.take() {
                spawn_local(run);
            }
        });
        let inputs = self.clone();
        on_cleanup(move || inputs.0.close_channel());
    }

    /// Makes a call, and tells how it went.
    pub(crate) fn call(&self, call: MethodCall) -> Calling {
        let (sender, receiver) = oneshot::channel();
        let _ = self.0.unbounded_send(Event::Call(call, sender));
        Calling::new(receiver.map(|result| result.unwrap_or(Err(ChatError::CallCutOff))))
    }
}

/// Starts a machine that runs until the current owner is cleaned up.
pub(crate) fn start(start: Start, signals: Signals, hooks: Hooks) -> Inputs {
    let Start {
        address,
        snapshot,
        client_tools,
        auto_continue,
    } = start;
    let (sender, events) = unbounded();
    let inputs = Inputs(sender);
    let mut ids = RandomIds;
    let connection_id = ConnectionId::new(ids.fresh());
    let driver = Driver {
        client: Client::new(
            ClientOptions {
                connection_id: connection_id.clone(),
                snapshot,
                client_tools,
                auto_continue,
            },
            ids,
        ),
        connection_id,
        shelf: Shelf::of(&address),
        address,
        signals,
        hooks,
        inputs: inputs.clone(),
        calls: Vec::new(),
        socket: None,
        generation: Generation::default(),
        fetching: None,
        fetching_earlier: None,
        deadline: None,
    };
    events::listen(&inputs);
    inputs.run_until_cleanup(driver.run(events));
    inputs
}

struct Driver {
    client: Client<RandomIds>,
    connection_id: ConnectionId,
    address: Address,
    /// Where the outbox is kept.
    shelf: Shelf,
    signals: Signals,
    hooks: Hooks,
    inputs: Inputs,
    /// The calls under way.
    calls: Vec<Caller>,
    /// Dropping it closes it.
    socket: Option<Socket>,
    generation: Generation,
    fetching: Option<Fetching>,
    fetching_earlier: Option<Fetching>,
    /// Dropping it cancels it.
    deadline: Option<Timeout>,
}

/// Who waits for the result of a call.
struct Caller {
    id: RpcId,
    on_part: Option<Callback<Value>>,
    result: oneshot::Sender<CallResult>,
}

type CallResult = Result<Value, ChatError>;

/// A request under way; dropping this gives it up.
pub(super) struct Fetching(pub(super) AbortHandle);

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Driver {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        let kept = self.shelf.load(OUTBOX);
        self.handle(Input::Start { kept });
        while let Some(event) = events.next().await {
            match event {
                Event::Page(input) => self.handle(input),
                Event::Socket(generation, input) if generation == self.generation => {
                    self.handle(input);
                }
                Event::Call(call, result) => self.call(call, result),
                Event::Socket(..) | Event::Doctor(_) => {}
            }
        }
    }

    fn handle(&mut self, input: Input) {
        for effect in self.client.handle(now(), input) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        let (signals, hooks) = (self.signals, self.hooks);
        match effect {
            Effect::Open => self.open(),
            Effect::Close => {
                self.socket = None;
                self.generation = self.generation.next();
            }
            Effect::Transmit(frame) => {
                if let Some(socket) = &self.socket {
                    socket.transmit(frame);
                }
            }
            Effect::FetchTranscript {
                if_none_match,
                from,
            } => self.fetch(if_none_match, from),
            Effect::FetchEarlier { before } => self.fetch_earlier(before),
            Effect::WakeAt(moment) => self.wake_at(moment),
            Effect::Keep { key, entry } => {
                if !self.shelf.keep(&format!("{OUTBOX}{key}"), &entry) {
                    self.inputs.give(Input::NotKept);
                }
            }
            Effect::Forget { key } => self.shelf.forget(&format!("{OUTBOX}{key}")),
            Effect::Show(change @ ViewChange::Prepend(_)) => {
                keep_place(|| view_change::show(signals.messages, change));
            }
            Effect::Show(change) => view_change::show(signals.messages, change),
            Effect::ShowEarlier(earlier) => self.note(|facts| facts.earlier = earlier),
            Effect::ShowConnection(connection) => {
                signals.connection.try_set(connection);
            }
            Effect::ShowStatus(status) => {
                signals.status.try_set(status);
            }
            Effect::ShowRun(run) => {
                signals.run.try_set(run);
            }
            Effect::ShowQueue(queue) => self.note(|facts| facts.queue = queue),
            Effect::ShowError(error) => {
                if let Some(error) = &error {
                    hooks.error(error);
                }
                signals.error.try_set(error);
            }
            Effect::ShowState(state) => {
                hooks.state(&state);
                self.note(|facts| facts.state = Some(state));
            }
            Effect::ShowIdentity(identity) => self.note(|facts| facts.identity = identity),
            Effect::ShowServedPage(page) => self.note(|facts| facts.served_page = Some(page)),
            Effect::IdentityChanged { from, to } => page::warn(&format!(
                "The conversation was {}/{} and is {}/{} now.",
                from.agent, from.name, to.agent, to.name
            )),
            Effect::Report(error) => {
                hooks.error(&error);
                self.note(|facts| facts.problem = Some(error));
            }
            Effect::GiveBack(text) => self.note(|facts| facts.given_back = Some(text)),
            Effect::TurnFinished(answer) => hooks.finish(answer),
            Effect::RunTool { call, name, input } => hooks.tool_call(call, name, input),
            Effect::CallPart { id, part } => {
                let caller = self.calls.iter().find(|caller| caller.id == id);
                if let Some(on_part) = caller.and_then(|caller| caller.on_part) {
                    on_part.run(part);
                }
            }
            Effect::CallEnded { id, result } => {
                if let Some(index) = self.calls.iter().position(|caller| caller.id == id) {
                    let _ = self.calls.swap_remove(index).result.send(result);
                }
            }
            Effect::Warn(line) => page::warn(&line),
        }
    }

    /// Something that changes seldom has changed.
    fn note(&self, change: impl FnOnce(&mut Facts)) {
        self.signals.facts.try_update(change);
    }

    fn call(&mut self, call: MethodCall, result: oneshot::Sender<CallResult>) {
        let MethodCall {
            method,
            args,
            within,
            on_part,
        } = call;
        let id = RpcId::new(RandomIds.fresh());
        self.calls.push(Caller {
            id: id.clone(),
            on_part,
            result,
        });
        self.handle(Input::Call(Call {
            id,
            method,
            args,
            within,
        }));
    }

    fn open(&mut self) {
        self.generation = self.generation.next();
        let url = self.address.socket(&page::origin(), &self.connection_id);
        self.socket = Some(Socket::open(&url, self.generation, self.inputs.clone()));
    }

    fn fetch(&mut self, if_none_match: Option<String>, from: Option<MessageId>) {
        let wanted = Wanted::page(from.map_or(Place::End, Place::From));
        let url = self.address.transcript(&page::origin(), &wanted);
        let inputs = self.inputs.clone();
        let (fetch, handle) = abortable(async move {
            let fetched = history::fetch(&url, if_none_match.as_deref()).await;
            inputs.give(Input::TranscriptFetched(fetched));
        });
        self.fetching = Some(Fetching(handle));
        spawn_local(fetch.map(drop));
    }

    fn fetch_earlier(&mut self, before: MessageId) {
        let wanted = Wanted::page(Place::Before(before.clone()));
        let url = self.address.transcript(&page::origin(), &wanted);
        let inputs = self.inputs.clone();
        let (fetch, handle) = abortable(async move {
            let result = history::fetch_new(&url).await;
            inputs.give(Input::EarlierFetched { before, result });
        });
        self.fetching_earlier = Some(Fetching(handle));
        spawn_local(fetch.map(drop));
    }

    fn wake_at(&mut self, moment: Timestamp) {
        let wait = u32::try_from(moment.since(now()).as_millis()).unwrap_or(u32::MAX);
        // The browser's longest timer; waking early is harmless.
        let wait = wait.min(i32::MAX.unsigned_abs());
        let inputs = self.inputs.clone();
        self.deadline = Some(Timeout::new(wait, move || {
            inputs.give(Input::DeadlinePassed)
        }));
    }
}
