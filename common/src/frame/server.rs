//! Frames an agent sends.

use serde_json::{Map, Value, json};

use super::{Before, ChatResponse, DecodeError, response};
use crate::{
    fields::{FieldError, Fields},
    id::{MessageId, ProbeId, RequestId, RpcId},
    message::Message,
};

/// Our own: see the module's documentation.
const FRAME_ERROR: &str = "cf_agent_frame_error";

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
        /// Our own, which other clients ignore: the build of the page that the server serves now. `None`: the server does
        /// not say, or is not ours.
        page: Option<String>,
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
        /// All of it, or its end.
        messages: Vec<Message>,
        /// What the store has before the first of these; `None`: nothing.
        before: Option<Before>,
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
    /// A frame the client sent could not be read, and there is no other answer to its kind. Official clients hand it
    /// to the application.
    FrameError {
        /// The type of that frame, where it is known.
        frame: Option<String>,
        /// Its id, where it has one.
        id: Option<String>,
        /// What is wrong.
        error: String,
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
                page,
            } => {
                let mut value = json!({"type": "cf_agent_identity", "name": name, "agent": agent});
                if *state_follows {
                    put(&mut value, "stateFollows", Some(true));
                }
                put(&mut value, "page", page.as_deref());
                value
            }
            Self::State(state) => json!({"type": "cf_agent_state", "state": state}),
            Self::StateError(error) => json!({"type": "cf_agent_state_error", "error": error}),
            Self::McpServers(mcp) => json!({"type": "cf_agent_mcp_servers", "mcp": mcp}),
            Self::Rpc(response) => response.to_wire(),
            Self::ChatMessages {
                messages,
                before,
                connect,
            } => {
                let mut value = json!({"type": "cf_agent_chat_messages", "messages": messages});
                let before = before.as_ref();
                put(&mut value, "earlier", before.map(|before| before.count));
                put(
                    &mut value,
                    "previous",
                    before.map(|before| before.last.as_str()),
                );
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
            Self::FrameError { frame, id, error } => {
                let mut value = json!({"type": FRAME_ERROR, "error": error});
                put(&mut value, "frame", frame.as_deref());
                put(&mut value, "id", id.as_deref());
                value
            }
        };
        value.to_string()
    }

    /// The frame of a transcript that is a JSON array already, as the store puts it together.
    #[must_use]
    pub fn encode_chat_messages(messages: &str, before: Option<&Before>) -> String {
        let before = before.map(|Before { count, last }| {
            let last = Value::from(last.as_str());
            format!(r#","earlier":{count},"previous":{last}"#)
        });
        let before = before.unwrap_or_default();
        format!(r#"{{"type":"cf_agent_chat_messages","messages":{messages}{before}}}"#)
    }

    /// The frame of a message that is JSON already, as it is stored.
    #[must_use]
    pub fn encode_message_updated(message: &str) -> String {
        format!(r#"{{"type":"cf_agent_message_updated","message":{message}}}"#)
    }

    /// The answer to a call whose result is JSON already, as the store puts it together.
    #[must_use]
    pub fn encode_rpc_result(id: &RpcId, result: &str) -> String {
        let id = Value::from(id.as_str());
        format!(r#"{{"type":"rpc","id":{id},"success":true,"done":true,"result":{result}}}"#)
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
        let (kind, fields) = super::typed_object(text)?;
        let malformed = |error: FieldError| DecodeError::Malformed {
            kind: kind.clone(),
            id: None,
            reason: error.to_string(),
        };
        if kind == response::KIND {
            return ChatResponse::decode(fields)
                .map(Self::ChatResponse)
                .map_err(malformed);
        }
        match Self::from_fields(&kind, fields).map_err(malformed)? {
            Some(frame) => Ok(frame),
            None => Err(DecodeError::UnknownType(kind)),
        }
    }

    /// `None` for a type this version does not know.
    fn from_fields(kind: &str, mut fields: Fields) -> Result<Option<Self>, FieldError> {
        let probe = |fields: &mut Fields| Ok(fields.optional_text("probeId")?.map(ProbeId::new));
        let request = |fields: &mut Fields| Ok(fields.optional_text("id")?.map(RequestId::new));
        Ok(Some(match kind {
            "cf_agent_identity" => Self::Identity {
                name: fields.text("name")?,
                agent: fields.text("agent")?,
                state_follows: fields.flag("stateFollows")?,
                // No reason to refuse who answers.
                page: fields.optional_text("page").unwrap_or_default(),
            },
            "cf_agent_state" => match fields.present("state") {
                Some(state) => Self::State(state),
                None => return Fields::unexpected("state", "there"),
            },
            "cf_agent_state_error" => {
                Self::StateError(fields.optional_text("error")?.unwrap_or_default())
            }
            "cf_agent_mcp_servers" => {
                Self::McpServers(fields.present("mcp").unwrap_or(Value::Null))
            }
            "rpc" => Self::Rpc(RpcResponse::take(fields)?),
            "cf_agent_chat_messages" => Self::ChatMessages {
                messages: Message::list_from_json(Value::Array(fields.array("messages")?)),
                before: match fields.optional_number("earlier")?.unwrap_or(0) {
                    0 => None,
                    count => Some(Before {
                        count,
                        last: MessageId::new(fields.text("previous")?),
                    }),
                },
                connect: fields.flag("connect")?,
            },
            "cf_agent_chat_clear" => Self::ChatClear,
            "cf_agent_message_updated" => Self::MessageUpdated(Message::from_json(
                fields.present("message").unwrap_or(Value::Null),
            )?),
            "cf_agent_stream_resuming" => Self::StreamResuming {
                id: RequestId::new(fields.text("id")?),
                probe_id: probe(&mut fields)?,
            },
            "cf_agent_stream_resume_none" => Self::StreamResumeNone {
                reason: fields.optional_text("reason")?.map(NoResume::from_word),
                probe_id: probe(&mut fields)?,
            },
            "cf_agent_stream_pending" => Self::StreamPending {
                id: request(&mut fields)?,
                probe_id: probe(&mut fields)?,
            },
            "cf_agent_chat_recovering" => match fields.optional_bool("recovering")? {
                Some(recovering) => Self::ChatRecovering {
                    recovering,
                    id: request(&mut fields)?,
                },
                None => return Fields::unexpected("recovering", "true or false"),
            },
            FRAME_ERROR => Self::FrameError {
                frame: fields.optional_text("frame")?,
                id: fields.optional_text("id")?,
                error: fields.optional_text("error")?.unwrap_or_default(),
            },
            _ => return Ok(None),
        }))
    }
}

impl RpcResponse {
    fn take(mut fields: Fields) -> Result<Self, FieldError> {
        let id = RpcId::new(fields.text("id")?);
        Ok(
            match (
                fields.optional_bool("success")?,
                fields.optional_bool("done")?,
            ) {
                (Some(false), _) => Self::Failure {
                    id,
                    error: fields.optional_text("error")?.unwrap_or_default(),
                },
                (Some(true), Some(false)) => Self::Partial {
                    id,
                    result: fields.present("result").unwrap_or(Value::Null),
                },
                // Older servers leave `done` out.
                (Some(true), Some(true) | None) => Self::Success {
                    id,
                    result: fields.present("result"),
                },
                (None, _) => return Fields::unexpected("success", "true or false"),
            },
        )
    }

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
