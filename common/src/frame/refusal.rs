//! The answers to frames that cannot be read.

use std::fmt;

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value;

use super::{ChatResponse, DecodeError, RpcResponse, ServerFrame};
use crate::{
    fields::Fields,
    id::{RequestId, RpcId},
    json,
};

impl DecodeError {
    /// The answer to the sender. `None` when the text may be a message of the application or a frame of a newer
    /// client.
    #[must_use]
    pub fn answer(&self) -> Option<ServerFrame> {
        match self {
            Self::NotAnObject | Self::NoType | Self::UnknownType(_) => None,
            Self::Unreadable { kind, id, reason } => {
                Some(refuse(kind.as_deref(), id.as_deref(), reason))
            }
            Self::Malformed { kind, id, reason } => Some(refuse(Some(kind), id.as_deref(), reason)),
        }
    }

    /// A frame that is refused whatever it contains, and why.
    #[must_use]
    pub fn refused(text: &str, reason: String) -> Self {
        if !text.starts_with('{') {
            return Self::NotAnObject;
        }
        let Names { kind, id } = Names::of_strict(text);
        Self::Unreadable { kind, id, reason }
    }

    /// The error for a binary message. One that would be readable as text is answered, too.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.starts_with('{') => {
                let Names { kind, id } = Names::of(text);
                let reason = "the frame is binary, and has to be a text".to_owned();
                Self::Unreadable { kind, id, reason }
            }
            Ok(_) | Err(_) => Self::NotAnObject,
        }
    }
}

/// The answer to a refused frame; each kind of frame has its own.
pub(super) fn refuse(kind: Option<&str>, id: Option<&str>, reason: &str) -> ServerFrame {
    match (kind, id) {
        (Some("cf_agent_use_chat_request"), Some(id)) => {
            let words = format!("The message was not taken: {reason}.");
            ServerFrame::ChatResponse(ChatResponse::refused(RequestId::new(id), words))
        }
        (Some("rpc"), Some(id)) => ServerFrame::Rpc(RpcResponse::Failure {
            id: RpcId::new(id),
            error: format!("The call was not taken: {reason}."),
        }),
        (Some("cf_agent_state"), _) => {
            ServerFrame::StateError(format!("State update rejected: {reason}"))
        }
        (kind, id) => ServerFrame::FrameError {
            frame: kind.map(str::to_owned),
            id: id.map(str::to_owned),
            error: format!("The frame was not taken: {reason}."),
        },
    }
}

/// The id of the answer: the frame's id, or that of its tool call.
pub(super) fn id_in(fields: &Fields) -> Option<String> {
    let named = ["id", "toolCallId"];
    named
        .into_iter()
        .find_map(|name| text_of(fields.get(name)?))
}

/// The type and id of a frame that is malformed in other fields.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) kind: Option<String>,
    pub(super) id: Option<String>,
}

impl Names {
    pub(super) fn of(text: &str) -> Self {
        Self::of_strict(&json::lenient(text))
    }

    /// Reads strict JSON and skips all fields but these.
    fn of_strict(text: &str) -> Self {
        let mut names = Self::default();
        // The parser stops at the error; the fields before it are known.
        let _ = serde_json::Deserializer::from_str(text).deserialize_map(&mut names);
        names
    }
}

impl<'de> Visitor<'de> for &mut Names {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                "type" => {
                    let kind: Value = fields.next_value()?;
                    self.kind = kind.as_str().map(str::to_owned);
                }
                "id" => self.id = text_of(&fields.next_value()?),
                "toolCallId" if self.id.is_none() => self.id = text_of(&fields.next_value()?),
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A string id. Some clients send a number.
fn text_of(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
