//! The way of inputs to a running machine.

use common::client::{ChatError, Input};
use futures::{
    FutureExt,
    channel::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
        oneshot,
    },
};
use serde_json::Value;

use crate::{
    browser::socket,
    chat::use_chat::{Calling, MethodCall},
};

/// Takes inputs for a running machine.
#[derive(Clone, Debug)]
pub(crate) struct Inputs(UnboundedSender<Event>);

/// Something for the loop.
pub(super) enum Event {
    /// An input for the machine.
    Input(Input),
    /// Something that happened to a socket; of an earlier one it is dropped.
    Socket(Generation, socket::Event),
    /// A call of a method, and who waits for its result.
    Call(MethodCall, oneshot::Sender<CallResult>),
}

/// The result of a call.
pub(super) type CallResult = Result<Value, ChatError>;

/// Which socket of a driver; each one opened gets the next number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Generation(u32);

impl Generation {
    pub(super) const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

impl Inputs {
    pub(super) fn new() -> (Self, UnboundedReceiver<Event>) {
        let (sender, events) = unbounded();
        (Self(sender), events)
    }

    /// For no machine.
    pub(crate) fn nowhere() -> Self {
        Self::new().0
    }

    /// After the machine's end inputs go nowhere.
    pub(crate) fn give(&self, input: Input) {
        let _ = self.0.unbounded_send(Event::Input(input));
    }

    pub(super) fn give_from(&self, socket: Generation, event: socket::Event) {
        let _ = self.0.unbounded_send(Event::Socket(socket, event));
    }

    /// Makes a call; its result comes later.
    pub(crate) fn call(&self, call: MethodCall) -> Calling {
        let (sender, receiver) = oneshot::channel();
        let _ = self.0.unbounded_send(Event::Call(call, sender));
        Calling::new(receiver.map(|result| result.unwrap_or(Err(ChatError::CallCutOff))))
    }

    /// Ends the loop.
    pub(super) fn close(&self) {
        self.0.close_channel();
    }
}
