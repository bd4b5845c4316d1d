//! What happens to a submission while another turn runs or waits.

use std::time::Duration;

use common::{
    frame::{ChatRequest, ChatResponse, Outcome, ServerFrame, Trigger},
    message::{Message, Part, Role},
    time::Timestamp,
};
use store::{Asked, Position, QueuedTurn, SettledTurn, Settlement, Write};

use super::Parts;
use crate::{attached::ConnectionKey, context::Context, io::Effect, options::Concurrency};

/// What a submission does to the turns that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlap {
    /// There is no other turn.
    None,
    /// It waits behind them.
    Queues,
    /// It takes their place.
    Replaces,
    /// It takes their place, and their messages become one with its own.
    Merges,
    /// It takes their place, and waits for this long.
    Waits(Duration),
    /// It is refused.
    Refused,
}

impl Parts {
    pub(super) fn overlap(&self, trigger: Trigger) -> Overlap {
        if self.is_idle() {
            return Overlap::None;
        }
        match (trigger, self.options.concurrency) {
            (Trigger::Regenerate, _) | (Trigger::Submit, Concurrency::Queue) => Overlap::Queues,
            (Trigger::Submit, Concurrency::Latest) => Overlap::Replaces,
            (Trigger::Submit, Concurrency::Merge) => Overlap::Merges,
            (Trigger::Submit, Concurrency::Debounce(quiet)) => Overlap::Waits(quiet),
            (Trigger::Submit, Concurrency::Drop) => Overlap::Refused,
        }
    }

    /// Gives the sender back what there is, and says that its message was not taken.
    pub(super) fn refuse_overlapping(
        &self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        request: &ChatRequest,
    ) {
        let growing = self
            .growing()
            .map(|(position, message)| (position, message.clone()));
        cx.push(Effect::SendTranscript {
            to: vec![key],
            breadth: self.connections.policy(key).breadth,
            growing,
        });
        let done = ChatResponse::done(request.id.clone(), Outcome::Skipped, Vec::new());
        cx.send(vec![key], ServerFrame::ChatResponse(done).encode());
    }

    /// Takes the turns out of the queue that a new one replaces; they are settled with it, in `writes`. Continuations
    /// stay: they are nobody's message.
    pub(super) fn supersede(
        &mut self,
        now: Timestamp,
        overlap: Overlap,
        messages: &[Message],
        asked: &mut Asked,
        writes: &mut Vec<Write>,
    ) -> (Vec<SettledTurn>, Option<Timestamp>) {
        let not_before = match overlap {
            Overlap::None | Overlap::Queues | Overlap::Refused => return (Vec::new(), None),
            Overlap::Waits(quiet) => Some(now + quiet),
            Overlap::Replaces | Overlap::Merges => None,
        };
        let superseded = self.queue.take(|turn| !turn.is_continuation());
        if overlap == Overlap::Merges {
            self.merge(&superseded, messages, asked, writes);
        }
        let superseded: Vec<SettledTurn> = superseded
            .into_iter()
            .map(|queued| queued.turn.settled(Settlement::Skipped))
            .collect();
        writes.extend(superseded.iter().cloned().map(Write::turn));
        (superseded, not_before)
    }

    /// Makes the messages of superseded turns and the new ones a single message, under the id of the last.
    fn merge(
        &mut self,
        superseded: &[QueuedTurn],
        messages: &[Message],
        asked: &mut Asked,
        writes: &mut Vec<Write>,
    ) {
        let Some(last) = messages
            .last()
            .filter(|message| message.role == Role::User)
            .and_then(|message| self.transcript.find(&message.id))
            .map(|entry| entry.position)
        else {
            return;
        };
        let ids = superseded
            .iter()
            .flat_map(|queued| queued.turn.message_ids())
            .chain(&asked.message_ids);
        let mut positions: Vec<Position> = ids
            .filter_map(|id| self.transcript.find(id))
            .map(|entry| entry.position)
            .filter(|position| *position < last)
            .collect();
        positions.sort_unstable();
        positions.dedup();
        let mut merged: Vec<Message> = positions
            .iter()
            .filter_map(|position| self.transcript.open(*position).cloned())
            .collect();
        let Some(message) = self.transcript.open(last).cloned() else {
            return;
        };
        if merged.is_empty() {
            return;
        }
        merged.push(message);
        let Some(one) = joined(merged) else { return };
        for position in self.transcript.remove(&positions) {
            writes.push(Write::DeleteMessage(position));
        }
        self.transcript.put(last, &one);
        self.transcript.keep_open(last, one.clone());
        asked.message_ids = vec![one.id.clone()];
        writes.push(Write::ReplaceMessage {
            position: last,
            message: one,
        });
    }

    /// Keeps the content of a user's message at hand, where it may have to be merged.
    pub(super) fn hold(&mut self, position: Position, message: &Message) {
        if self.options.concurrency == Concurrency::Merge && message.role == Role::User {
            self.transcript.keep_open(position, message.clone());
        }
    }
}

/// One message of several: their texts, with a blank line between them, and their other parts.
fn joined(messages: Vec<Message>) -> Option<Message> {
    let texts: Vec<String> = messages
        .iter()
        .map(Message::plain_text)
        .filter(|text| !text.is_empty())
        .collect();
    let mut parts = vec![Part::text(texts.join("\n\n"))];
    let mut last = None;
    for message in messages {
        let Message {
            id,
            role,
            parts: more,
            metadata,
        } = message;
        parts.extend(
            more.into_iter()
                .filter(|part| !matches!(part, Part::Text(_))),
        );
        last = Some((id, role, metadata));
    }
    let (id, role, metadata) = last?;
    Some(Message {
        id,
        role,
        parts,
        metadata,
    })
}
