//! Answers to calls that are read from the store.

use common::{
    frame::{RpcResponse, ServerFrame},
    id::RpcId,
    time::Timestamp,
};
use portable::markdown;
use serde_json::{Value, json};
use sql::{Sql, SqlError};
use store::{Audience, Position, Span, Store};

use super::{
    context_texts::context_texts,
    io::{ExportFormat, StoredReply},
};

/// How many messages are read at a time.
const PAGE: u32 = 50;

/// Reads a reply from the store and sends its frames one by one.
pub(super) fn reply_frames<S: Sql>(
    store: &Store<S>,
    now: Timestamp,
    id: &RpcId,
    reply: StoredReply,
    mut send: impl FnMut(String),
) {
    let value = |value: Value| {
        let result = Some(value);
        let id = id.clone();
        ServerFrame::Rpc(RpcResponse::Success { id, result }).encode()
    };
    let sent = match reply {
        StoredReply::Messages => store
            .transcript_json(Audience::Client, Span::ALL, None)
            .map(|json| send(ServerFrame::encode_rpc_result(id, &json))),
        StoredReply::Summary => summary(store).map(|summary| send(value(summary))),
        StoredReply::Context {
            project_notes,
            client_tools,
        } => context_texts(store, now, project_notes.as_deref(), &client_tools)
            .map(|texts| send(value(texts.to_json()))),
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

/// The newest summary; `null`: there is none.
fn summary<S: Sql>(store: &Store<S>) -> Result<Value, SqlError> {
    let summary = store.summary_before(Position::END)?;
    Ok(summary.map_or(Value::Null, |summary| {
        json!({
            "after": summary.message.as_str(),
            "at": summary.at.as_millis(),
            "text": summary.text,
        })
    }))
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
