//! Runs the effects of the connection check.

use common::{
    doctor::{Asks, CheckOutcome, Doctor, Effect, HttpAnswer, Input, Page},
    frame::{Place, Wanted},
    id::{ConnectionId, IdSource},
};
use futures::{
    StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
};
use leptos::prelude::*;

use crate::browser::{
    address::Address,
    clock::now,
    http::Request,
    location,
    random::RandomIds,
    socket::{self, Socket},
    task::{Task, spawn_hydrated},
    timer::Timer,
};

/// Starts a check that works until the current owner is cleaned up. The callback starts another run.
pub(crate) fn examine(address: Address, outcomes: RwSignal<Vec<CheckOutcome>>) -> Callback<Asks> {
    let (inputs, events) = unbounded();
    let driver = Driver {
        doctor: Doctor::new(address.agent.clone(), address.instance.clone()),
        address,
        outcomes,
        inputs: inputs.clone(),
        socket: None,
        connection: 0,
        fetching: None,
        deadline: None,
    };
    spawn_hydrated(driver.run(events));
    let ending = inputs.clone();
    on_cleanup(move || ending.close_channel());
    Callback::new(move |asks| {
        let _ = inputs.unbounded_send((None, Input::Start(asks)));
    })
}

/// The address of an instance, for people.
pub(crate) fn place_of(address: &Address) -> String {
    address.place(&location::origin())
}

/// An input, with the number of the connection that caused it, if one did.
type Numbered = (Option<u32>, Input);

struct Driver {
    doctor: Doctor,
    address: Address,
    outcomes: RwSignal<Vec<CheckOutcome>>,
    inputs: UnboundedSender<Numbered>,
    socket: Option<Socket>,
    /// The number of the connection. Inputs of earlier connections are dropped.
    connection: u32,
    fetching: Option<Task>,
    deadline: Option<Timer>,
}

impl Driver {
    async fn run(mut self, mut inputs: UnboundedReceiver<Numbered>) {
        while let Some((connection, input)) = inputs.next().await {
            if connection.is_some_and(|connection| connection != self.connection) {
                continue;
            }
            for effect in self.doctor.handle(now(), input) {
                self.perform(effect);
            }
        }
    }

    fn open(&mut self) {
        let id = ConnectionId::new(RandomIds.fresh());
        let url = self.address.socket(&location::origin(), &id);
        let (inputs, connection) = (self.inputs.clone(), self.connection);
        self.socket = Some(Socket::open(&url, move |event| {
            let input = match event {
                socket::Event::Opened => Input::Opened,
                socket::Event::Received(frame) => Input::Received(frame),
                socket::Event::Closed(close) => Input::Closed(close),
            };
            let _ = inputs.unbounded_send((Some(connection), input));
        }));
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Fetch(page) => self.fetch(page),
            Effect::Open => self.open(),
            Effect::Transmit(frame) => {
                if let Some(socket) = &self.socket {
                    socket.transmit(frame);
                }
            }
            Effect::Close => {
                self.socket = None;
                self.connection = self.connection.wrapping_add(1);
                self.fetching = None;
                self.deadline = None;
            }
            Effect::WakeAt(moment) => {
                let inputs = self.inputs.clone();
                self.deadline = Some(Timer::at(moment, move || {
                    let _ = inputs.unbounded_send((None, Input::DeadlinePassed));
                }));
            }
            Effect::Show => {
                self.outcomes.try_set(self.doctor.outcomes().to_vec());
            }
        }
    }

    fn fetch(&mut self, page: Page) {
        let url = match page.path() {
            Some(path) => path.to_owned(),
            None => {
                let (last, place) = (1, Place::End);
                let wanted = Wanted { last, place };
                self.address.transcript(&location::origin(), &wanted)
            }
        };
        let inputs = self.inputs.clone();
        self.fetching = Some(Task::spawn(async move {
            let answer = get(&url)
                .await
                .unwrap_or_else(|body| HttpAnswer { status: None, body });
            let _ = inputs.unbounded_send((None, Input::Answered(page, answer)));
        }));
    }
}

/// Bypasses every cache; a redirection, such as to a sign-in, is a result of its own.
async fn get(url: &str) -> Result<HttpAnswer, String> {
    let request = Request::get(url).uncached().unredirected();
    let response = request.send().await?;
    Ok(HttpAnswer {
        status: Some(response.status()),
        body: response.text().await.unwrap_or_default(),
    })
}
