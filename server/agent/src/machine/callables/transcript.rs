//! `getMessages()`, and `exportTranscript(format?)`, which streams.

use common::{
    frame::{RpcResponse, ServerFrame},
    id::RpcId,
};
use portable::markdown;
use serde::Deserialize;
use serde_json::{Value, json};
use sql::{Sql, SqlError};
use store::{Audience, Position, Span, Store};

use super::{CallError, Reply};

/// How many messages are read at a time.
const PAGE: u32 = 50;

/// An answer that is read from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredReply {
    /// The transcript, as one array of messages.
    Messages,
    /// The transcript, a message a chunk.
    Export(ExportFormat),
    /// Whether the store takes a write and gives it back.
    StorageCheck,
}

/// How a transcript is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A markdown section a message.
    #[default]
    Markdown,
    /// A line of JSON a message.
    Json,
}

/// The stored transcript.
pub(super) const fn get_messages((): ()) -> Result<Reply, CallError> {
    Ok(Reply::Stored(StoredReply::Messages))
}

/// The stored transcript as text, a chunk a message; ends with the number of messages.
pub(super) fn export_transcript((format,): (Option<ExportFormat>,)) -> Result<Reply, CallError> {
    Ok(Reply::Stored(StoredReply::Export(
        format.unwrap_or_default(),
    )))
}

/// Reads a reply from the store and sends its frames one by one.
pub fn reply_frames<S: Sql>(
    store: &Store<S>,
    id: &RpcId,
    reply: StoredReply,
    mut send: impl FnMut(String),
) {
    let sent = match reply {
        StoredReply::Messages => store
            .transcript_json(Audience::Client, Span::ALL, None)
            .map(|json| send(ServerFrame::encode_rpc_result(id, &json))),
        StoredReply::Export(format) => export(store, id, format, &mut send),
        StoredReply::StorageCheck => store
            .check()
            .map(|()| send(ServerFrame::encode_rpc_result(id, "true"))),
    };
    if let Err(error) = sent {
        let failure = RpcResponse::Failure {
            id: id.clone(),
            error: error.to_string(),
        };
        send(ServerFrame::Rpc(failure).encode());
    }
}

fn export<S: Sql>(
    store: &Store<S>,
    id: &RpcId,
    format: ExportFormat,
    send: &mut impl FnMut(String),
) -> Result<(), SqlError> {
    let mut after = Position::START;
    let mut count: u64 = 0;
    loop {
        let page = store.messages_after(after, PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for message in page.iter().filter_map(|(_, message)| message.as_ref()) {
            count += 1;
            let result = match format {
                ExportFormat::Markdown => markdown(message),
                ExportFormat::Json => message.to_json().to_string() + "\n",
            };
            let chunk = RpcResponse::Partial {
                id: id.clone(),
                result: Value::from(result),
            };
            send(ServerFrame::Rpc(chunk).encode());
        }
    }
    let end = RpcResponse::Success {
        id: id.clone(),
        result: Some(json!({"messages": count})),
    };
    send(ServerFrame::Rpc(end).encode());
    Ok(())
}
