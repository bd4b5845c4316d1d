//! Frames from the client.

mod tools;

use serde_json::{Map, Value, json};

use super::{DecodeError, ServerFrame, refusal};
use crate::{
    fields::{
        Field as _, FieldError, Fields, Record, Tagged as _, flat, lenient, plain, readable, rest,
    },
    id::{MessageId, ProbeId, RequestId, RpcId},
    json,
    message::Message,
    state::{Choices, chosen},
};
pub use tools::{ClientTool, ToolApproval, ToolResult};

tagged! {
    /// A frame from the client (protocol §5.1, §3, §4).
    #[derive(Clone, Debug, PartialEq)]
    pub enum ClientFrame by "type" {
        /// Starts a turn.
        "cf_agent_use_chat_request" => ChatRequest(ChatRequest = flat),
        /// Stores messages without a turn; never deletes any.
        "cf_agent_chat_messages" => ChatMessages(Vec<Message> = messages "messages"),
        /// Clears the transcript.
        "cf_agent_chat_clear" => ChatClear,
        /// Aborts the turn of a request, or takes the request out of the queue.
        "cf_agent_chat_request_cancel" => ChatCancel(RequestId = "id"),
        /// Asks whether there is a stream to resume.
        "cf_agent_stream_resume_request" => ResumeRequest(Option<ProbeId> = "probeId"),
        /// Asks for the replay of a request's stream.
        "cf_agent_stream_resume_ack" => ResumeAck(RequestId = "id"),
        /// Gives the output of a client tool call.
        "cf_agent_tool_result" => ToolResult(ToolResult = flat),
        /// Gives the user's answer to an approval request.
        "cf_agent_tool_approval" => ToolApproval(ToolApproval = flat),
        /// Replaces the synced state.
        "cf_agent_state" => State(Value = "state"),
        /// Calls a method.
        "rpc" => Rpc {
            /// The id of the call, repeated in the answer.
            id: RpcId = "id",
            /// The method's name.
            method: String = "method",
            /// Its arguments.
            args: Vec<Value> = "args",
        },
    }
}

/// Messages of any version, all of which must be readable.
mod messages {
    use serde_json::Value;

    use crate::{
        fields::{FieldError, Fields},
        message::{Message, list_from_any_version},
    };

    pub(super) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Vec<Message>, FieldError> {
        list_from_any_version(fields.array(name)?).map_err(FieldError::Other)
    }

    pub(super) fn put(messages: &[Message], fields: &mut Fields, name: &str) {
        let entries: Value = messages.iter().map(Message::to_json).collect();
        fields.set(name, entries);
    }
}

/// A client's request for a turn (protocol §5.3).
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// The id; sending a submission twice is harmless.
    pub id: RequestId,
    /// Whether new messages or another answer are submitted.
    pub trigger: Trigger,
    /// The client's transcript, or its new messages only.
    pub messages: Vec<Message>,
    /// Our own field: everything after this message is void, and `messages` holds only what changed. `None`: the list
    /// cuts the transcript back when it equals its beginning. Official servers ignore this field and get the whole
    /// list.
    pub after: Option<MessageId>,
    /// The tools that the client runs itself.
    pub client_tools: Vec<ClientTool>,
    /// Application-specific fields, such as `model`.
    pub body: Map<String, Value>,
}

words! {
    /// The kind of a submission.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Trigger, expected "`submit-message` or `regenerate-message`" {
        /// Submits new messages.
        "submit-message" => Submit,
        /// Asks for another answer: the transcript is cut back to the given messages.
        "regenerate-message" => Regenerate,
    }
}

record! {
    /// Options of a submission: fields of [`ChatRequest::body`]. Unreadable fields are ignored.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SubmissionOptions {
        /// The model for this turn and its continuations.
        pub model: Option<String> = lenient "model",
        /// Whether the running turn takes the message in at its next boundary, instead of a new turn after it.
        pub steer: bool = only_true "steer",
        /// What was chosen for the conversation. It counts when the submission begins one.
        pub choices: Option<Choices> = chosen "choices",
    }
}

/// Any value but `true` is `false`, which is not written.
mod only_true {
    use crate::fields::{FieldError, Fields, flag, lenient};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<bool, FieldError> {
        lenient::take(fields, name)
    }

    pub(super) fn put(value: &bool, fields: &mut Fields, name: &str) {
        flag::put(value, fields, name);
    }
}

impl ChatRequest {
    /// The options of the submission.
    #[must_use]
    pub fn options(&self) -> SubmissionOptions {
        let body = Value::Object(self.body.clone());
        SubmissionOptions::from_json(body).unwrap_or_default()
    }
}

impl SubmissionOptions {
    /// The body of a submission with these options only.
    #[must_use]
    pub fn to_body(&self) -> Map<String, Value> {
        let mut fields = Fields::default();
        self.put(&mut fields);
        fields.rest()
    }
}

impl ClientFrame {
    /// Reads a text frame.
    ///
    /// # Errors
    /// When the text is none of these frames. The connection stays open; [`DecodeError::answer`] is the answer to the
    /// client.
    pub fn decode(text: &str) -> Result<Self, DecodeError> {
        let (kind, mut fields) = match super::typed_object(text) {
            Err(DecodeError::Unreadable { reason, .. }) => {
                let refusal::Names { kind, id } = refusal::Names::of(text);
                return Err(DecodeError::Unreadable { kind, id, reason });
            }
            read => read?,
        };
        let id = refusal::id_in(&fields);
        match Self::take_tagged(&kind, &mut fields) {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(DecodeError::UnknownType(kind)),
            Err(error) => {
                let reason = error.to_string();
                Err(DecodeError::Malformed { kind, id, reason })
            }
        }
    }

    /// The answer to a readable frame that is refused. `why` is a sentence without its full stop, such as "this
    /// connection is read-only".
    #[must_use]
    pub fn refusal(&self, why: &str) -> ServerFrame {
        let id = match self {
            Self::ChatRequest(request) => Some(request.id.as_str()),
            Self::ChatCancel(id) | Self::ResumeAck(id) => Some(id.as_str()),
            Self::ResumeRequest(probe) => probe.as_ref().map(ProbeId::as_str),
            Self::ToolResult(result) => Some(result.tool_call_id.as_str()),
            Self::ToolApproval(approval) => Some(approval.tool_call_id.as_str()),
            Self::Rpc { id, .. } => Some(id.as_str()),
            Self::ChatMessages(_) | Self::ChatClear | Self::State(_) => None,
        };
        refusal::refuse(self.tag(), id, why)
    }

    /// Writes the text frame.
    #[must_use]
    pub fn encode(&self) -> String {
        self.fields().into_value().to_string()
    }
}

/// Reads the fields of a submission, which are in a JSON text inside the frame.
impl Record for ChatRequest {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        let other = |words: &str| FieldError::Other(words.to_owned());
        let id = plain::take(fields, "id")?;
        let init = fields.object("init")?;
        if init.peek("method") != Some("POST") {
            return Err(other("`init.method` is missing or not `POST`"));
        }
        let Some(body) = init.peek("body") else {
            return Err(other("`init.body` is missing or not a string"));
        };
        let body = match json::parse(body) {
            Ok(Value::Object(body)) => body,
            Ok(_) => return Err(other("`init.body` is not the text of a JSON object")),
            Err(error) => return Err(other(&format!("`init.body` is not JSON: {error}"))),
        };
        let Submission {
            messages,
            trigger,
            client_tools,
            after,
            body,
        } = Submission::take(&mut Fields::of(body))?;
        Ok(Self {
            id,
            trigger,
            messages,
            after,
            client_tools,
            body,
        })
    }

    fn put(&self, fields: &mut Fields) {
        let Self {
            id,
            trigger,
            messages,
            after,
            client_tools,
            body,
        } = self.clone();
        let submission = Submission {
            messages,
            trigger,
            client_tools,
            after,
            body,
        };
        id.put(fields, "id");
        let body = submission.to_json().to_string();
        fields.set("init", json!({"method": "POST", "body": body}));
    }
}

record! {
    /// Reads the JSON text inside a submission.
    struct Submission {
        /// No message may be dropped: the turn would answer an earlier one.
        messages: Vec<Message> = messages "messages",
        trigger: Trigger = trigger "trigger",
        client_tools: Vec<ClientTool> = readable "clientTools",
        after: Option<MessageId> = after "afterMessage",
        body: Map<String, Value> = rest,
    }
}

/// An unknown trigger counts as [`Trigger::Submit`].
mod trigger {
    use super::Trigger;
    use crate::fields::{Field as _, FieldError, Fields, lenient};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Trigger, FieldError> {
        let trigger: Option<Trigger> = lenient::take(fields, name)?;
        Ok(trigger.unwrap_or(Trigger::Submit))
    }

    pub(super) fn put(trigger: &Trigger, fields: &mut Fields, name: &str) {
        trigger.put(fields, name);
    }
}

/// A message id; another kind of value has an error of its own.
mod after {
    use crate::{
        fields::{Field as _, FieldError, Fields},
        id::MessageId,
    };

    pub(super) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<MessageId>, FieldError> {
        let id = fields.optional_text(name);
        let id =
            id.map_err(|_| FieldError::Other(format!("`{name}` is not the id of a message")))?;
        Ok(id.map(MessageId::new))
    }

    pub(super) fn put(id: &Option<MessageId>, fields: &mut Fields, name: &str) {
        id.put(fields, name);
    }
}
