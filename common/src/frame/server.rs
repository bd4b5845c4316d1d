//! Frames an agent sends.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{ChatResponse, DecodeError, response};
use crate::{
    id::{ProbeId, RequestId, RpcId},
    message::Message,
};

/// A frame an agent sends (protocol §§2-5).
#[derive(Clone, Debug, PartialEq)]
pub enum ServerFrame {
    /// Who the client is connected to.
    Identity {
        /// The instance's name.
        name: String,
        /// The agent's class, in kebab case.
        agent: String,
        /// A state frame is the next one.
        state_follows: bool,
    },
    /// The synced state.
    State(Value),
    /// A state the client sent was refused.
    StateError(String),
    /// The MCP servers the agent uses.
    McpServers(Value),
    /// An answer to a call.
    Rpc(RpcResponse),
    /// An answer to a submission.
    ChatResponse(ChatResponse),
    /// The transcript.
    ChatMessages {
        /// All of it.
        messages: Vec<Message>,
        /// It was sent because of the connect.
        connect: bool,
    },
    /// The transcript was emptied.
    ChatClear,
    /// One message changed.
    MessageUpdated(Message),
    /// A stream can be resumed.
    StreamResuming {
        /// The request it belongs to.
        id: RequestId,
        /// Which question this answers; `None`: unasked.
        probe_id: Option<ProbeId>,
    },
    /// There is no stream to resume.
    StreamResumeNone {
        /// Why; older servers do not say.
        reason: Option<NoResume>,
        /// Which question this answers.
        probe_id: Option<ProbeId>,
    },
    /// A turn was accepted and does not stream yet.
    StreamPending {
        /// The request it belongs to.
        id: Option<RequestId>,
        /// Which question this answers; `None`: unasked.
        probe_id: Option<ProbeId>,
    },
    /// An interrupted turn is being taken up again, or no longer.
    ChatRecovering {
        /// Whether it is.
        recovering: bool,
        /// The request it belongs to.
        id: Option<RequestId>,
    },
}

/// Why there is no stream to resume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoResume {
    /// Nothing runs.
    Idle,
    /// It is another connection's continuation; live frames come anyway.
    ContinuationOwned,
    /// A reason this version does not know.
    Other(String),
}

/// An answer to a call (protocol §4).
#[derive(Clone, Debug, PartialEq)]
pub enum RpcResponse {
    /// The call is over. `None`: the method returned nothing.
    Success {
        /// Which call.
        id: RpcId,
        /// What it returned.
        result: Option<Value>,
    },
    /// More will come.
    Partial {
        /// Which call.
        id: RpcId,
        /// What there is so far.
        result: Value,
    },
    /// The call failed.
    Failure {
        /// Which call.
        id: RpcId,
        /// Why.
        error: String,
    },
}

impl ServerFrame {
    /// Writes the text frame.
    #[must_use]
    pub fn encode(&self) -> String {
        let value = match self {
            Self::ChatResponse(response) => return response.encode(),
            Self::Identity {
                name,
                agent,
                state_follows,
            } => {
                let mut value = json!({"type": "cf_agent_identity", "name": name, "agent": agent});
                if *state_follows {
                    put(&mut value, "stateFollows", Some(true));
                }
                value
            }
            Self::State(state) => json!({"type": "cf_agent_state", "state": state}),
            Self::StateError(error) => json!({"type": "cf_agent_state_error", "error": error}),
            Self::McpServers(mcp) => json!({"type": "cf_agent_mcp_servers", "mcp": mcp}),
            Self::Rpc(response) => response.to_wire(),
            Self::ChatMessages { messages, connect } => {
                let mut value = json!({"type": "cf_agent_chat_messages", "messages": messages});
                put(&mut value, "connect", connect.then_some(true));
                value
            }
            Self::ChatClear => json!({"type": "cf_agent_chat_clear"}),
            Self::MessageUpdated(message) => {
                json!({"type": "cf_agent_message_updated", "message": message})
            }
            Self::StreamResuming { id, probe_id } => {
                let mut value = json!({"type": "cf_agent_stream_resuming", "id": id});
                put(
                    &mut value,
                    "probeId",
                    probe_id.as_ref().map(ProbeId::as_str),
                );
                value
            }
            Self::StreamResumeNone { reason, probe_id } => {
                let mut value = json!({"type": "cf_agent_stream_resume_none"});
                put(&mut value, "reason", reason.as_ref().map(NoResume::as_str));
                put(
                    &mut value,
                    "probeId",
                    probe_id.as_ref().map(ProbeId::as_str),
                );
                value
            }
            Self::StreamPending { id, probe_id } => {
                let mut value = json!({"type": "cf_agent_stream_pending"});
                put(&mut value, "id", id.as_ref().map(RequestId::as_str));
                put(
                    &mut value,
                    "probeId",
                    probe_id.as_ref().map(ProbeId::as_str),
                );
                value
            }
            Self::ChatRecovering { recovering, id } => {
                let mut value =
                    json!({"type": "cf_agent_chat_recovering", "recovering": recovering});
                put(&mut value, "id", id.as_ref().map(RequestId::as_str));
                value
            }
        };
        value.to_string()
    }

    /// The frame of a transcript that is a JSON array already, as the store puts it together.
    #[must_use]
    pub fn encode_chat_messages(messages: &str) -> String {
        format!(r#"{{"type":"cf_agent_chat_messages","messages":{messages}}}"#)
    }

    /// The frame of an agent that uses no MCP server.
    #[must_use]
    pub fn no_mcp_servers() -> Self {
        Self::McpServers(json!({"prompts": [], "resources": [], "servers": {}, "tools": []}))
    }

    /// Reads a text frame.
    ///
    /// # Errors
    /// When it is none of these frames; the text may be the application's own.
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
        if kind == response::KIND {
            return ChatResponse::decode(Value::Object(fields)).map(Self::ChatResponse);
        }
        let fields: Fields = serde_json::from_value(Value::Object(fields))
            .map_err(|error| DecodeError::malformed(&kind, error))?;
        fields.into_frame(&kind)
    }
}

/// The fields of all frames but the answer to a submission. Missing and `null` are the same, but for `state` and
/// `result`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    id: Option<String>,
    name: Option<String>,
    agent: Option<String>,
    state_follows: Option<bool>,
    #[serde(default, deserialize_with = "crate::optional::present")]
    state: Option<Value>,
    error: Option<String>,
    mcp: Option<Value>,
    success: Option<bool>,
    done: Option<bool>,
    #[serde(default, deserialize_with = "crate::optional::present")]
    result: Option<Value>,
    messages: Option<Value>,
    connect: Option<bool>,
    message: Option<Message>,
    reason: Option<String>,
    probe_id: Option<ProbeId>,
    recovering: Option<bool>,
}

impl Fields {
    fn into_frame(self, kind: &str) -> Result<ServerFrame, DecodeError> {
        let missing = |field: &str| DecodeError::malformed(kind, format!("`{field}` is missing"));
        let request = self.id.as_deref().map(RequestId::from);
        Ok(match kind {
            "cf_agent_identity" => ServerFrame::Identity {
                name: self.name.ok_or_else(|| missing("name"))?,
                agent: self.agent.ok_or_else(|| missing("agent"))?,
                state_follows: self.state_follows.unwrap_or(false),
            },
            "cf_agent_state" => ServerFrame::State(self.state.ok_or_else(|| missing("state"))?),
            "cf_agent_state_error" => ServerFrame::StateError(self.error.unwrap_or_default()),
            "cf_agent_mcp_servers" => ServerFrame::McpServers(self.mcp.unwrap_or(Value::Null)),
            "rpc" => {
                let id = RpcId::new(self.id.ok_or_else(|| missing("id"))?);
                ServerFrame::Rpc(
                    match (self.success.ok_or_else(|| missing("success"))?, self.done) {
                        (false, _) => RpcResponse::Failure {
                            id,
                            error: self.error.unwrap_or_default(),
                        },
                        (true, Some(false)) => RpcResponse::Partial {
                            id,
                            result: self.result.unwrap_or(Value::Null),
                        },
                        (true, Some(true) | None) => RpcResponse::Success {
                            id,
                            result: self.result,
                        },
                    },
                )
            }
            "cf_agent_chat_messages" => match self.messages {
                Some(messages @ Value::Array(_)) => ServerFrame::ChatMessages {
                    messages: Message::list_from_json(messages),
                    connect: self.connect.unwrap_or(false),
                },
                Some(_) | None => return Err(missing("messages")),
            },
            "cf_agent_chat_clear" => ServerFrame::ChatClear,
            "cf_agent_message_updated" => {
                ServerFrame::MessageUpdated(self.message.ok_or_else(|| missing("message"))?)
            }
            "cf_agent_stream_resuming" => ServerFrame::StreamResuming {
                id: request.ok_or_else(|| missing("id"))?,
                probe_id: self.probe_id,
            },
            "cf_agent_stream_resume_none" => ServerFrame::StreamResumeNone {
                reason: self.reason.map(NoResume::from_word),
                probe_id: self.probe_id,
            },
            "cf_agent_stream_pending" => ServerFrame::StreamPending {
                id: request,
                probe_id: self.probe_id,
            },
            "cf_agent_chat_recovering" => ServerFrame::ChatRecovering {
                recovering: self.recovering.ok_or_else(|| missing("recovering"))?,
                id: request,
            },
            _ => return Err(DecodeError::UnknownType(kind.to_owned())),
        })
    }
}

impl RpcResponse {
    fn to_wire(&self) -> Value {
        match self {
            Self::Success { id, result } => {
                let mut value = json!({"type": "rpc", "id": id, "success": true, "done": true});
                put(&mut value, "result", result.clone());
                value
            }
            Self::Partial { id, result } => {
                json!({"type": "rpc", "id": id, "success": true, "done": false, "result": result})
            }
            Self::Failure { id, error } => {
                json!({"type": "rpc", "id": id, "success": false, "error": error})
            }
        }
    }
}

impl NoResume {
    fn as_str(&self) -> &str {
        match self {
            Self::Idle => "idle",
            Self::ContinuationOwned => "continuation-owned",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: String) -> Self {
        match word.as_str() {
            "idle" => Self::Idle,
            "continuation-owned" => Self::ContinuationOwned,
            _ => Self::Other(word),
        }
    }
}

fn put(object: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let (Value::Object(fields), Some(value)) = (object, value) {
        let fields: &mut Map<String, Value> = fields;
        fields.insert(key.to_owned(), value.into());
    }
}
