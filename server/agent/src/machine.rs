//! The machine: its parts, and the dispatch of its inputs.
//!
//! Each part has its state to itself, and says what follows ([`next`]); what belongs to several parts is here, a file a
//! concern.
//!
//! - [`access`]: every frame and call passes there.
//! - [`submit`]: a client's request becomes stored messages ([`messages`]) and a queued turn; [`reconcile`]: which stored message
//!   each of its messages is; [`overlap`]: what happens to the turns that wait; [`limits`], [`refusal`]: what is not taken.
//! - [`turns`]: turns start, and what follows is done. [`steps`]: model calls and runs of tools. [`settle`]: the end of a
//!   turn. [`recover`]: the agent woke up in the middle of one.
//! - [`answers`]: answers to calls, and the turns that continue with them. [`expiry`]: approvals that nobody gave.
//! - [`branches`]: what follows a message is kept, and another branch is shown. [`compaction`]: earlier messages are
//!   summarised.
//! - [`clear`]: the transcript is emptied. [`turned`]: changes of files are undone and redone.
//! - [`resume`]: a client connects, or attaches to a stream again. [`streams`]: stored streams are sent again, and dropped.
//! - [`state`]: changes of the synced state. [`directory`]: pushes to the owner's directory, and the title that the model
//!   gives.
//! - [`callables`]: what clients may call.

mod access;
mod answers;
mod branches;
mod callables;
mod clear;
mod compaction;
mod defaults;
mod directory;
mod expiry;
mod limits;
mod messages;
mod next;
mod overlap;
mod reconcile;
mod recover;
mod refusal;
mod resume;
mod settle;
mod state;
mod steps;
mod streams;
mod submit;
mod turned;
mod turns;

use accounts::{Caller, Denial, Guard, Intent};
use common::{
    frame::DecodeError,
    id::IdSource,
    message::Message,
    state::About,
    time::{Alarm, Timestamp},
    workspace::NearLimit,
};
use store::{FilesFound, Position, RequestContext, StoredAgent, Write};

use self::next::Next;
use super::{
    approvals::Approvals,
    attached::{Attached, ConnectionKey},
    branches::Branches,
    budgets::Budgets,
    compactions::Compactions,
    connections::Connections,
    context::{CallIds, Context},
    io::{CallId, Effect, Input},
    options::AgentOptions,
    past::Past,
    pushes::Pushes,
    queue::Queue,
    synced::Synced,
    transcript::Transcript,
    turn::Running,
};

/// The agent machine of one instance.
#[derive(Debug)]
pub struct Agent<I> {
    ids: I,
    calls: CallIds,
    alarm: Alarm,
    parts: Parts,
}

/// The machines that the agent is made of.
#[derive(Debug)]
struct Parts {
    name: String,
    options: AgentOptions,
    guard: Guard,
    connections: Connections,
    transcript: Transcript,
    branches: Branches,
    /// How the client of the latest submission wants to be answered.
    context: RequestContext,
    queue: Queue,
    running: Option<Running>,
    past: Past,
    approvals: Approvals,
    compactions: Compactions,
    synced: Synced,
    budgets: Budgets,
    pushes: Pushes,
    defaults: Defaults,
    /// The call that asks for a title.
    title_call: Option<CallId>,
    unreadable: Unreadable,
}

/// What the owner of a new conversation wants it to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defaults {
    /// It is part of the settings by now, or not wanted.
    Settled,
    /// It was asked for. No turn starts before the answer.
    Asked,
}

/// Texts that are no frames, and may be the application's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unreadable {
    /// None has come.
    None,
    /// One was logged; the others are not.
    Logged,
}

impl<I: IdSource> Agent<I> {
    /// The agent as it wakes up, and what it does about a turn that was interrupted. `attached` are the connections
    /// that outlived its sleep.
    pub fn restore(
        now: Timestamp,
        name: String,
        ids: I,
        options: AgentOptions,
        stored: StoredAgent,
        attached: Vec<Attached>,
    ) -> (Self, Vec<Effect>) {
        let StoredAgent {
            guarded,
            index,
            branches,
            turns,
            chunks,
            kept,
            open,
            approvals,
            compactions,
            about,
            has_about,
            found,
            context,
            spending,
            last_push,
        } = stored;
        let mut effects = Vec::new();
        let about = about.unwrap_or_else(|error| {
            effects.extend([
                Effect::Log(format!(
                    "the stored state is replaced by an empty one: {error}"
                )),
                Effect::Persist(vec![Write::PutAbout(About::default())]),
            ]);
            About::default()
        });
        let branches = Branches::restore(branches);
        let last_given = turns.last_answer().max(branches.last_position());
        let transcript = Transcript::restore(index, open, last_given);
        let compactions = Compactions::restore(compactions);
        let compacted = compactions.state(&transcript);
        let (past, mut writes) = Past::restore(turns.settled, kept);
        let mut connections = Connections::default();
        for connection in attached {
            connections.add(connection);
        }
        let mut agent = Self {
            ids,
            calls: CallIds::default(),
            alarm: Alarm::default(),
            parts: Parts {
                guard: Guard::new(guarded.named(&name)),
                name,
                options,
                connections,
                transcript,
                branches,
                context,
                queue: Queue::restore(turns.queued),
                running: None,
                past,
                approvals: Approvals::restore(approvals),
                compactions,
                synced: Synced::restore((about, has_about), found, compacted, spending.usage),
                budgets: Budgets::restore(spending),
                pushes: Pushes::restore(last_push),
                defaults: Defaults::Settled,
                title_call: None,
                unreadable: Unreadable::None,
            },
        };
        writes.extend(agent.parts.find_late_stream());
        let (parts, mut cx) = agent.with(now, &mut effects);
        cx.persist(writes);
        parts.expire(&mut cx);
        parts.ask_defaults(&mut cx);
        let next = match turns.running {
            Some(running) => parts.recover(&mut cx, running, &chunks),
            None => Next::StartTurn,
        };
        parts.follow(&mut cx, next);
        parts.report(&mut cx);
        (agent, effects)
    }

    /// The parts, and what they are handed.
    fn with<'a>(
        &'a mut self,
        now: Timestamp,
        effects: &'a mut Vec<Effect>,
    ) -> (&'a mut Parts, Context<'a>) {
        let cx = Context {
            now,
            ids: &mut self.ids,
            calls: &mut self.calls,
            alarm: &mut self.alarm,
            effects,
        };
        (&mut self.parts, cx)
    }

    /// Takes an input; the effects are to be done in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let (parts, mut cx) = self.with(now, &mut effects);
        parts.expire(&mut cx);
        parts.close_expired(&mut cx);
        let next = parts.take(&mut cx, input);
        parts.follow(&mut cx, next);
        parts.report(&mut cx);
        effects
    }

    /// What the conversation is about.
    #[must_use]
    pub const fn about(&self) -> &About {
        self.parts.synced.about()
    }

    /// What of the files waits for the user, as far as the agent knows.
    #[must_use]
    pub const fn found(&self) -> &FilesFound {
        self.parts.synced.found()
    }

    /// The answer that is being written and its position; it is not in the stored transcript, or not all of it.
    #[must_use]
    pub fn growing(&self) -> Option<(Position, &Message)> {
        self.parts.growing()
    }

    /// As [`Self::growing`], for a page that will be sent the stream again: that makes an answer anew, but adds what
    /// continues a message to the message as it is stored.
    #[must_use]
    pub fn growing_anew(&self) -> Option<(Position, &Message)> {
        let running = self.parts.running.as_ref()?;
        self.growing().filter(|_| !running.turn().is_continuation())
    }

    /// Whether a caller may do something here, outside of a connection.
    ///
    /// # Errors
    /// Says why not.
    pub fn admit(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        intent: Intent,
    ) -> Result<(), Denial> {
        self.parts.guard.admit(now, caller, intent)
    }

    /// Whose a connection is.
    #[must_use]
    pub fn caller(&self, key: ConnectionKey) -> Option<&Caller> {
        self.parts.connections.caller(key)
    }

    /// Distinguishes the conversation's store from an earlier one of the same name.
    #[must_use]
    pub fn epoch(&self) -> &str {
        self.parts.guard.epoch()
    }

    /// The store has been made: it has an epoch from now on.
    pub fn has_store(&mut self, epoch: String) {
        self.parts.guard.set_epoch(epoch);
    }

    /// The store is nearly full, or no longer: the user learns it with the next state.
    pub const fn is_near_full(&mut self, near: Option<NearLimit>) {
        self.parts.synced.set_near_full(near);
    }

    /// Whether another connection may come.
    ///
    /// # Errors
    /// When there are as many as there may be; the error says so.
    pub fn has_room_for_connection(&self) -> Result<(), String> {
        self.parts.has_room_for_connection()
    }
}

impl Parts {
    fn take(&mut self, cx: &mut Context<'_>, input: Input) -> Next {
        match input {
            Input::Connected(attached) => self.connected(cx, attached),
            Input::Received { key, text } => match self.frame(cx, key, &text) {
                Ok(frame) => self.admit_frame(cx, key, frame),
                Err(error) => {
                    self.not_a_frame(cx, key, &error);
                    self.end_flood(cx, key);
                }
            },
            Input::ReceivedBytes { key, bytes } => match self.count_frame(cx, key, &bytes) {
                Ok(()) => self.not_a_frame(cx, key, &DecodeError::of_bytes(&bytes)),
                Err(_) => self.end_flood(cx, key),
            },
            Input::Disconnected(key) => {
                if let Some((client, offer)) = self.connections.remove(key) {
                    self.left(cx, &client, &offer);
                }
            }
            Input::DefaultsTold(choices) => return self.defaults_told(cx, choices),
            Input::Claimed(person) => self.claim(cx, person),
            Input::Titled(title) => self.take_title(cx, title),
            Input::Revoked(credential) => self.revoke(cx, credential),
            Input::Provider { call, progress } => return self.provider(cx, call, progress),
            Input::ToolSettled { call, result } => return self.tool_settled(cx, call, result),
            Input::ModelChecked { check, result } => self.model_checked(cx, check, result),
            Input::ModelsListed { listing, answer } => {
                self.models_listed(cx, listing, &answer);
            }
            Input::Turned(turned) => self.turned(cx, &turned),
            Input::WorkspaceAsked { call, result } => self.workspace_asked(cx, call, result),
            Input::FilesFound(found) => self.files_found(cx, found),
            Input::PushDue(call) => {
                if let Some(owner) = self.guard.owner() {
                    self.pushes.push_due(cx, owner, call);
                }
            }
            Input::SummaryPushed { call, result } => self.pushes.pushed(cx, call, result),
            Input::TitleMade { call, made } => self.title_made(cx, call, &made),
            Input::DeadlinePassed => return self.deadline_passed(cx),
            Input::FlushDue => {
                if let Some(running) = &mut self.running {
                    running.flush_due(cx, &mut self.connections);
                }
            }
        }
        Next::Wait
    }

    /// After every input: what has changed is broadcast, pushed and kept with the connections.
    fn report(&mut self, cx: &mut Context<'_>) {
        self.broadcast_forks(cx);
        self.report_compaction(cx);
        self.broadcast_run(cx);
        self.push_summary(cx);
        self.attach_changed(cx);
    }

    /// The answer that is being written and its position.
    fn growing(&self) -> Option<(Position, &Message)> {
        let running = self.running.as_ref().filter(|running| running.streams())?;
        Some((running.turn().answer_position, running.answer()))
    }
}
