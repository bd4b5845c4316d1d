//! `ask ADDRESS TEXT`: sends one message to a conversation and prints the answer as it grows. docs/connect-a-client.md shows it.

use std::{
    error::Error,
    io::{Write as _, stdout},
};

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(text)) = (arguments.next(), arguments.next()) else {
        return Err("usage: ask ws://localhost:8787/agents/coderagent/my-conversation TEXT".into());
    };
    ask(&address, &text).await
}

async fn ask(address: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let (mut socket, _) = connect_async(address).await?;

    // The client chooses the ids. A message that is sent twice under the same ids is answered once.
    let id = fastrand::u64(..).to_string();
    let message = json!({"id": id, "role": "user", "parts": [{"type": "text", "text": text}]});
    let init = json!({"method": "POST", "body": json!({"messages": [message]}).to_string()});
    let frame = json!({"type": "cf_agent_use_chat_request", "id": id, "init": init});
    socket.send(Message::text(frame.to_string())).await?;

    while let Some(received) = socket.next().await {
        let Message::Text(text) = received? else {
            continue;
        };
        let frame: Value = serde_json::from_str(&text)?;
        // Frames of other types, and answers to other clients, come over the same connection.
        if frame["type"] != "cf_agent_use_chat_response" || frame["id"] != id.as_str() {
            continue;
        }
        let body = frame["body"].as_str().unwrap_or_default();
        if frame["error"] == true {
            return Err(body.into());
        }
        if frame["done"] == true {
            break;
        }
        // Each body is one chunk of the answer: a piece of text, of reasoning, of a tool call.
        let chunk: Value = serde_json::from_str(body)?;
        if chunk["type"] == "text-delta" {
            print!("{}", chunk["delta"].as_str().unwrap_or_default());
            stdout().flush()?;
        }
    }
    println!();
    Ok(())
}
