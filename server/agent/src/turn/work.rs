//! What the running turn waits for.

use std::time::Duration;

use common::id::ToolCallId;
use providers::ProviderError;
use serde_json::Value;
use store::Fingerprint;

use crate::io::{CallId, Effect, Gap};

/// A tool that has not come back after this long is given up.
pub(super) const MAX_TOOL_TIME: Duration = Duration::from_secs(120);

/// What the running turn waits for.
#[derive(Debug, PartialEq)]
pub(super) enum Work {
    /// Nothing yet, or nothing more.
    None,
    /// A model call.
    Model(ModelWork),
    /// The moment of the next model call: the last one failed.
    Retry,
    /// Runs of tools.
    Tools(Vec<ToolWork>),
}

/// A model call at work.
#[derive(Debug, PartialEq)]
pub(super) struct ModelWork {
    /// Which call.
    pub(super) call: CallId,
    /// The model that is asked.
    pub(super) model: String,
    /// Whether its first token has come.
    pub(super) speaks: bool,
}

/// A run of a tool.
#[derive(Debug, PartialEq)]
pub(super) struct ToolWork {
    /// Which run.
    pub(super) run: CallId,
    /// The call that it answers.
    pub(super) call: ToolCallId,
}

impl Work {
    /// The effects that drop it.
    pub(super) fn abort(&self) -> Vec<Effect> {
        match self {
            Self::None | Self::Retry => Vec::new(),
            Self::Model(model) => vec![Effect::Abort(model.call)],
            Self::Tools(runs) => runs.iter().map(|work| Effect::Abort(work.run)).collect(),
        }
    }

    /// Whether the model has begun to answer.
    pub(super) const fn speaks(&self) -> bool {
        match self {
            Self::Model(model) => model.speaks,
            Self::None | Self::Retry | Self::Tools(_) => false,
        }
    }

    /// Whether a tool runs for a call.
    pub(super) fn runs(&self, call: &ToolCallId) -> bool {
        match self {
            Self::Tools(runs) => runs.iter().any(|work| work.call == *call),
            Self::None | Self::Model(_) | Self::Retry => false,
        }
    }
}

/// Work that took too long.
pub(crate) enum Overdue {
    /// A model call is given up.
    Model(ProviderError),
    /// The next model call is due. Why the answer is not whole; `None`: it begins.
    Retry(Option<Gap>),
    /// Runs of tools are given up.
    Tools,
}

/// A call that a tool is to be run for.
pub(crate) struct CallToRun {
    pub(crate) id: ToolCallId,
    pub(crate) name: String,
    pub(crate) input: Value,
    /// What the user has allowed; `None`: nobody was asked.
    pub(crate) allowed: Option<Fingerprint>,
}
