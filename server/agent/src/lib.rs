//! The agent machine: `CoderAgent` without a platform.
//!
//! `handle(now, input) -> effects`. It owns the order of the transcript, the queue of turns and what each connection
//! receives; contents stay in the store. Nothing is sent before it is stored, and a turn is stored before it is run.
//!
//! - [`io`]: what it is given and what it asks to be done. [`options`]: what a deployment may choose;
//!   [`allowed_models`]: which models a client may name.
//! - [`machine`]: the parent. It is given the inputs, and chooses what follows from what its parts say.
//! - [`context`]: what each part is handed: the moment, the ids, the effects and the one alarm.
//! - [`runtime`]: the effects of an agent that is awake, and the platform that does what its store cannot.
//! - [`connections`]: who is connected, and what each one was offered; [`attached`] and
//!   [`hearing`] survive hibernation.
//! - [`transcript`]: the order of the messages. [`branches`]: what followed a message before. [`queue`]: the turns that wait. [`turn`]: the one that runs. [`past`]: those
//!   that are over, and their streams.
//! - [`approvals`]: approvals of calls. [`compactions`]: summaries of earlier messages. [`synced`]: the synced state. [`budgets`]: tokens and money; [`usage`]: those of a
//!   step. [`pushes`]: pushes to the directory of the owner.
//! - [`replay`]: a stored stream as frames. [`reply`]: answers that are read from the store. [`pause`]: when a turn asks the
//!   user whether to continue. [`culprit`]: the message by which a request fails. [`titles`]: what the model is asked for a
//!   title.
//! - [`instructions`]: the system prompt. [`prompt`]: all that the model gets. [`live_call`]: a model call from its first request to
//!   its end.
//!
//! Not here: SQL ([`store`]), vendors ([`providers`]), tools ([`tools`]), sockets and alarms
//! (the edge of `server`).

mod allowed_models;
mod approvals;
mod attached;
mod branches;
mod budgets;
mod compactions;
mod connections;
mod context;
mod context_texts;
mod culprit;
mod hearing;
pub mod instructions;
mod io;
mod live_call;
mod machine;
mod notes;
mod options;
mod past;
mod pause;
pub mod prompt;
mod pushes;
mod queue;
mod replay;
mod reply;
mod runtime;
mod synced;
mod titles;
mod transcript;
mod turn;
mod usage;

pub use attached::{Access, Attached, ConnectionKey, ConnectionPolicy, Protocol};
pub use branches::BranchSwitch;
pub use hearing::{Hearing, Offer};
pub use io::{
    AnswerSoFar, CallId, Culprit, CulpritReason, Effect, ExportFormat, Gap, Input, ListedModels,
    ModelCall, ModelCheck, ModelFailure, ModelListing, ModelProgress, Purpose, StoredReply,
    SummaryPush, TitleCall, TitleMade, ToolRun, WorkspaceCall,
};
pub use live_call::{
    CallFacts, CallInput, CallNext, CallStep, ListRefresh, LiveCall, Prepared, prepare,
};
pub use machine::Agent;
pub use options::{AgentOptions, AllowedModels, Concurrency, ConversationLimits, ModelOptions};
pub use pushes::PUSH_TIME;
pub use replay::{Replay, ReplayEnd};
pub use runtime::{Awake, ModelContext, Platform, PushToSend, ToolPlatform, run_tool};
pub use titles::{title_request, titled_by_demo};
pub use turn::{GATHER, HEARTBEAT_INTERVAL};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
