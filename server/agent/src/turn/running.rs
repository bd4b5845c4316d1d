//! The turn that runs.

use std::{collections::HashSet, time::Duration};

use common::{
    chunk::Chunk,
    frame::ServerFrame,
    id::{RequestId, ToolCallId},
    message::{Message, Part},
    state::Usage,
    time::Timestamp,
    transcript::MessageBuilder,
};
use store::{RequestContext, RunningTurn, Setbacks, Turn};
use tools::Preview;

use super::{
    answer_writer::{AnswerWriter, Before, Beginning},
    compacting::Compacting,
    gather::Gathering,
    work::{MAX_TOOL_TIME, Overdue, Work},
};
use crate::{
    io::{CallId, Effect, Gap},
    options::ModelOptions,
    usage,
};

/// A running turn is looked after this often: the platform evicts an object without connections after 140 s, whatever
/// it is doing, and a panic elsewhere in the isolate ends a turn without a word. This is how long that goes unnoticed.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(10);

/// How long a turn may be between two pieces of work. It never is: the next one begins at once.
const NO_WORK: Duration = Duration::from_secs(60);

/// The most model calls in a row that may be cut off without a single chunk. The last one is made without a summary before it.
pub(crate) const MAX_ATTEMPTS: u32 = 3;

/// The turn that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(super) turn: Turn,
    /// How its client wants to be answered.
    pub(super) context: RequestContext,
    /// Its failed model calls.
    pub(super) setbacks: Setbacks,
    /// The number of the attempt since the turn last made progress.
    pub(super) attempt: u32,
    pub(super) work: Work,
    /// When the work began.
    pub(super) since: Timestamp,
    /// Why the answer was not whole when the model was last called.
    pub(super) gap: Option<Gap>,
    pub(super) writer: AnswerWriter,
    pub(super) answer: MessageBuilder,
    /// The `seq` of the next chunk; above zero the turn streams.
    pub(super) next_seq: u64,
    pub(super) gathering: Gathering,
    /// When the provider, or a tool, last gave a sign of life.
    pub(super) heard_at: Timestamp,
    /// Whether what is stored of the turn is behind: its setbacks are over.
    pub(super) is_stored_stale: bool,
    /// What was said to the user of this turn beside the answer.
    pub(super) notices: Vec<String>,
    /// Whether clients know that the turn was interrupted and continues.
    pub(super) is_recovering: bool,
    /// The calls of this step that need an approval, and what they will do.
    pub(super) to_approve: Vec<(ToolCallId, Preview)>,
    /// The summary that the model writes, or is to.
    pub(super) compacting: Option<Compacting>,
    /// Whether a model call gives way to a summary when the conversation is crowded.
    pub(super) gives_way: bool,
    /// The calls that this stream has introduced; kept for continuations alone.
    pub(super) introduced: HashSet<ToolCallId>,
}

impl Running {
    /// `base`: the message that a continuation continues. `calls`: those of the whole transcript.
    pub(crate) fn new(
        stored: RunningTurn,
        base: Option<Message>,
        calls: HashSet<ToolCallId>,
        now: Timestamp,
    ) -> Self {
        let RunningTurn {
            turn,
            context,
            setbacks,
            attempt,
        } = stored;
        let (mut writer, answer) = match base {
            Some(message) => {
                let is_step = |part: &&Part| matches!(part, Part::StepStart);
                let steps = message.parts.iter().filter(is_step).count();
                let before = Before {
                    steps: u32::try_from(steps).unwrap_or(u32::MAX),
                    used: usage::usage_of(&message),
                };
                (
                    AnswerWriter::new(Beginning::Continuation, calls, before),
                    MessageBuilder::continuing(message),
                )
            }
            None => {
                let id = turn.answer_id.clone();
                let beginning = Beginning::Message(id.clone());
                (
                    AnswerWriter::new(beginning, calls, Before::default()),
                    MessageBuilder::new(Message::empty_assistant(id)),
                )
            }
        };
        writer.offer(context.client_tools.clone());
        Self {
            writer,
            answer,
            turn,
            context,
            setbacks,
            attempt,
            work: Work::None,
            since: now,
            gap: None,
            next_seq: 0,
            gathering: Gathering::new(),
            heard_at: now,
            is_stored_stale: false,
            notices: Vec::new(),
            is_recovering: false,
            to_approve: Vec::new(),
            compacting: None,
            gives_way: attempt < MAX_ATTEMPTS,
            introduced: HashSet::new(),
        }
    }

    pub(crate) const fn turn(&self) -> &Turn {
        &self.turn
    }

    pub(crate) const fn id(&self) -> &RequestId {
        &self.turn.request_id
    }

    /// Ends the turn: what it is, and the answer as far as it was written.
    pub(crate) fn into_parts(mut self) -> (Turn, Message) {
        self.answer.close();
        (self.turn, self.answer.into_message())
    }

    /// The turn as it is to be stored.
    pub(super) fn stored(&self) -> RunningTurn {
        RunningTurn {
            turn: self.turn.clone(),
            context: self.context.clone(),
            setbacks: self.setbacks.clone(),
            attempt: self.attempt,
        }
    }

    /// The answer so far.
    pub(crate) const fn answer(&self) -> &Message {
        self.answer.message()
    }

    /// Marks the answer by whether its changes are undone.
    pub(crate) fn set_undone(&mut self, is_undone: bool) {
        self.answer.set_undone(is_undone);
    }

    /// The model that the client named.
    pub(crate) fn named_model(&self) -> Option<&str> {
        self.context.model.as_deref()
    }

    /// Whether something of the answer was stored and sent.
    pub(crate) const fn streams(&self) -> bool {
        self.next_seq > 0
    }

    /// Whether clients know that the turn was interrupted and continues.
    pub(crate) const fn is_recovering(&self) -> bool {
        self.is_recovering
    }

    pub(crate) const fn begin_recovering(&mut self) {
        self.is_recovering = true;
    }

    /// Whether the answer is whole.
    pub(crate) const fn is_finished(&self) -> bool {
        self.writer.is_finished()
    }

    /// The usage of the last model call: the chunk that keeps it, and the usage to be counted.
    pub(crate) fn take_usage(&mut self, now: Timestamp) -> Option<(Chunk, Usage)> {
        let step = self.writer.take_usage(now)?;
        let chunk = usage::step_chunk(step.number, &step.model, &step.usage, step.took);
        Some((chunk, step.usage))
    }

    /// Begins other work.
    pub(super) fn begin(&mut self, work: Work, now: Timestamp) {
        self.work = work;
        self.since = now;
        self.heard_at = now;
    }

    /// The effects that drop what the turn waits for.
    pub(crate) fn abort(&self) -> Vec<Effect> {
        self.work.abort()
    }

    /// When the machine has to look again: to keep the object alive, and to notice what has fallen silent.
    pub(crate) fn wake_at(&self, now: Timestamp, options: &ModelOptions) -> Timestamp {
        (now + HEARTBEAT_INTERVAL).min(self.deadline(options))
    }

    /// When the work is given up, or a model call is due.
    fn deadline(&self, options: &ModelOptions) -> Timestamp {
        match &self.work {
            Work::None => self.heard_at + NO_WORK,
            Work::Model(model) => {
                let silence = if model.speaks {
                    options.pause
                } else {
                    options.first_token
                };
                (self.heard_at + silence).min(self.since + options.whole_call)
            }
            Work::Retry => self.setbacks.due().map_or(self.since, |due| due.at),
            Work::Tools(_) => self.heard_at + MAX_TOOL_TIME,
        }
    }

    /// What took too long; `None`: nothing has yet.
    pub(crate) fn overdue(&self, now: Timestamp, options: &ModelOptions) -> Option<Overdue> {
        if now < self.deadline(options) {
            return None;
        }
        Some(match &self.work {
            Work::None | Work::Model(_) => Overdue::Model(self.silence(now, options)),
            Work::Retry => Overdue::Retry(self.gap),
            Work::Tools(_) => Overdue::Tools,
        })
    }

    /// Whether a provider's report is of the model call that runs. It shows that the call is alive.
    pub(crate) fn hears(&mut self, now: Timestamp, call: CallId) -> bool {
        match &self.work {
            Work::Model(model) if model.call == call => {
                self.heard_at = now;
                true
            }
            Work::Model(_) | Work::None | Work::Retry | Work::Tools(_) => false,
        }
    }

    /// The answer as a frame, for clients that do not follow its stream.
    pub(crate) fn message_frame(&self) -> String {
        ServerFrame::MessageUpdated(self.answer().clone()).encode()
    }
}
