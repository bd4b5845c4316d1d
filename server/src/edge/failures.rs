//! Responses for when the store of a conversation fails, or its object does not wake up.

use common::http::{ErrorBody, ErrorCode};
use sql::{Fault, SqlError, reason};
use worker::{Error, Response, ResponseBuilder, Result, WebSocketPair};

use super::disk;
use crate::routing::RequestKind;

/// The platform's text for an object that does not start; the reason is in its log.
const HIDDEN: &str = "internal error";

/// The close code for a connection that may be opened later (IANA's list of close codes).
const TRY_AGAIN_LATER: u16 = 1013;

/// The response to a request whose object threw `error`; the error itself when nobody can act on it. `is_stored`: whether
/// the conversation has a file, where the Worker can see files.
pub(super) fn of_object(
    kind: RequestKind,
    error: Error,
    is_stored: Option<bool>,
) -> Result<Response> {
    let text = error.to_string();
    let fault = match (Fault::of(&text), disk::refuses(), is_stored) {
        // The object's own text does not reach the Worker.
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

/// Why an object cannot respond.
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

/// The response, in the form that fits the kind of the request.
pub(super) fn answer(kind: RequestKind, fault: Fault, words: &str) -> Result<Response> {
    match kind {
        RequestKind::Connect => closed(fault, words),
        RequestKind::Options | RequestKind::Plain => said(fault, words),
    }
}

/// A response with the text and a code for programs.
fn said(fault: Fault, words: &str) -> Result<Response> {
    ResponseBuilder::new()
        .with_status(fault.status())
        .with_header("Cache-Control", "no-store")?
        .from_json(&ErrorBody::new(words).with_code(fault.code()).to_json())
}

/// The same for a WebSocket: it opens, gives the reason, and closes (protocol §1.4).
pub(super) fn closed(fault: Fault, words: &str) -> Result<Response> {
    opened_to_close(fault.close_code(), fault.code(), words)
}

/// The WebSocket form of a 503: the limit of connections is reached.
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
