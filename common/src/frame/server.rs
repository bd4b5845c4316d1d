//! Frames from the agent.

use serde_json::{Value, json};

use super::{Before, ChatResponse, DecodeError};
use crate::{
    fields::{
        Field as _, FieldError, Fields, Record, Text, even_null, flag, flat, lenient, or_empty,
        or_null, plain,
    },
    id::{ProbeId, RequestId, RpcId},
    message::Message,
};

tagged! {
    /// A frame from the agent (protocol §§2-5).
    #[derive(Clone, Debug, PartialEq)]
    pub enum ServerFrame by "type" {
        /// The identity of the agent.
        "cf_agent_identity" => Identity {
            /// The instance's name.
            name: String = "name",
            /// The agent's class, in kebab case.
            agent: String = "agent",
            /// Whether a state frame follows.
            state_follows: bool = flag "stateFollows",
            /// Our own field, which other clients ignore: the build of the page that the server serves now. `None`
            /// when the server omits it or is not ours. A malformed value is ignored.
            page: Option<String> = lenient "page",
        },
        /// The synced state.
        "cf_agent_state" => State(Value = "state"),
        /// A refused state of the client.
        "cf_agent_state_error" => StateError(String = or_empty "error"),
        /// The MCP servers of the agent.
        "cf_agent_mcp_servers" => McpServers(Value = or_null "mcp"),
        /// An answer to a call.
        "rpc" => Rpc(RpcResponse = flat),
        /// An answer to a submission.
        "cf_agent_use_chat_response" => ChatResponse(ChatResponse = flat),
        /// The transcript, or its end.
        "cf_agent_chat_messages" => ChatMessages {
            /// The messages. Malformed ones are dropped.
            messages: Vec<Message> = messages "messages",
            /// The stored messages before the first of these; `None` when there are none.
            before: Option<Before> = flat,
            /// Whether it is sent because of the connect.
            connect: bool = flag "connect",
        },
        /// The transcript was cleared.
        "cf_agent_chat_clear" => ChatClear,
        /// A message changed.
        "cf_agent_message_updated" => MessageUpdated(Message = message "message"),
        /// A stream can be resumed.
        "cf_agent_stream_resuming" => StreamResuming {
            /// The request of the stream.
            id: RequestId = "id",
            /// The probe that this answers; `None` when unasked.
            probe_id: Option<ProbeId> = "probeId",
        },
        /// No stream can be resumed.
        "cf_agent_stream_resume_none" => StreamResumeNone {
            /// The reason; older servers omit it.
            reason: Option<NoResume> = "reason",
            /// The probe that this answers.
            probe_id: Option<ProbeId> = "probeId",
        },
        /// A turn was accepted and does not stream yet.
        "cf_agent_stream_pending" => StreamPending {
            /// The request of the turn.
            id: Option<RequestId> = "id",
            /// The probe that this answers; `None` when unasked.
            probe_id: Option<ProbeId> = "probeId",
        },
        /// The recovery of an interrupted turn began or ended.
        "cf_agent_chat_recovering" => ChatRecovering {
            /// Whether recovery is in progress.
            recovering: bool = "recovering",
            /// The request of the turn.
            id: Option<RequestId> = "id",
        },
        /// A frame of the client could not be read, and its kind has no other answer. Official clients pass this
        /// frame to the application.
        "cf_agent_frame_error" => FrameError {
            /// The type of the refused frame, if known.
            frame: Option<String> = "frame",
            /// Its id, if it has one.
            id: Option<String> = "id",
            /// What is wrong.
            error: String = or_empty "error",
        },
    }
}

/// Why no stream can be resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoResume {
    /// No turn runs.
    Idle,
    /// The stream is a continuation that another connection owns; its live frames are sent anyway.
    ContinuationOwned,
    /// A reason this version does not know.
    Other(String),
}

/// An answer to a call (protocol §4).
#[derive(Clone, Debug, PartialEq)]
pub enum RpcResponse {
    /// The call ended. `None` when the method returned nothing.
    Success {
        /// The call's id.
        id: RpcId,
        /// The result.
        result: Option<Value>,
    },
    /// A partial result; more follow.
    Partial {
        /// The call's id.
        id: RpcId,
        /// The partial result.
        result: Value,
    },
    /// The call failed.
    Failure {
        /// The call's id.
        id: RpcId,
        /// The error.
        error: String,
    },
}

impl ServerFrame {
    /// Writes the text frame.
    #[must_use]
    pub fn encode(&self) -> String {
        self.fields().into_value().to_string()
    }

    /// The frame of a transcript that is a JSON array already, as the store assembles it.
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

    /// The answer to a call whose result is JSON already, as the store assembles it.
    #[must_use]
    pub fn encode_rpc_result(id: &RpcId, result: &str) -> String {
        let id = Value::from(id.as_str());
        format!(r#"{{"type":"rpc","id":{id},"success":true,"done":true,"result":{result}}}"#)
    }

    /// The frame of an agent without MCP servers.
    #[must_use]
    pub fn no_mcp_servers() -> Self {
        Self::McpServers(json!({"prompts": [], "resources": [], "servers": {}, "tools": []}))
    }

    /// Reads a text frame.
    ///
    /// # Errors
    /// When the text is none of these frames; it may be a message of the application.
    pub fn decode(text: &str) -> Result<Self, DecodeError> {
        let (kind, mut fields) = super::typed_object(text)?;
        match Self::take_tagged(&kind, &mut fields) {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(DecodeError::UnknownType(kind)),
            Err(error) => Err(DecodeError::Malformed {
                kind,
                id: None,
                reason: error.to_string(),
            }),
        }
    }
}

/// The messages of a transcript; malformed ones are dropped.
mod messages {
    use serde_json::Value;

    use crate::{
        fields::{FieldError, Fields},
        message::Message,
    };

    pub(super) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Vec<Message>, FieldError> {
        let entries = Value::Array(fields.array(name)?);
        Ok(Message::list_from_json(entries))
    }

    pub(super) fn put(messages: &[Message], fields: &mut Fields, name: &str) {
        let entries: Value = messages.iter().map(Message::to_json).collect();
        fields.set(name, entries);
    }
}

/// A message as an object.
mod message {
    use crate::{
        fields::{FieldError, Fields},
        message::Message,
    };

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Message, FieldError> {
        Message::from_json(fields.present(name).unwrap_or_default())
    }

    pub(super) fn put(message: &Message, fields: &mut Fields, name: &str) {
        fields.set(name, message.to_json());
    }
}

impl Record for Option<Before> {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(match fields.optional_number("earlier")?.unwrap_or(0) {
            0 => None,
            count => Some(Before {
                count,
                last: plain::take(fields, "previous")?,
            }),
        })
    }

    fn put(&self, fields: &mut Fields) {
        if let Some(before) = self {
            before.count.put(fields, "earlier");
            before.last.put(fields, "previous");
        }
    }
}

record! {
    /// An answer to a call, as it is written on the wire.
    struct RpcFields {
        id: RpcId = "id",
        success: bool = "success",
        /// Older servers omit it.
        done: Option<bool> = "done",
        result: Option<Value> = even_null "result",
        error: Option<String> = "error",
    }
}

impl Record for RpcResponse {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        let RpcFields {
            id,
            success,
            done,
            result,
            error,
        } = RpcFields::take(fields)?;
        Ok(match (success, done) {
            (false, _) => Self::Failure {
                id,
                error: error.unwrap_or_default(),
            },
            (true, Some(false)) => Self::Partial {
                id,
                result: result.unwrap_or_default(),
            },
            (true, Some(true) | None) => Self::Success { id, result },
        })
    }

    fn put(&self, fields: &mut Fields) {
        let (id, done, result, error) = match self.clone() {
            Self::Success { id, result } => (id, Some(true), result, None),
            Self::Partial { id, result } => (id, Some(false), Some(result), None),
            Self::Failure { id, error } => (id, None, None, Some(error)),
        };
        let success = error.is_none();
        RpcFields {
            id,
            success,
            done,
            result,
            error,
        }
        .put(fields);
    }
}

impl Text for NoResume {
    fn of(word: String) -> Self {
        match word.as_str() {
            "idle" => Self::Idle,
            "continuation-owned" => Self::ContinuationOwned,
            _ => Self::Other(word),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Idle => "idle",
            Self::ContinuationOwned => "continuation-owned",
            Self::Other(word) => word,
        }
    }
}
