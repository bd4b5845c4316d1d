//! What an agent and its clients keep in step (protocol §3): what the conversation is about, and what its turns do.
//!
//! On the wire it is one JSON object, `{title, projectContext, model, mode?, run}`, always replaced as a whole. Clients
//! change all but `run`, which is the agent's: what a client says of it is not looked at.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::{fields::Fields, id::RequestId};

/// The most characters of a title.
pub const MAX_TITLE_CHARS: usize = 200;

/// The most characters of a project context. It goes to the model with every call.
pub const MAX_PROJECT_CONTEXT_CHARS: usize = 16_000;

/// The most characters of a model's name.
pub const MAX_MODEL_CHARS: usize = 200;

/// The synced state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncedState {
    /// What the conversation is about.
    pub about: About,
    /// What its turns do.
    pub run: RunSummary,
}

/// What a conversation is about. A blank text is none, `null` on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: Option<String>,
    /// What the model should know about the project, in markdown.
    pub project_context: Option<String>,
    /// The model to ask; missing: the configured one.
    pub model: Option<String>,
    /// What the agent may do without asking.
    pub mode: Mode,
}

/// What the agent may do without asking. On the wire `mode`: `"ask"` or `"auto-edit"`; missing and `null` are `"ask"`,
/// and that is how it is written, so that nobody lets the agent do more who does not know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It reads files, and asks before it changes any.
    #[default]
    Ask,
    /// It reads and changes files.
    AutoEdit,
}

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

/// A state that cannot be taken over. `Display` says why, for a log or the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    /// Not an object, or a field of another kind.
    #[error("{0}")]
    Malformed(String),
    /// A field is left out. A state replaces the one before as a whole, so that would take it away.
    #[error("`{0}` is missing: a state is replaced as a whole")]
    Missing(&'static str),
    /// A field that nobody knows.
    #[error(
        "`{0}` is no field of the state: there are `title`, `projectContext`, `model`, `mode` and `run`"
    )]
    UnknownField(String),
    /// A text beyond its limit.
    #[error("`{field}` is longer than {limit} characters")]
    TooLong {
        /// Which.
        field: &'static str,
        /// How long it may be.
        limit: usize,
    },
}

impl SyncedState {
    /// As it goes over the wire.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.about
            .fields()
            .put("run", self.run.to_json())
            .into_value()
    }
}

impl About {
    /// Reads the fields that clients may change and checks their limits.
    ///
    /// # Errors
    /// When it is no such object.
    pub fn from_json(state: Value) -> Result<Self, StateError> {
        let Value::Object(fields) = state else {
            return Err(StateError::Malformed("the state is an object".to_owned()));
        };
        let mut fields = Fields::of(fields);
        let mut text = |field| match fields.present(field) {
            Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Err(
                StateError::Malformed(format!("`{field}` is neither a text nor null")),
            ),
            None => Err(StateError::Missing(field)),
        };
        let about = Self::default()
            .with_title(text("title")?)?
            .with_project_context(text("projectContext")?)?
            .with_model(text("model")?)?
            .with_mode(Mode::from_json(fields.present("mode"))?);
        fields.present("run");
        match fields.rest().keys().next() {
            Some(unknown) => Err(StateError::UnknownField(unknown.clone())),
            None => Ok(about),
        }
    }

    /// With another title.
    ///
    /// # Errors
    /// When it is too long.
    pub fn with_title(self, title: Option<String>) -> Result<Self, StateError> {
        let title = limited("title", title, MAX_TITLE_CHARS)?;
        Ok(Self { title, ..self })
    }

    /// With another project context.
    ///
    /// # Errors
    /// When it is too long.
    pub fn with_project_context(self, context: Option<String>) -> Result<Self, StateError> {
        let project_context = limited("projectContext", context, MAX_PROJECT_CONTEXT_CHARS)?;
        Ok(Self {
            project_context,
            ..self
        })
    }

    /// With another model.
    ///
    /// # Errors
    /// When its name is too long.
    pub fn with_model(self, model: Option<String>) -> Result<Self, StateError> {
        let model = limited("model", model, MAX_MODEL_CHARS)?;
        Ok(Self { model, ..self })
    }

    /// With another mode.
    #[must_use]
    pub fn with_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.fields().into_value()
    }

    fn fields(&self) -> Fields {
        Fields::default()
            .put("title", self.title.as_deref())
            .put("projectContext", self.project_context.as_deref())
            .put("model", self.model.as_deref())
            .put_some("mode", self.mode.as_json())
    }
}

impl Mode {
    fn from_json(mode: Option<Value>) -> Result<Self, StateError> {
        match mode {
            None | Some(Value::Null) => Ok(Self::Ask),
            Some(Value::String(mode)) if mode == "ask" => Ok(Self::Ask),
            Some(Value::String(mode)) if mode == "auto-edit" => Ok(Self::AutoEdit),
            Some(
                Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_),
            ) => Err(StateError::Malformed(
                "`mode` is neither \"ask\" nor \"auto-edit\"".to_owned(),
            )),
        }
    }

    const fn as_json(self) -> Option<&'static str> {
        match self {
            Self::Ask => None,
            Self::AutoEdit => Some("auto-edit"),
        }
    }
}

impl RunSummary {
    fn to_json(&self) -> Value {
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
    fn what_is_written_is_read() {
        let about = About {
            title: Some("Lists".to_owned()),
            project_context: None,
            model: Some("some/model".to_owned()),
            mode: Mode::AutoEdit,
        };
        let state = SyncedState {
            about: about.clone(),
            run: RunSummary {
                status: RunStatus::Running("r1".into()),
                queued: 2,
            },
        };
        assert_eq!(
            state.to_json(),
            json!({
                "title": "Lists", "projectContext": null, "model": "some/model", "mode": "auto-edit",
                "run": {"status": "running", "requestId": "r1", "queued": 2},
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
    fn what_cannot_be_taken_over_is_refused_with_the_reason() {
        let refused = |state: Value| About::from_json(state).unwrap_err().to_string();
        let with = |field: &str, value: Value| {
            let mut state = SyncedState::default().to_json();
            state[field] = value;
            refused(state)
        };
        assert!(refused(json!(null)).contains("object"));
        assert!(refused(json!({"title": null})).starts_with("`projectContext` is missing"));
        assert!(with("title", json!(1)).contains("neither a text nor null"));
        assert!(with("mode", json!("yolo")).contains("neither \"ask\" nor"));
        assert!(with("count", json!(1)).starts_with("`count` is no field"));
        let long = json!("x".repeat(MAX_TITLE_CHARS + 1));
        assert_eq!(with("title", long), "`title` is longer than 200 characters");
    }
}
