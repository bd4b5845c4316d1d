//! Tool calls as they stand in a message.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};

use crate::id::ToolCallId;

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Which question.
    pub id: String,
    /// The answer; missing while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<bool>,
    /// Why, in the user's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Fields this version does not use, kept as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What else the wire carries about a tool call. Missing and `null` are the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolDetails {
    /// The vendor ran the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_executed: Option<bool>,
    /// A title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The application's data about the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_metadata: Option<Value>,
    /// The vendor's data about the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_provider_metadata: Option<Value>,
    /// The vendor's data about the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_provider_metadata: Option<Value>,
    /// How the input is encoded, where it is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// The wire's shape of a tool part.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePart {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool_name: Option<String>,
    tool_call_id: ToolCallId,
    state: WireState,
    #[serde(
        default,
        deserialize_with = "crate::optional::present",
        skip_serializing_if = "Option::is_none"
    )]
    input: Option<Value>,
    #[serde(
        default,
        deserialize_with = "crate::optional::present",
        skip_serializing_if = "Option::is_none"
    )]
    raw_input: Option<Value>,
    #[serde(
        default,
        deserialize_with = "crate::optional::present",
        skip_serializing_if = "Option::is_none"
    )]
    output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preliminary: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approval: Option<Approval>,
    #[serde(flatten)]
    details: ToolDetails,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WireState {
    InputStreaming,
    InputAvailable,
    ApprovalRequested,
    ApprovalResponded,
    OutputAvailable,
    OutputError,
    OutputDenied,
}

impl Serialize for ToolPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match self.kind {
            ToolKind::Declared => format!("tool-{}", self.name),
            ToolKind::Dynamic => "dynamic-tool".to_owned(),
        };
        let mut wire = WirePart {
            kind,
            tool_name: Some(self.name.clone()),
            tool_call_id: self.tool_call_id.clone(),
            state: WireState::InputStreaming,
            input: self.state.input().cloned(),
            raw_input: None,
            output: None,
            error_text: None,
            preliminary: None,
            approval: self.state.approval().cloned(),
            details: self.details.clone(),
        };
        match &self.state {
            ToolState::InputStreaming { .. } => {}
            ToolState::InputAvailable { .. } => wire.state = WireState::InputAvailable,
            ToolState::ApprovalRequested { .. } => wire.state = WireState::ApprovalRequested,
            ToolState::ApprovalResponded { .. } => wire.state = WireState::ApprovalResponded,
            ToolState::OutputAvailable {
                output,
                preliminary,
                ..
            } => {
                wire.state = WireState::OutputAvailable;
                wire.output = Some(output.clone());
                wire.preliminary = preliminary.then_some(true);
            }
            ToolState::OutputError {
                raw_input,
                error_text,
                ..
            } => {
                wire.state = WireState::OutputError;
                wire.raw_input.clone_from(raw_input);
                wire.error_text = Some(error_text.clone());
            }
            ToolState::OutputDenied { .. } => wire.state = WireState::OutputDenied,
        }
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ToolPart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WirePart::deserialize(deserializer)?;
        let (kind, name) = match (wire.kind.strip_prefix("tool-"), wire.tool_name) {
            (Some(name), _) => (ToolKind::Declared, name.to_owned()),
            (None, Some(name)) => (ToolKind::Dynamic, name),
            (None, None) => return Err(D::Error::missing_field("toolName")),
        };
        // A question without an id is known by its call (protocol §5.7).
        let fallback = || Approval {
            id: wire.tool_call_id.to_string(),
            approved: None,
            reason: None,
            other: Map::new(),
        };
        let input = wire
            .input
            .clone()
            .unwrap_or_else(|| Value::Object(Map::new()));
        let state = match wire.state {
            WireState::InputStreaming => ToolState::InputStreaming { input: wire.input },
            WireState::InputAvailable => ToolState::InputAvailable { input },
            WireState::ApprovalRequested => ToolState::ApprovalRequested {
                input,
                approval: wire.approval.unwrap_or_else(fallback),
            },
            WireState::ApprovalResponded => ToolState::ApprovalResponded {
                input,
                approval: wire.approval.unwrap_or_else(fallback),
            },
            WireState::OutputAvailable => ToolState::OutputAvailable {
                input,
                output: wire.output.unwrap_or(Value::Null),
                preliminary: wire.preliminary.unwrap_or(false),
                approval: wire.approval,
            },
            WireState::OutputError => ToolState::OutputError {
                input: wire.input,
                raw_input: wire.raw_input,
                error_text: wire.error_text.unwrap_or_default(),
                approval: wire.approval,
            },
            WireState::OutputDenied => ToolState::OutputDenied {
                input,
                approval: wire.approval.unwrap_or_else(fallback),
            },
        };
        Ok(Self {
            name,
            kind,
            tool_call_id: wire.tool_call_id,
            state,
            details: wire.details,
        })
    }
}
