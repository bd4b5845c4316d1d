//! The events for a test: one JSON object per line.

use std::io::{Write, stdout};

use common::{
    client::{ChatError, Client, Connection, Delivery, Identity, Row, Status},
    id::{IdSource, RpcId, ToolCallId},
    message::Message,
};
use serde::Serialize;
use serde_json::Value;

use crate::socket::Generation;

/// A line of the standard output.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Report {
    /// The present content of the view.
    View(View),
    /// A text frame was sent.
    Sent { socket: Generation, frame: String },
    /// A text frame arrived.
    Received { socket: Generation, frame: String },
    /// The synced state.
    State { state: Value },
    /// The identity of the agent; empty while it is unknown.
    Identity {
        agent: Option<String>,
        name: Option<String>,
    },
    /// A client tool is to be run.
    RunTool {
        call: ToolCallId,
        name: String,
        input: Value,
    },
    /// A partial result of a call.
    CallPart { id: RpcId, part: Value },
    /// A call ended, with its result, or with the code and text of an error.
    CallEnded {
        id: RpcId,
        result: Option<Value>,
        error: Option<(&'static str, String)>,
    },
    /// An error without effect on the turns.
    Problem { code: &'static str },
    /// A line for the console.
    Warn { line: String },
}

/// Everything that is visible.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    connection: &'static str,
    status: &'static str,
    error: Option<String>,
    rows: Vec<ShownRow>,
}

/// A message and its delivery.
#[derive(Debug, Serialize)]
struct ShownRow {
    message: Message,
    delivery: &'static str,
}

impl Report {
    /// The view of the machine's present state.
    pub(crate) fn view<I: IdSource>(client: &Client<I>) -> Self {
        Self::View(View {
            connection: connection_word(&client.connection()),
            status: status_word(client.status()),
            error: client.error().map(ToString::to_string),
            rows: client.rows().into_iter().map(ShownRow::from).collect(),
        })
    }

    pub(crate) fn identity(identity: Option<Identity>) -> Self {
        let (agent, name) = identity.map(|one| (one.agent, one.name)).unzip();
        Self::Identity { agent, name }
    }

    pub(crate) fn ended(id: RpcId, result: Result<Value, ChatError>) -> Self {
        let (result, error) = match result {
            Ok(result) => (Some(result), None),
            Err(error) => (None, Some((error.code(), error.to_string()))),
        };
        Self::CallEnded { id, result, error }
    }

    /// Writes the line. A missing reader is no error.
    pub(crate) fn write(&self) {
        let mut out = stdout().lock();
        if serde_json::to_writer(&mut out, self).is_ok() {
            let _ = out.write_all(b"\n");
            let _ = out.flush();
        }
    }
}

impl From<Row> for ShownRow {
    fn from(row: Row) -> Self {
        Self {
            message: row.message,
            delivery: match row.delivery {
                Delivery::Stored => "stored",
                Delivery::Overdue => "overdue",
                Delivery::Sent => "sent",
                Delivery::Accepted => "accepted",
                Delivery::Running => "running",
                Delivery::Answered => "answered",
                Delivery::Failed => "failed",
            },
        }
    }
}

const fn connection_word(connection: &Connection) -> &'static str {
    match connection {
        Connection::Connecting => "connecting",
        Connection::Connected => "connected",
        Connection::Reconnecting { .. } => "reconnecting",
        Connection::Offline => "offline",
        Connection::Refused(_) => "refused",
    }
}

const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Ready => "ready",
        Status::Submitted => "submitted",
        Status::Streaming => "streaming",
        Status::Error => "error",
    }
}
