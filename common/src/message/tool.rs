//! Tool calls in a message.

use serde_json::{Map, Value};

use crate::{
    fields::{
        Field as _, FieldError, Fields, Record as _, Tagged as _, Untagged, even_null, flag,
        inside, or_empty, or_null, plain, rest,
    },
    id::ToolCallId,
    json,
};

/// Our own field of an approval: it expired without an answer.
const EXPIRED: &str = "expired";

/// A tool call and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolPart {
    /// The tool's name.
    pub name: String,
    /// How the wire names the tool.
    pub kind: ToolKind,
    /// The call's id.
    pub tool_call_id: ToolCallId,
    /// The state.
    pub state: ToolState,
    /// Other fields of the call.
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
    /// The state of a tool call. The last three are settled and never change.
    #[derive(Clone, Debug, PartialEq)]
    pub enum ToolState by "state" {
        /// The model is writing the input.
        "input-streaming" => InputStreaming {
            /// The readable part of the input.
            input: Option<Value> = even_null "input",
        },
        /// The call is complete and has no output.
        "input-available" => InputAvailable {
            /// The input.
            input: Value = object "input",
        },
        /// The call waits for the user's approval.
        "approval-requested" => ApprovalRequested {
            /// The input.
            input: Value = object "input",
            /// The approval request.
            approval: Approval = question "approval",
        },
        /// The user approved the call, and it has not run yet.
        "approval-responded" => ApprovalResponded {
            /// The input.
            input: Value = object "input",
            /// The answer to the approval request.
            approval: Approval = question "approval",
        },
        /// The call has an output.
        "output-available" => OutputAvailable {
            /// The input.
            input: Value = object "input",
            /// The output.
            output: Value = or_null "output",
            /// Whether a later output may replace this one.
            preliminary: bool = flag "preliminary",
            /// The answer to the approval request, if there was one.
            approval: Option<Approval> = inside "approval",
        },
        /// The call failed.
        "output-error" => OutputError {
            /// The input, if it could be read.
            input: Option<Value> = even_null "input",
            /// The input as the model wrote it, if it could not be read.
            raw_input: Option<Value> = even_null "rawInput",
            /// The error text.
            error_text: String = or_empty "errorText",
            /// The answer to the approval request, if there was one.
            approval: Option<Approval> = inside "approval",
        },
        /// The user refused the call.
        "output-denied" => OutputDenied {
            /// The input.
            input: Value = object "input",
            /// The answer to the approval request.
            approval: Approval = question "approval",
        },
    }
}

record! {
    /// An approval request and its answer.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Approval {
        /// The id of the request.
        pub id: String = "id",
        /// The answer; missing while there is none.
        pub approved: Option<bool> = "approved",
        /// The reason, in the user's words.
        pub reason: Option<String> = "reason",
        /// Unknown fields, kept as they are.
        pub other: Map<String, Value> = rest,
    }
}

record! {
    /// Other fields of a tool call on the wire. Missing and `null` mean the same.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ToolDetails {
        /// Whether the vendor ran the tool.
        pub provider_executed: Option<bool> = "providerExecuted",
        /// A title for the user.
        pub title: Option<String> = "title",
        /// Application-specific data about the tool.
        pub tool_metadata: Option<Value> = "toolMetadata",
        /// Vendor-specific data about the call.
        pub call_provider_metadata: Option<Value> = "callProviderMetadata",
        /// Vendor-specific data about the output.
        pub result_provider_metadata: Option<Value> = "resultProviderMetadata",
        /// The encoding of the input, if it is not JSON.
        pub input_encoding: Option<String> = "inputEncoding",
    }
}

impl ToolState {
    /// Whether the state is final.
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

    /// The input, as far as it is known.
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

    /// Whether the call waits for the user's approval.
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

    /// Whether the turn waits for the user or a client to answer the call.
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

    /// The approval request of the call, if there is one.
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
    /// The wire's name of the state.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.tag().unwrap_or_default()
    }
}

impl Approval {
    /// An approval request without an answer.
    #[must_use]
    pub fn asked(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            approved: None,
            reason: None,
            other: Map::new(),
        }
    }

    /// Whether the approval request expired without an answer.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.other.get(EXPIRED) == Some(&Value::Bool(true))
    }

    pub(super) fn set_expired(&mut self) {
        self.other.insert(EXPIRED.to_owned(), true.into());
    }
}

/// Tool input is an object: a JSON string of one is parsed, anything else becomes an empty object (protocol §5.2).
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

/// An approval request without an id gets the id of its call (protocol §5.7).
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
        // A malformed approval is an error even in a state that needs none.
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

/// Tool input is an object: a JSON string of one is parsed, anything else becomes an empty object (protocol §5.2).
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
