//! The wire: one WebSocket text frame is one JSON object with a `type` (protocol §§2-5).
//!
//! The wire's quirks (JSON inside JSON, optional booleans, string prefixes) are handled in this module alone. Other
//! code sees only [`ClientFrame`] and [`ServerFrame`].
//!
//! A frame that cannot be read is answered, under its id if it has one: see [`DecodeError::answer`]. Where the
//! protocol has no answer, there is a frame of our own, which official clients ignore:
//! `{"type":"cf_agent_frame_error","frame"?,"id"?,"error"}`, where `frame` is the type of the refused frame, `id` its
//! id (for a tool result or approval, the call's id) and `error` the reason. A refused submission is answered by a
//! chat response with `done`, `error` and our own field `refused: true`, which ends no turn. The identity has our own
//! field `page`: the build of the page that the server serves, so that an open page learns of a newer one.
//!
//! A client that loads transcripts in parts says so when it connects ([`SHORT_TRANSCRIPTS`]). The server then sends
//! it only the end of a transcript, with our own fields `earlier` and `previous`: the number of earlier messages and
//! the id of the last of them. Such a client submits with our own field `afterMessage`: see [`ChatRequest::after`].

mod client;
mod error;
mod excerpt;
mod refusal;
mod response;
mod server;

pub use client::{
    ChatRequest, ClientFrame, ClientTool, SubmissionOptions, ToolApproval, ToolResult, Trigger,
};
pub use error::DecodeError;
pub use excerpt::{Before, Excerpt, PAGE_MESSAGES, Place, WHOLE_MESSAGE, Wanted, WantedError};
pub use response::{ChatResponse, Delivered, Outcome, ResponseKind, encode_chunk};
use serde_json::Value;
pub use server::{NoResume, RpcResponse, ServerFrame};

use crate::{fields::Fields, json};

/// The `type` and the other fields of a frame.
fn typed_object(text: &str) -> Result<(String, Fields), DecodeError> {
    let fields = match json::parse(text) {
        Ok(Value::Object(fields)) => fields,
        Err(error)
            if text
                .trim_start_matches('\u{feff}')
                .trim_start()
                .starts_with('{') =>
        {
            return Err(DecodeError::Unreadable {
                kind: None,
                id: None,
                reason: format!("the frame is not JSON: {error}"),
            });
        }
        Ok(_) | Err(_) => return Err(DecodeError::NotAnObject),
    };
    let fields = Fields::of(fields);
    match fields.peek("type") {
        Some(kind) => Ok((kind.to_owned(), fields)),
        None => Err(DecodeError::NoType),
    }
}

/// The releases of the packages whose protocol this is; end2end/interop checks that they match.
pub const WIRE: [(&str, &str); 3] = [
    ("agents", "0.32.0"),
    ("@cloudflare/ai-chat", "0.12.2"),
    ("partysocket", "1.3.0"),
];

/// The largest frame the platform delivers, in bytes: 32 MiB (Cloudflare's Durable Objects limits).
pub const MAX_FRAME_BYTES: usize = 32 * 1024 * 1024;

/// The query parameter with which a client asks for the ends of transcripts instead of whole ones. An official server
/// ignores it.
pub const SHORT_TRANSCRIPTS: (&str, &str) = ("transcripts", "short");

/// Our client sends this to check that the connection is alive. The platform answers with [`HEARTBEAT_ANSWER`]
/// without waking the object. It is not JSON, so an official server ignores it.
pub const HEARTBEAT: &str = "ping";

/// The answer to [`HEARTBEAT`].
pub const HEARTBEAT_ANSWER: &str = "pong";
