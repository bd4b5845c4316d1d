//! The agent machine: `CoderAgent` without a platform.
//!
//! `handle(now, input) -> effects`. It owns the order of the transcript, the queue of turns and who is to hear what;
//! contents stay in the store. Nothing is sent before it is stored, and a turn is stored before it is run.
//!
//! - [`io`]: what it is given and what it asks to be done. [`options`]: what a deployment may choose;
//!   [`allowed_models`]: which models a client may name.
//! - [`machine`]: the machine and the dispatch of its inputs.
//! - [`access`]: who may do what; every frame, call and request passes there.
//! - [`connection`]: who is connected and what each one may do. [`hearing`]: what each one hears, and what it is owed.
//! - [`index`]: the order of the transcript.
//! - [`submission`]: a client's request becomes stored messages and a queued turn; [`reconcile`]: which stored message
//!   each of its messages is; [`concurrency`]: what becomes of the turns that wait.
//! - [`running`]: the turn that runs. [`steps`]: its model calls and what
//!   follows from them; [`model_calls`], [`setbacks`]: model calls, and those that failed; [`culprit`]: by which message; [`spending`]: tokens, money and budgets;
//!   [`tool_runs`]: tools at work; [`interrupt`]: what a message that steers does not wait for;
//!   [`pause`]: when it asks whether to go on; [`settling`]: its end.
//! - [`gather`]: when what the provider says is passed on. [`answer_writer`]: provider events become chunks;
//!   [`written_calls`]: the tool calls among them.
//! - [`approvals`]: questions are asked, answered, and expire.
//! - [`continuation`]: results of client tools and approvals, and the turns that go on with them.
//! - [`resume`]: a client re-attaches to a stream. [`replay`]: the stored streams, how long they are kept and how they are
//!   sent again. [`recovery`]: the agent woke up in the middle of a turn.
//! - [`admission`]: what is not taken since it is too much. [`refusal`]: what else is not taken: texts that cannot be read, and request ids that are used twice.
//! - [`synced`]: the synced state. [`callables`]: what clients may call.
//! - [`telling`]: pushes to the directory of its owner.
//! - [`titles`]: the title that the model gives.
//! - [`instructions`]: the system prompt. [`prompt`]: all that the model gets.
//!
//! Not here: SQL ([`store`]), vendors ([`providers`]), tools ([`tools`]), sockets and alarms
//! (the edge of `server`).

mod access;
mod admission;
mod allowed_models;
mod answer_writer;
mod approvals;
mod callables;
mod concurrency;
mod connection;
mod continuation;
mod culprit;
mod gather;
mod hearing;
mod index;
pub mod instructions;
mod interrupt;
mod io;
mod machine;
mod model_calls;
mod options;
mod pause;
pub mod prompt;
mod reconcile;
mod recovery;
mod refusal;
mod replay;
mod resume;
mod running;
mod setbacks;
mod settling;
mod spending;
mod steps;
mod submission;
mod synced;
mod telling;
mod titles;
mod tool_runs;
mod written_calls;

pub use admission::ConversationLimits;
pub use allowed_models::AllowedModels;
pub use callables::{
    ExportFormat, ListedModels, ModelCheck, ModelListing, StoredReply, reply_frames,
};
pub use connection::{Access, Attached, ConnectionKey, ConnectionPolicy, Protocol};
pub use culprit::culprit;
pub use gather::GATHER;
pub use hearing::{Hearing, Offer};
pub use io::{
    AnswerSoFar, CallId, Culprit, CulpritReason, Effect, Gap, Input, ModelCall, ModelFailure,
    Progress, ToolRun,
};
pub use machine::{Agent, HEARTBEAT_INTERVAL};
pub use options::{AgentOptions, Concurrency, ModelOptions};
pub use replay::{Replay, ReplayEnd, replay_frames};
pub use telling::{PUSH_TIME, SummaryPush};
pub use titles::{TitleCall, TitleMade, title_request, titled_by_demo};

// What the machine keeps; the store says how.
use store::{
    ApprovalState, Asked, AskedMessage, Breadth, CallApproval, DueCall, Extent, Note, Position,
    QueuedTurn, Refuser, RequestContext, RunningTurn, Setbacks, SettledTurn, Settlement, Spending,
    Turn, TurnKind, sanitize,
};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
