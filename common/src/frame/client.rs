//! Frames a client sends.

mod tools;

use serde_json::{Map, Value, json};

use super::{DecodeError, ServerFrame, refusal};
use crate::{
    fields::Fields,
    id::{MessageId, ProbeId, RequestId, RpcId},
    json,
    message::{Message, list_from_any_version},
};
pub use tools::{ClientTool, ToolApproval, ToolResult};

/// The type of a submission.
pub(super) const CHAT_REQUEST: &str = "cf_agent_use_chat_request";
/// The type of a new state.
pub(super) const STATE: &str = "cf_agent_state";
/// The field of a submission that says behind which message everything is void.
const AFTER: &str = "afterMessage";
/// The type of a call.
pub(super) const RPC: &str = "rpc";
const CHAT_MESSAGES: &str = "cf_agent_chat_messages";
const CHAT_CLEAR: &str = "cf_agent_chat_clear";
const CHAT_CANCEL: &str = "cf_agent_chat_request_cancel";
const RESUME_REQUEST: &str = "cf_agent_stream_resume_request";
const RESUME_ACK: &str = "cf_agent_stream_resume_ack";
const TOOL_RESULT: &str = "cf_agent_tool_result";
const TOOL_APPROVAL: &str = "cf_agent_tool_approval";

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
    /// The result of a call of a client tool.
    ToolResult(ToolResult),
    /// The user's answer to a tool call.
    ToolApproval(ToolApproval),
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
    /// Our own: everything behind this message is void, and the list holds only what is changed. `None`: the list cuts the
    /// transcript back where it is the transcript's beginning. Official servers do not know it: they are sent the list.
    pub after: Option<MessageId>,
    /// The tools the client runs itself.
    pub client_tools: Vec<ClientTool>,
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

impl ClientFrame {
    /// Reads a text frame.
    ///
    /// # Errors
    /// When it is none of these frames. The connection goes on; [`DecodeError::answer`] is what its client hears.
    pub fn decode(text: &str) -> Result<Self, DecodeError> {
        let (kind, fields) = match super::typed_object(text) {
            Err(DecodeError::Unreadable { reason, .. }) => {
                let refusal::Names { kind, id } = refusal::Names::of(text);
                return Err(DecodeError::Unreadable { kind, id, reason });
            }
            read => read?,
        };
        let id = refusal::id_in(&fields);
        match Self::from_fields(&kind, fields) {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(DecodeError::UnknownType(kind)),
            Err(reason) => Err(DecodeError::Malformed { kind, id, reason }),
        }
    }

    /// `None` for a type this version does not know; an error says what is wrong.
    fn from_fields(kind: &str, mut fields: Fields) -> Result<Option<Self>, String> {
        Ok(Some(match kind {
            CHAT_REQUEST => Self::ChatRequest(ChatRequest::take(fields)?),
            CHAT_MESSAGES => Self::ChatMessages(list_from_any_version(fields.array("messages")?)?),
            CHAT_CLEAR => Self::ChatClear,
            CHAT_CANCEL => Self::ChatCancel(RequestId::new(fields.text("id")?)),
            RESUME_REQUEST => {
                Self::ResumeRequest(fields.optional_text("probeId")?.map(ProbeId::new))
            }
            RESUME_ACK => Self::ResumeAck(RequestId::new(fields.text("id")?)),
            TOOL_RESULT => Self::ToolResult(ToolResult::take(fields)?),
            TOOL_APPROVAL => Self::ToolApproval(ToolApproval::take(fields)?),
            STATE => match fields.present("state") {
                Some(state) => Self::State(state),
                None => return Err("`state` is missing".to_owned()),
            },
            RPC => Self::Rpc {
                id: RpcId::new(fields.text("id")?),
                method: fields.text("method")?,
                args: fields.array("args")?,
            },
            _ => return Ok(None),
        }))
    }

    /// The answer to its sender when it is not taken, although it could be read. `why` is one sentence without its full
    /// stop, such as "this connection is read-only".
    #[must_use]
    pub fn refusal(&self, why: &str) -> ServerFrame {
        let (kind, id) = match self {
            Self::ChatRequest(request) => (CHAT_REQUEST, Some(request.id.as_str())),
            Self::ChatMessages(_) => (CHAT_MESSAGES, None),
            Self::ChatClear => (CHAT_CLEAR, None),
            Self::ChatCancel(id) => (CHAT_CANCEL, Some(id.as_str())),
            Self::ResumeRequest(probe) => (RESUME_REQUEST, probe.as_ref().map(ProbeId::as_str)),
            Self::ResumeAck(id) => (RESUME_ACK, Some(id.as_str())),
            Self::ToolResult(result) => (TOOL_RESULT, Some(result.tool_call_id.as_str())),
            Self::ToolApproval(approval) => (TOOL_APPROVAL, Some(approval.tool_call_id.as_str())),
            Self::State(_) => (STATE, None),
            Self::Rpc { id, .. } => (RPC, Some(id.as_str())),
        };
        refusal::refuse(Some(kind), id, why)
    }

    /// Writes the text frame.
    #[must_use]
    pub fn encode(&self) -> String {
        let value = match self {
            Self::ChatRequest(request) => request.to_wire(),
            Self::ChatMessages(messages) => {
                json!({"type": CHAT_MESSAGES, "messages": messages})
            }
            Self::ChatClear => json!({"type": CHAT_CLEAR}),
            Self::ChatCancel(id) => json!({"type": CHAT_CANCEL, "id": id}),
            Self::ResumeRequest(None) => json!({"type": RESUME_REQUEST}),
            Self::ResumeRequest(Some(probe)) => {
                json!({"type": RESUME_REQUEST, "probeId": probe})
            }
            Self::ResumeAck(id) => json!({"type": RESUME_ACK, "id": id}),
            Self::ToolResult(result) => result.to_wire(),
            Self::ToolApproval(approval) => approval.to_wire(),
            Self::State(state) => json!({"type": STATE, "state": state}),
            Self::Rpc { id, method, args } => {
                json!({"type": RPC, "id": id, "method": method, "args": args})
            }
        };
        value.to_string()
    }
}

impl ChatRequest {
    fn take(mut fields: Fields) -> Result<Self, String> {
        let id = RequestId::new(fields.text("id")?);
        let init = fields.object("init")?;
        if init.peek("method") != Some("POST") {
            return Err("`init.method` is missing or not `POST`".to_owned());
        }
        let Some(body) = init.peek("body") else {
            return Err("`init.body` is missing or not a string".to_owned());
        };
        let mut body = match json::parse(body) {
            Ok(Value::Object(body)) => body,
            Ok(_) => return Err("`init.body` is not the text of a JSON object".to_owned()),
            Err(error) => return Err(format!("`init.body` is not JSON: {error}")),
        };
        // Nothing may be left out: the turn would answer what was said before.
        let Some(Value::Array(messages)) = body.remove("messages") else {
            return Err("`messages` is missing or not an array".to_owned());
        };
        let messages = list_from_any_version(messages)?;
        let trigger = match body.remove("trigger") {
            Some(Value::String(trigger)) if trigger == "regenerate-message" => Trigger::Regenerate,
            _ => Trigger::Submit,
        };
        let client_tools = ClientTool::list_from_json(body.remove("clientTools"));
        let after = match body.remove(AFTER) {
            Some(Value::String(id)) => Some(MessageId::new(id)),
            None | Some(Value::Null) => None,
            Some(_) => return Err(format!("`{AFTER}` is not the id of a message")),
        };
        Ok(Self {
            id,
            trigger,
            messages,
            after,
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
        if let Some(after) = &self.after {
            body.insert(AFTER.to_owned(), after.as_str().into());
        }
        if !self.client_tools.is_empty() {
            body.insert(
                "clientTools".to_owned(),
                ClientTool::list_to_json(&self.client_tools),
            );
        }
        json!({
            "type": CHAT_REQUEST,
            "id": self.id,
            "init": {"method": "POST", "body": Value::Object(body).to_string()},
        })
    }
}
