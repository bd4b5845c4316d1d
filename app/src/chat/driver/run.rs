//! The loop between the client machine and the browser.

use common::{
    client::{Client, ClientOptions, Effect, Input, Snapshot},
    doctor,
    id::{ConnectionId, IdSource},
    time::Timestamp,
};
use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::{AbortHandle, abortable},
};
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};

use super::{
    Address, events, history,
    page::{self, now},
    random::RandomIds,
    socket::{Generation, Socket},
};
use crate::chat::{use_chat::Signals, view_change};

/// Takes inputs for a running machine.
#[derive(Clone, Debug)]
pub(crate) struct Inputs(pub(super) UnboundedSender<Event>);

/// An input, with the socket it comes from: what an earlier socket still says is dropped.
#[derive(Debug)]
pub(super) enum Event {
    Page(Input),
    Socket(Generation, Input),
    /// For the connection doctor, which shares this way with the client: two would be twice the code.
    Doctor(doctor::Input),
}

impl Inputs {
    /// After the machine's end inputs go nowhere.
    pub(super) fn give(&self, input: Input) {
        let _ = self.0.unbounded_send(Event::Page(input));
    }

    pub(super) fn give_from(&self, socket: Generation, input: Input) {
        let _ = self.0.unbounded_send(Event::Socket(socket, input));
    }

    pub(super) fn give_doctor(&self, input: doctor::Input) {
        let _ = self.0.unbounded_send(Event::Doctor(input));
    }

    /// A callback for views.
    pub(crate) fn callback<T: 'static>(
        &self,
        input: impl Fn(T) -> Input + Send + Sync + 'static,
    ) -> Callback<T> {
        let inputs = self.clone();
        Callback::new(move |value| inputs.give(input(value)))
    }
}

/// Starts a machine that runs until the current owner is cleaned up.
pub(crate) fn start(address: Address, snapshot: Snapshot, signals: Signals) -> Inputs {
    let (sender, events) = unbounded();
    let inputs = Inputs(sender);
    let mut ids = RandomIds;
    let connection_id = ConnectionId::new(ids.fresh());
    let driver = Driver {
        client: Client::new(
            ClientOptions {
                connection_id: connection_id.clone(),
                snapshot,
            },
            ids,
        ),
        connection_id,
        address,
        signals,
        inputs: inputs.clone(),
        socket: None,
        generation: Generation::default(),
        fetching: None,
        deadline: None,
    };
    inputs.give(Input::Start);
    events::listen(&inputs);
    // Not before the page is taken over: until then the signals must say what the server rendered.
    let mut waiting = Some((driver, events));
    leptos::prelude::Effect::new(move || {
        if let Some((driver, events)) = waiting.take() {
            spawn_local(driver.run(events));
        }
    });
    on_cleanup({
        let inputs = inputs.clone();
        move || inputs.0.close_channel()
    });
    inputs
}

struct Driver {
    client: Client<RandomIds>,
    connection_id: ConnectionId,
    address: Address,
    signals: Signals,
    inputs: Inputs,
    /// Dropping it closes it.
    socket: Option<Socket>,
    generation: Generation,
    fetching: Option<Fetching>,
    /// Dropping it cancels it.
    deadline: Option<Timeout>,
}

/// A request under way; dropping this gives it up.
pub(super) struct Fetching(pub(super) AbortHandle);

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Driver {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        while let Some(event) = events.next().await {
            let input = match event {
                Event::Page(input) => input,
                Event::Socket(generation, input) if generation == self.generation => input,
                Event::Socket(..) | Event::Doctor(_) => continue,
            };
            for effect in self.client.handle(now(), input) {
                self.perform(effect);
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        let signals = self.signals;
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
            Effect::FetchTranscript { if_none_match } => self.fetch(if_none_match),
            Effect::WakeAt(moment) => self.wake_at(moment),
            Effect::Show(change) => view_change::show(signals.messages, change),
            Effect::ShowConnection(connection) => {
                signals.connection.try_set(connection);
            }
            Effect::ShowStatus(status) => {
                signals.status.try_set(status);
            }
            Effect::ShowError(error) => {
                signals.error.try_set(error);
            }
            Effect::Warn(line) => page::warn(&line),
        }
    }

    fn open(&mut self) {
        self.generation = self.generation.next();
        let url = self.address.socket(&page::origin(), &self.connection_id);
        self.socket = Some(Socket::open(&url, self.generation, self.inputs.clone()));
    }

    fn fetch(&mut self, if_none_match: Option<String>) {
        let url = self.address.transcript(&page::origin());
        let inputs = self.inputs.clone();
        let (fetch, handle) = abortable(async move {
            let fetched = history::fetch(&url, if_none_match.as_deref()).await;
            inputs.give(Input::TranscriptFetched(fetched));
        });
        self.fetching = Some(Fetching(handle));
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
