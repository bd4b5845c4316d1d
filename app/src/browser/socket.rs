//! One WebSocket and the task that serves it.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use common::client::Close;
use futures::{
    Sink, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use leptos::task::spawn_local;

/// An event of a WebSocket.
pub(crate) enum Event {
    Opened,
    /// A text frame arrived.
    Received(String),
    /// It is closed; no event follows.
    Closed(Close),
}

/// Handles the events.
type OnEvent = Box<dyn Fn(Event)>;

/// A WebSocket, opening or open. Dropping it sends the pending frames and closes it.
#[derive(Debug)]
pub(crate) struct Socket {
    outgoing: UnboundedSender<String>,
}

impl Socket {
    /// Opens one.
    pub(crate) fn open(url: &str, on_event: impl Fn(Event) + 'static) -> Self {
        let on_event: OnEvent = Box::new(on_event);
        let (outgoing, frames) = unbounded();
        match WebSocket::open(url) {
            Ok(socket) => {
                let task = Task {
                    socket,
                    frames,
                    is_open: false,
                };
                spawn_local(task.serve(on_event));
            }
            Err(error) => on_event(Event::Closed(abnormal(error.to_string()))),
        }
        Self { outgoing }
    }

    /// Sends a text frame.
    pub(crate) fn transmit(&self, frame: String) {
        let _ = self.outgoing.unbounded_send(frame);
    }
}

/// RFC 6455 §7.4.1: the connection ended without a close frame.
const fn abnormal(reason: String) -> Close {
    Close { code: 1006, reason }
}

struct Task {
    socket: WebSocket,
    frames: UnboundedReceiver<String>,
    is_open: bool,
}

enum Step {
    Opened,
    Received(String),
    Transmit(String),
    Closed(Close),
    /// The driver has dropped it.
    Released,
}

impl Task {
    async fn serve(mut self, on_event: OnEvent) {
        loop {
            match poll_fn(|context| self.poll(context)).await {
                Step::Opened => on_event(Event::Opened),
                Step::Received(frame) => on_event(Event::Received(frame)),
                // A frame that cannot be sent is lost with the connection; the close event follows.
                Step::Transmit(frame) => {
                    drop(Pin::new(&mut self.socket).start_send(Message::Text(frame)))
                }
                Step::Closed(close) => {
                    on_event(Event::Closed(close));
                    return;
                }
                Step::Released => return,
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        if !self.is_open
            && Pin::new(&mut self.socket).poll_ready(context).is_ready()
            && matches!(self.socket.state(), State::Open)
        {
            self.is_open = true;
            return Poll::Ready(Step::Opened);
        }
        if let Poll::Ready(frame) = self.frames.poll_next_unpin(context) {
            return Poll::Ready(frame.map_or(Step::Released, Step::Transmit));
        }
        loop {
            match self.socket.poll_next_unpin(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(Message::Text(frame)))) => {
                    return Poll::Ready(Step::Received(frame));
                }
                Poll::Ready(Some(Err(WebSocketError::ConnectionClose(event)))) => {
                    return Poll::Ready(Step::Closed(Close {
                        code: event.code,
                        reason: event.reason,
                    }));
                }
                Poll::Ready(None) => return Poll::Ready(Step::Closed(abnormal(String::new()))),
                // The protocol has no binary frames, and after an error the close event follows with its code.
                Poll::Ready(Some(Ok(Message::Bytes(_)) | Err(_))) => {}
            }
        }
    }
}
