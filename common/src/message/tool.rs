//! Tool calls as they stand in a message.

use serde_json::{Map, Value};

use crate::{
    fields::{FieldError, Fields},
    id::ToolCallId,
    json,
};

/// A field of an approval beside those of the SDK: nobody answered in time.
const EXPIRED: &str = "expired";

/// A tool call and how far it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolPart {
    /// The tool's name.
    pub name: String,
    /// Whether the name is part of the wire's kind.
    pub kind: ToolKind,
    /// Which call this is.
    pub tool_call_id: ToolCallId,
    /// How far it has come.
    pub state: ToolState,
    /// What else the wire carries about it.
    pub details: ToolDetails,
}

/// How the wire names the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolKind {
    /// `tool-{name}`: a tool the application declared.
    Declared,
    /// `dynamic-tool` with `toolName`: a tool known only at run time.
    Dynamic,
}

/// How far a tool call has come. The last three are settled: the first of them to be reached stays.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolState {
    /// The model is writing the input.
    InputStreaming {
        /// What can be read of it so far.
        input: Option<Value>,
    },
    /// The call is complete and has no result.
    InputAvailable {
        /// What the model asked for.
        input: Value,
    },
    /// It waits for the user.
    ApprovalRequested {
        /// What the model asked for.
        input: Value,
        /// The question.
        approval: Approval,
    },
    /// The user said yes and it has not run yet.
    ApprovalResponded {
        /// What the model asked for.
        input: Value,
        /// The answer.
        approval: Approval,
    },
    /// It has a result.
    OutputAvailable {
        /// What the model asked for.
        input: Value,
        /// The result.
        output: Value,
        /// A later result may replace this one.
        preliminary: bool,
        /// The user's answer, if there was a question.
        approval: Option<Approval>,
    },
    /// It failed.
    OutputError {
        /// What the model asked for, when it could be read.
        input: Option<Value>,
        /// What the model wrote, when it could not.
        raw_input: Option<Value>,
        /// What went wrong.
        error_text: String,
        /// The user's answer, if there was a question.
        approval: Option<Approval>,
    },
    /// The user said no.
    OutputDenied {
        /// What the model asked for.
        input: Value,
        /// The answer.
        approval: Approval,
    },
}

/// The user's yes or no to a tool call.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// Which question.
    pub id: String,
    /// The answer; missing while there is none.
    pub approved: Option<bool>,
    /// Why, in the user's words.
    pub reason: Option<String>,
    /// Fields this version does not use, kept as they came.
    pub other: Map<String, Value>,
}

/// What else the wire carries about a tool call. Missing and `null` are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolDetails {
    /// The vendor ran the tool.
    pub provider_executed: Option<bool>,
    /// A title for people.
    pub title: Option<String>,
    /// The application's data about the tool.
    pub tool_metadata: Option<Value>,
    /// The vendor's data about the call.
    pub call_provider_metadata: Option<Value>,
    /// The vendor's data about the result.
    pub result_provider_metadata: Option<Value>,
    /// How the input is encoded, where it is not JSON.
    pub input_encoding: Option<String>,
}

impl ToolState {
    /// It can change no more.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        match self {
            Self::OutputAvailable { preliminary, .. } => !*preliminary,
            Self::OutputError { .. } | Self::OutputDenied { .. } => true,
            Self::InputStreaming { .. }
            | Self::InputAvailable { .. }
            | Self::ApprovalRequested { .. }
            | Self::ApprovalResponded { .. } => false,
        }
    }

    /// What the model asked for, as far as it is known.
    #[must_use]
    pub const fn input(&self) -> Option<&Value> {
        match self {
            Self::InputStreaming { input } | Self::OutputError { input, .. } => input.as_ref(),
            Self::InputAvailable { input }
            | Self::ApprovalRequested { input, .. }
            | Self::ApprovalResponded { input, .. }
            | Self::OutputAvailable { input, .. }
            | Self::OutputDenied { input, .. } => Some(input),
        }
    }

    /// Whether the user is asked and has not answered.
    #[must_use]
    pub const fn asks(&self) -> bool {
        match self {
            Self::ApprovalRequested { .. } => true,
            Self::InputStreaming { .. }
            | Self::InputAvailable { .. }
            | Self::ApprovalResponded { .. }
            | Self::OutputAvailable { .. }
            | Self::OutputError { .. }
            | Self::OutputDenied { .. } => false,
        }
    }

    /// Whether no turn goes on before the user or the client has said something about it.
    #[must_use]
    pub const fn is_unanswered(&self) -> bool {
        match self {
            Self::InputStreaming { .. }
            | Self::InputAvailable { .. }
            | Self::ApprovalRequested { .. } => true,
            Self::ApprovalResponded { .. }
            | Self::OutputAvailable { .. }
            | Self::OutputError { .. }
            | Self::OutputDenied { .. } => false,
        }
    }

    /// The user's question or answer, if there is one.
    #[must_use]
    pub const fn approval(&self) -> Option<&Approval> {
        match self {
            Self::InputStreaming { .. } | Self::InputAvailable { .. } => None,
            Self::ApprovalRequested { approval, .. }
            | Self::ApprovalResponded { approval, .. }
            | Self::OutputDenied { approval, .. } => Some(approval),
            Self::OutputAvailable { approval, .. } | Self::OutputError { approval, .. } => {
                approval.as_ref()
            }
        }
    }
}

impl Approval {
    /// A question that has no answer yet.
    #[must_use]
    pub fn asked(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            approved: None,
            reason: None,
            other: Map::new(),
        }
    }

    /// Whether it was refused since nobody answered in time.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.other.get(EXPIRED) == Some(&Value::Bool(true))
    }

    pub(super) fn set_expired(&mut self) {
        self.other.insert(EXPIRED.to_owned(), true.into());
    }

    fn take(mut fields: Fields) -> Result<Self, FieldError> {
        Ok(Self {
            id: fields.text("id")?,
            approved: fields.optional_bool("approved")?,
            reason: fields.optional_text("reason")?,
            other: fields.rest(),
        })
    }

    fn to_json(&self) -> Value {
        Fields::of(self.other.clone())
            .put("id", self.id.as_str())
            .put_some("approved", self.approved)
            .put_some("reason", self.reason.as_deref())
            .into_value()
    }
}

impl ToolDetails {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            provider_executed: fields.optional_bool("providerExecuted")?,
            title: fields.optional_text("title")?,
            tool_metadata: fields.value("toolMetadata"),
            call_provider_metadata: fields.value("callProviderMetadata"),
            result_provider_metadata: fields.value("resultProviderMetadata"),
            input_encoding: fields.optional_text("inputEncoding")?,
        })
    }

    fn put(&self, fields: Fields) -> Fields {
        fields
            .put_some("providerExecuted", self.provider_executed)
            .put_some("title", self.title.as_deref())
            .put_some("toolMetadata", self.tool_metadata.clone())
            .put_some("callProviderMetadata", self.call_provider_metadata.clone())
            .put_some(
                "resultProviderMetadata",
                self.result_provider_metadata.clone(),
            )
            .put_some("inputEncoding", self.input_encoding.as_deref())
    }
}

impl ToolState {
    /// The wire's word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::InputStreaming { .. } => "input-streaming",
            Self::InputAvailable { .. } => "input-available",
            Self::ApprovalRequested { .. } => "approval-requested",
            Self::ApprovalResponded { .. } => "approval-responded",
            Self::OutputAvailable { .. } => "output-available",
            Self::OutputError { .. } => "output-error",
            Self::OutputDenied { .. } => "output-denied",
        }
    }

    fn take(fields: &mut Fields, call: &ToolCallId) -> Result<Self, FieldError> {
        let approval = match fields.value("approval") {
            None => None,
            Some(Value::Object(approval)) => Some(Approval::take(Fields::of(approval))?),
            Some(_) => return Fields::unexpected("approval", "an object"),
        };
        // A question without an id is known by its call (protocol §5.7).
        let question = || {
            approval
                .clone()
                .unwrap_or_else(|| Approval::asked(call.as_str()))
        };
        let streamed = fields.present("input");
        let input = as_object(streamed.as_ref().unwrap_or(&Value::Null));
        Ok(match fields.text("state")?.as_str() {
            "input-streaming" => Self::InputStreaming { input: streamed },
            "input-available" => Self::InputAvailable { input },
            "approval-requested" => Self::ApprovalRequested {
                input,
                approval: question(),
            },
            "approval-responded" => Self::ApprovalResponded {
                input,
                approval: question(),
            },
            "output-available" => Self::OutputAvailable {
                input,
                output: fields.present("output").unwrap_or(Value::Null),
                preliminary: fields.flag("preliminary")?,
                approval,
            },
            "output-error" => Self::OutputError {
                input: streamed,
                raw_input: fields.present("rawInput"),
                error_text: fields.optional_text("errorText")?.unwrap_or_default(),
                approval,
            },
            "output-denied" => Self::OutputDenied {
                input,
                approval: question(),
            },
            _ => return Fields::unexpected("state", "a tool state"),
        })
    }
}

impl ToolPart {
    /// Reads a part whose `type` is `kind`.
    pub(super) fn take(mut fields: Fields, kind: &str) -> Result<Self, FieldError> {
        let named = fields.optional_text("toolName")?;
        let (kind, name) = match kind.strip_prefix("tool-") {
            Some(name) => (ToolKind::Declared, name.to_owned()),
            None => match named {
                Some(name) => (ToolKind::Dynamic, name),
                None => return Fields::unexpected("toolName", "a string"),
            },
        };
        let tool_call_id = ToolCallId::new(fields.text("toolCallId")?);
        let state = ToolState::take(&mut fields, &tool_call_id)?;
        Ok(Self {
            name,
            kind,
            tool_call_id,
            state,
            details: ToolDetails::take(&mut fields)?,
        })
    }

    pub(super) fn fields(&self) -> Fields {
        let fields = match self.kind {
            ToolKind::Declared => Fields::tagged(&format!("tool-{}", self.name)),
            ToolKind::Dynamic => Fields::tagged("dynamic-tool"),
        };
        let fields = fields
            .put("toolName", self.name.as_str())
            .put("toolCallId", self.tool_call_id.as_str())
            .put("state", self.state.as_str())
            .put_some("input", self.state.input().cloned())
            .put_some("approval", self.state.approval().map(Approval::to_json));
        let fields = self.details.put(fields);
        match &self.state {
            ToolState::OutputAvailable {
                output,
                preliminary,
                ..
            } => fields
                .put("output", output.clone())
                .put_flag("preliminary", *preliminary),
            ToolState::OutputError {
                raw_input,
                error_text,
                ..
            } => fields
                .put_some("rawInput", raw_input.clone())
                .put("errorText", error_text.as_str()),
            ToolState::InputStreaming { .. }
            | ToolState::InputAvailable { .. }
            | ToolState::ApprovalRequested { .. }
            | ToolState::ApprovalResponded { .. }
            | ToolState::OutputDenied { .. } => fields,
        }
    }
}

/// Tool input is an object: a JSON string of one is read, anything else becomes an empty one (protocol §5.2).
pub(crate) fn as_object(input: &Value) -> Value {
    match input {
        Value::Object(_) => input.clone(),
        Value::String(text) => match json::parse(text) {
            Ok(Value::Object(fields)) => Value::Object(fields),
            Ok(_) | Err(_) => Value::Object(Map::new()),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Value::Object(Map::new())
        }
    }
}
