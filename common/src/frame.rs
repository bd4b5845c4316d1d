//! The wire: one WebSocket text frame is one JSON object with a `type` (protocol §§2-5).
//!
//! Its quirks (JSON inside JSON, optional booleans, string prefixes) live in here alone. Past this module there are
//! only [`ClientFrame`] and [`ServerFrame`].

mod client;
mod error;
mod response;
mod server;

pub use client::{ChatRequest, ClientFrame, ClientTool, ToolApproval, ToolResult, Trigger};
pub use error::DecodeError;
pub use response::{ChatResponse, Delivered, Outcome, ResponseKind, encode_chunk};
use serde_json::Value;
pub use server::{NoResume, RpcResponse, ServerFrame};

use crate::fields::Fields;

/// The `type` and the other fields of a frame.
fn typed_object(text: &str) -> Result<(String, Fields), DecodeError> {
    let Ok(Value::Object(fields)) = serde_json::from_str(text) else {
        return Err(DecodeError::NotAnObject);
    };
    let fields = Fields::of(fields);
    match fields.peek("type") {
        Some(kind) => Ok((kind.to_owned(), fields)),
        None => Err(DecodeError::NoType),
    }
}

/// The largest frame the platform delivers, in bytes: 32 MiB (Cloudflare's Durable Objects limits).
pub const MAX_FRAME_BYTES: usize = 32 * 1024 * 1024;

/// What our client sends to see whether the connection lives. The object is not woken: the platform answers
/// with [`HEARTBEAT_ANSWER`]. It is no JSON, so an official server ignores it.
pub const HEARTBEAT: &str = "ping";

/// The answer to [`HEARTBEAT`].
pub const HEARTBEAT_ANSWER: &str = "pong";
