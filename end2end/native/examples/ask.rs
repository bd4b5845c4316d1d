//! `ask ADDRESS TEXT`: sends one message to a conversation and prints the answer as it grows.
//! docs/connect-a-client.md quotes it.

use std::{
    error::Error,
    io::{Write as _, stdout},
};

use futures::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::json;
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(text)) = (arguments.next(), arguments.next()) else {
        return Err("usage: ask ws://localhost:8787/agents/coderagent/my-conversation TEXT".into());
    };
    ask(&address, &text).await
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Frame {
    #[serde(rename = "cf_agent_use_chat_response")]
    Answer {
        id: String,
        /// A chunk of the answer, as JSON; an error text when `error` is true.
        body: String,
        #[serde(default)]
        done: bool,
        #[serde(default)]
        error: bool,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Chunk {
    TextDelta {
        delta: String,
    },
    /// Reasoning, tool calls, files and more.
    #[serde(other)]
    Other,
}

async fn ask(address: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let (mut socket, _) = connect_async(address).await?;

    // The client chooses the ids. A message that is sent twice with the same ids is answered once.
    let request = fastrand::u64(..).to_string();
    let message = json!({"id": request, "role": "user", "parts": [{"type": "text", "text": text}]});
    let init = json!({"method": "POST", "body": json!({"messages": [message]}).to_string()});
    let frame = json!({"type": "cf_agent_use_chat_request", "id": request, "init": init});
    socket.send(Message::text(frame.to_string())).await?;

    while let Some(received) = socket.next().await {
        let Message::Text(text) = received? else {
            continue;
        };
        match serde_json::from_str(&text)? {
            // Answers to other clients arrive on the same connection.
            Frame::Answer { id, .. } if id != request => {}
            Frame::Answer {
                error: true, body, ..
            } => return Err(body.into()),
            Frame::Answer { done: true, .. } => break,
            Frame::Answer { body, .. } => {
                if let Chunk::TextDelta { delta } = serde_json::from_str(&body)? {
                    print!("{delta}");
                    stdout().flush()?;
                }
            }
            Frame::Other => {}
        }
    }
    println!();
    Ok(())
}
