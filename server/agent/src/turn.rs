//! The turn that runs: its answer, its model calls and its runs of tools. It says what follows; the machine does it.
//!
//! - [`running`]: the turn itself. [`growth`]: what it is given is stored, then sent.
//! - [`steps`]: what follows when a model call or a run of a tool has ended. [`model`]: model calls; [`retries`]: those that
//!   failed. [`tool_runs`]: runs of tools. [`repair`]: a turn that was interrupted.
//! - [`compacting`]: the summary that the model writes before the turn continues.
//! - [`work`]: what a turn waits for. [`activity`]: the same, for the synced state.
//! - [`gather`]: when what the provider says is passed on. [`answer_writer`]: provider events become chunks;
//!   [`written_calls`]: the tool calls among them.

mod activity;
mod answer_writer;
mod compacting;
mod gather;
mod growth;
mod model;
mod repair;
mod retries;
mod running;
mod steps;
mod tool_runs;
mod work;
mod written_calls;

pub use gather::GATHER;
pub(super) use model::{Asking, FailedCall};
pub(super) use repair::Resumed;
pub use running::HEARTBEAT_INTERVAL;
pub(super) use running::{MAX_ATTEMPTS, Running};
pub(super) use steps::StepEnd;
pub(super) use tool_runs::ToolEnd;
pub(super) use work::{CallToRun, Overdue};
