//! What every tool says about itself, what it may touch, and how it can fail.

use common::{message::Message, state::About, time::Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sql::SqlError;
use thiserror::Error;
use workspace::{CaseTwins, FilePath, PathError, Workspace, WorkspaceError};

use super::{
    arguments::{self, Misfit},
    fetch_url::{Hosts, Visit},
    schema::Described,
    slices::Slices,
};

/// The most bytes of an output as JSON: all of it goes to the model with every later call.
pub const OUTPUT_BYTES: usize = 32_000;

/// Something the agent runs when the model calls it.
pub(super) trait Tool: Sync {
    /// What it takes. The schema that the model gets is made of it.
    type Input: DeserializeOwned + Described;

    /// Its name: `a-z` and `_`.
    const NAME: &'static str;

    /// What it does and when to call it, for the model.
    const DESCRIPTION: &'static str;

    /// Whether the user is asked first.
    const APPROVAL: ApprovalRule;

    /// Runs it. A call that was cut off by an eviction is not made again: whether it took effect is not known.
    fn run(&self, input: Self::Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure>;
}

/// A tool, whatever it takes.
pub trait AnyTool: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// What it does and when to call it, for the model.
    fn description(&self) -> &'static str;

    /// The JSON schema of its input, an object.
    fn parameters(&self) -> Value;

    /// Whether the user is asked first.
    fn approval(&self) -> ApprovalRule;

    /// Whether a run waits for something, and may be dropped meanwhile. It changes nothing then.
    fn takes_time(&self) -> bool;

    /// The error for the model when an eviction cut a run off.
    fn cut_off(&self) -> &'static str;

    /// Runs it, or begins to.
    ///
    /// # Errors
    /// When the input is not what it takes, or it cannot be done. Nothing was changed then.
    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure>;
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
        "The tool was interrupted. Whether it took effect is not known: look before you call it again."
    }

    fn run(&self, input: &Value, context: &ToolContext<'_>) -> Result<Run, ToolFailure> {
        Tool::run(self, read(input)?, context).map(Run::Done)
    }
}

/// All that a tool may touch.
#[derive(Debug)]
pub struct ToolContext<'c> {
    /// The files.
    pub workspace: Workspace<'c>,
    /// The time of the call.
    pub now: Timestamp,
    /// What the conversation is about.
    pub about: &'c About,
    /// The answer that calls it, as far as it is written.
    pub answer: Option<&'c Message>,
    /// Which hosts it may have asked.
    pub hosts: Hosts,
}

/// What a run comes to.
#[derive(Debug)]
pub enum Run {
    /// It is over.
    Done(ToolDone),
    /// A page has to be fetched; its outcome is the outcome of the run.
    Visit(Visit),
    /// It is done in slices, none of which was done yet.
    Slices(Box<dyn Slices>),
}

/// Whether the user is asked before a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalRule {
    /// Never: it only reads, or changes nothing that lasts.
    Never,
    /// Each time, unless the conversation lets edits of files through.
    ForEdits,
    /// Each time.
    Always,
}

/// What a call led to.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolDone {
    /// The text for the model.
    pub output: Value,
    /// What the conversation is about from now on; `None`: the same as before.
    pub about: Option<About>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ToolFailure {
    /// The model gets this text, which the user can read, and continues.
    #[error("{0}")]
    Told(String),
    /// The store does not work. Nothing that the model does helps: the turn ends.
    #[error("the store failed: {0}")]
    Broken(SqlError),
}

impl ToolDone {
    /// The call changed nothing but files, or nothing at all.
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
        Self::Told(sentence(&error.to_string()))
    }
}

impl From<Misfit> for ToolFailure {
    fn from(misfit: Misfit) -> Self {
        Self::Told(misfit.to_string())
    }
}

impl From<PathError> for ToolFailure {
    fn from(error: PathError) -> Self {
        WorkspaceError::from(error).into()
    }
}

/// Ends a text as a sentence ends.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '\n']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// Reads a tool's input. Calls come with an input that fits; another one is refused in the words of the schema.
///
/// Some models write an empty text for an argument that they leave out.
pub(super) fn read<T: DeserializeOwned + Described>(input: &Value) -> Result<T, ToolFailure> {
    let input = &without_empty_texts(&T::schema(), input.clone());
    T::deserialize(input).map_err(|error| match arguments::fit(&T::schema(), input.clone()) {
        Err(misfit) => misfit.into(),
        Ok(_) => ToolFailure::Told(format!("The arguments do not fit this tool: {error}.")),
    })
}

/// The input without the optional texts that are empty.
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

/// The path somebody wrote; the root when nobody did.
pub(super) fn path_or_root(written: Option<&str>) -> Result<FilePath, PathError> {
    written.map_or_else(|| Ok(FilePath::root()), FilePath::parse)
}

/// Adds a field to an output when there is something to say.
pub(super) fn say(output: &mut Value, field: &str, words: Option<String>) {
    if let (Some(words), Some(output)) = (words, output.as_object_mut()) {
        output.insert(field.to_owned(), words.into());
    }
}

/// What the model should know about paths that differ only by case.
pub(super) fn note_of(twins: &[CaseTwins]) -> Option<String> {
    let CaseTwins { made, other } = twins.first()?;
    Some(format!(
        "{made} differs from {other} by case alone: some computers take them for one file."
    ))
}

/// An output within its limit: what does not fit is left out, and said to be.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Room {
    /// Of one output, less what the fields around its contents take.
    pub(super) const fn of_output() -> Self {
        Self(OUTPUT_BYTES - 4_000)
    }

    /// Whether there is room for one more item.
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

    /// The beginning of a text that fits, in whole lines unless the first one is too long by itself.
    pub(super) fn beginning_of<'t>(&mut self, text: &'t str) -> &'t str {
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            if !self.takes(&line) {
                break;
            }
            end += line.len();
        }
        if end == 0 {
            // A character takes at most six bytes of JSON for each of its own.
            end = text.floor_char_boundary(OUTPUT_BYTES / 8);
        }
        text.get(..end).unwrap_or(text)
    }
}
