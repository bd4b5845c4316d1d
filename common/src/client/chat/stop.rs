//! Stopping turns.

use super::Chat;
use crate::{
    client::{
        context::Context,
        outbox::{Continuation, Outbox, Stage},
        turn::Turn,
    },
    frame::ClientFrame,
    id::RequestId,
};

impl Chat {
    /// The user stops the running turn. Queued turns stay.
    pub(in crate::client) fn stop(&mut self) {
        let streaming = self.turns.iter().find(|(_, turn)| turn.is_streaming());
        let out = || (self.outbox.submissions.iter()).filter(|one| one.stage.is_out());
        let submitted = || out().find(|one| !self.waits(&one.id));
        let target = streaming
            .map(|(id, _)| id)
            .or_else(|| submitted().map(|one| &one.id))
            .or_else(|| self.turns.ids().next())
            // Nothing runs: what waits for a later moment is taken back.
            .or_else(|| out().map(|one| &one.id).next())
            .cloned();
        match target {
            Some(id) => self.outbox.stop(id),
            None => match self.outbox.continuation {
                Continuation::Expected => self.outbox.continuation = Continuation::Stopped,
                Continuation::None | Continuation::Stopped => {}
            },
        }
    }

    /// Records a turn that is known to run.
    pub(super) fn expect(&mut self, id: &RequestId) {
        if self.turns.contains(id) {
            return;
        }
        self.turns.add(id.clone(), Turn::pending());
        if self.outbox.get(id).is_none()
            && std::mem::take(&mut self.outbox.continuation) == Continuation::Stopped
        {
            self.outbox.stop(id.clone());
        }
    }

    /// Sends the waiting cancels. A turn is cancelled only once the server knows it.
    pub(super) fn cancel(&mut self, cx: &mut Context<'_>) {
        let Some(session) = &self.session else {
            return;
        };
        let is_told = session.is_told();
        let Self {
            outbox: Outbox {
                submissions, stops, ..
            },
            turns,
            ..
        } = self;
        stops.retain_mut(|stop| {
            let own = submissions.iter().find(|one| one.id == stop.id);
            match own.map(|one| one.stage) {
                Some(Stage::Overdue | Stage::Waiting | Stage::Unsure) => return true,
                Some(Stage::Sent(_) | Stage::Accepted(_) | Stage::Begun(_)) => {}
                None if turns.contains(&stop.id) => {}
                None => return !is_told,
            }
            if !stop.is_sent {
                stop.is_sent = true;
                cx.transmit(&ClientFrame::ChatCancel(stop.id.clone()));
            }
            true
        });
    }
}
