//! The client machine: the browser half of a conversation, without a browser.
//!
//! [`Client::handle`] takes an [`Input`] and returns the [`Effect`]s to run, in order. The machine has no clock, no
//! randomness and no I/O: the driver supplies the time and the ids and runs the effects.

mod backoff;
mod calls;
mod chat;
mod close;
mod context;
mod deadlines;
mod io;
mod kept;
mod link;
mod outbox;
mod rows;
mod session;
mod shown;
mod synced;
mod turn;

#[cfg(test)]
mod tests;

pub use close::Close;
pub use io::{
    Call, ChatError, Connection, Delivery, Earlier, Effect, Fetched, Identity, Input, Load,
    MessageChange, Row, Run, SharedRow, Snapshot, Status, ViewChange,
};

use crate::{
    frame::{ClientTool, DecodeError, ServerFrame},
    id::{ConnectionId, IdSource},
    message::ToolAnswer,
    state::{RunStatus, RunSummary},
    time::Timestamp,
};
use calls::Calls;
use chat::Chat;
use context::Context;
use deadlines::{Deadlines, Timer};
use link::{Change, Link};
use shown::Shown;
use synced::Synced;

/// The initial settings of a client.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The connection id (`_pk`), the same for all connections of this client.
    pub connection_id: ConnectionId,
    /// The transcript that the page was rendered with.
    pub snapshot: Snapshot,
    /// The tools that this client runs itself.
    pub client_tools: Vec<ClientTool>,
    /// Whether the model continues once its calls are answered.
    pub auto_continue: bool,
}

/// The client machine.
///
/// Before the first effect, a view shows the snapshot with [`Snapshot::before`], [`Connection::Connecting`],
/// [`Status::Ready`], [`Run::Idle`], an empty queue, no state, no identity and no error. Effects report every later
/// change.
#[derive(Debug)]
pub struct Client<I> {
    connection_id: ConnectionId,
    ids: I,
    deadlines: Deadlines,
    parts: Parts,
    shown: Shown,
}

/// The machines inside a client.
#[derive(Debug)]
struct Parts {
    link: Link,
    chat: Chat,
    synced: Synced,
    calls: Calls,
    storage: Storage,
    purpose: Purpose,
}

/// What the connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Chat,
    /// State and calls alone: nothing is asked about streams and transcripts.
    State,
}

/// Whether the browser can store the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storage {
    Keeps,
    /// It cannot, and the user has been informed.
    Fails,
}

impl<I: IdSource> Client<I> {
    /// A client that has not started.
    pub fn new(options: ClientOptions, ids: I) -> Self {
        Self::with(options, Purpose::Chat, ids)
    }

    /// A machine for an agent without a chat, such as a directory: it has the connection, the synced state and the calls.
    pub fn without_chat(connection_id: ConnectionId, ids: I) -> Self {
        let options = ClientOptions {
            connection_id,
            snapshot: Snapshot::default(),
            client_tools: Vec::new(),
            auto_continue: false,
        };
        Self::with(options, Purpose::State, ids)
    }

    fn with(options: ClientOptions, purpose: Purpose, ids: I) -> Self {
        let ClientOptions {
            connection_id,
            snapshot,
            client_tools,
            auto_continue,
        } = options;
        let shown = Shown::new(snapshot.before());
        Self {
            connection_id,
            ids,
            deadlines: Deadlines::default(),
            parts: Parts {
                link: Link::new(),
                chat: Chat::new(snapshot, client_tools, auto_continue),
                synced: Synced::default(),
                calls: Calls::default(),
                storage: Storage::Keeps,
                purpose,
            },
            shown,
        }
    }

    /// Handles an input and returns the effects to run, in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut cx = Context {
            now,
            ids: &mut self.ids,
            deadlines: &mut self.deadlines,
            effects: &mut effects,
        };
        self.parts.take(&mut cx, input);
        self.parts.chat.flush(&mut cx, self.parts.link.peer());
        self.parts.call(&mut cx);
        self.shown
            .show(&self.parts.link, &self.parts.chat, &mut effects);
        if let Some(at) = self.deadlines.wake() {
            effects.push(Effect::WakeAt(at));
        }
        effects
    }

    /// The id of this client's connections, for their URLs.
    #[must_use]
    pub const fn connection_id(&self) -> &ConnectionId {
        &self.connection_id
    }

    /// A copy of the rows that are loaded.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.shared_rows().iter().map(SharedRow::copied).collect()
    }

    /// The rows that are loaded, for views that follow them.
    #[must_use]
    pub fn shared_rows(&self) -> &[SharedRow] {
        self.parts.chat.rows()
    }

    /// The messages before the loaded ones.
    #[must_use]
    pub const fn earlier(&self) -> &Earlier {
        self.parts.chat.earlier()
    }

    /// The state of the connection.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.parts.link.connection()
    }

    /// The state of the turn.
    #[must_use]
    pub fn status(&self) -> Status {
        self.parts.chat.status()
    }

    /// What the agent is doing now.
    #[must_use]
    pub fn run(&self) -> Run {
        self.parts.chat.run()
    }

    /// Why the last turn failed, if it did.
    #[must_use]
    pub const fn error(&self) -> Option<&ChatError> {
        self.parts.chat.error()
    }
}

impl Parts {
    fn take(&mut self, cx: &mut Context<'_>, input: Input) {
        let Self {
            link, chat, calls, ..
        } = self;
        match input {
            Input::Start { kept } => {
                chat.restore(cx, &kept);
                link.start(cx);
            }
            Input::Opened => {
                let change = link.opened(cx);
                self.follow(cx, change);
            }
            Input::Closed(close) => {
                let change = link.closed(cx, close);
                self.follow(cx, change);
            }
            Input::Received(text) => {
                if link.received(cx, &text) {
                    self.receive(cx, &text);
                }
            }
            Input::TranscriptFetched(fetched) => chat.fetched(cx, fetched),
            Input::EarlierFetched { before, result } => chat.earlier_fetched(cx, &before, result),
            Input::NotKept => self.not_kept(cx),
            Input::NetworkOnline => {
                let change = link.online(cx);
                self.follow(cx, change);
            }
            Input::NetworkOffline => {
                let change = link.offline(cx);
                self.follow(cx, change);
            }
            Input::Shown => {
                let change = link.shown(cx);
                self.follow(cx, change);
            }
            Input::DeadlinePassed => {
                for timer in cx.deadlines.take_due(cx.now) {
                    self.due(cx, timer);
                }
            }
            Input::Choose(choices) => chat.choose(choices),
            Input::Send(draft) => chat.send(cx, draft, false),
            Input::Steer(draft) => chat.send(cx, draft, true),
            Input::Edit { id, text } => chat.edit(cx, id, text),
            Input::Withdraw(id) => chat.withdraw(cx, &id),
            Input::SendOverdue(id) => chat.send_overdue(cx, &id),
            Input::Stop => chat.stop(),
            Input::Clear => chat.clear(cx),
            Input::LoadEarlier => chat.load_earlier(cx),
            Input::Retry => {
                if !link.retry(cx) {
                    chat.retry(cx);
                }
            }
            Input::Regenerate(id) => chat.regenerate(cx, &id),
            Input::Approve { call, always } => {
                chat.answer(cx, call, ToolAnswer::Allow { always });
            }
            Input::Deny { call, reason } => {
                chat.answer(cx, call, ToolAnswer::Refuse { reason });
            }
            Input::AddToolOutput { call, outcome } => {
                chat.answer(cx, call, ToolAnswer::Outcome(outcome));
            }
            Input::SetState(state) => self.synced.set(cx, state),
            Input::Call(call) => calls.make(cx, call),
        }
    }

    /// Reacts to a change of the connection.
    fn follow(&mut self, cx: &mut Context<'_>, change: Change) {
        match change {
            Change::None => {}
            Change::Up | Change::Doubt if self.purpose == Purpose::State => {}
            Change::Up => self.chat.up(cx, self.link.peer()),
            Change::Down => {
                self.chat.down(cx);
                self.synced.down(cx);
                self.calls.cut_off(cx);
            }
            Change::Doubt => self.chat.probe(cx),
        }
    }

    fn receive(&mut self, cx: &mut Context<'_>, text: &str) {
        let frame = match ServerFrame::decode(text) {
            Ok(frame) => frame,
            // Messages of the application itself, and frames of a newer server.
            Err(DecodeError::NotAnObject | DecodeError::NoType | DecodeError::UnknownType(_)) => {
                return;
            }
            Err(error @ (DecodeError::Unreadable { .. } | DecodeError::Malformed { .. })) => {
                cx.warn(error.to_string());
                return;
            }
        };
        match frame {
            ServerFrame::Identity {
                name,
                agent,
                state_follows,
                page,
            } => {
                let identity = Identity { agent, name };
                self.synced.identified(cx, identity, state_follows);
                if let Some(page) = page {
                    self.synced.serves(cx, page);
                }
            }
            ServerFrame::State(state) => {
                let run = state.get("run").and_then(RunSummary::from_json);
                let run = run.unwrap_or_default();
                self.chat.wait(run.waiting);
                if let RunStatus::Running { request, .. } = run.status {
                    self.chat.runs(cx, &request);
                }
                self.synced.reported(cx, state);
            }
            ServerFrame::StateError(words) => self.synced.refused(cx, words),
            ServerFrame::McpServers(_) => {}
            ServerFrame::FrameError { frame, error, .. } => {
                let frame = frame.unwrap_or_default();
                cx.warn(format!("The agent could not read a frame {frame}: {error}"));
            }
            ServerFrame::Rpc(response) => {
                self.synced.greeting_over(cx);
                self.calls.answered(cx, response);
            }
            frame @ (ServerFrame::ChatResponse(_)
            | ServerFrame::ChatMessages { .. }
            | ServerFrame::ChatClear
            | ServerFrame::MessageUpdated(_)
            | ServerFrame::StreamResuming { .. }
            | ServerFrame::StreamResumeNone { .. }
            | ServerFrame::StreamPending { .. }
            | ServerFrame::ChatRecovering { .. }) => {
                self.synced.greeting_over(cx);
                self.chat.received(cx, frame);
            }
        }
    }

    fn due(&mut self, cx: &mut Context<'_>, timer: Timer) {
        match timer {
            Timer::Link => self.link.attempt_due(cx),
            Timer::Liveness => {
                let change = self.link.liveness_due(cx);
                self.follow(cx, change);
            }
            Timer::Probe => {
                if let Some(since) = self.chat.probe_due(cx) {
                    if self.link.heard_since(since) {
                        cx.warn("The agent does not say whether a stream can be resumed.");
                    } else {
                        let change = self.link.dead(cx);
                        self.follow(cx, change);
                    }
                }
            }
            Timer::Fetch => self.chat.fetch_due(cx),
            Timer::Earlier => self.chat.earlier_due(cx),
            Timer::Replay => self.chat.replay_due(cx),
            Timer::Watch => self.chat.watch_due(cx),
            Timer::Call => self.calls.due(cx),
        }
    }

    /// Sends the waiting calls, or fails them when there will be no connection.
    fn call(&mut self, cx: &mut Context<'_>) {
        match self.link.connection() {
            Connection::Refused(close) => self.calls.refuse(cx, &ChatError::Refused(close)),
            Connection::Connecting
            | Connection::Connected
            | Connection::Reconnecting { .. }
            | Connection::Offline => {
                if self.link.is_open() {
                    self.calls.send(cx);
                }
            }
        }
    }

    fn not_kept(&mut self, cx: &mut Context<'_>) {
        if std::mem::replace(&mut self.storage, Storage::Fails) == Storage::Keeps {
            cx.effects.push(Effect::Report(ChatError::NotKept));
        }
    }
}
