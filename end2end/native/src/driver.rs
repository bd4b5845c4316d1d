//! The loop between the client machine and the lines.

use std::time::Duration;

use common::{
    client::{Call, Client, ClientOptions, Effect, Fetched, Input, Snapshot},
    frame::{ClientTool, Place, Wanted},
    id::{ConnectionId, IdSource, MessageId},
    message::ToolOutcome,
    time::Timestamp,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};

use crate::{
    address::Address,
    clock::Clock,
    command::{self, Command},
    history,
    report::Report,
    socket::{Generation, Socket, abnormal},
};

/// The wait when no deadline is set.
const LONG: Duration = Duration::from_secs(3600);

/// Every event that the driver reacts to.
#[derive(Debug)]
pub(crate) enum Event {
    Command(Command),
    /// A line that is not a command.
    NoCommand(String),
    InputEnded,
    /// An event of a socket; those of earlier sockets are dropped.
    Socket(Generation, Input),
    /// The result of a fetch; those of earlier fetches are dropped.
    Fetched(u32, Fetched),
    /// The result of a fetch of earlier messages.
    Earlier(Input),
}

/// Runs the machine's effects.
pub(crate) struct Driver {
    client: Client<RandomIds>,
    connection_id: ConnectionId,
    address: Address,
    events: UnboundedSender<Event>,
    clock: Clock,
    socket: Option<Socket>,
    generation: Generation,
    /// The number of the last fetch.
    fetches: u32,
    deadline: Option<Timestamp>,
}

/// Ids of 20 random letters and digits.
#[derive(Debug)]
struct RandomIds;

impl IdSource for RandomIds {
    fn fresh(&mut self) -> String {
        std::iter::repeat_with(fastrand::alphanumeric)
            .take(20)
            .collect()
    }
}

impl Driver {
    /// Runs a machine until the standard input ends.
    pub(crate) async fn run(address: Address, client_tools: Vec<ClientTool>) {
        let (sender, events) = unbounded_channel();
        tokio::spawn(command::read(sender.clone()));
        let connection_id = ConnectionId::new(RandomIds.fresh());
        let options = ClientOptions {
            connection_id: connection_id.clone(),
            snapshot: Snapshot::default(),
            client_tools,
            auto_continue: true,
        };
        let driver = Self {
            client: Client::new(options, RandomIds),
            connection_id,
            address,
            events: sender,
            clock: Clock::default(),
            socket: None,
            generation: Generation::default(),
            fetches: 0,
            deadline: None,
        };
        driver.follow(events).await;
    }

    async fn follow(mut self, mut events: UnboundedReceiver<Event>) {
        self.give(Input::Start { kept: Vec::new() });
        loop {
            let deadline = self.deadline;
            let wait = deadline.map_or(LONG, |at| at.since(self.clock.now()));
            match timeout(wait, events.recv()).await {
                Err(_) => self.wake(),
                Ok(None | Some(Event::InputEnded)) => return,
                Ok(Some(Event::Command(command))) => self.obey(command),
                Ok(Some(Event::NoCommand(line))) => Report::Warn { line }.write(),
                Ok(Some(Event::Socket(generation, input))) => {
                    if generation == self.generation {
                        self.give(input);
                    }
                }
                Ok(Some(Event::Earlier(input))) => self.give(input),
                Ok(Some(Event::Fetched(number, fetched))) => {
                    if number == self.fetches {
                        self.give(Input::TranscriptFetched(fetched));
                    }
                }
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Send { text } => self.give(Input::Send(text.into())),
            Command::Stop => self.give(Input::Stop),
            Command::Retry => self.give(Input::Retry),
            Command::Clear => self.give(Input::Clear),
            Command::LoadEarlier => self.give(Input::LoadEarlier),
            Command::Approve { call, always } => self.give(Input::Approve { call, always }),
            Command::Deny { call, reason } => self.give(Input::Deny { call, reason }),
            Command::Regenerate { message } => self.give(Input::Regenerate(message)),
            Command::Edit { message, text } => self.give(Input::Edit { id: message, text }),
            Command::AddToolOutput { call, output } => self.give(Input::AddToolOutput {
                call,
                outcome: ToolOutcome::Output(output),
            }),
            Command::SetState { state } => self.give(Input::SetState(state)),
            Command::Call {
                id,
                method,
                args,
                within,
            } => self.give(Input::Call(Call {
                id,
                method,
                args,
                within: within.map(Duration::from_millis),
            })),
            Command::Show => self.give(Input::Shown),
            Command::DropSocket => self.drop_socket(),
            Command::Pass { milliseconds } => self.pass(Duration::from_millis(milliseconds)),
        }
    }

    /// Handles a deadline; the machine then names the next one, if any.
    fn wake(&mut self) {
        self.deadline = None;
        self.give(Input::DeadlinePassed);
    }

    fn give(&mut self, input: Input) {
        if let Input::Received(frame) = &input {
            let (socket, frame) = (self.generation, frame.clone());
            Report::Received { socket, frame }.write();
        }
        let mut has_changed = false;
        for effect in self.client.handle(self.clock.now(), input) {
            has_changed |= self.perform(effect);
        }
        if has_changed {
            Report::view(&self.client).write();
        }
    }

    /// Performs an effect. Returns whether it concerns the view.
    fn perform(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Open => self.open(),
            Effect::Close => {
                self.socket = None;
                self.generation = self.generation.next();
            }
            Effect::Transmit(frame) => {
                if let Some(socket) = &self.socket {
                    socket.transmit(frame.clone());
                    let socket = self.generation;
                    Report::Sent { socket, frame }.write();
                }
            }
            Effect::FetchTranscript {
                if_none_match,
                from,
            } => self.fetch(if_none_match, from),
            Effect::FetchEarlier { before } => self.fetch_earlier(before),
            Effect::WakeAt(moment) => self.deadline = Some(moment),
            Effect::Warn(line) => Report::Warn { line }.write(),
            Effect::ShowState(state) => Report::State { state }.write(),
            Effect::ShowIdentity(identity) => Report::identity(identity).write(),
            Effect::RunTool { call, name, input } => Report::RunTool { call, name, input }.write(),
            Effect::CallPart { id, part } => Report::CallPart { id, part }.write(),
            Effect::CallEnded { id, result } => Report::ended(id, result).write(),
            Effect::Report(error) => Report::Problem { code: error.code() }.write(),
            Effect::ShowServedPage(_)
            | Effect::IdentityChanged { .. }
            | Effect::Keep { .. }
            | Effect::Forget { .. }
            | Effect::GiveBack(_)
            | Effect::TurnFinished(_) => {}
            Effect::Show(_)
            | Effect::ShowConnection(_)
            | Effect::ShowStatus(_)
            | Effect::ShowRun(_)
            | Effect::ShowQueue(_)
            | Effect::ShowEarlier(_)
            | Effect::ShowError(_) => return true,
        }
        false
    }

    fn open(&mut self) {
        self.generation = self.generation.next();
        let url = self.address.socket(&self.connection_id);
        self.socket = Some(Socket::open(url, self.generation, self.events.clone()));
    }

    fn fetch(&mut self, if_none_match: Option<String>, from: Option<MessageId>) {
        self.fetches += 1;
        let wanted = Wanted::page(from.map_or(Place::End, Place::From));
        let (number, url) = (self.fetches, self.address.transcript(&wanted));
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let fetched = history::fetch(&url, if_none_match.as_deref());
            let _ = events.send(Event::Fetched(number, fetched));
        });
    }

    fn fetch_earlier(&self, before: MessageId) {
        let wanted = Wanted::page(Place::Before(before.clone()));
        let url = self.address.transcript(&wanted);
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let result = match history::fetch(&url, None) {
                Fetched::Transcript(part) => Ok(part),
                Fetched::Unchanged => Err(format!("{url} answered 304")),
                Fetched::Failed(reason) => Err(reason),
            };
            let _ = events.send(Event::Earlier(Input::EarlierFetched { before, result }));
        });
    }

    fn drop_socket(&mut self) {
        if let Some(socket) = self.socket.take() {
            socket.abandon();
            self.generation = self.generation.next();
            self.give(Input::Closed(abnormal(String::new())));
        }
    }

    fn pass(&mut self, duration: Duration) {
        let end = self.clock.now() + duration;
        while let Some(at) = self.deadline.filter(|at| *at <= end) {
            self.clock.move_to(at);
            self.wake();
        }
        self.clock.move_to(end);
    }
}
