//! The loop between the client machine and the browser.

use common::{
    client::{Call, Client, ClientOptions, Effect, Input},
    frame::{Place, Wanted},
    id::{ConnectionId, IdSource, MessageId, RpcId},
    time::Timestamp,
};
use futures::{
    StreamExt,
    channel::{mpsc::UnboundedReceiver, oneshot},
};
use leptos::prelude::{Callable, Callback, Set, Update, on_cleanup};
use serde_json::Value;

use super::{
    history,
    inputs::{CallResult, Event, Generation, Inputs},
};
use crate::{
    browser::{
        address::Address,
        clock::now,
        console,
        events::{PageEvent, listen},
        location,
        random::RandomIds,
        scroll::keep_place,
        socket::{self, Socket},
        storage::Shelf,
        task::{Task, spawn_hydrated},
        timer::Timer,
    },
    chat::{
        use_chat::{Facts, Hooks, MethodCall, Signals, Start},
        view_change,
    },
};

/// What the names of the outbox's entries begin with.
const OUTBOX: &str = "outbox:";

/// Starts a machine that runs until the current owner is cleaned up.
pub(crate) fn start(start: Start, signals: Signals, hooks: Hooks) -> Inputs {
    let Start {
        address,
        snapshot,
        client_tools,
        auto_continue,
        has_chat,
    } = start;
    let (inputs, events) = Inputs::new();
    let mut ids = RandomIds;
    let connection_id = ConnectionId::new(ids.fresh());
    let options = ClientOptions {
        connection_id: connection_id.clone(),
        snapshot,
        client_tools,
        auto_continue,
    };
    let client = if has_chat {
        Client::new(options, ids)
    } else {
        Client::without_chat(options.connection_id, ids)
    };
    signals.start_with(client.shared_rows().to_vec());
    let driver = Driver {
        client,
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
    let page = inputs.clone();
    listen(move |event| {
        page.give(match event {
            PageEvent::Online => Input::NetworkOnline,
            PageEvent::Offline => Input::NetworkOffline,
            PageEvent::Shown => Input::Shown,
        });
    });
    spawn_hydrated(driver.run(events));
    let ending = inputs.clone();
    on_cleanup(move || ending.close());
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
    fetching: Option<Task>,
    fetching_earlier: Option<Task>,
    deadline: Option<Timer>,
}

/// Who waits for the result of a call.
struct Caller {
    id: RpcId,
    on_part: Option<Callback<Value>>,
    result: oneshot::Sender<CallResult>,
}

impl Driver {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        let kept = self.shelf.load(OUTBOX);
        self.handle(Input::Start { kept });
        while let Some(event) = events.next().await {
            match event {
                Event::Input(input) => self.handle(input),
                Event::Socket(generation, event) if generation == self.generation => {
                    self.handle(match event {
                        socket::Event::Opened => Input::Opened,
                        socket::Event::Received(frame) => Input::Received(frame),
                        socket::Event::Closed(close) => Input::Closed(close),
                    });
                }
                Event::Call(call, result) => self.call(call, result),
                Event::Socket(..) => {}
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
            Effect::Show(change) if view_change::prepends(signals.messages, &change) => {
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
            Effect::IdentityChanged { from, to } => console::warn(&format!(
                "The conversation was {}/{} and is {}/{} now.",
                from.agent, from.name, to.agent, to.name
            )),
            Effect::Report(error) => {
                hooks.error(&error);
                self.note(|facts| facts.problem = Some(error));
            }
            Effect::GiveBack(draft) => self.note(|facts| facts.given_back = Some(draft)),
            Effect::TurnFinished(answer) => hooks.finish(answer),
            Effect::RunTool { call, name, input } => hooks.tool_call(call, name, input),
            Effect::CallPart { id, part } => {
                let caller = self.calls.iter().find(|caller| caller.id == id);
                if let Some(on_part) = caller.and_then(|caller| caller.on_part) {
                    on_part.try_run(part);
                }
            }
            Effect::CallEnded { id, result } => {
                if let Some(index) = self.calls.iter().position(|caller| caller.id == id) {
                    let _ = self.calls.swap_remove(index).result.send(result);
                }
            }
            Effect::Warn(line) => console::warn(&line),
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
        let url = self
            .address
            .socket(&location::origin(), &self.connection_id);
        let (inputs, generation) = (self.inputs.clone(), self.generation);
        self.socket = Some(Socket::open(&url, move |event| {
            inputs.give_from(generation, event);
        }));
    }

    fn fetch(&mut self, if_none_match: Option<String>, from: Option<MessageId>) {
        let wanted = Wanted::page(from.map_or(Place::End, Place::From));
        let url = self.address.transcript(&location::origin(), &wanted);
        let inputs = self.inputs.clone();
        self.fetching = Some(Task::spawn(async move {
            let fetched = history::fetch(&url, if_none_match.as_deref()).await;
            inputs.give(Input::TranscriptFetched(fetched));
        }));
    }

    fn fetch_earlier(&mut self, before: MessageId) {
        let wanted = Wanted::page(Place::Before(before.clone()));
        let url = self.address.transcript(&location::origin(), &wanted);
        let inputs = self.inputs.clone();
        self.fetching_earlier = Some(Task::spawn(async move {
            let result = history::fetch_new(&url).await;
            inputs.give(Input::EarlierFetched { before, result });
        }));
    }

    fn wake_at(&mut self, moment: Timestamp) {
        let inputs = self.inputs.clone();
        self.deadline = Some(Timer::at(moment, move || {
            inputs.give(Input::DeadlinePassed)
        }));
    }
}
