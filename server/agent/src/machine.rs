//! The machine and the dispatch of its inputs.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use accounts::{CredentialId, Guarded, Intent};
use common::{
    chunk::Chunk,
    frame::{ChatResponse, ClientFrame, DecodeError, ServerFrame},
    id::{IdSource, RequestId, ToolCallId},
    message::Message,
    naming,
    state::{About, RunSummary, Unconfirmed, UsageSummary},
    time::Timestamp,
};
use store::{StoredAgent, Write};

use super::{
    AgentOptions, Attached, CallApproval, CallId, ConnectionKey, Effect, Input, Position,
    QueuedTurn, RequestContext, SettledTurn, Settlement, Spending,
    connection::{Connections, Protocol},
    index::TranscriptIndex,
    running::{Running, send},
    telling::Telling,
};

/// A running turn is looked after this often: the platform evicts an object without connections after 140 s, whatever
/// it is doing, and a panic elsewhere in the isolate ends a turn without a word. This is how long that goes unnoticed.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(10);

/// The agent machine of one instance.
#[derive(Debug)]
pub struct Agent<I> {
    pub(super) name: String,
    /// Whose conversation it is.
    pub(super) guarded: Guarded,
    /// The sign-ins that were revoked last.
    pub(super) revoked: VecDeque<CredentialId>,
    pub(super) ids: I,
    pub(super) options: AgentOptions,
    pub(super) connections: Connections,
    pub(super) transcript: TranscriptIndex,
    /// The messages whose contents matter: they hold calls that are not settled, a turn goes on with them, or (when
    /// overlapping messages are merged) they wait for their answer. Contents of all others stay in the store.
    pub(super) open: BTreeMap<Position, Message>,
    /// Turns that wait, in order.
    pub(super) queue: VecDeque<QueuedTurn>,
    pub(super) running: Option<Running>,
    /// Turns that are over and still known, oldest first.
    pub(super) settled: VecDeque<SettledTurn>,
    /// The settled turns whose streams are stored, in the order of their ends.
    pub(super) kept: Vec<RequestId>,
    /// The last turn, when it failed or its client did not hear its end: its stream is kept until the next turn.
    pub(super) late: Option<RequestId>,
    /// The approvals of calls in open messages.
    pub(super) approvals: BTreeMap<ToolCallId, CallApproval>,
    pub(super) about: About,
    /// The instructions that came with an archive and wait for the user.
    pub(super) unconfirmed: Vec<Unconfirmed>,
    /// How the client of the last submission wants to be answered.
    pub(super) context: RequestContext,
    /// Tokens and money.
    pub(super) spending: Spending,
    /// What the directory of the owner is told.
    pub(super) telling: Telling,
    /// The call that asks for a title.
    pub(super) titling: Option<CallId>,
    /// The run summary that was last broadcast.
    pub(super) told: RunSummary,
    /// The usage that was last broadcast.
    pub(super) told_usage: UsageSummary,
    /// The moment last asked for with [`Effect::WakeAt`], until it has come.
    pub(super) alarm: Option<Timestamp>,
    pub(super) last_call: u64,
    /// Whether a text that is no frame was ignored. Only the first one is logged.
    pub(super) ignores_texts: bool,
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
        let mut out = Vec::new();
        let about = stored.about.unwrap_or_else(|error| {
            out.extend([
                Effect::Log(format!(
                    "the stored state is replaced by an empty one: {error}"
                )),
                Effect::Persist(vec![Write::PutAbout(About::default())]),
            ]);
            About::default()
        });
        let mut agent = Self {
            name,
            guarded: stored.guarded,
            revoked: VecDeque::new(),
            ids,
            options,
            connections: Connections::default(),
            transcript: TranscriptIndex::restore(stored.index, stored.turns.last_answer()),
            open: stored.open.into_iter().collect(),
            queue: stored.turns.queued.into(),
            running: None,
            settled: stored.turns.settled.into(),
            kept: Vec::new(),
            late: None,
            approvals: stored
                .approvals
                .into_iter()
                .map(|approval| (approval.call.clone(), approval))
                .collect(),
            about,
            unconfirmed: stored.unconfirmed,
            context: stored.context,
            telling: Telling::restore(stored.told),
            titling: None,
            told: RunSummary::default(),
            told_usage: stored.spending.usage,
            spending: stored.spending,
            alarm: None,
            last_call: 0,
            ignores_texts: false,
        };
        for connection in attached {
            agent.connections.add(connection);
        }
        agent.take_kept(stored.kept, &mut out);
        agent.expire(now, &mut out);
        if let Some(turn) = stored.turns.running {
            let chunks: Vec<Chunk> = stored
                .chunks
                .iter()
                .filter_map(|json| serde_json::from_str(json).ok())
                .collect();
            agent.recover(now, turn, &chunks, &mut out);
        } else {
            agent.start_next(now, &mut out);
        }
        agent.tell_run(&mut out);
        agent.tell_directory(now, &mut out);
        agent.attach_changed(now, &mut out);
        (agent, out)
    }

    /// Sorts the turns whose streams are stored. One that no client waits for was kept for those who come late.
    fn take_kept(&mut self, stored: Vec<RequestId>, out: &mut Vec<Effect>) {
        let settled = self.settled.iter();
        let settled = settled.map(|settled| &settled.turn.request_id);
        self.kept = settled.filter(|id| stored.contains(id)).cloned().collect();
        let positions = self.settled.iter();
        let newest = positions.map(|settled| settled.turn.answer_position).max();
        let is_late = |settled: &&SettledTurn| {
            let is_last = Some(settled.turn.answer_position) == newest;
            is_last && (settled.has_failed() || self.is_unheard(&settled.turn))
        };
        let unneeded = self.kept.iter().find(|id| !self.connections.need(id));
        let late = self.settled.iter().rev().find(is_late);
        let late = unneeded
            .or(late.map(|settled| &settled.turn.request_id))
            .cloned();
        self.late = late.filter(|id| self.kept.contains(id));
        let unknown = stored.into_iter().filter(|id| !self.kept.contains(id));
        let mut writes: Vec<Write> = unknown.map(Write::DeleteChunks).collect();
        writes.extend(self.needless_streams());
        if !writes.is_empty() {
            out.push(Effect::Persist(writes));
        }
    }

    /// What the conversation is about.
    #[must_use]
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// The instructions that wait for the user, as far as the agent knows.
    #[must_use]
    pub fn unconfirmed(&self) -> &[Unconfirmed] {
        &self.unconfirmed
    }

    /// The answer that is being written and where it stands; it is not in the stored transcript, or not all of it.
    #[must_use]
    pub fn growing(&self) -> Option<(Position, &Message)> {
        let running = self.running.as_ref().filter(|running| running.streams())?;
        Some((running.turn.answer_position, running.answer.message()))
    }

    /// The same, for a page that will be told the stream again: that makes an answer anew, but adds what continues a
    /// message to the message as it is stored.
    #[must_use]
    pub fn growing_anew(&self) -> Option<(Position, &Message)> {
        let running = self.running.as_ref()?;
        self.growing().filter(|_| !running.turn.is_continuation())
    }

    /// Takes an input; the effects are to be done in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut out = Vec::new();
        self.expire(now, &mut out);
        self.close_expired(now, &mut out);
        match input {
            Input::Connected(attached) => self.connected(now, attached, &mut out),
            Input::Received { key, text } => match self.frame(now, key, &text) {
                Ok(frame) => self.admit_frame(now, key, frame, &mut out),
                Err(error) => {
                    self.not_a_frame(key, &error, &mut out);
                    self.end_flood(key, &mut out);
                }
            },
            Input::ReceivedBytes { key, bytes } => match self.count_frame(now, key, &bytes) {
                Ok(()) => self.not_a_frame(key, &DecodeError::of_bytes(&bytes), &mut out),
                Err(_) => self.end_flood(key, &mut out),
            },
            Input::Disconnected(key) => {
                if let Some((client, offer)) = self.connections.remove(key) {
                    self.left(&client, &offer, &mut out);
                }
            }
            Input::Claimed(person) => self.claim(person, &mut out),
            Input::Titled(title) => self.take_title(title, &mut out),
            Input::Revoked(credential) => self.revoke(credential, &mut out),
            Input::Provider { call, progress } => self.provider(now, call, progress, &mut out),
            Input::ToolSettled { call, result } => self.tool_settled(now, call, result, &mut out),
            Input::ModelChecked { check, result } => self.model_checked(check, result, &mut out),
            Input::ModelsListed { listing, answer } => {
                self.models_listed(listing, &answer, &mut out);
            }
            Input::InstructionsFound(unconfirmed) => self.instructions_found(unconfirmed, &mut out),
            Input::SummaryPushed { call, result } => {
                self.summary_pushed(now, call, result, &mut out);
            }
            Input::TitleMade { call, made } => self.title_made(call, &made, &mut out),
            Input::DeadlinePassed => self.deadline_passed(now, &mut out),
            Input::FlushDue => self.flush_due(now, &mut out),
        }
        self.tell_run(&mut out);
        self.tell_directory(now, &mut out);
        self.attach_changed(now, &mut out);
        out
    }

    /// Reads a frame, once it is known that it may be read.
    fn frame(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        text: &str,
    ) -> Result<ClientFrame, DecodeError> {
        self.count_frame(now, key, text.as_bytes())
            .map_err(|refusal| DecodeError::refused(text, refusal.to_string()))?;
        ClientFrame::decode(text)
    }

    /// A frame whose connection may send it.
    pub(super) fn received(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        frame: ClientFrame,
        out: &mut Vec<Effect>,
    ) {
        match frame {
            ClientFrame::ChatRequest(request) => self.submit(now, key, request, out),
            ClientFrame::ChatMessages(messages) => self.store_messages(key, messages, out),
            ClientFrame::ChatClear => self.clear(key, out),
            ClientFrame::ChatCancel(id) => self.cancel(now, &id, out),
            ClientFrame::ResumeRequest(probe) => self.resume_requested(key, probe, out),
            ClientFrame::ResumeAck(id) => self.resume_acknowledged(key, &id, out),
            ClientFrame::ToolResult(result) => self.tool_result(now, key, result, out),
            ClientFrame::ToolApproval(approval) => self.tool_approval(now, key, &approval, out),
            ClientFrame::State(state) => self.state_received(key, state, out),
            ClientFrame::Rpc { id, method, args } => self.called(key, id, &method, args, out),
        }
    }

    /// The frames of a new connection, in their order (protocol §2.2).
    fn connected(&mut self, now: Timestamp, attached: Attached, out: &mut Vec<Effect>) {
        let (key, protocol) = (attached.key, attached.policy.protocol);
        self.connections.add(attached);
        if let Err(denial) = self.admit_connection(now, key, Intent::Reads) {
            return self.end(key, denial, out);
        }
        self.offer_on_connect(key, out);
        match protocol {
            Protocol::Withheld => {}
            Protocol::Sent => {
                let identity = ServerFrame::Identity {
                    name: self.name.clone(),
                    agent: naming::kebab(naming::CODER_AGENT_CLASS),
                    state_follows: true,
                    page: self.options.page.map(str::to_owned),
                };
                send(out, vec![key], identity.encode());
                send(out, vec![key], self.state_frame());
                send(out, vec![key], ServerFrame::no_mcp_servers().encode());
            }
        }
    }

    /// Aborts the running turn, or takes a turn out of the queue. An unknown or settled one changes nothing.
    fn cancel(&mut self, now: Timestamp, id: &RequestId, out: &mut Vec<Effect>) {
        if let Some(running) = self
            .running
            .as_ref()
            .filter(|running| running.turn.request_id == *id)
        {
            out.extend(running.work.abort());
            self.settle(now, Settlement::Aborted, out);
        } else if let Some(at) = self
            .queue
            .iter()
            .position(|queued| queued.turn.request_id == *id)
            && let Some(turn) = self.queue.remove(at)
        {
            self.skip(vec![turn], out);
        }
    }

    /// Empties the transcript. Nothing of an aborted turn comes back.
    fn clear(&mut self, key: ConnectionKey, out: &mut Vec<Effect>) {
        let running = self.running.take();
        if let Some(running) = &running {
            out.extend(running.work.abort());
        }
        out.push(Effect::Persist(vec![Write::Clear]));
        self.transcript.clear();
        self.open.clear();
        self.approvals.clear();
        let held_back = self.void_offers();
        self.settled.clear();
        self.kept.clear();
        self.late = None;
        self.context = RequestContext::default();
        // The clear before the ends, as official clients expect. One that watches the turn of another is told of its own
        // clear, too: it would show the rest of that turn again when it ends.
        let watches = running
            .as_ref()
            .is_some_and(|running| running.turn.requester.as_ref() != self.connections.id(key));
        let to = if watches {
            self.connections.everyone()
        } else {
            self.connections.others(key)
        };
        send(out, to, ServerFrame::ChatClear.encode());
        out.extend(held_back);
        let queued = std::mem::take(&mut self.queue);
        let ended = running.map(|running| running.turn.settled(Settlement::Aborted));
        let skipped = queued.into_iter();
        let skipped = skipped.map(|queued| queued.turn.settled(Settlement::Skipped));
        for settled in ended.into_iter().chain(skipped) {
            send(
                out,
                self.connections.everyone(),
                ServerFrame::ChatResponse(terminal(&settled)).encode(),
            );
        }
        self.tell_parked_nothing(out);
    }

    /// Keeps a settled turn known, and not more than `most` of them.
    pub(super) fn remember_settled(&mut self, turn: SettledTurn, most: usize) {
        self.settled.push_back(turn);
        while self.settled.len() > most {
            self.settled.pop_front();
        }
    }
}

/// How a turn ended, as a frame.
pub(super) fn terminal(settled: &SettledTurn) -> ChatResponse {
    let turn = &settled.turn;
    ChatResponse {
        continuation: turn.is_continuation(),
        ..ChatResponse::done(
            turn.request_id.clone(),
            settled.settlement.outcome(),
            turn.message_ids().to_vec(),
        )
    }
}
