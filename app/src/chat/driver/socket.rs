//! One WebSocket and the task that serves it.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use common::client::{Close, Input};
use futures::{
    Sink, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use leptos::task::spawn_local;

use super::run::Inputs;

/// Which socket of a driver; each one opened gets the next number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Generation(u32);

impl Generation {
    pub(super) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// A WebSocket, opening or open. Dropping it sends what it was given and closes it.
#[derive(Debug)]
pub(super) struct Socket {
    outgoing: UnboundedSender<String>,
}

impl Socket {
    /// Opens one; what happens to it goes to `inputs` under `generation`.
    pub(super) fn open(url: &str, generation: Generation, inputs: Inputs) -> Self {
        let (outgoing, frames) = unbounded();
        match WebSocket::open(url) {
            Ok(socket) => {
                let task = Task {
                    socket,
                    frames,
                    is_open: false,
                };
                spawn_local(task.serve(generation, inputs));
            }
            Err(error) => inputs.give_from(generation, Input::Closed(abnormal(error.to_string()))),
        }
        Self { outgoing }
    }

    /// Sends a text frame.
    pub(super) fn transmit(&self, frame: String) {
        let _ = self.outgoing.unbounded_send(frame);
    }
}

/// RFC 6455 §7.4.1: it ended without a close frame.
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
    /// The driver let go of it.
    Released,
}

impl Task {
    async fn serve(mut self, generation: Generation, inputs: Inputs) {
        loop {
            match poll_fn(|context| self.poll(context)).await {
                Step::Opened => inputs.give_from(generation, Input::Opened),
                Step::Received(frame) => inputs.give_from(generation, Input::Received(frame)),
                // A frame that cannot be sent is lost with the connection, whose end comes as the next step.
                Step::Transmit(frame) => {
                    drop(Pin::new(&mut self.socket).start_send(Message::Text(frame)))
                }
                Step::Closed(close) => {
                    inputs.give_from(generation, Input::Closed(close));
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
                // The protocol has no binary frames, and after an error comes the end with its code.
                Poll::Ready(Some(Ok(Message::Bytes(_)) | Err(_))) => {}
            }
        }
    }
}
