//! Tool calls as they stand in a message.

use serde_json::{Map, Value};

use crate::{
    fields::{
        Field as _, FieldError, Fields, Record as _, Tagged as _, Untagged, even_null, flag,
        inside, or_empty, or_null, plain, rest,
    },
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

tagged! {
    /// How far a tool call has come. The last three are settled: the first of them to be reached stays.
    #[derive(Clone, Debug, PartialEq)]
    pub enum ToolState by "state" {
        /// The model is writing the input.
        "input-streaming" => InputStreaming {
            /// What can be read of it so far.
            input: Option<Value> = even_null "input",
        },
        /// The call is complete and has no result.
        "input-available" => InputAvailable {
            /// What the model asked for.
            input: Value = object "input",
        },
        /// It waits for the user.
        "approval-requested" => ApprovalRequested {
            /// What the model asked for.
            input: Value = object "input",
            /// The question.
            approval: Approval = question "approval",
        },
        /// The user said yes and it has not run yet.
        "approval-responded" => ApprovalResponded {
            /// What the model asked for.
            input: Value = object "input",
            /// The answer.
            approval: Approval = question "approval",
        },
        /// It has a result.
        "output-available" => OutputAvailable {
            /// What the model asked for.
            input: Value = object "input",
            /// The result.
            output: Value = or_null "output",
            /// A later result may replace this one.
            preliminary: bool = flag "preliminary",
            /// The user's answer, if there was a question.
            approval: Option<Approval> = inside "approval",
        },
        /// It failed.
        "output-error" => OutputError {
            /// What the model asked for, when it could be read.
            input: Option<Value> = even_null "input",
            /// What the model wrote, when it could not.
            raw_input: Option<Value> = even_null "rawInput",
            /// What went wrong.
            error_text: String = or_empty "errorText",
            /// The user's answer, if there was a question.
            approval: Option<Approval> = inside "approval",
        },
        /// The user said no.
        "output-denied" => OutputDenied {
            /// What the model asked for.
            input: Value = object "input",
            /// The answer.
            approval: Approval = question "approval",
        },
    }
}

record! {
    /// The user's yes or no to a tool call.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Approval {
        /// Which question.
        pub id: String = "id",
        /// The answer; missing while there is none.
        pub approved: Option<bool> = "approved",
        /// Why, in the user's words.
        pub reason: Option<String> = "reason",
        /// Fields this version does not use, kept as they came.
        pub other: Map<String, Value> = rest,
    }
}

record! {
    /// What else the wire carries about a tool call. Missing and `null` are the same.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ToolDetails {
        /// The vendor ran the tool.
        pub provider_executed: Option<bool> = "providerExecuted",
        /// A title for people.
        pub title: Option<String> = "title",
        /// The application's data about the tool.
        pub tool_metadata: Option<Value> = "toolMetadata",
        /// The vendor's data about the call.
        pub call_provider_metadata: Option<Value> = "callProviderMetadata",
        /// The vendor's data about the result.
        pub result_provider_metadata: Option<Value> = "resultProviderMetadata",
        /// How the input is encoded, where it is not JSON.
        pub input_encoding: Option<String> = "inputEncoding",
    }
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

impl ToolState {
    /// The wire's word for it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.tag().unwrap_or_default()
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
}

/// Tool input is an object: a JSON string of one is read, anything else becomes an empty one (protocol §5.2).
mod object {
    use serde_json::Value;

    use crate::fields::{Field as _, FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Value, FieldError> {
        Ok(super::as_object(&fields.present(name).unwrap_or_default()))
    }

    pub(super) fn put(value: &Value, fields: &mut Fields, name: &str) {
        value.put(fields, name);
    }
}

/// A question without an id is known by its call (protocol §5.7).
mod question {
    use super::Approval;
    use crate::fields::{FieldError, Fields, Record as _, inside};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Approval, FieldError> {
        let call = fields.peek("toolCallId").unwrap_or_default().to_owned();
        Ok(inside::take(fields, name)?.unwrap_or_else(|| Approval::asked(call)))
    }

    pub(super) fn put(approval: &Approval, fields: &mut Fields, name: &str) {
        fields.set(name, approval.to_json());
    }
}

impl ToolPart {
    /// Reads a part whose `type` is `kind`.
    pub(super) fn take(fields: &mut Fields, kind: &str) -> Result<Self, FieldError> {
        let named = fields.optional_text("toolName")?;
        let (kind, name) = match kind.strip_prefix("tool-") {
            Some(name) => (ToolKind::Declared, name.to_owned()),
            None => match named {
                Some(name) => (ToolKind::Dynamic, name),
                None => return Fields::unexpected("toolName", "a string"),
            },
        };
        // A state that has no approval does not excuse one that cannot be read.
        let approval: Option<Approval> = inside::take(fields, "approval")?;
        inside::put(&approval, fields, "approval");
        let Some(state) = ToolState::take_tagged(&fields.text("state")?, fields)? else {
            return Fields::unexpected("state", "a tool state");
        };
        Ok(Self {
            name,
            kind,
            state,
            tool_call_id: plain::take(fields, "toolCallId")?,
            details: ToolDetails::take(fields)?,
        })
    }
}

impl Untagged for ToolPart {
    fn fields(&self) -> Fields {
        let kind = match self.kind {
            ToolKind::Declared => &format!("tool-{}", self.name),
            ToolKind::Dynamic => "dynamic-tool",
        };
        let mut fields = self.state.fields().put("type", kind);
        self.name.put(&mut fields, "toolName");
        self.tool_call_id.put(&mut fields, "toolCallId");
        self.details.put(&mut fields);
        fields
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
