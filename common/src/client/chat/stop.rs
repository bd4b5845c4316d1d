//! What the user stops.

use super::Chat;
use crate::{
    client::{
        context::Context,
        outbox::{Continuation, Outbox, Stage, Submission},
        turn::Turn,
    },
    frame::ClientFrame,
    id::RequestId,
};

impl Chat {
    /// The user stops what runs. What is queued goes on.
    pub(in crate::client) fn stop(&mut self) {
        let streaming = self.turns.iter().find(|(_, turn)| turn.is_streaming());
        let submitted = || {
            let out = |one: &&Submission| one.stage.is_out();
            self.outbox.submissions.iter().find(out)
        };
        let target = streaming
            .map(|(id, _)| id)
            .or_else(|| submitted().map(|one| &one.id))
            .or_else(|| self.turns.ids().next())
            .cloned();
        match target {
            Some(id) if self.outbox.stops.contains(&id) => {}
            Some(id) => self.outbox.stops.push(id),
            None => match self.outbox.continuation {
                Continuation::Expected => self.outbox.continuation = Continuation::Stopped,
                Continuation::None | Continuation::Stopped => {}
            },
        }
    }

    /// A turn is known to be under way.
    pub(super) fn expect(&mut self, id: &RequestId) {
        if self.turns.contains(id) {
            return;
        }
        self.turns.add(id.clone(), Turn::pending());
        if self.outbox.get(id).is_none()
            && std::mem::take(&mut self.outbox.continuation) == Continuation::Stopped
        {
            self.outbox.stops.push(id.clone());
        }
    }

    /// Sends the cancels that wait. A turn is cancelled only where the server knows of it.
    pub(super) fn cancel(&mut self, cx: &mut Context<'_>) {
        let Self {
            outbox: Outbox {
                submissions, stops, ..
            },
            turns,
            ..
        } = self;
        stops.retain(|id| {
            let stage = submissions.iter().find(|one| one.id == *id);
            match stage.map(|one| one.stage) {
                Some(Stage::Waiting | Stage::Unsure) => return true,
                Some(Stage::Sent(_) | Stage::Accepted(_) | Stage::Begun(_)) => {}
                None if turns.contains(id) => {}
                None => return false,
            }
            cx.transmit(&ClientFrame::ChatCancel(id.clone()));
            false
        });
    }
}
