//! The answer to a client when the store of a conversation fails, or when its object cannot be woken up.

use common::http::{ErrorBody, ErrorCode};
use sql::{Fault, SqlError, reason};
use worker::{Error, Response, ResponseBuilder, Result, WebSocketPair};

use super::disk;
use crate::routing::RequestKind;

/// What the platform says when an object does not start and its log has the reason.
const HIDDEN: &str = "internal error";

/// Of a WebSocket that may be opened later (IANA's list of close codes).
const TRY_AGAIN_LATER: u16 = 1013;

/// The answer to a request whose object threw `error`; the error again when nobody can do anything about it. `is_stored`:
/// whether the conversation has a file, where that can be seen.
pub(super) fn of_object(
    kind: RequestKind,
    error: Error,
    is_stored: Option<bool>,
) -> Result<Response> {
    let text = error.to_string();
    let fault = match (Fault::of(&text), disk::refuses(), is_stored) {
        // The object's own words do not come through.
        (Fault::Other, Some(fault), _) if text.contains(HIDDEN) => fault,
        (Fault::Other, None, Some(true)) if text.contains(HIDDEN) => Fault::Damaged,
        (Fault::Other, None, Some(false)) if text.contains(HIDDEN) => Fault::Disk,
        (Fault::Other, _, _) => return Err(error),
        (fault, _, _) => fault,
    };
    disk::failed(fault);
    worker::console_error!("an object failed ({}): {text}", fault.code().as_str());
    answer(kind, fault, fault.words().unwrap_or_default())
}

/// Why an object cannot do anything.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) fault: Fault,
    pub(super) words: String,
}

impl From<SqlError> for Problem {
    fn from(error: SqlError) -> Self {
        Self {
            fault: error.fault,
            words: error.words(),
        }
    }
}

/// The answer to a request, in the way of its kind.
pub(super) fn answer(kind: RequestKind, fault: Fault, words: &str) -> Result<Response> {
    match kind {
        RequestKind::Connect => closed(fault, words),
        RequestKind::Options | RequestKind::Plain => said(fault, words),
    }
}

/// In words, and for programs.
fn said(fault: Fault, words: &str) -> Result<Response> {
    ResponseBuilder::new()
        .with_status(fault.status())
        .with_header("Cache-Control", "no-store")?
        .from_json(&ErrorBody::new(words).with_code(fault.code()).to_json())
}

/// A WebSocket's way of saying so: it opens, says why, and closes (protocol §1.4).
pub(super) fn closed(fault: Fault, words: &str) -> Result<Response> {
    opened_to_close(fault.close_code(), fault.code(), words)
}

/// A WebSocket's way of a 503: there is no room for another one.
pub(super) fn full(words: &str) -> Result<Response> {
    opened_to_close(TRY_AGAIN_LATER, ErrorCode::Connections, words)
}

fn opened_to_close(close_code: u16, code: ErrorCode, words: &str) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server
        .send_with_str(ErrorBody::new(words).with_code(code).to_json().to_string())?;
    pair.server.close(Some(close_code), Some(reason(words)))?;
    Response::from_websocket(pair.client)
}
