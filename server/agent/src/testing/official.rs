//! A page with the official React client (`useAgentChat`), as far as it decides what is shown: which frames it applies,
//! which it ignores, and what it answers. Frames wait on both ways until the test lets them pass.
//!
//! It shows what the hook shows: its messages are replaced by transcripts, but for one that grows by its own request; a
//! stream of its own request takes replayed chunks like live ones; a stream that it resumed makes its message anew; an
//! offer is answered when a question is open or when the stream is not its own, and never otherwise.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the client looks for a few variants as well"
)]

mod hook;
mod shown;

use std::collections::{BTreeSet, VecDeque};

use common::{
    chunk::Chunk,
    frame::{
        ChatRequest, ChatResponse, ClientFrame, ResponseKind, ServerFrame, ToolResult, Trigger,
    },
    id::{MessageId, ProbeId, RequestId},
    message::{Message, Role, ToolOutcome},
};
use serde_json::Map;

use self::shown::Piece;
pub(crate) use self::shown::Shown;
use super::World;
use crate::{ConnectionKey, ConnectionPolicy};

/// A stream of chunks that the AI SDK reads.
struct Stream {
    id: RequestId,
    /// Whether it makes its message anew when one of another id begins.
    resumes: bool,
    message: Shown,
}

/// A turn that is not its own, folded by the hook.
struct Observed {
    id: RequestId,
    message: Shown,
    /// A continuation's chunks until they are added to the message that it continues.
    waiting: Option<Vec<Chunk>>,
}

/// What waits for the answer to the question whether a stream can be resumed.
struct Probe {
    id: ProbeId,
    is_for_continuation: bool,
}

pub(crate) struct Official {
    name: String,
    key: ConnectionKey,
    pub(crate) to_client: VecDeque<ServerFrame>,
    pub(crate) to_agent: VecDeque<ClientFrame>,
    messages: Vec<Shown>,
    own: BTreeSet<RequestId>,
    streams: Vec<Stream>,
    probe: Option<Probe>,
    observed: Option<Observed>,
    replays: BTreeSet<RequestId>,
    acked: BTreeSet<RequestId>,
    responses: Vec<(RequestId, String)>,
    /// The message that grows, and the one before it.
    protected: Option<(String, Option<String>)>,
    hydrated: BTreeSet<String>,
    made: u32,
}

impl Official {
    /// Opens the page: it fetches the transcript and connects. It asks what to resume when it is mounted.
    pub(crate) fn open(world: &mut World, name: &str) -> Self {
        let mut messages: Vec<Shown> = world.transcript().iter().map(Shown::of).collect();
        if let Some(growing) = world.growing_anew() {
            messages.push(Shown::of(&growing));
        }
        let key = world.connect_as(name, ConnectionPolicy::default());
        Self {
            name: name.to_owned(),
            key,
            to_client: VecDeque::new(),
            to_agent: VecDeque::new(),
            messages,
            own: BTreeSet::new(),
            streams: Vec::new(),
            probe: None,
            observed: None,
            replays: BTreeSet::new(),
            acked: BTreeSet::new(),
            responses: Vec::new(),
            protected: None,
            hydrated: BTreeSet::new(),
            made: 0,
        }
    }

    pub(crate) const fn key(&self) -> ConnectionKey {
        self.key
    }

    /// The page is loaded anew.
    pub(crate) fn reload(&mut self, world: &mut World) {
        world.disconnect(self.key);
        *self = Self::open(world, &self.name.clone());
        self.mount();
    }

    /// The hook asks what to resume.
    pub(crate) fn mount(&mut self) {
        self.ask(false);
    }

    fn ask(&mut self, is_for_continuation: bool) {
        if self.probe.is_none() {
            self.made += 1;
            let id = ProbeId::new(format!("{}-{}", self.name, self.made));
            self.to_agent
                .push_back(ClientFrame::ResumeRequest(Some(id.clone())));
            self.probe = Some(Probe {
                id,
                is_for_continuation,
            });
        }
    }

    /// A question that was not answered in time is given up.
    pub(crate) fn give_up_asking(&mut self) {
        self.probe = None;
    }

    pub(crate) fn submit(&mut self, request: &str, message: &str, text: &str) {
        let id = RequestId::from(request);
        self.own.insert(id.clone());
        self.made += 1;
        let made = format!("{}-made-{}", self.name, self.made);
        self.streams.push(Stream {
            id: id.clone(),
            resumes: false,
            message: Shown::answer(&made),
        });
        let message = Message::text(MessageId::from(message), Role::User, text);
        self.messages.push(Shown::of(&message));
        self.to_agent
            .push_back(ClientFrame::ChatRequest(ChatRequest {
                id,
                trigger: Trigger::Submit,
                messages: vec![message],
                after: None,
                client_tools: Vec::new(),
                body: Map::new(),
            }));
    }

    /// Answers a call and waits for what continues it.
    pub(crate) fn answer(&mut self, result: ToolResult) {
        let id = result.tool_call_id.as_str();
        let holds = |one: &&mut Shown| {
            let mut pieces = one.pieces.iter();
            pieces.any(|piece| matches!(piece, Piece::Call { id: call, .. } if call == id))
        };
        if let (Some(message), ToolOutcome::Output(output)) =
            (self.messages.iter_mut().rev().find(holds), &result.outcome)
        {
            *message.call(id) = Some(output.to_string());
        }
        self.to_agent.push_back(ClientFrame::ToolResult(result));
        if self.is_ready() {
            self.ask(true);
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.streams.is_empty() && self.probe.is_none()
    }

    /// Whether it shows that something is on its way.
    pub(crate) fn is_busy(&self) -> bool {
        !self.streams.is_empty() || self.observed.is_some()
    }

    /// The agent gets the next frame of this client; whether there was one.
    pub(crate) fn transmit(&mut self, world: &mut World) -> bool {
        let Some(frame) = self.to_agent.pop_front() else {
            return false;
        };
        world.send(self.key, &frame);
        true
    }

    /// What the agent has sent is on its way.
    pub(crate) fn collect(&mut self, world: &mut World) {
        self.to_client.extend(world.receive(self.key));
    }

    /// The client gets the next frame; whether there was one.
    pub(crate) fn read(&mut self, world: &mut World) -> bool {
        self.collect(world);
        let Some(frame) = self.to_client.pop_front() else {
            return false;
        };
        self.received(frame);
        true
    }

    /// What the page shows.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let shown = self.messages.iter().map(|message| {
            if self.hydrated.contains(&message.id) {
                message.collapsed()
            } else {
                message.clone()
            }
        });
        shown.collect()
    }

    fn received(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::ChatMessages { messages, .. } => self.transcript(&messages),
            ServerFrame::MessageUpdated(message) => {
                let updated = Shown::of(&message);
                let same = self.messages.iter_mut().find(|one| one.id == updated.id);
                if let Some(same) = same {
                    *same = updated;
                }
            }
            ServerFrame::StreamResumeNone { probe_id, .. } => {
                let probe = self.probe.as_ref();
                if probe.is_some_and(|probe| probe_id.is_none_or(|id| id == probe.id)) {
                    self.probe = None;
                }
            }
            ServerFrame::StreamResuming { id, .. } => self.offered(id),
            ServerFrame::ChatResponse(response) => {
                self.hook(&response);
                self.read_by_streams(&response);
            }
            _ => {}
        }
    }

    fn offered(&mut self, id: RequestId) {
        self.replays.insert(id.clone());
        if let Some(probe) = self.probe.take() {
            if probe.is_for_continuation {
                self.replays.remove(&id);
            }
            self.own.insert(id.clone());
            self.made += 1;
            let made = format!("{}-made-{}", self.name, self.made);
            self.streams.push(Stream {
                id: id.clone(),
                resumes: true,
                message: Shown::answer(&made),
            });
        } else if self.own.contains(&id) || !self.acked.insert(id.clone()) {
            return;
        } else {
            self.observed = Some(Observed {
                id: id.clone(),
                message: Shown::answer("observed"),
                waiting: None,
            });
        }
        self.to_agent.push_back(ClientFrame::ResumeAck(id));
    }

    fn read_by_streams(&mut self, response: &ChatResponse) {
        for stream in &mut self.streams {
            if stream.id != response.id {
                continue;
            }
            let ResponseKind::Chunk { chunk, .. } = &response.kind else {
                continue;
            };
            if let Chunk::Start {
                message_id: Some(id),
                ..
            } = chunk
            {
                if stream.resumes && stream.message.id != id.as_str() {
                    stream.message.pieces.clear();
                }
                stream.message.id = id.to_string();
            }
            stream.message.apply(chunk);
            if matches!(
                chunk,
                Chunk::StartStep
                    | Chunk::FinishStep
                    | Chunk::Finish { .. }
                    | Chunk::Start {
                        message_id: None,
                        ..
                    }
            ) {
                continue;
            }
            let mut shown = self.messages.iter_mut();
            match shown.rfind(|one| one.id == stream.message.id) {
                Some(one) => *one = stream.message.clone(),
                None => self.messages.push(stream.message.clone()),
            }
        }
        if let ResponseKind::Done { .. } | ResponseKind::Failing(_) = &response.kind {
            self.streams.retain(|stream| stream.id != response.id);
        }
    }
}
