//! Runs the connection doctor's effects.

use common::{
    client,
    doctor::{Answer, Asks, Doctor, Effect, Input, Outcome, Page},
    frame::{Place, Wanted},
    id::{ConnectionId, IdSource},
};
use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
    future::abortable,
};
use gloo_net::http::Request;
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use web_sys::{RequestCache, RequestRedirect};

use super::{
    Address,
    page::{self, now},
    random::RandomIds,
    run::{Event, Fetching, Inputs},
    socket::{Generation, Socket},
};

/// Starts a doctor that works until the current owner is cleaned up. The callback asks for a run.
pub(crate) fn examine(address: Address, outcomes: RwSignal<Vec<Outcome>>) -> Callback<Asks> {
    let (sender, events) = unbounded();
    let inputs = Inputs(sender);
    let driver = Driver {
        doctor: Doctor::new(address.agent.clone(), address.instance.clone()),
        address,
        outcomes,
        inputs: inputs.clone(),
        socket: None,
        generation: Generation::default(),
        fetching: None,
        deadline: None,
    };
    inputs.run_until_cleanup(driver.run(events));
    Callback::new(move |asks| inputs.give_doctor(Input::Start(asks)))
}

/// Where an instance is, for people.
pub(crate) fn place_of(address: &Address) -> String {
    address.place(&page::origin())
}

struct Driver {
    doctor: Doctor,
    address: Address,
    outcomes: RwSignal<Vec<Outcome>>,
    inputs: Inputs,
    socket: Option<Socket>,
    generation: Generation,
    fetching: Option<Fetching>,
    deadline: Option<Timeout>,
}

impl Driver {
    async fn run(mut self, mut events: UnboundedReceiver<Event>) {
        while let Some(event) = events.next().await {
            let input = match event {
                Event::Doctor(input) => input,
                Event::Socket(generation, input) if generation == self.generation => {
                    let Some(input) = of_socket(input) else {
                        continue;
                    };
                    input
                }
                Event::Page(_) | Event::Socket(..) | Event::Call(..) => continue,
            };
            for effect in self.doctor.handle(now(), input) {
                self.perform(effect);
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Fetch(page) => self.fetch(page),
            Effect::Open => {
                let url = self
                    .address
                    .socket(&page::origin(), &ConnectionId::new(RandomIds.fresh()));
                self.socket = Some(Socket::open(&url, self.generation, self.inputs.clone()));
            }
            Effect::Transmit(frame) => {
                if let Some(socket) = &self.socket {
                    socket.transmit(frame);
                }
            }
            Effect::Close => {
                self.socket = None;
                self.generation = self.generation.next();
                self.fetching = None;
                self.deadline = None;
            }
            Effect::WakeAt(moment) => {
                let wait = u32::try_from(moment.since(now()).as_millis()).unwrap_or(u32::MAX);
                let inputs = self.inputs.clone();
                self.deadline = Some(Timeout::new(wait, move || {
                    inputs.give_doctor(Input::DeadlinePassed);
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
                self.address.transcript(&page::origin(), &wanted)
            }
        };
        let inputs = self.inputs.clone();
        let (fetch, handle) = abortable(async move {
            let answer = get(&url).await.unwrap_or_else(|error| Answer {
                status: None,
                body: error.to_string(),
            });
            inputs.give_doctor(Input::Answered(page, answer));
        });
        self.fetching = Some(Fetching(handle));
        spawn_local(fetch.map(drop));
    }
}

/// What a socket gives, for the doctor.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other inputs come from elsewhere"
)]
fn of_socket(input: client::Input) -> Option<Input> {
    match input {
        client::Input::Opened => Some(Input::Opened),
        client::Input::Closed(close) => Some(Input::Closed(close)),
        client::Input::Received(text) => Some(Input::Received(text)),
        _ => None,
    }
}

/// Past every cache; a redirection, such as to a sign-in, is an answer of its own.
async fn get(url: &str) -> Result<Answer, gloo_net::Error> {
    let request = Request::get(url)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Manual);
    let response = request.send().await?;
    Ok(Answer {
        status: Some(response.status()),
        body: response.text().await.unwrap_or_default(),
    })
}
