//! What a client says about tools (protocol §5.7).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{
    fields::{self, FieldError, Fields},
    id::ToolCallId,
    message::ToolOutcome,
};

/// A tool that the client runs itself, as it is offered to the model.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientTool {
    /// Its name.
    pub name: String,
    /// What it does, for the model.
    pub description: Option<String>,
    /// The JSON schema of its input. Missing: an object without fields.
    pub parameters: Option<Value>,
}

/// The result of a call of a client tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolResult {
    /// Which call.
    pub tool_call_id: ToolCallId,
    /// The tool's name.
    pub tool_name: String,
    /// How it went.
    pub outcome: ToolOutcome,
    /// The model is to go on with the result. Missing and `false` are the same.
    pub auto_continue: bool,
    /// Replace the tools the client runs itself; none: they stay as they were.
    pub client_tools: Vec<ClientTool>,
}

/// The user's answer to a tool call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolApproval {
    /// Which call.
    pub tool_call_id: ToolCallId,
    /// Yes or no.
    pub approved: bool,
    /// The model is to go on with the answer. Missing and `false` are the same.
    pub auto_continue: bool,
}

impl ClientTool {
    /// The tools of a JSON array; entries without a name are left out. Missing, or not an array: none.
    pub(super) fn list_from_json(list: Option<Value>) -> Vec<Self> {
        let Some(Value::Array(entries)) = list else {
            return Vec::new();
        };
        let entries = entries.into_iter().filter_map(|entry| match entry {
            Value::Object(entry) => Self::take(Fields::of(entry)).ok(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        });
        entries.collect()
    }

    pub(super) fn list_to_json(tools: &[Self]) -> Value {
        tools
            .iter()
            .map(|tool| tool.fields().into_value())
            .collect()
    }

    fn take(mut fields: Fields) -> Result<Self, FieldError> {
        let name = fields.text("name")?;
        if name.is_empty() {
            return Fields::unexpected("name", "a text that names the tool");
        }
        Ok(Self {
            name,
            description: fields.optional_text("description")?,
            parameters: fields.value("parameters"),
        })
    }

    fn fields(&self) -> Fields {
        Fields::default()
            .put("name", self.name.as_str())
            .put_some("description", self.description.as_deref())
            .put_some("parameters", self.parameters.clone())
    }
}

impl Serialize for ClientTool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fields::serialize(&self.fields(), serializer)
    }
}

impl<'de> Deserialize<'de> for ClientTool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, Self::take)
    }
}

impl ToolResult {
    pub(super) fn take(mut fields: Fields) -> Result<Self, FieldError> {
        let outcome = match fields.optional_text("state")?.as_deref() {
            Some("output-error") => ToolOutcome::Error(fields.optional_text("errorText")?),
            None | Some("output-available") => {
                ToolOutcome::Output(fields.present("output").unwrap_or(Value::Null))
            }
            Some(_) => {
                return Fields::unexpected("state", "`output-available` or `output-error`");
            }
        };
        Ok(Self {
            tool_call_id: ToolCallId::new(fields.text("toolCallId")?),
            tool_name: fields.optional_text("toolName")?.unwrap_or_default(),
            outcome,
            auto_continue: fields.flag("autoContinue")?,
            client_tools: ClientTool::list_from_json(fields.value("clientTools")),
        })
    }

    pub(super) fn to_wire(&self) -> Value {
        let fields = Fields::tagged("cf_agent_tool_result")
            .put("toolCallId", self.tool_call_id.as_str())
            .put("toolName", self.tool_name.as_str())
            .put_flag("autoContinue", self.auto_continue);
        let fields = match &self.outcome {
            ToolOutcome::Output(output) => fields.put("output", output.clone()),
            ToolOutcome::Error(text) => fields
                .put("state", "output-error")
                .put_some("errorText", text.as_deref()),
        };
        let tools =
            (!self.client_tools.is_empty()).then(|| ClientTool::list_to_json(&self.client_tools));
        fields.put_some("clientTools", tools).into_value()
    }
}

impl ToolApproval {
    pub(super) fn take(mut fields: Fields) -> Result<Self, FieldError> {
        let Some(approved) = fields.optional_bool("approved")? else {
            return Fields::unexpected("approved", "true or false");
        };
        Ok(Self {
            tool_call_id: ToolCallId::new(fields.text("toolCallId")?),
            approved,
            auto_continue: fields.flag("autoContinue")?,
        })
    }

    pub(super) fn to_wire(&self) -> Value {
        Fields::tagged("cf_agent_tool_approval")
            .put("toolCallId", self.tool_call_id.as_str())
            .put("approved", self.approved)
            .put_flag("autoContinue", self.auto_continue)
            .into_value()
    }
}
