//! The frames of a client about tools (protocol §5.7).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{
    fields::{
        self, Field as _, FieldError, Fields, Record, flag, flat, or_empty, or_null, plain,
        readable,
    },
    id::ToolCallId,
    message::ToolOutcome,
};

record! {
    /// A tool that the client runs itself, as offered to the model.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ClientTool {
        /// Its name.
        pub name: String = name "name",
        /// Its description for the model.
        pub description: Option<String> = "description",
        /// The JSON schema of its input. Missing means an object without fields.
        pub parameters: Option<Value> = "parameters",
    }
}

record! {
    /// The output of a client tool call.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ToolResult {
        /// The output, or the error.
        pub outcome: ToolOutcome = flat,
        /// The call's id.
        pub tool_call_id: ToolCallId = "toolCallId",
        /// The tool's name.
        pub tool_name: String = or_empty "toolName",
        /// Whether the model continues with the output. Missing and `false` mean the same.
        pub auto_continue: bool = flag "autoContinue",
        /// The new list of client tools; `None` keeps the previous list.
        pub client_tools: Vec<ClientTool> = readable "clientTools",
    }
}

record! {
    /// The user's answer to an approval request.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ToolApproval {
        /// Whether the user approved the call.
        pub approved: bool = "approved",
        /// The call's id.
        pub tool_call_id: ToolCallId = "toolCallId",
        /// Whether the model continues with the answer. Missing and `false` mean the same.
        pub auto_continue: bool = flag "autoContinue",
    }
}

/// A tool name, which must not be empty.
mod name {
    use crate::fields::{FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<String, FieldError> {
        let text = fields.text(name)?;
        if text.is_empty() {
            return Fields::unexpected(name, "a text that names the tool");
        }
        Ok(text)
    }

    pub(super) fn put(text: &str, fields: &mut Fields, name: &str) {
        fields.set(name, text);
    }
}

impl Record for ToolOutcome {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        match fields.optional_text("state")?.as_deref() {
            Some("output-error") => Ok(Self::Error(plain::take(fields, "errorText")?)),
            None | Some("output-available") => Ok(Self::Output(or_null::take(fields, "output")?)),
            Some(_) => Fields::unexpected("state", "`output-available` or `output-error`"),
        }
    }

    fn put(&self, fields: &mut Fields) {
        match self {
            Self::Output(output) => or_null::put(output, fields, "output"),
            Self::Error(text) => {
                fields.set("state", "output-error");
                text.put(fields, "errorText");
            }
        }
    }
}

impl Serialize for ClientTool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ClientTool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, |mut fields| Self::take(&mut fields))
    }
}
