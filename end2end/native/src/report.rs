//! What a test is told: one JSON object a line.

use std::io::{Write, stdout};

use common::{
    client::{Client, Connection, Delivery, Row, Status},
    id::IdSource,
    message::Message,
};
use serde::Serialize;

use crate::socket::Generation;

/// A line of the standard output.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Report {
    /// What a view shows now.
    View(View),
    /// A text frame left.
    Sent { socket: Generation, frame: String },
    /// A text frame came.
    Received { socket: Generation, frame: String },
    /// A line for the console.
    Warn { line: String },
}

/// Everything there is to see.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    connection: &'static str,
    status: &'static str,
    error: Option<String>,
    rows: Vec<ShownRow>,
}

/// A message and how far its delivery is.
#[derive(Debug, Serialize)]
struct ShownRow {
    message: Message,
    delivery: &'static str,
}

impl Report {
    /// What the machine shows.
    pub(crate) fn view<I: IdSource>(client: &Client<I>) -> Self {
        Self::View(View {
            connection: connection_word(&client.connection()),
            status: status_word(client.status()),
            error: client.error().map(ToString::to_string),
            rows: client.rows().into_iter().map(ShownRow::from).collect(),
        })
    }

    /// Writes the line. A reader that is gone needs none.
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
                Delivery::Waiting => "waiting",
                Delivery::Queued => "queued",
                Delivery::Taken => "taken",
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
