//! The interface of a tool: its description, its context, and how it can fail.

use common::{
    message::{Message, SentRequest},
    state::{About, Mode},
    time::Timestamp,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sql::SqlError;
use thiserror::Error;
use workspace::{CaseTwins, FilePath, PathError, Trial, Workspace, WorkspaceError};

use super::{
    arguments::{self, Misfit},
    fetch_url::{Hosts, Visit},
    github::Errand,
    schema::Described,
    slices::Slices,
};

/// The maximum size of an output in bytes of JSON: all of it goes to the model with every later call.
pub const OUTPUT_BYTES: usize = 32_000;

/// A tool that the agent runs.
pub(super) trait Tool: Sync {
    /// The input type, from which the schema for the model is generated.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// The description for the model: what the tool does, and when to call it.
    const DESCRIPTION: &'static str;

    /// When the user is asked first.
    const APPROVAL: ApprovalRule;

    /// Runs a call. A call that an eviction interrupted is not repeated, since it may have taken effect.
    fn run(&self, input: Self::Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure>;
}

/// A tool with any input type.
pub trait AnyTool: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// The description for the model: what the tool does, and when to call it.
    fn description(&self) -> &'static str;

    /// The JSON schema of its input, an object.
    fn parameters(&self) -> Value;

    /// When the user is asked first.
    fn approval(&self) -> ApprovalRule;

    /// Whether a run waits or works in slices, and may be dropped meanwhile. It then changes nothing.
    fn takes_time(&self) -> bool;

    /// The error for the model when an eviction interrupted a run.
    fn cut_off(&self) -> &'static str;

    /// Runs or starts a call.
    ///
    /// # Errors
    /// When the input is invalid or the call fails. Nothing was changed then.
    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure>;

    /// What a call will change, found without changing anything.
    ///
    /// # Errors
    /// When the call would fail.
    fn trial(&self, input: &Value, context: &ToolContext<'_>) -> Result<Trial, ToolFailure> {
        trial(self, input, context)
    }
}

/// Runs a call and rolls it back.
pub(super) fn trial<T: AnyTool + ?Sized>(
    tool: &T,
    input: &Value,
    context: &ToolContext<'_>,
) -> Result<Trial, ToolFailure> {
    context.workspace.trial(|workspace| {
        let context = ToolContext {
            workspace: *workspace,
            ..*context
        };
        tool.run(input, &context)
    })
}

impl<T: Tool> AnyTool for T {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn description(&self) -> &'static str {
        T::DESCRIPTION
    }

    fn parameters(&self) -> Value {
        T::Input::schema()
    }

    fn approval(&self) -> ApprovalRule {
        T::APPROVAL
    }

    fn takes_time(&self) -> bool {
        false
    }

    fn cut_off(&self) -> &'static str {
        "The tool was interrupted. It may have taken effect: check before you call it again."
    }

    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure> {
        Tool::run(self, read(input)?, context).map(Run::Done)
    }
}

/// Everything that a tool may use.
#[derive(Debug)]
pub struct ToolContext<'c> {
    /// The files.
    pub workspace: Workspace<'c>,
    /// The time of the call.
    pub now: Timestamp,
    /// The settings of the conversation.
    pub about: &'c About,
    /// The answer that calls the tool, as far as it is written.
    pub answer: Option<&'c Message>,
    /// The hosts that it may reach.
    pub hosts: Hosts,
}

impl<'c> ToolContext<'c> {
    /// The same with the files that a tool works on: in a review it changes a draft, and sees the draft if there is one.
    ///
    /// # Errors
    /// When the draft cannot be begun or brought up to date.
    pub fn for_tool(&self, rule: ApprovalRule) -> Result<ToolContext<'c>, ToolFailure> {
        let workspace = match (self.about.mode, rule) {
            (Mode::Ask | Mode::AutoEdit, _) => self.workspace,
            (Mode::Review, ApprovalRule::ForEdits) => self.workspace.open_draft()?,
            (Mode::Review, ApprovalRule::Never | ApprovalRule::Always) => {
                self.workspace.draft()?.unwrap_or(self.workspace)
            }
        };
        Ok(ToolContext { workspace, ..*self })
    }
}

/// The result of starting a call.
#[derive(Debug)]
pub enum Run {
    /// The call has ended.
    Done(ToolDone),
    /// A page must be fetched; its result is the result of the call.
    Visit(Visit),
    /// GitHub must be asked; its result is the result of the call.
    Errand(Errand),
    /// The call works in slices, none of which has run.
    Slices(Box<dyn Slices>),
}

/// When the user must approve a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalRule {
    /// Never: the tool only reads, or changes nothing permanent.
    Never,
    /// Each time, unless the mode of the conversation permits edits.
    ForEdits,
    /// Each time.
    Always,
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolDone {
    /// The output for the model.
    pub output: Value,
    /// The new settings of the conversation; `None` when they are unchanged.
    pub about: Option<About>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ToolFailure {
    /// The model gets this text, which the user can read, and the turn continues.
    #[error("{0}")]
    Explained(String),
    /// The same, after these requests were sent to GitHub.
    #[error("{reported}")]
    Requested {
        /// The text for the model.
        reported: String,
        /// The requests.
        requests: Vec<SentRequest>,
    },
    /// The store failed. The model cannot help: the turn ends.
    #[error("the store failed: {0}")]
    Broken(SqlError),
}

impl ToolDone {
    /// A result that changed nothing but files.
    pub(super) const fn with(output: Value) -> Self {
        Self {
            output,
            about: None,
        }
    }
}

impl From<WorkspaceError> for ToolFailure {
    fn from(error: WorkspaceError) -> Self {
        if let WorkspaceError::Store(error) = error {
            return Self::Broken(error);
        }
        Self::Explained(sentence(&error.to_string()))
    }
}

impl From<Misfit> for ToolFailure {
    fn from(misfit: Misfit) -> Self {
        Self::Explained(misfit.to_string())
    }
}

impl From<PathError> for ToolFailure {
    fn from(error: PathError) -> Self {
        WorkspaceError::from(error).into()
    }
}

/// Ends a text with a full stop.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '\n']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// Reads a tool's input, which has been fitted to the schema. Other input is refused with a text based on the schema.
///
/// Some models write an empty text for an omitted argument.
pub(super) fn read<T: DeserializeOwned + Described>(input: &Value) -> Result<T, ToolFailure> {
    let input = &without_empty_texts(&T::schema(), input.clone());
    T::deserialize(input).map_err(|error| match arguments::fit(&T::schema(), input.clone()) {
        Err(misfit) => misfit.into(),
        Ok(_) => ToolFailure::Explained(format!("The arguments do not fit this tool: {error}.")),
    })
}

/// The input without empty optional texts.
fn without_empty_texts(schema: &Value, mut input: Value) -> Value {
    let is_required = |name: &str| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|required| required.iter().any(|other| other == name))
    };
    let is_text = |name: &str| {
        let property = schema
            .get("properties")
            .and_then(|properties| properties.get(name));
        property
            .and_then(|property| property.get("type"))
            .is_some_and(|kind| kind == "string")
    };
    if let Some(fields) = input.as_object_mut() {
        fields.retain(|name, value| value != "" || is_required(name) || !is_text(name));
    }
    input
}

/// The written path; the root when there is none.
pub(super) fn path_or_root(written: Option<&str>) -> Result<FilePath, PathError> {
    written.map_or_else(|| Ok(FilePath::root()), FilePath::parse)
}

/// Adds a field to an output, if there is a text for it.
pub(super) fn say(output: &mut Value, field: &str, words: Option<String>) {
    if let (Some(words), Some(output)) = (words, output.as_object_mut()) {
        output.insert(field.to_owned(), words.into());
    }
}

/// A note for the model about paths that differ only by case.
pub(super) fn note_of(twins: &[CaseTwins]) -> Option<String> {
    let CaseTwins { made, other } = twins.first()?;
    Some(format!(
        "{made} differs from {other} by case alone: some file systems treat them as one file."
    ))
}

/// The remaining room of an output; what does not fit is omitted, with a note.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Room {
    /// The room of one output, without the fields around its contents.
    pub(super) const fn of_output() -> Self {
        Self(OUTPUT_BYTES - 4_000)
    }

    /// Takes the room for one more item; returns whether it fits.
    pub(super) fn takes(&mut self, item: &impl Serialize) -> bool {
        let bytes = serde_json::to_vec(item).map_or(usize::MAX, |json| json.len() + 1);
        match self.0.checked_sub(bytes) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                self.0 = 0;
                false
            }
        }
    }

    /// The beginning of a text that fits: whole lines, unless the first one alone is too long.
    pub(super) fn beginning_of<'t>(&mut self, text: &'t str) -> &'t str {
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            if !self.takes(&line) {
                break;
            }
            end += line.len();
        }
        if end == 0 {
            // A character takes at most six times its bytes in JSON.
            end = text.floor_char_boundary(OUTPUT_BYTES / 8);
        }
        text.get(..end).unwrap_or(text)
    }
}
