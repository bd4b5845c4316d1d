//! What the turns of a conversation do.

use serde_json::{Map, Value};

use crate::{fields::Fields, id::RequestId};

/// What the turns of a conversation do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunSummary {
    /// Whether one runs.
    pub status: RunStatus,
    /// How many wait behind it.
    pub queued: u64,
}

/// Whether a turn runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RunStatus {
    /// None.
    #[default]
    Idle,
    /// This one.
    Running(RequestId),
    /// None: the last answer waits for an approval or for a result of a client tool.
    Waiting,
}

impl RunSummary {
    pub(super) fn to_json(&self) -> Value {
        let (status, request) = match &self.status {
            RunStatus::Idle => ("idle", None),
            RunStatus::Running(request) => ("running", Some(request.as_str())),
            RunStatus::Waiting => ("waiting", None),
        };
        Fields::of(Map::new())
            .put("status", status)
            .put_some("requestId", request)
            .put("queued", self.queued)
            .into_value()
    }
}
