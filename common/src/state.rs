//! The synced state of an agent and its clients (protocol §3): the settings of the conversation, and the status of
//! its turns.
//!
//! On the wire it is one JSON object, `{title, projectContext, model, reasoning?, mode?, plan?, allowed?, run,
//! usage?, unconfirmed?, forks?, compaction?}`, always replaced as a whole. Clients may change all fields but `run`,
//! `usage`, `unconfirmed`, `forks` and `compaction`: the agent owns these and ignores what a client sends for them.

mod choices;
mod compaction;
mod context_size;
mod effort;
mod fork;
mod grant;
mod mode;
mod plan;
mod run;
mod unconfirmed;
mod usage;

use serde_json::Value;
use thiserror::Error;

pub use choices::Choices;
pub(crate) use choices::chosen;
pub use compaction::Compacted;
pub use context_size::{ContextSize, MAX_AGENTS_FILE_CHARS};
pub use effort::Effort;
pub use fork::Fork;
pub use grant::{Grant, MAX_GRANTS, MAX_PATHS_CHARS};
pub use mode::Mode;
pub use plan::{MAX_STEP_CHARS, MAX_STEPS, PlanStep, StepStatus};
pub use run::{Activity, Failure, Retry, RunStatus, RunSummary, WaitReason, Waiting};
pub use unconfirmed::Unconfirmed;
pub use usage::{Usage, UsageSummary};

use crate::fields::{FieldError, Fields, Record, readable};

/// The maximum length of a title, in characters.
pub const MAX_TITLE_CHARS: usize = 200;

/// The maximum length of the project context, in characters. It goes to the model with every call.
pub const MAX_PROJECT_CONTEXT_CHARS: usize = 16_000;

/// The maximum length of a model's name, in characters.
pub const MAX_MODEL_CHARS: usize = 200;

/// The synced state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncedState {
    /// The settings of the conversation.
    pub about: About,
    /// The status of its turns.
    pub run: RunSummary,
    /// Its usage of tokens and money.
    pub usage: UsageSummary,
    /// Instructions that came with an archive and that the user has not confirmed.
    pub unconfirmed: Vec<Unconfirmed>,
    /// The shown messages that several branches follow, in their order.
    pub forks: Vec<Fork>,
    /// The summary of earlier messages.
    pub compaction: Compacted,
}

record! {
    /// The settings of a conversation. Blank texts are `None`, written as `null`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct About {
        /// The title.
        pub title: Option<String> = nullable "title",
        /// Notes on the project for the model, in markdown.
        pub project_context: Option<String> = nullable "projectContext",
        /// The selected model; missing means the configured one.
        pub model: Option<String> = nullable "model",
        /// The reasoning effort; missing means the model's default.
        pub effort: Option<Effort> = "reasoning",
        /// What the agent may do without approval.
        pub mode: Mode = "mode",
        /// The steps of the present task; empty when there is no plan.
        pub plan: Vec<PlanStep> = "plan",
        /// The permanent approvals of the user.
        pub allowed: Vec<Grant> = "allowed",
    }
}

/// Why a state is refused. `Display` is for the log or the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    /// The value is no object, or a field is missing or of the wrong kind.
    #[error("{0}")]
    Malformed(String),
    /// A field is unknown.
    #[error(
        "`{0}` is no field of the state: there are `title`, `projectContext`, `model`, `reasoning`, `mode`, `plan`, `allowed`, `run`, `usage`, `unconfirmed`, `forks` and `compaction`"
    )]
    UnknownField(String),
    /// A text exceeds its limit.
    #[error("`{field}` is longer than {limit} characters")]
    TooLong {
        /// The field.
        field: &'static str,
        /// The limit in characters.
        limit: usize,
    },
    /// A list exceeds its limit.
    #[error("`{field}` has more than {limit} entries")]
    TooMany {
        /// The field.
        field: &'static str,
        /// The maximum number of entries.
        limit: usize,
    },
}

impl SyncedState {
    /// The JSON form. A client reads each field where it needs it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut fields = Fields::default();
        self.about.put(&mut fields);
        fields.set("run", self.run.to_json());
        if !self.usage.is_empty() {
            fields.set("usage", self.usage.to_json());
        }
        readable::put(&self.unconfirmed, &mut fields, "unconfirmed");
        readable::put(&self.forks, &mut fields, "forks");
        if !self.compaction.is_empty() {
            fields.set("compaction", self.compaction.to_json());
        }
        fields.into_value()
    }
}

impl About {
    /// Reads the fields that clients may change, and checks their limits.
    ///
    /// # Errors
    /// When the value is no valid state.
    pub fn from_json(state: Value) -> Result<Self, StateError> {
        let Value::Object(fields) = state else {
            return Err(StateError::Malformed("the state is an object".to_owned()));
        };
        let mut fields = Fields::of(fields);
        let read =
            Self::take(&mut fields).map_err(|error| StateError::Malformed(error.to_string()))?;
        let about = Self::default()
            .with_title(read.title)?
            .with_project_context(read.project_context)?
            .with_model(read.model)?
            .with_effort(read.effort)
            .with_mode(read.mode)
            .with_plan(read.plan)
            .with_allowed(read.allowed);
        fields.present("run");
        fields.present("usage");
        fields.present("unconfirmed");
        fields.present("forks");
        fields.present("compaction");
        match fields.rest().keys().next() {
            Some(unknown) => Err(StateError::UnknownField(unknown.clone())),
            None => Ok(about),
        }
    }

    /// Sets the title.
    ///
    /// # Errors
    /// When the title is too long.
    pub fn with_title(self, title: Option<String>) -> Result<Self, StateError> {
        let title = limited("title", title, MAX_TITLE_CHARS)?;
        Ok(Self { title, ..self })
    }

    /// Sets the project context.
    ///
    /// # Errors
    /// When the text is too long.
    pub fn with_project_context(self, context: Option<String>) -> Result<Self, StateError> {
        let project_context = limited("projectContext", context, MAX_PROJECT_CONTEXT_CHARS)?;
        Ok(Self {
            project_context,
            ..self
        })
    }

    /// Sets the model.
    ///
    /// # Errors
    /// When the name is too long.
    pub fn with_model(self, model: Option<String>) -> Result<Self, StateError> {
        let model = limited("model", model, MAX_MODEL_CHARS)?;
        Ok(Self { model, ..self })
    }

    /// Sets the reasoning effort.
    #[must_use]
    pub fn with_effort(self, effort: Option<Effort>) -> Self {
        Self { effort, ..self }
    }

    /// Sets the mode.
    #[must_use]
    pub fn with_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Sets the plan.
    #[must_use]
    pub fn with_plan(self, plan: Vec<PlanStep>) -> Self {
        Self { plan, ..self }
    }

    /// Sets the grants.
    #[must_use]
    pub fn with_allowed(self, allowed: Vec<Grant>) -> Self {
        Self { allowed, ..self }
    }

    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}

/// A text or `null`, which is written. The field must be present: a state replaces the previous one as a whole, so
/// that a missing field would delete its value.
mod nullable {
    use serde_json::Value;

    use crate::fields::{FieldError, Fields};

    pub(super) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<String>, FieldError> {
        let wrong = |words: &str| Err(FieldError::Other(format!("`{name}` is {words}")));
        match fields.present(name) {
            Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                wrong("neither a text nor null")
            }
            None => wrong("missing: a state is replaced as a whole"),
        }
    }

    pub(super) fn put(text: &Option<String>, fields: &mut Fields, name: &str) {
        fields.set(name, text.as_deref());
    }
}

/// Reads a list in the state; missing and `null` mean an empty list.
fn list_of<T>(
    fields: &mut Fields,
    name: &'static str,
    limit: usize,
    read: fn(Value) -> Option<T>,
    malformed: &str,
) -> Result<Vec<T>, FieldError> {
    let malformed = || FieldError::Other(malformed.to_owned());
    match fields.value(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() > limit => {
            Err(StateError::TooMany { field: name, limit }.into())
        }
        Some(Value::Array(items)) => items
            .into_iter()
            .map(|item| read(item).ok_or_else(malformed))
            .collect(),
        Some(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_),
        ) => Err(malformed()),
    }
}

impl From<StateError> for FieldError {
    fn from(error: StateError) -> Self {
        Self::Other(error.to_string())
    }
}

fn limited(
    field: &'static str,
    text: Option<String>,
    limit: usize,
) -> Result<Option<String>, StateError> {
    let text = text.filter(|text| !text.trim().is_empty());
    match text {
        Some(text) if text.chars().count() > limit => Err(StateError::TooLong { field, limit }),
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writing_and_reading_agree() {
        let about = About {
            title: Some("Lists".to_owned()),
            project_context: None,
            model: Some("some/model".to_owned()),
            effort: Some(Effort::High),
            mode: Mode::AutoEdit,
            plan: vec![PlanStep {
                title: "Read".to_owned(),
                status: StepStatus::Active,
            }],
            allowed: vec![Grant {
                tool: "write".to_owned(),
                paths: "src/**".to_owned(),
            }],
        };
        let state = SyncedState {
            about: about.clone(),
            run: RunSummary {
                status: RunStatus::Running {
                    request: "r1".into(),
                    activity: Activity::Starting,
                },
                queued: 2,
                waiting: Vec::new(),
                failure: None,
            },
            usage: UsageSummary::default(),
            unconfirmed: vec![Unconfirmed {
                path: "AGENTS.md".to_owned(),
                hash: "h".to_owned(),
            }],
            forks: vec![Fork {
                after: "m1".into(),
                shown: 2,
                count: 2,
            }],
            compaction: Compacted {
                after: Some("m1".into()),
                problem: None,
            },
        };
        assert_eq!(
            state.to_json(),
            json!({
                "title": "Lists", "projectContext": null, "model": "some/model", "reasoning": "high", "mode": "auto-edit",
                "plan": [{"title": "Read", "status": "active"}],
                "allowed": [{"tool": "write", "paths": "src/**"}],
                "run": {"status": "running", "requestId": "r1", "queued": 2},
                "unconfirmed": [{"path": "AGENTS.md", "hash": "h"}],
                "forks": [{"after": "m1", "shown": 2, "count": 2}],
                "compaction": {"after": "m1"},
            })
        );
        assert_eq!(About::from_json(state.to_json()), Ok(about));
    }

    #[test]
    fn a_mode_that_is_left_out_is_to_ask() {
        for mode in [Value::Null, "ask".into()] {
            let state = json!({"title": null, "projectContext": null, "model": null, "mode": mode});
            let about = About::from_json(state).unwrap();
            assert_eq!(about, About::default());
            assert_eq!(about.to_json().get("mode"), None);
        }
    }

    #[test]
    fn blank_is_none() {
        let state = json!({"title": " ", "projectContext": "", "model": null});
        assert_eq!(About::from_json(state), Ok(About::default()));
    }

    #[test]
    fn an_invalid_state_is_refused_with_the_reason() {
        let refused = |state: Value| About::from_json(state).unwrap_err().to_string();
        let with = |field: &str, value: Value| {
            let mut state = SyncedState::default().to_json();
            state[field] = value;
            refused(state)
        };
        assert!(refused(json!(null)).contains("object"));
        assert!(refused(json!({"title": null})).starts_with("`projectContext` is missing"));
        assert!(with("title", json!(1)).contains("neither a text nor null"));
        assert!(with("reasoning", json!("lots")).contains("not `none`, `low`, `medium` or `high`"));
        assert!(with("mode", json!("yolo")).contains("neither \"ask\" nor"));
        assert!(
            with("plan", json!([{"title": "x", "status": "begun"}]))
                .contains("not a list of steps")
        );
        assert!(
            with("plan", json!([{"title": " ", "status": "done"}])).contains("not a list of steps")
        );
        assert!(with("allowed", json!({"tool": "write"})).contains("not a list of grants"));
        let grant = json!({"tool": "write", "paths": "**"});
        assert!(with("allowed", vec![grant; MAX_GRANTS + 1].into()).contains("more than 100"));
        assert!(with("count", json!(1)).starts_with("`count` is no field"));
        let long = json!("x".repeat(MAX_TITLE_CHARS + 1));
        assert_eq!(with("title", long), "`title` is longer than 200 characters");
    }
}
