//! A message that steers is heard at the next boundary, and does not wait for the network to bring it about: tools that
//! take time are dropped. Those that change something are not: they are over before anything else happens.

use common::{
    chunk::Chunk,
    id::{IdSource, ToolCallId},
    time::Timestamp,
};

use super::{Agent, CallId, Effect, steps::Work};

const DROPPED: &str =
    "It was dropped before it had an output, since the user sent a message meanwhile.";

impl<I: IdSource> Agent<I> {
    /// Drops the tools of the running turn that take time.
    pub(super) fn drop_slow_tools(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let Work::Tools(runs) = &mut running.work else {
            return;
        };
        let message = running.answer.message();
        let is_slow = |(_, id): &(CallId, ToolCallId)| {
            let mut calls = message.calls();
            let call = calls.find(|call| call.tool_call_id == *id);
            call.and_then(|call| tools::find(&call.name))
                .is_some_and(|tool| tool.takes_time())
        };
        let (slow, left): (Vec<_>, Vec<_>) = std::mem::take(runs)
            .into_iter()
            .partition(|run| is_slow(run));
        let all_done = left.is_empty() && !slow.is_empty();
        *runs = left;
        let mut chunks = Vec::with_capacity(slow.len());
        for (call, tool_call_id) in slow {
            out.push(Effect::Abort(call));
            chunks.push(Chunk::ToolOutputError {
                tool_call_id,
                error_text: DROPPED.to_owned(),
            });
        }
        self.grow(chunks, Vec::new(), out);
        if all_done {
            self.step_ended(now, out);
        }
    }
}
