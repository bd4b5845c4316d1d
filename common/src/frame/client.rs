//! Frames a client sends.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::DecodeError;
use crate::{
    id::{ProbeId, RequestId, RpcId},
    message::Message,
};

/// A frame a client sends (protocol §5.1, §3, §4).
#[derive(Clone, Debug, PartialEq)]
pub enum ClientFrame {
    /// A submission: start a turn.
    ChatRequest(ChatRequest),
    /// Store these messages; no turn. Never deletes.
    ChatMessages(Vec<Message>),
    /// Empty the transcript.
    ChatClear,
    /// Abort the turn of this request, or take it out of the queue.
    ChatCancel(RequestId),
    /// Is there a stream to resume?
    ResumeRequest(Option<ProbeId>),
    /// Replay the stream of this request.
    ResumeAck(RequestId),
    /// Replace the synced state.
    State(Value),
    /// Call a method.
    Rpc {
        /// The answer carries it too.
        id: RpcId,
        /// The method's name.
        method: String,
        /// Its arguments.
        args: Vec<Value>,
    },
}

/// A client's request for a turn (protocol §5.3).
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// Which submission; sending it twice is harmless.
    pub id: RequestId,
    /// New, or once more.
    pub trigger: Trigger,
    /// The transcript as the client has it, or only what is new.
    pub messages: Vec<Message>,
    /// Schemas of the tools the client runs itself.
    pub client_tools: Vec<Value>,
    /// The application's own fields, such as `model`.
    pub body: Map<String, Value>,
}

/// What a submission asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// An answer to new messages.
    Submit,
    /// Another answer: the transcript is cut back to the given messages.
    Regenerate,
}

#[derive(Deserialize)]
struct WireRequest {
    id: RequestId,
    init: WireInit,
}

#[derive(Deserialize)]
struct WireInit {
    method: String,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct WireMessages {
    messages: Value,
}

#[derive(Deserialize)]
struct WireId {
    id: RequestId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProbe {
    #[serde(default)]
    probe_id: Option<ProbeId>,
}

#[derive(Deserialize)]
struct WireState {
    #[serde(default, deserialize_with = "crate::optional::present")]
    state: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct WireRpc {
    id: RpcId,
    method: String,
    args: Vec<Value>,
}

impl ClientFrame {
    /// Reads a text frame.
    ///
    /// # Errors
    /// When it is none of these frames. The connection goes on; the text may be the application's own.
    pub fn decode(text: &str) -> Result<Self, DecodeError> {
        let Ok(Value::Object(fields)) = serde_json::from_str(text) else {
            return Err(DecodeError::NotAnObject);
        };
        let Some(kind) = fields
            .get("type")
            .and_then(Value::as_str)
            .map(str::to_owned)
        else {
            return Err(DecodeError::NoType);
        };
        let fields = Value::Object(fields);
        let malformed = |error: serde_json::Error| DecodeError::malformed(&kind, error);
        match kind.as_str() {
            "cf_agent_use_chat_request" => {
                let wire = serde_json::from_value(fields).map_err(malformed)?;
                ChatRequest::from_wire(wire).map(Self::ChatRequest)
            }
            "cf_agent_chat_messages" => {
                let wire: WireMessages = serde_json::from_value(fields).map_err(malformed)?;
                if !wire.messages.is_array() {
                    return Err(DecodeError::malformed(&kind, "`messages` is not an array"));
                }
                Ok(Self::ChatMessages(Message::list_from_json(wire.messages)))
            }
            "cf_agent_chat_clear" => Ok(Self::ChatClear),
            "cf_agent_chat_request_cancel" => serde_json::from_value(fields)
                .map(|WireId { id }| Self::ChatCancel(id))
                .map_err(malformed),
            "cf_agent_stream_resume_request" => serde_json::from_value(fields)
                .map(|WireProbe { probe_id }| Self::ResumeRequest(probe_id))
                .map_err(malformed),
            "cf_agent_stream_resume_ack" => serde_json::from_value(fields)
                .map(|WireId { id }| Self::ResumeAck(id))
                .map_err(malformed),
            "cf_agent_state" => {
                let WireState { state } = serde_json::from_value(fields).map_err(malformed)?;
                state
                    .map(Self::State)
                    .ok_or_else(|| DecodeError::malformed(&kind, "`state` is missing"))
            }
            "rpc" => serde_json::from_value(fields)
                .map(|WireRpc { id, method, args }| Self::Rpc { id, method, args })
                .map_err(malformed),
            _ => Err(DecodeError::UnknownType(kind)),
        }
    }

    /// Writes the text frame.
    #[must_use]
    pub fn encode(&self) -> String {
        let value = match self {
            Self::ChatRequest(request) => request.to_wire(),
            Self::ChatMessages(messages) => {
                json!({"type": "cf_agent_chat_messages", "messages": messages})
            }
            Self::ChatClear => json!({"type": "cf_agent_chat_clear"}),
            Self::ChatCancel(id) => json!({"type": "cf_agent_chat_request_cancel", "id": id}),
            Self::ResumeRequest(None) => json!({"type": "cf_agent_stream_resume_request"}),
            Self::ResumeRequest(Some(probe)) => {
                json!({"type": "cf_agent_stream_resume_request", "probeId": probe})
            }
            Self::ResumeAck(id) => json!({"type": "cf_agent_stream_resume_ack", "id": id}),
            Self::State(state) => json!({"type": "cf_agent_state", "state": state}),
            Self::Rpc { id, method, args } => {
                json!({"type": "rpc", "id": id, "method": method, "args": args})
            }
        };
        value.to_string()
    }
}

impl ChatRequest {
    fn from_wire(wire: WireRequest) -> Result<Self, DecodeError> {
        const KIND: &str = "cf_agent_use_chat_request";
        if wire.init.method != "POST" {
            return Err(DecodeError::malformed(KIND, "`init.method` is not POST"));
        }
        let body = wire.init.body.unwrap_or_default();
        let mut body: Map<String, Value> = serde_json::from_str(&body)
            .map_err(|error| DecodeError::malformed(KIND, format!("`init.body`: {error}")))?;
        let messages = body
            .remove("messages")
            .map(Message::list_from_json)
            .unwrap_or_default();
        let trigger = match body.remove("trigger") {
            Some(Value::String(trigger)) if trigger == "regenerate-message" => Trigger::Regenerate,
            _ => Trigger::Submit,
        };
        let client_tools = match body.remove("clientTools") {
            Some(Value::Array(tools)) => tools,
            _ => Vec::new(),
        };
        Ok(Self {
            id: wire.id,
            trigger,
            messages,
            client_tools,
            body,
        })
    }

    fn to_wire(&self) -> Value {
        let mut body = self.body.clone();
        body.insert("messages".to_owned(), json!(self.messages));
        let trigger = match self.trigger {
            Trigger::Submit => "submit-message",
            Trigger::Regenerate => "regenerate-message",
        };
        body.insert("trigger".to_owned(), trigger.into());
        if !self.client_tools.is_empty() {
            body.insert("clientTools".to_owned(), self.client_tools.clone().into());
        }
        json!({
            "type": "cf_agent_use_chat_request",
            "id": self.id,
            "init": {"method": "POST", "body": Value::Object(body).to_string()},
        })
    }
}
