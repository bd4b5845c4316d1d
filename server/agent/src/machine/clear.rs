//! The transcript is emptied.

use common::frame::ServerFrame;
use store::{RequestContext, Settlement, Write};

use super::{Parts, settle::end_frame};
use crate::{attached::ConnectionKey, context::Context};

impl Parts {
    /// Empties the transcript. Nothing of an aborted turn comes back.
    pub(super) fn clear(&mut self, cx: &mut Context<'_>, key: ConnectionKey) {
        let running = self.running.take();
        if let Some(running) = &running {
            cx.effects.extend(running.abort());
        }
        cx.persist(vec![Write::Clear]);
        self.transcript.clear();
        self.branches.clear();
        self.approvals.clear();
        self.compactions.clear();
        // The clear before the ends, as official clients expect. One that watches the turn of another is sent its own
        // clear, too: it would show the rest of that turn again when it ends.
        let watches = running
            .as_ref()
            .is_some_and(|running| running.turn().requester.as_ref() != self.connections.id(key));
        let to = if watches {
            self.connections.everyone()
        } else {
            self.connections.others(key)
        };
        cx.send(to, ServerFrame::ChatClear.encode());
        let offers = self.connections.void_offers();
        self.send_held_back(cx, &offers);
        self.past.clear();
        self.context = RequestContext::default();
        let aborted = running.map(|running| running.into_parts().0.settled(Settlement::Aborted));
        let queued = self.queue.take(|_| true).into_iter();
        let skipped = queued.map(|queued| queued.turn.settled(Settlement::Skipped));
        for settled in aborted.into_iter().chain(skipped) {
            cx.send(self.connections.everyone(), end_frame(&settled));
        }
        self.connections.release_parked(cx);
    }
}
