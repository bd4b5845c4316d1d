//! Frames an agent sends.

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
    /// A frame an agent sends (protocol §§2-5).
    #[derive(Clone, Debug, PartialEq)]
    pub enum ServerFrame by "type" {
        /// Who the client is connected to.
        "cf_agent_identity" => Identity {
            /// The instance's name.
            name: String = "name",
            /// The agent's class, in kebab case.
            agent: String = "agent",
            /// A state frame is the next one.
            state_follows: bool = flag "stateFollows",
            /// Our own, which other clients ignore: the build of the page that the server serves now. `None`: the server does
            /// not say, or is not ours. What cannot be read is no reason to refuse who answers.
            page: Option<String> = lenient "page",
        },
        /// The synced state.
        "cf_agent_state" => State(Value = "state"),
        /// A state the client sent was refused.
        "cf_agent_state_error" => StateError(String = or_empty "error"),
        /// The MCP servers the agent uses.
        "cf_agent_mcp_servers" => McpServers(Value = or_null "mcp"),
        /// An answer to a call.
        "rpc" => Rpc(RpcResponse = flat),
        /// An answer to a submission.
        "cf_agent_use_chat_response" => ChatResponse(ChatResponse = flat),
        /// The transcript.
        "cf_agent_chat_messages" => ChatMessages {
            /// All of it, or its end. What cannot be read is left out.
            messages: Vec<Message> = messages "messages",
            /// What the store has before the first of these; `None`: nothing.
            before: Option<Before> = flat,
            /// It was sent because of the connect.
            connect: bool = flag "connect",
        },
        /// The transcript was emptied.
        "cf_agent_chat_clear" => ChatClear,
        /// One message changed.
        "cf_agent_message_updated" => MessageUpdated(Message = message "message"),
        /// A stream can be resumed.
        "cf_agent_stream_resuming" => StreamResuming {
            /// The request it belongs to.
            id: RequestId = "id",
            /// Which question this answers; `None`: unasked.
            probe_id: Option<ProbeId> = "probeId",
        },
        /// There is no stream to resume.
        "cf_agent_stream_resume_none" => StreamResumeNone {
            /// Why; older servers do not say.
            reason: Option<NoResume> = "reason",
            /// Which question this answers.
            probe_id: Option<ProbeId> = "probeId",
        },
        /// A turn was accepted and does not stream yet.
        "cf_agent_stream_pending" => StreamPending {
            /// The request it belongs to.
            id: Option<RequestId> = "id",
            /// Which question this answers; `None`: unasked.
            probe_id: Option<ProbeId> = "probeId",
        },
        /// An interrupted turn is being taken up again, or no longer.
        "cf_agent_chat_recovering" => ChatRecovering {
            /// Whether it is.
            recovering: bool = "recovering",
            /// The request it belongs to.
            id: Option<RequestId> = "id",
        },
        /// A frame the client sent could not be read, and there is no other answer to its kind. Official clients hand it
        /// to the application.
        "cf_agent_frame_error" => FrameError {
            /// The type of that frame, where it is known.
            frame: Option<String> = "frame",
            /// Its id, where it has one.
            id: Option<String> = "id",
            /// What is wrong.
            error: String = or_empty "error",
        },
    }
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
        self.fields().into_value().to_string()
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

/// The messages of a transcript; what is none is left out.
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

/// A message in an object of its own.
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
    /// An answer to a call as it goes over the wire.
    struct RpcFields {
        id: RpcId = "id",
        success: bool = "success",
        /// Older servers leave it out.
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
