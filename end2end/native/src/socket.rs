//! A WebSocket and its task.

use common::client::{Close, Input};
use futures::{SinkExt, StreamExt};
use tokio::{
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::AbortHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::driver::Event;

/// The number of a socket; each new one gets the next number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct Generation(u32);

impl Generation {
    pub(crate) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// A WebSocket, opening or open. Dropping it sends pending frames and closes it.
#[derive(Debug)]
pub(crate) struct Socket {
    outgoing: UnboundedSender<String>,
    task: AbortHandle,
}

impl Socket {
    /// Opens a socket; its events go to `events` with this `generation`.
    pub(crate) fn open(
        url: String,
        generation: Generation,
        events: UnboundedSender<Event>,
    ) -> Self {
        let (outgoing, frames) = unbounded_channel();
        let task = tokio::spawn(async move {
            let give = |input| {
                // After the driver ended, events are dropped.
                let _ = events.send(Event::Socket(generation, input));
            };
            match connect_async(url).await {
                Ok((socket, _)) => {
                    give(Input::Opened);
                    if let Some(close) = serve(socket, frames, &give).await {
                        give(Input::Closed(close));
                    }
                }
                Err(error) => give(Input::Closed(abnormal(error.to_string()))),
            }
        });
        Self {
            outgoing,
            task: task.abort_handle(),
        }
    }

    /// Sends a text frame.
    pub(crate) fn transmit(&self, frame: String) {
        let _ = self.outgoing.send(frame);
    }

    /// Abandons the connection without closing it.
    pub(crate) fn abandon(&self) {
        self.task.abort();
    }
}

/// RFC 6455 §7.4.1: the connection ended without a close frame.
pub(crate) const fn abnormal(reason: String) -> Close {
    Close { code: 1006, reason }
}

/// How the connection ended; `None` when we ended it.
async fn serve(
    mut socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    mut frames: UnboundedReceiver<String>,
    give: &impl Fn(Input),
) -> Option<Close> {
    let mut said = None;
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                // A frame that cannot be sent is lost with the connection, whose end is the next event.
                Some(frame) => drop(socket.send(Message::text(frame)).await),
                None => {
                    let _ = socket.close(None).await;
                    return None;
                }
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(frame))) => give(Input::Received(frame.as_str().to_owned())),
                // The closing handshake continues until the stream ends.
                Some(Ok(Message::Close(frame))) => said = Some(close(frame)),
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Some(said.unwrap_or_else(|| abnormal(error.to_string()))),
                None => return Some(said.unwrap_or_else(|| abnormal(String::new()))),
            },
        }
    }
}

fn close(frame: Option<CloseFrame>) -> Close {
    match frame {
        Some(frame) => Close {
            code: frame.code.into(),
            reason: frame.reason.as_str().to_owned(),
        },
        // RFC 6455 §7.4.1: a close frame without a code.
        None => Close {
            code: 1005,
            reason: String::new(),
        },
    }
}
