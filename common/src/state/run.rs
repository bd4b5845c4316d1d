//! The turns of a conversation, as clients see them.

use serde_json::{Map, Value};

use crate::{
    fields::Fields,
    id::{MessageId, RequestId},
    time::Timestamp,
};

/// The turns of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunSummary {
    /// Whether a turn runs.
    pub status: RunStatus,
    /// How many turns wait behind it.
    pub queued: u64,
    /// Why the last turn failed; `None`: it did not.
    pub failure: Option<Failure>,
}

/// Whether a turn runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RunStatus {
    /// No turn runs.
    #[default]
    Idle,
    /// A turn runs.
    Running {
        /// Which turn.
        request: RequestId,
        /// The activity of the turn.
        activity: Activity,
    },
    /// No turn runs, and the last answer waits for an approval, a client tool or an answer of the user.
    Waiting(WaitReason),
}

/// The activity of a running turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// Between two steps.
    #[default]
    Starting,
    /// A model call runs: `"model"` on the wire.
    Model {
        /// The model that is asked.
        model: String,
        /// When the call began.
        since: Timestamp,
    },
    /// Tools run: `"tools"` on the wire.
    Tools {
        /// When the first of them began.
        since: Timestamp,
    },
    /// A model call failed and will be made again: `"retry"` on the wire.
    Retry(Retry),
}

/// A model call that will be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// When.
    pub at: Timestamp,
    /// Why the last call failed, in a sentence for the user.
    pub reason: String,
    /// The number of the next try, from 1.
    pub attempt: u32,
    /// How many tries there are at most.
    pub attempts: u32,
}

/// Who the last answer waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitReason {
    /// The user or a client tool.
    #[default]
    Answer,
    /// The user, who has to allow more spending: `"budget"` on the wire.
    Budget,
}

/// Why the last turn failed, for programs. The words are in the turn's terminal frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which turn.
    pub request: RequestId,
    /// The kind of failure, such as `context-too-long`.
    pub code: String,
    /// The message of the transcript that the failure comes from, when it is known.
    pub message: Option<MessageId>,
}

impl RunSummary {
    pub(super) fn to_json(&self) -> Value {
        let fields = match &self.status {
            RunStatus::Idle => Fields::of(Map::new()).put("status", "idle"),
            RunStatus::Running { request, activity } => activity.put(
                Fields::of(Map::new())
                    .put("status", "running")
                    .put("requestId", request.as_str()),
            ),
            RunStatus::Waiting(reason) => Fields::of(Map::new()).put("status", "waiting").put_some(
                "reason",
                match reason {
                    WaitReason::Answer => None,
                    WaitReason::Budget => Some("budget"),
                },
            ),
        };
        fields
            .put("queued", self.queued)
            .put_some("failure", self.failure.as_ref().map(Failure::to_json))
            .into_value()
    }

    /// Reads the `run` of a synced state; `None` when it is none of ours.
    #[must_use]
    pub fn from_json(run: &Value) -> Option<Self> {
        let text = |field: &str| run.get(field).and_then(Value::as_str);
        let status = match text("status")? {
            "idle" => RunStatus::Idle,
            "running" => RunStatus::Running {
                request: RequestId::from(text("requestId")?),
                activity: Activity::of(run),
            },
            "waiting" => RunStatus::Waiting(match text("reason") {
                Some("budget") => WaitReason::Budget,
                Some(_) | None => WaitReason::Answer,
            }),
            _ => return None,
        };
        Some(Self {
            status,
            queued: run.get("queued").and_then(Value::as_u64).unwrap_or(0),
            failure: run.get("failure").and_then(Failure::from_json),
        })
    }
}

impl Activity {
    fn put(&self, fields: Fields) -> Fields {
        match self {
            Self::Starting => fields,
            Self::Model { model, since } => fields
                .put("activity", "model")
                .put("model", model.as_str())
                .put("since", since.as_millis()),
            Self::Tools { since } => fields
                .put("activity", "tools")
                .put("since", since.as_millis()),
            Self::Retry(retry) => fields
                .put("activity", "retry")
                .put("at", retry.at.as_millis())
                .put("reason", retry.reason.as_str())
                .put("attempt", retry.attempt)
                .put("attempts", retry.attempts),
        }
    }

    /// An activity that this version does not know is [`Self::Starting`].
    fn of(run: &Value) -> Self {
        let text = |field: &str| run.get(field).and_then(Value::as_str).map(str::to_owned);
        let number = |field: &str| run.get(field).and_then(Value::as_u64);
        let count = |field: &str| number(field).and_then(|count| u32::try_from(count).ok());
        let read = || {
            Some(match text("activity")?.as_str() {
                "model" => Self::Model {
                    model: text("model")?,
                    since: Timestamp::from_millis(number("since")?),
                },
                "tools" => Self::Tools {
                    since: Timestamp::from_millis(number("since")?),
                },
                "retry" => Self::Retry(Retry {
                    at: Timestamp::from_millis(number("at")?),
                    reason: text("reason")?,
                    attempt: count("attempt")?,
                    attempts: count("attempts")?,
                }),
                _ => return None,
            })
        };
        read().unwrap_or_default()
    }
}

impl Failure {
    fn to_json(&self) -> Value {
        Fields::of(Map::new())
            .put("requestId", self.request.as_str())
            .put("code", self.code.as_str())
            .put_some("messageId", self.message.as_ref().map(MessageId::as_str))
            .into_value()
    }

    fn from_json(failure: &Value) -> Option<Self> {
        let text = |field: &str| failure.get(field).and_then(Value::as_str);
        Some(Self {
            request: RequestId::from(text("requestId")?),
            code: text("code")?.to_owned(),
            message: text("messageId").map(MessageId::from),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(run: &RunSummary, json: &Value) {
        assert_eq!(run.to_json(), *json);
        assert_eq!(RunSummary::from_json(json).as_ref(), Some(run));
    }

    #[test]
    fn every_status_is_written_and_read() {
        check(
            &RunSummary::default(),
            &json!({"status": "idle", "queued": 0}),
        );
        let running = |activity| RunSummary {
            status: RunStatus::Running {
                request: "r1".into(),
                activity,
            },
            queued: 2,
            failure: None,
        };
        check(
            &running(Activity::Starting),
            &json!({"status": "running", "requestId": "r1", "queued": 2}),
        );
        check(
            &running(Activity::Model {
                model: "some/model".to_owned(),
                since: Timestamp::from_millis(5),
            }),
            &json!({"status": "running", "requestId": "r1", "activity": "model", "model": "some/model", "since": 5, "queued": 2}),
        );
        check(
            &running(Activity::Tools {
                since: Timestamp::from_millis(5),
            }),
            &json!({"status": "running", "requestId": "r1", "activity": "tools", "since": 5, "queued": 2}),
        );
        check(
            &running(Activity::Retry(Retry {
                at: Timestamp::from_millis(7),
                reason: "Overloaded.".to_owned(),
                attempt: 2,
                attempts: 5,
            })),
            &json!({"status": "running", "requestId": "r1", "activity": "retry", "at": 7, "reason": "Overloaded.",
                "attempt": 2, "attempts": 5, "queued": 2}),
        );
        let waiting = RunSummary {
            status: RunStatus::Waiting(WaitReason::Budget),
            ..RunSummary::default()
        };
        check(
            &waiting,
            &json!({"status": "waiting", "reason": "budget", "queued": 0}),
        );
        let failed = RunSummary {
            failure: Some(Failure {
                request: "r1".into(),
                code: "context-too-long".to_owned(),
                message: Some("m1".into()),
            }),
            ..RunSummary::default()
        };
        check(
            &failed,
            &json!({"status": "idle", "queued": 0, "failure": {"requestId": "r1", "code": "context-too-long", "messageId": "m1"}}),
        );
    }

    #[test]
    fn what_is_not_known_is_not_read() {
        assert_eq!(RunSummary::from_json(&json!(null)), None);
        assert_eq!(RunSummary::from_json(&json!({"status": "flying"})), None);
    }
}
