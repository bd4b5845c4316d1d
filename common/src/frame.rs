//! The wire: one WebSocket text frame is one JSON object with a `type` (protocol §§2-5).
//!
//! Its quirks (JSON inside JSON, optional booleans, string prefixes) live in here alone. Past this module there are
//! only [`ClientFrame`] and [`ServerFrame`].
//!
//! A frame that cannot be read is answered, under its id where it has one: see [`DecodeError::answer`]. Where the
//! protocol has no answer for it there is a frame of our own, which official clients ignore:
//! `{"type":"cf_agent_frame_error","frame"?,"id"?,"error"}`, where `frame` is the type of the frame that was refused,
//! `id` its id (of a tool's result or approval: the call's), and `error` says why. A refused submission is answered by
//! a chat response with `done`, `error` and our own `refused: true`: no turn ends with it. The identity has a field of our
//! own, `page`: the build of the page that the server serves, by which an open page learns of a newer one.
//!
//! A client that shows a transcript part by part says so when it connects ([`SHORT_TRANSCRIPTS`]). What it is sent of a
//! transcript then is its end, with our own `earlier` and `previous`: how many stored messages come before, and the id of the last of them. It submits with our own
//! `afterMessage`: see [`ChatRequest::after`].

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

/// The releases of the packages whose wire this is; end2end/interop holds it to them.
pub const WIRE: [(&str, &str); 3] = [
    ("agents", "0.32.0"),
    ("@cloudflare/ai-chat", "0.12.2"),
    ("partysocket", "1.3.0"),
];

/// The largest frame the platform delivers, in bytes: 32 MiB (Cloudflare's Durable Objects limits).
pub const MAX_FRAME_BYTES: usize = 32 * 1024 * 1024;

/// What a client puts into the query of its connection that wants the ends of transcripts, not the whole ones. An official
/// server ignores it.
pub const SHORT_TRANSCRIPTS: (&str, &str) = ("transcripts", "short");

/// What our client sends to see whether the connection lives. The object is not woken: the platform answers
/// with [`HEARTBEAT_ANSWER`]. It is no JSON, so an official server ignores it.
pub const HEARTBEAT: &str = "ping";

/// The answer to [`HEARTBEAT`].
pub const HEARTBEAT_ANSWER: &str = "pong";
