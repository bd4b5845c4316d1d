//! What all objects do with WebSockets: who opens them, and how they end.

use accounts::{CALLER_HEADER, Caller};
use common::id::{ConnectionId, IdSource as _};
use worker::{Request, Result, Url, WebSocket};

use super::random::RandomIds;

/// Close codes that stand for the absence of a close frame; they must not be sent (RFC 6455 §7.4.1).
const UNSENDABLE_CODES: &[usize] = &[1005, 1006, 1015];

/// The longest tag of a socket that the platform takes; a connection's id is its tag.
const MAX_TAG_BYTES: usize = 256;

/// Who calls, as the Worker has found out.
pub(super) fn caller(request: &Request) -> Result<Option<Caller>> {
    let header = request.headers().get(CALLER_HEADER)?;
    Ok(header.as_deref().and_then(Caller::from_header))
}

/// What a client calls its connection; the error is for the client.
pub(super) fn connection_id(url: &Url) -> std::result::Result<ConnectionId, String> {
    let id = url
        .query_pairs()
        .find(|(key, id)| key == "_pk" && !id.is_empty())
        .map_or_else(|| RandomIds.fresh(), |(_, id)| id.into_owned());
    if id.len() > MAX_TAG_BYTES {
        return Err(format!(
            "The connection's id (`_pk`) is longer than {MAX_TAG_BYTES} bytes."
        ));
    }
    Ok(ConnectionId::new(id))
}

/// Answers a close frame: its sender waits for that.
pub(super) fn answer_close(socket: &WebSocket, code: usize, reason: String) {
    if !UNSENDABLE_CODES.contains(&code)
        && let Ok(code) = u16::try_from(code)
    {
        // It fails when the connection is gone already, and then nobody waits.
        let _ = socket.close(Some(code), Some(reason));
    }
}
