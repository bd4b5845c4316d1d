//! RPC calls to the agent (protocol §4).
//!
//! A call waits for the connection; its deadline counts from the moment it was made. A call that was sent is never
//! sent again: after a lost connection, nobody knows whether the agent ran it.

use serde_json::Value;

use super::{
    context::Context,
    deadlines::Timer,
    io::{Call, ChatError, Effect},
};
use crate::{
    frame::{ClientFrame, RpcResponse},
    id::RpcId,
    time::Timestamp,
};

/// The calls without a final answer.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<Pending>);

#[derive(Debug)]
struct Pending {
    id: RpcId,
    stage: Stage,
    until: Option<Timestamp>,
}

#[derive(Debug)]
enum Stage {
    /// Waits for a connection; holds the frame to send.
    Waiting(String),
    Sent,
}

impl Calls {
    pub(super) fn make(&mut self, cx: &mut Context<'_>, call: Call) {
        let Call {
            id,
            method,
            args,
            within,
        } = call;
        let until = within.map(|within| cx.now + within);
        let frame = ClientFrame::Rpc {
            id: id.clone(),
            method,
            args,
        };
        self.0.push(Pending {
            id,
            stage: Stage::Waiting(frame.encode()),
            until,
        });
        self.set_deadline(cx);
    }

    /// The connection is open: sends the waiting calls, in order.
    pub(super) fn send(&mut self, cx: &mut Context<'_>) {
        for call in &mut self.0 {
            if let Stage::Waiting(frame) = std::mem::replace(&mut call.stage, Stage::Sent) {
                cx.effects.push(Effect::Transmit(frame));
            }
        }
    }

    /// The connection is lost: fails the calls that were sent, since their answers are lost too.
    pub(super) fn cut_off(&mut self, cx: &mut Context<'_>) {
        self.fail(cx, ChatError::CallCutOff, |call| match call.stage {
            Stage::Sent => true,
            Stage::Waiting(_) => false,
        });
    }

    /// No connection will follow: fails every call.
    pub(super) fn refuse(&mut self, cx: &mut Context<'_>, error: &ChatError) {
        self.fail(cx, error.clone(), |_| true);
    }

    /// Handles [`Timer::Call`].
    pub(super) fn due(&mut self, cx: &mut Context<'_>) {
        let now = cx.now;
        self.fail(cx, ChatError::CallTimedOut, |call| {
            call.until.is_some_and(|until| until <= now)
        });
    }

    /// Handles an answer. An answer to a call that already ended is dropped.
    pub(super) fn answered(&mut self, cx: &mut Context<'_>, response: RpcResponse) {
        match response {
            RpcResponse::Partial { id, result } => {
                if self.0.iter().any(|call| call.id == id) {
                    cx.effects.push(Effect::CallPart { id, part: result });
                }
            }
            RpcResponse::Success { id, result } => {
                self.end(cx, &id, Ok(result.unwrap_or(Value::Null)));
            }
            RpcResponse::Failure { id, error } => {
                if !self.0.iter().any(|call| call.id == id) {
                    // Notes on approvals are calls of this machine, not of the application.
                    cx.warn(format!("The agent refused a call: {error}"));
                }
                self.end(cx, &id, Err(ChatError::CallFailed(error)));
            }
        }
    }

    fn end(&mut self, cx: &mut Context<'_>, id: &RpcId, result: Result<Value, ChatError>) {
        if let Some(index) = self.0.iter().position(|call| call.id == *id) {
            let Pending { id, .. } = self.0.remove(index);
            cx.effects.push(Effect::CallEnded { id, result });
            self.set_deadline(cx);
        }
    }

    fn fail(&mut self, cx: &mut Context<'_>, error: ChatError, fails: impl Fn(&Pending) -> bool) {
        if self.0.is_empty() {
            return;
        }
        let (over, left) = std::mem::take(&mut self.0).into_iter().partition(fails);
        self.0 = left;
        let over: Vec<Pending> = over;
        for call in over {
            let (id, result) = (call.id, Err(error.clone()));
            cx.effects.push(Effect::CallEnded { id, result });
        }
        self.set_deadline(cx);
    }

    fn set_deadline(&self, cx: &mut Context<'_>) {
        match self.0.iter().filter_map(|call| call.until).min() {
            Some(at) => cx.deadlines.set(Timer::Call, at),
            None => cx.deadlines.clear(Timer::Call),
        }
    }
}
