//! The synced state of an agent and its clients (protocol §3): the settings of the conversation, and the status of
//! its turns.
//!
//! On the wire it is one JSON object, `{title, projectContext, model, reasoning?, mode?, plan?, allowed?, run,
//! usage?, unconfirmed?, drafted?, forks?, compaction?}`, always replaced as a whole. Clients may change all fields but `run`,
//! `usage`, `unconfirmed`, `drafted`, `forks` and `compaction`: the agent owns these and ignores what a client sends for them.

mod choices;
mod compaction;
mod context_size;
mod context_text;
mod drafted;
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
pub use context_text::{ContextPart, ContextText, ContextTexts};
pub use drafted::Drafted;
pub use effort::Effort;
pub use fork::Fork;
pub use grant::{Grant, MAX_GRANTS, MAX_PATHS_CHARS};
pub use mode::Mode;
pub use plan::{MAX_STEP_CHARS, MAX_STEPS, PlanStep, StepStatus};
pub use run::{Activity, Failure, Retry, RunStatus, RunSummary, WaitReason, Waiting};
pub use unconfirmed::Unconfirmed;
pub use usage::{Usage, UsageSummary};

use crate::{
    fields::{FieldError, Fields, Record, or_default, readable},
    workspace::NearLimit,
};

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
    /// What waits in the draft of the agent for the user's decision.
    pub drafted: Drafted,
    /// The shown messages that several branches follow, in their order.
    pub forks: Vec<Fork>,
    /// The summary of earlier messages.
    pub compaction: Compacted,
    /// The limit of the storage, if it is nearly reached.
    pub near_full: Option<NearLimit>,
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
        pub mode: Mode = or_default "mode",
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
        "`{0}` is no field of the state: there are `title`, `projectContext`, `model`, `reasoning`, `mode`, `plan`, `allowed`, `run`, `usage`, `unconfirmed`, `drafted`, `forks`, `compaction` and `nearFull`"
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
        if !self.drafted.is_empty() {
            fields.set("drafted", self.drafted.to_json());
        }
        readable::put(&self.forks, &mut fields, "forks");
        if !self.compaction.is_empty() {
            fields.set("compaction", self.compaction.to_json());
        }
        if let Some(near) = &self.near_full {
            fields.set("nearFull", near.to_json());
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
        fields.present("drafted");
        fields.present("forks");
        fields.present("compaction");
        fields.present("nearFull");
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
mod tests;
