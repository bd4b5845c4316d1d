//! The status of a conversation's turns, as clients see it.

use serde_json::Value;

use crate::{
    fields::{Field, FieldError, Fields, Record, flat, lenient, or_default_leniently, readable},
    id::{MessageId, RequestId},
    time::Timestamp,
};

record! {
    /// The status of a conversation's turns.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct RunSummary {
        /// Whether a turn runs.
        pub status: RunStatus = flat,
        /// The number of queued turns.
        pub queued: u64 = lenient "queued",
        /// The messages that wait for their turns, in the order in which they will be answered.
        pub waiting: Vec<Waiting> = readable "waiting",
        /// Why the last turn failed; `None` when it did not.
        pub failure: Option<Failure> = lenient "failure",
    }
}

record! {
    /// A message that waits for its turn. The message itself is in the transcript.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Waiting {
        /// The request id of the turn.
        pub request: RequestId = "requestId",
        /// The message; of several that the turn answers, the last one.
        pub message: MessageId = "messageId",
    }
}

tagged! {
    /// Whether a turn runs.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub enum RunStatus by "status" {
        /// No turn runs.
        #[default]
        "idle" => Idle,
        /// A turn runs.
        "running" => Running {
            /// The request id of the turn.
            request: RequestId = "requestId",
            /// The activity of the turn.
            activity: Activity = flat,
        },
        /// No turn runs, and the last answer waits for an approval, a client tool or the user's answer.
        "waiting" => Waiting(WaitReason = or_default_leniently "reason"),
    }
}

tagged! {
    /// The activity of a running turn.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub enum Activity by "activity" {
        /// A model call is in progress.
        "model" => Model {
            /// The model.
            model: String = "model",
            /// When the call began.
            since: Timestamp = "since",
        },
        /// Tools are running.
        "tools" => Tools {
            /// When the first of them began.
            since: Timestamp = "since",
        },
        /// The model summarises earlier messages.
        "summary" => Summary {
            /// When the call began.
            since: Timestamp = "since",
        },
        /// A model call failed and will be repeated.
        "retry" => Retry(Retry = flat),
    } else {
        /// Between two steps: the field is omitted.
        #[default]
        Starting,
    }
}

record! {
    /// The next attempt at a model call.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Retry {
        /// When it starts.
        pub at: Timestamp = "at",
        /// Why the last attempt failed, as a sentence for the user.
        pub reason: String = "reason",
        /// The number of the next attempt, from 1.
        pub attempt: u32 = "attempt",
        /// The maximum number of attempts.
        pub attempts: u32 = "attempts",
    }
}

words! {
    /// Whom the last answer waits for. Missing is the first.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum WaitReason, expected "`answer` or `budget`" {
        /// The user or a client tool.
        #[default]
        "answer" => Answer,
        /// The user, who must raise the spending limit to continue.
        "budget" => Budget,
    }
}

record! {
    /// Why the last turn failed, for programs. The text is in the turn's terminal frame.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Failure {
        /// The request id of the turn.
        pub request: RequestId = "requestId",
        /// The kind of failure, such as `context-too-long`.
        pub code: String = "code",
        /// The message of the transcript that caused the failure, if known.
        pub message: Option<MessageId> = lenient "messageId",
    }
}

impl RunSummary {
    /// Reads the `run` of a synced state; `None` when it is malformed.
    #[must_use]
    pub fn from_json(run: &Value) -> Option<Self> {
        Record::from_json(run.clone())
    }
}

impl Record for RunStatus {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        match Self::take_tagged(&fields.text("status")?, fields)? {
            Some(status) => Ok(status),
            None => Fields::unexpected("status", "`idle`, `running` or `waiting`"),
        }
    }

    fn put(&self, fields: &mut Fields) {
        fields.add(self.fields());
    }
}

/// An unknown activity counts as [`Activity::Starting`].
impl Record for Activity {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        let activity = match fields.text("activity") {
            Ok(word) => Self::take_tagged(&word, fields).ok().flatten(),
            Err(_) => None,
        };
        Ok(activity.unwrap_or_default())
    }

    fn put(&self, fields: &mut Fields) {
        fields.add(self.fields());
    }
}

/// In an object of its own.
impl Field for Failure {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        <Self as Record>::take(&mut fields.object(name)?)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.to_json());
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
            waiting: Vec::new(),
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
            &running(Activity::Summary {
                since: Timestamp::from_millis(5),
            }),
            &json!({"status": "running", "requestId": "r1", "activity": "summary", "since": 5, "queued": 2}),
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
        let queued = RunSummary {
            queued: 1,
            waiting: vec![Waiting {
                request: "r2".into(),
                message: "m2".into(),
            }],
            ..RunSummary::default()
        };
        check(
            &queued,
            &json!({"status": "idle", "queued": 1, "waiting": [{"requestId": "r2", "messageId": "m2"}]}),
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
    fn unknown_states_are_not_read() {
        assert_eq!(RunSummary::from_json(&json!(null)), None);
        assert_eq!(RunSummary::from_json(&json!({"status": "flying"})), None);
    }
}
