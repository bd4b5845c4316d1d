//! The calls and runs that the agent asks for, and what they report.

use accounts::PersonId;
use common::{
    directory::push::Head,
    frame::ClientTool,
    id::{MessageId, RequestId, RpcId, ToolCallId},
    message::Message,
    state::{ContextSize, Effort, Usage},
};
use providers::{
    ProviderError, ProviderEvent,
    openai_compatible::models::{Lookup, Refresh},
};
use serde::Deserialize;
use serde_json::Value;
use store::{Extent, Fingerprint, Position};
use workspace::Ask;

use crate::{attached::ConnectionKey, branches::BranchSwitch};

/// One model call, or one run of a tool, in the life of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// What a model call reports.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelProgress {
    /// Events of the stream; none: a sign of life.
    Events(Vec<ProviderEvent>),
    /// The stream ended as it should.
    Ended,
    /// The call failed.
    Failed(ModelFailure),
    /// A sentence for the user: a picture was left out, say.
    Notice(String),
    /// The request is so large.
    Measured(ContextSize),
    /// The request would be so large that something would have to be left out. The call is not made.
    Crowded(ContextSize),
}

impl ModelProgress {
    /// Whether it is part of an answer.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Events(events) if !events.is_empty())
    }
}

/// A failed model call.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFailure {
    /// Why it failed.
    pub error: ProviderError,
    /// The message that the failure comes from, when it is known.
    pub culprit: Option<Culprit>,
}

/// A message of the transcript that makes a request fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// Which message.
    pub message: MessageId,
    /// Its first words.
    pub excerpt: String,
    /// Why it is taken for the one.
    pub reason: CulpritReason,
}

/// Why a message is taken for the one that makes a request fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CulpritReason {
    /// The provider named the message.
    Named,
    /// The message is the longest one of a request that is too long.
    Longest,
    /// The message is the last one: the request before went well without it.
    Last,
}

impl From<ProviderError> for ModelFailure {
    fn from(error: ProviderError) -> Self {
        Self {
            error,
            culprit: None,
        }
    }
}

/// A model call.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCall {
    /// Which call.
    pub call: CallId,
    /// Of which turn.
    pub request_id: RequestId,
    /// The model to ask.
    pub model: String,
    /// How much the model should think; `None`: its own default.
    pub effort: Option<Effort>,
    /// What it is for.
    pub purpose: Purpose,
    /// How much of the conversation goes with it.
    pub extent: Extent,
    /// What the call may cost at most, in US dollars; `None`: anything.
    pub budget_usd: Option<f64>,
    /// The messages before this position go with it.
    pub before: Position,
    /// The answer so far; `None`: it begins.
    pub answer: Option<AnswerSoFar>,
    /// What the model should know about the project.
    pub project_context: Option<String>,
    /// The tools the client runs itself.
    pub client_tools: Vec<ClientTool>,
}

/// What a model call is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A step of the answer.
    Step,
    /// A step of the answer. The call is not made when the conversation is crowded: earlier messages can be summarised first.
    StepUnlessCrowded,
    /// A summary of the messages.
    Summary {
        /// What it should keep, in the user's words.
        keep: Option<String>,
    },
}

/// An answer that a model call continues.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerSoFar {
    /// What there is of it.
    pub message: Message,
    /// Why it is not whole.
    pub gap: Gap,
}

/// Why an answer is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The last step called tools, and their outputs are there.
    NextStep,
    /// The last words were cut off.
    CutOff,
}

/// A run of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolRun {
    /// Which run.
    pub call: CallId,
    /// The model's call.
    pub tool_call_id: ToolCallId,
    /// The tool.
    pub name: String,
    /// What the model asked for.
    pub input: Value,
    /// What the user has allowed; `None`: nobody was asked.
    pub allowed: Option<Fingerprint>,
}

/// A call about the history of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceCall {
    /// Who calls.
    pub to: ConnectionKey,
    /// The call.
    pub id: RpcId,
    /// What is asked.
    pub ask: Ask,
    /// The branch to show when that is done.
    pub switch: Option<BranchSwitch>,
}

/// An answer that is read from the store.
#[derive(Clone, Debug, PartialEq)]
pub enum StoredReply {
    /// The transcript, as one array of messages.
    Messages,
    /// The transcript, a message a chunk.
    Export(ExportFormat),
    /// The newest summary of earlier messages.
    Summary,
    /// What the model reads beside the messages.
    Context {
        /// The project notes.
        project_notes: Option<String>,
        /// The tools of the client.
        client_tools: Vec<ClientTool>,
    },
    /// Whether the store takes a write and gives it back.
    StorageCheck,
}

/// How a transcript is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A markdown section a message.
    #[default]
    Markdown,
    /// A line of JSON a message.
    Json,
}

/// A small model call, to see whether the model can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCheck {
    /// Who wants to know.
    pub to: ConnectionKey,
    /// The call.
    pub id: RpcId,
    /// The conversation's model; `None`: the configured one.
    pub model: Option<String>,
}

/// A list of the provider's models that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelListing {
    /// Who wants to know.
    pub to: ConnectionKey,
    /// The call.
    pub id: RpcId,
    /// Whether a fresh list will do.
    pub refresh: Refresh,
}

/// What is known of the provider's models.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedModels {
    /// The configured model.
    pub default: String,
    /// Its models.
    pub found: Lookup,
}

/// A push to the directory of the conversation's owner.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryPush {
    /// Which push.
    pub call: CallId,
    /// Whose directory.
    pub owner: PersonId,
    /// What has a lower number is older.
    pub number: u64,
    /// What it says, without last words.
    pub head: Head,
}

/// A call that asks the model for a title.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleCall {
    /// Which call.
    pub call: CallId,
    /// The model to ask.
    pub model: String,
    /// What the call may cost at most, in US dollars; `None`: anything.
    pub budget_usd: Option<f64>,
}

/// The result of asking for a title.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TitleMade {
    /// What the model said; empty: nothing, or the call failed.
    pub text: String,
    /// What it used, in any case.
    pub usage: Usage,
}
