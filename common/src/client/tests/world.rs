//! A client with its driver, its view and a server played by the test.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    client::{
        ChatError, Client, ClientOptions, Close, Connection, Delivery, Earlier, Effect, Fetched,
        Input, MessageChange, Row, Run, SharedRow, Snapshot, Status, ViewChange,
    },
    frame::{
        Before, ChatRequest, ChatResponse, ClientFrame, Delivered, HEARTBEAT, HEARTBEAT_ANSWER,
        Outcome, ResponseKind, ServerFrame,
    },
    id::{ConnectionId, CountingIds, MessageId, ProbeId, RequestId},
    message::{Message, Part, ReasoningPart, Role, TextPart},
    time::Timestamp,
};

pub(super) const START: u64 = 1_000_000;

/// The effects that the client requested, and its view.
pub(super) struct World {
    pub(super) client: Client<CountingIds>,
    pub(super) now: Timestamp,
    wake: Option<Timestamp>,
    /// The rows, each with what a view has read of it.
    mirror: Vec<(SharedRow, Row)>,
    connection: Connection,
    status: Status,
    run: Run,
    queue: Vec<MessageId>,
    error: Option<ChatError>,
    earlier: Earlier,
    /// The browser's stored entries of the conversation.
    pub(super) kept: BTreeMap<String, String>,
    /// The number of times that a message was replaced in the view.
    pub(super) replaced: u32,
    /// All effects since [`World::asked`], except those of the view and the alarm.
    effects: Vec<Effect>,
}

impl World {
    /// A client that has started and is not connected.
    pub(super) fn new(messages: Vec<Message>, etag: Option<&str>) -> Self {
        let snapshot = Snapshot {
            messages,
            earlier: 0,
            etag: etag.map(str::to_owned),
        };
        Self::with(options(snapshot))
    }

    /// The same with these options.
    pub(super) fn with(options: ClientOptions) -> Self {
        Self::page(options, BTreeMap::new(), START, "id")
    }

    /// Closes the page and opens it again after some time, with this transcript.
    pub(super) fn reload(self, after: Duration, messages: Vec<Message>) -> Self {
        self.reload_with(
            after,
            Snapshot {
                messages,
                ..Snapshot::default()
            },
        )
    }

    /// The same with a part of the transcript.
    pub(super) fn reload_with(self, after: Duration, snapshot: Snapshot) -> Self {
        let at = (self.now + after).as_millis();
        Self::page(options(snapshot), self.kept, at, "again")
    }

    fn page(
        options: ClientOptions,
        kept: BTreeMap<String, String>,
        at: u64,
        ids: &'static str,
    ) -> Self {
        let mut world = Self {
            earlier: options.snapshot.before(),
            client: Client::new(options, CountingIds::new(ids)),
            now: Timestamp::from_millis(at),
            wake: None,
            mirror: Vec::new(),
            connection: Connection::Connecting,
            status: Status::Ready,
            run: Run::Idle,
            queue: Vec::new(),
            error: None,
            kept,
            replaced: 0,
            effects: Vec::new(),
        };
        world.mirror = world.client.shared_rows().iter().map(mirrored).collect();
        let kept = world.kept.values().cloned().collect();
        world.give(Input::Start { kept });
        world
    }

    /// A connected client whose opening fetch and probe were answered with `messages` and idle; their effects are
    /// dropped.
    pub(super) fn open(messages: Vec<Message>) -> Self {
        let mut world = Self::new(messages, None);
        world.give(Input::Opened);
        world.receive(&ServerFrame::no_mcp_servers());
        world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
        world.answer_idle();
        let stored = world.messages();
        world.fetched(stored);
        world.asked();
        world
    }

    /// One step, with all checks.
    pub(super) fn give(&mut self, input: Input) {
        if input == Input::DeadlinePassed {
            self.wake = None;
        }
        let reported = format!("{input:?}");
        for effect in self.client.handle(self.now, input) {
            match effect {
                Effect::Show(change) => self.show(change),
                Effect::ShowConnection(connection) => {
                    assert_ne!(self.connection, connection, "shown twice");
                    self.connection = connection;
                }
                Effect::ShowStatus(status) => {
                    assert_ne!(self.status, status, "shown twice");
                    self.status = status;
                }
                Effect::ShowError(error) => {
                    assert_ne!(self.error, error, "shown twice");
                    self.error = error;
                }
                Effect::ShowEarlier(earlier) => {
                    assert_ne!(self.earlier, earlier, "shown twice");
                    self.earlier = earlier;
                }
                Effect::ShowRun(run) => {
                    assert_ne!(self.run, run, "shown twice");
                    self.run = run;
                }
                Effect::ShowQueue(queue) => {
                    assert_ne!(self.queue, queue, "shown twice");
                    self.queue = queue;
                }
                Effect::Keep { key, entry } => {
                    self.kept.insert(key, entry);
                }
                Effect::Forget { key } => {
                    assert!(self.kept.remove(&key).is_some(), "forgotten twice: {key}");
                }
                Effect::WakeAt(at) => {
                    assert_ne!(self.wake, Some(at), "asked twice");
                    self.wake = Some(at);
                }
                Effect::Transmit(ref frame) => {
                    self.check_kept(frame);
                    self.effects.push(effect);
                }
                Effect::Open
                | Effect::Close
                | Effect::FetchTranscript { .. }
                | Effect::FetchEarlier { .. }
                | Effect::ShowState(_)
                | Effect::ShowIdentity(_)
                | Effect::ShowServedPage(_)
                | Effect::IdentityChanged { .. }
                | Effect::Report(_)
                | Effect::GiveBack(_)
                | Effect::TurnFinished(_)
                | Effect::RunTool { .. }
                | Effect::CallPart { .. }
                | Effect::CallEnded { .. }
                | Effect::Warn(_) => self.effects.push(effect),
            }
        }
        self.check(&reported);
    }

    /// Every request of the user is stored before it is sent.
    fn check_kept(&self, frame: &str) {
        let key = match ClientFrame::decode(frame) {
            Ok(ClientFrame::ChatRequest(request)) => format!("message.{}", request.id),
            Ok(ClientFrame::ChatCancel(id)) => format!("stop.{id}"),
            Ok(ClientFrame::ChatClear) => "clear".to_owned(),
            Ok(ClientFrame::ToolApproval(approval)) => format!("answer.{}", approval.tool_call_id),
            Ok(ClientFrame::ToolResult(result)) => format!("answer.{}", result.tool_call_id),
            Ok(_) | Err(_) => return,
        };
        assert!(self.kept.contains_key(&key), "sent and not kept: {frame}");
    }

    fn check(&self, reported: &str) {
        assert_eq!(self.shown(), self.client.rows(), "after {reported}");
        assert_eq!(
            self.connection,
            self.client.connection(),
            "after {reported}"
        );
        assert_eq!(self.status, self.client.status(), "after {reported}");
        assert_eq!(self.run, self.client.run(), "after {reported}");
        assert_eq!(&self.earlier, self.client.earlier(), "after {reported}");
        assert_eq!(self.error.as_ref(), self.client.error(), "after {reported}");
        let mut ids: Vec<_> = self.ids();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), self.mirror.len(), "an id twice after {reported}");
        let waits = match (&self.connection, self.status) {
            (Connection::Refused(_), _) => false,
            (Connection::Connected, Status::Ready | Status::Error) => false,
            (Connection::Connected, Status::Submitted | Status::Streaming) => true,
            (Connection::Connecting | Connection::Reconnecting { .. } | Connection::Offline, _) => {
                true
            }
        };
        if waits {
            assert!(self.wake.is_some(), "no deadline after {reported}");
        }
    }

    /// Copies what a view would read again, and nothing else: in the end the copy has to equal the machine's rows.
    fn show(&mut self, change: ViewChange) {
        match change {
            ViewChange::Rows(rows) => {
                let mut old = std::mem::take(&mut self.mirror);
                let kept = |row: SharedRow| match old.iter().position(|(one, _)| *one == row) {
                    Some(place) => old.swap_remove(place),
                    None => mirrored(&row),
                };
                self.mirror = rows.into_iter().map(kept).collect();
            }
            ViewChange::Message { id, change } => {
                let place = self.place(&id);
                let (row, copy) = &mut self.mirror[place];
                let (shown, now) = (&mut copy.message, row.copied().message);
                match change {
                    MessageChange::Text(index) => {
                        let (Part::Text(TextPart { text: before, .. })
                        | Part::Reasoning(ReasoningPart { text: before, .. })) =
                            &shown.parts[index]
                        else {
                            panic!("no text: {shown:?}");
                        };
                        let now = &now.parts[index];
                        let (Part::Text(TextPart { text, .. })
                        | Part::Reasoning(ReasoningPart { text, .. })) = now
                        else {
                            panic!("no text: {now:?}");
                        };
                        assert!(text.starts_with(before), "{before:?} grows to {text:?}");
                        shown.parts[index] = now.clone();
                    }
                    MessageChange::Part(index) => shown.parts[index] = now.parts[index].clone(),
                    MessageChange::Parts => {
                        let new = now.parts.into_iter().skip(shown.parts.len());
                        shown.parts.extend(new);
                        shown.metadata = now.metadata;
                    }
                    MessageChange::Grown => {
                        let change = MessageChange::between(shown, &now);
                        assert_eq!(change, MessageChange::Grown);
                        *shown = now;
                    }
                    MessageChange::Replaced => {
                        self.replaced += 1;
                        *shown = now;
                    }
                }
            }
            ViewChange::Delivery(id) => {
                let place = self.place(&id);
                let (row, copy) = &mut self.mirror[place];
                copy.delivery = row.delivery();
            }
        }
    }

    fn place(&self, id: &MessageId) -> usize {
        self.mirror
            .iter()
            .position(|(row, _)| row.id() == id)
            .unwrap_or_else(|| panic!("the view has no row {id}"))
    }

    fn shown(&self) -> Vec<Row> {
        self.mirror.iter().map(|(_, copy)| copy.clone()).collect()
    }

    // Actions of the test's server and user.

    /// Time passes; the alarm fires whenever it is due.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        let mut rings = 0;
        while let Some(at) = self.wake.filter(|at| *at <= end) {
            rings = if at > self.now { 0 } else { rings + 1 };
            assert!(rings < 10, "the alarm rings without end");
            self.now = self.now.max(at);
            self.give(Input::DeadlinePassed);
        }
        self.now = end;
    }

    /// Time passes while the page is frozen: no alarm fires.
    pub(super) fn freeze(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    pub(super) fn send(&mut self, text: &str) {
        self.give(Input::Send(text.into()));
    }

    pub(super) fn receive(&mut self, frame: &ServerFrame) {
        self.give(Input::Received(frame.encode()));
    }

    pub(super) fn text(&mut self, frame: Value) {
        self.give(Input::Received(frame.to_string()));
    }

    pub(super) fn chunk(&mut self, id: &str, seq: u64, chunk: &Value) {
        self.response(
            id,
            &json!({"body": chunk.to_string(), "done": false, "seq": seq}),
        );
    }

    pub(super) fn replay(&mut self, id: &str, seq: u64, chunk: &Value) {
        let body = chunk.to_string();
        self.response(
            id,
            &json!({"body": body, "done": false, "seq": seq, "replay": true}),
        );
    }

    /// A frame of an answer.
    pub(super) fn response(&mut self, id: &str, fields: &Value) {
        let mut frame =
            json!({"type": "cf_agent_use_chat_response", "id": id, "body": "", "done": false});
        let fields = fields.as_object().cloned().unwrap_or_default();
        frame.as_object_mut().unwrap().extend(fields);
        self.text(frame);
    }

    /// The first `count` chunks of a stream that writes this text.
    pub(super) fn stream(&mut self, id: &str, message: &str, count: usize) {
        for (seq, chunk) in chunks(message).iter().take(count).enumerate() {
            self.chunk(id, seq as u64, chunk);
        }
    }

    pub(super) fn replay_stream(&mut self, id: &str, message: &str, count: usize) {
        for (seq, chunk) in chunks(message).iter().take(count).enumerate() {
            self.replay(id, seq as u64, chunk);
        }
    }

    pub(super) fn replay_complete(&mut self, id: &str) {
        self.receive(&ServerFrame::ChatResponse(ChatResponse {
            id: RequestId::from(id),
            continuation: false,
            delivered: Delivered::Replay,
            kind: ResponseKind::ReplayComplete,
        }));
    }

    pub(super) fn done(&mut self, id: &str, outcome: Outcome) {
        self.receive(&ServerFrame::ChatResponse(ChatResponse::done(
            RequestId::from(id),
            outcome,
            Vec::new(),
        )));
    }

    pub(super) fn resuming(&mut self, id: &str) {
        self.receive(&ServerFrame::StreamResuming {
            id: RequestId::from(id),
            probe_id: None,
        });
    }

    pub(super) fn transcript(&mut self, messages: Vec<Message>) {
        self.part(messages, None);
    }

    /// The end of a transcript.
    pub(super) fn part(&mut self, messages: Vec<Message>, before: Option<Before>) {
        self.receive(&ServerFrame::ChatMessages {
            messages,
            before,
            connect: false,
        });
    }

    pub(super) fn fetched(&mut self, messages: Vec<Message>) {
        self.fetched_part(messages, 0);
    }

    pub(super) fn fetched_part(&mut self, messages: Vec<Message>, earlier: u64) {
        self.give(Input::TranscriptFetched(Fetched::Transcript(Snapshot {
            messages,
            earlier,
            etag: None,
        })));
    }

    pub(super) fn close(&mut self, code: u16) {
        self.give(Input::Closed(Close {
            code,
            reason: String::new(),
        }));
    }

    /// The next attempt to connect succeeds.
    pub(super) fn reopen(&mut self) {
        if let Connection::Reconnecting { at } = self.connection {
            self.pass(at.since(self.now));
        }
        self.give(Input::Opened);
    }

    /// The connection is lost and open again, and the agent has answered.
    pub(super) fn reconnect(&mut self) {
        self.close(1006);
        self.reopen();
        self.receive(&ServerFrame::no_mcp_servers());
    }

    /// Time passes in which the server answers heartbeats and sends nothing else.
    pub(super) fn hush(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.pass(seconds(1).min(end.since(self.now)));
            self.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
        }
    }

    pub(super) fn answer_idle(&mut self) {
        let probe = self.probe().expect("a question to answer");
        self.text(
            json!({"type": "cf_agent_stream_resume_none", "reason": "idle", "probeId": probe}),
        );
    }

    // Observations of the test.

    /// All effects requested of the driver since the last call.
    pub(super) fn asked(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The frames sent since [`World::asked`], without heartbeats.
    pub(super) fn sent(&self) -> Vec<ClientFrame> {
        let frame = |effect: &Effect| {
            if let Effect::Transmit(text) = effect
                && text != HEARTBEAT
            {
                Some(ClientFrame::decode(text).expect("a frame of ours"))
            } else {
                None
            }
        };
        self.effects.iter().filter_map(frame).collect()
    }

    pub(super) fn requests(&self) -> Vec<ChatRequest> {
        let request = |frame| match frame {
            ClientFrame::ChatRequest(request) => Some(request),
            ClientFrame::ChatMessages(_)
            | ClientFrame::ChatClear
            | ClientFrame::ChatCancel(_)
            | ClientFrame::ResumeRequest(_)
            | ClientFrame::ResumeAck(_)
            | ClientFrame::State(_)
            | ClientFrame::ToolResult(_)
            | ClientFrame::ToolApproval(_)
            | ClientFrame::Rpc { .. } => None,
        };
        self.sent().into_iter().filter_map(request).collect()
    }

    /// The texts of the submissions sent since [`World::asked`].
    pub(super) fn submitted(&self) -> Vec<String> {
        let text = |request: &ChatRequest| request.messages.last().unwrap().plain_text();
        self.requests().iter().map(text).collect()
    }

    /// The id of the last submission sent.
    pub(super) fn request(&self) -> String {
        self.requests().last().expect("a submission").id.to_string()
    }

    /// The last probe sent.
    pub(super) fn probe(&self) -> Option<ProbeId> {
        self.probes().pop()
    }

    pub(super) fn probes(&self) -> Vec<ProbeId> {
        let probe = |frame| match frame {
            ClientFrame::ResumeRequest(probe) => probe,
            ClientFrame::ChatRequest(_)
            | ClientFrame::ChatMessages(_)
            | ClientFrame::ChatClear
            | ClientFrame::ChatCancel(_)
            | ClientFrame::ResumeAck(_)
            | ClientFrame::State(_)
            | ClientFrame::ToolResult(_)
            | ClientFrame::ToolApproval(_)
            | ClientFrame::Rpc { .. } => None,
        };
        self.sent().into_iter().filter_map(probe).collect()
    }

    pub(super) fn heartbeats(&self) -> usize {
        let is_heartbeat = |effect: &&Effect| **effect == Effect::Transmit(HEARTBEAT.to_owned());
        self.effects.iter().filter(is_heartbeat).count()
    }

    pub(super) fn count(&self, effect: &Effect) -> usize {
        self.effects.iter().filter(|one| *one == effect).count()
    }

    pub(super) fn fetches(&self) -> usize {
        let is_fetch = |effect: &&Effect| matches!(effect, Effect::FetchTranscript { .. });
        self.effects.iter().filter(is_fetch).count()
    }

    pub(super) fn ids(&self) -> Vec<MessageId> {
        self.messages().into_iter().map(|one| one.id).collect()
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.client
            .rows()
            .into_iter()
            .map(|row| row.message)
            .collect()
    }

    /// `role:text` of every row, with a mark for unaccepted messages.
    pub(super) fn view(&self) -> Vec<String> {
        let line = |row: Row| {
            let mark = match row.delivery {
                Delivery::Stored | Delivery::Overdue => "~",
                Delivery::Sent | Delivery::Accepted => "?",
                Delivery::Running | Delivery::Answered | Delivery::Failed => "",
            };
            let text = row.message.plain_text();
            format!("{mark}{}:{text}", &row.message.role.as_str()[..1])
        };
        self.client.rows().into_iter().map(line).collect()
    }

    pub(super) const fn wake(&self) -> Option<Timestamp> {
        self.wake
    }

    pub(super) const fn status(&self) -> Status {
        self.status
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) const fn run(&self) -> &Run {
        &self.run
    }

    pub(super) fn queue(&self) -> Vec<&str> {
        self.queue.iter().map(MessageId::as_str).collect()
    }

    pub(super) fn error(&self) -> Option<String> {
        self.error.as_ref().map(ToString::to_string)
    }
}

pub(super) fn options(snapshot: Snapshot) -> ClientOptions {
    ClientOptions {
        connection_id: ConnectionId::from("pk"),
        snapshot,
        client_tools: Vec::new(),
        auto_continue: true,
    }
}

fn mirrored(row: &SharedRow) -> (SharedRow, Row) {
    (row.clone(), row.copied())
}

pub(super) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn user(id: &str, text: &str) -> Message {
    Message::text(MessageId::from(id), Role::User, text)
}

pub(super) fn assistant(id: &str, text: &str) -> Message {
    Message::text(MessageId::from(id), Role::Assistant, text)
}

/// An answer that says `Hello`, in six chunks.
pub(super) fn chunks(message: &str) -> Vec<Value> {
    vec![
        json!({"type": "start", "messageId": message}),
        json!({"type": "text-start", "id": "t"}),
        json!({"type": "text-delta", "id": "t", "delta": "Hel"}),
        json!({"type": "text-delta", "id": "t", "delta": "lo"}),
        json!({"type": "text-end", "id": "t"}),
        json!({"type": "finish"}),
    ]
}
