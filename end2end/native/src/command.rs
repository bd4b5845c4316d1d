//! What a test tells the client to do: one JSON object a line, such as `{"do":"send","text":"Hello."}`.

use common::id::{MessageId, RpcId, ToolCallId};
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    sync::mpsc::UnboundedSender,
};

use crate::driver::Event;

/// A line of the standard input.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Command {
    /// Sends a message.
    Send { text: String },
    /// Stops the running turn.
    Stop,
    /// Asks for the failed turn again.
    Retry,
    /// Empties the transcript.
    Clear,
    /// Loads what comes before the first message.
    LoadEarlier,
    /// Allows a tool call.
    Approve {
        call: ToolCallId,
        always: Option<String>,
    },
    /// Refuses it.
    Deny {
        call: ToolCallId,
        reason: Option<String>,
    },
    /// Asks for another answer.
    Regenerate { message: MessageId },
    /// Changes a message.
    Edit { message: MessageId, text: String },
    /// Gives the result of a tool that the client runs itself.
    AddToolOutput { call: ToolCallId, output: Value },
    /// Replaces the synced state.
    SetState { state: Value },
    /// Calls a method; `within` is in milliseconds.
    Call {
        id: RpcId,
        method: String,
        args: Vec<Value>,
        within: Option<u64>,
    },
    /// The person looks again.
    Show,
    /// The connection breaks, without a word from either side.
    DropSocket,
    /// The clock moves on, past every deadline on its way.
    Pass { milliseconds: u64 },
}

/// Passes the commands on until the input ends.
pub(crate) async fn read(events: UnboundedSender<Event>) {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let event = serde_json::from_str(&line).map_or_else(
            |error| Event::NoCommand(format!("{line}: {error}")),
            Event::Command,
        );
        if events.send(event).is_err() {
            return;
        }
    }
    let _ = events.send(Event::InputEnded);
}
