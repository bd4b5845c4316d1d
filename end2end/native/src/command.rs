//! The commands of a test: one JSON object per line, such as `{"do":"send","text":"Hello."}`.

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
    /// Retries the failed turn.
    Retry,
    /// Clears the transcript.
    Clear,
    /// Loads the messages before the first loaded one.
    LoadEarlier,
    /// Approves a tool call.
    Approve {
        call: ToolCallId,
        always: Option<String>,
    },
    /// Refuses a tool call.
    Deny {
        call: ToolCallId,
        reason: Option<String>,
    },
    /// Requests another answer.
    Regenerate { message: MessageId },
    /// Changes a message.
    Edit { message: MessageId, text: String },
    /// Gives the output of a client tool.
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
    /// The page becomes visible.
    Show,
    /// The connection breaks silently.
    DropSocket,
    /// Advances the clock, past every deadline on the way.
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
