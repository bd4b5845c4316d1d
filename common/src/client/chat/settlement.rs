//! How turns end, and which submissions their ends settle.

use super::{Chat, Recovery};
use crate::{
    client::{
        context::Context,
        io::{ChatError, Delivery, Effect},
        outbox::{Ask, Continuation, Stage},
        turn::Turn,
    },
    frame::Outcome,
    id::{MessageId, RequestId},
};

impl Chat {
    /// A turn ended.
    pub(super) fn end(
        &mut self,
        cx: &mut Context<'_>,
        id: &RequestId,
        outcome: Outcome,
        answered: &[MessageId],
    ) {
        if let Some(turn) = self.turns.get_mut(id) {
            turn.end_replay();
        }
        let tells_all = self.tells_all(id, &outcome, answered);
        let was_replayed = self.turns.get(id).is_some_and(Turn::is_replayed);
        self.replayed(cx, id);
        let turn = self.turns.remove(id);
        if turn.is_none() && self.outbox.position(id).is_none() {
            return;
        }
        self.outdate();
        let question = (self.outbox.get(id)).map(|own| own.ask.message().clone());
        if !tells_all {
            self.want_newer();
        }
        if let Some(session) = &mut self.session {
            session.ended.insert(id.as_str());
        }
        self.settle_ended(cx, id, &outcome, answered);
        let message = turn.and_then(|turn| turn.message);
        // A replayed end says nothing about answers given since.
        let waits = |id: &MessageId| {
            let message = self.rows.message(id);
            message.is_some_and(|message| message.calls().any(|call| call.state.is_unanswered()))
        };
        if was_replayed && message.as_ref().is_some_and(waits) {
            self.want_newer();
        }
        let is_over = match &outcome {
            Outcome::Completed | Outcome::Error(_) | Outcome::Aborted | Outcome::Other(_) => true,
            Outcome::Skipped | Outcome::Recovering => false,
        };
        match outcome {
            Outcome::Completed | Outcome::Skipped | Outcome::Other(_) => {
                self.close(cx, message.as_ref());
            }
            Outcome::Aborted => self.close_partial(cx, message.as_ref()),
            Outcome::Recovering => {
                self.recovery = Recovery::Expected;
                self.drop_empty(cx, message.as_ref());
            }
            Outcome::Error(text) => {
                self.close_partial(cx, message.as_ref());
                let text = text.filter(|text| !text.trim().is_empty());
                self.error =
                    Some(text.map_or(ChatError::TurnFailedSilently, ChatError::TurnFailed));
                if let Some(question) = question {
                    self.rows.deliver(cx, &question, Delivery::Failed);
                }
            }
        }
        if is_over {
            cx.effects.push(Effect::TurnFinished(message));
        }
        // Turns of an earlier connection may have ended unnoticed.
        if (self.outbox.submissions.iter()).any(|one| self.is_carried(one.stage))
            || self.outbox.answers.iter().any(|one| one.stage.is_sent())
            || self.outbox.continuation != Continuation::None
        {
            self.probe(cx);
        }
    }

    /// The server refused a submission.
    pub(super) fn refused(&mut self, cx: &mut Context<'_>, id: &RequestId, words: String) {
        let error = ChatError::MessageRefused(words);
        let waits = |at: &usize| {
            let submission = self.outbox.submissions.get(*at);
            submission.is_some_and(|one| one.stage.is_unconfirmed())
        };
        let place = self.outbox.position(id).filter(waits);
        match place.filter(|_| !self.turns.contains(id)) {
            Some(index) => {
                let refused = self.outbox.submissions.remove(index);
                self.rows
                    .deliver(cx, refused.ask.message(), Delivery::Failed);
                self.error = Some(error);
            }
            // The server had accepted an earlier copy with the same id, whose turn continues.
            None => {
                cx.effects.push(Effect::Report(error));
                self.want_newer();
            }
        }
    }

    /// Whether the frames of an ending turn contained every change it made to the transcript.
    fn tells_all(&self, id: &RequestId, outcome: &Outcome, answered: &[MessageId]) -> bool {
        let turn = self.turns.get(id);
        let own = self.outbox.get(id);
        let heard = match (turn, own) {
            (Some(turn), _) => turn.is_whole(),
            (None, Some(own)) => !self.is_carried(own.stage),
            (None, None) => true,
        };
        let shown = match outcome {
            Outcome::Completed | Outcome::Other(_) => turn.is_some_and(Turn::has_answer),
            Outcome::Error(_) | Outcome::Aborted | Outcome::Recovering => true,
            Outcome::Skipped => false,
        };
        // Other clients' messages after a regenerated message were not shown.
        let hides = match own.map(|own| &own.ask) {
            Some(Ask::Again(_) | Ask::Anew(_)) => true,
            Some(Ask::Answer(_)) | None => false,
        };
        let place = |id: Option<&MessageId>| id.and_then(|id| self.rows.position(id));
        let answer = place(turn.and_then(|turn| turn.message.as_ref()));
        let in_place = match (place(answered.last()), answer) {
            (Some(question), Some(answer)) => answer == question + 1,
            (None, _) | (_, None) => true,
        };
        heard && shown && !hides && in_place
    }

    /// Whether a submission was sent on an earlier connection.
    fn is_carried(&self, stage: Stage) -> bool {
        let session = self.session.as_ref();
        session.is_some_and(|session| stage.is_before(session.since))
    }

    /// Settles the submissions that a turn's end answers.
    fn settle_ended(
        &mut self,
        cx: &mut Context<'_>,
        id: &RequestId,
        outcome: &Outcome,
        answered: &[MessageId],
    ) {
        match outcome {
            Outcome::Skipped => self.settle(cx, id),
            Outcome::Completed
            | Outcome::Error(_)
            | Outcome::Aborted
            | Outcome::Recovering
            | Outcome::Other(_) => {
                self.settle_before(cx, id);
                self.settle(cx, id);
                for message in answered {
                    let own = self.outbox.of_message(message).map(|own| own.id.clone());
                    match own {
                        // Another turn has answered it, as when an official server gives up an interrupted turn.
                        Some(own) if self.turns.contains(&own) => self.settle_unheard(cx, &own),
                        Some(own) => self.settle(cx, &own),
                        None => {}
                    }
                }
            }
        }
    }

    /// Removes a submission: its turn is over.
    pub(super) fn settle(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        if let Some(index) = self.outbox.position(id) {
            let settled = self.outbox.submissions.remove(index);
            let message = settled.ask.message();
            self.rows.deliver(cx, message, Delivery::Answered);
        }
    }

    /// Settles the submissions before this one. Their ends were missed, so the stored transcript is fetched.
    pub(super) fn settle_before(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        let Some(index) = self.outbox.position(id) else {
            return;
        };
        let earlier: Vec<RequestId> = self
            .outbox
            .submissions
            .iter()
            .take(index)
            // Another message may have overtaken one that waits.
            .filter(|one| one.stage.is_out() && !self.waits(&one.id))
            .map(|one| one.id.clone())
            .collect();
        for id in earlier {
            self.settle_unheard(cx, &id);
        }
    }

    /// Settles turns that have been silent since the connection was lost, when another turn streams.
    pub(super) fn settle_cut_off(&mut self, cx: &mut Context<'_>, streams: &RequestId) {
        let lost = |(id, turn): &(&RequestId, &Turn)| *id != streams && turn.is_cut_off();
        let lost: Vec<RequestId> = self
            .turns
            .iter()
            .filter(lost)
            .map(|(id, _)| id.clone())
            .collect();
        for id in lost {
            self.settle_unheard(cx, &id);
        }
    }

    /// Settles a turn whose end was missed.
    pub(super) fn settle_unheard(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        let turn = self.turns.remove(id);
        self.close(cx, turn.and_then(|turn| turn.message).as_ref());
        self.settle(cx, id);
        self.want_newer();
    }

    pub(super) fn close(&mut self, cx: &mut Context<'_>, message: Option<&MessageId>) {
        if let Some(message) = message {
            self.rows.close(cx, message);
        }
    }

    /// Marks a partial answer as complete; removes an empty one.
    fn close_partial(&mut self, cx: &mut Context<'_>, message: Option<&MessageId>) {
        self.drop_empty(cx, message);
        self.close(cx, message);
    }

    fn drop_empty(&mut self, cx: &mut Context<'_>, message: Option<&MessageId>) {
        if let Some(id) = message
            && (self.rows.message(id)).is_some_and(|message| message.parts.is_empty())
        {
            self.rows.remove(cx, id);
        }
    }
}
