//! The part of the transcript that is at hand: where it begins, and how what comes before is loaded.
//!
//! A page has the end of a transcript. When it asks again it gets all from its first row on, or a shorter end where that
//! row is gone. What the server sends by itself is the whole, or the end: [`Chat::fit`] says how that goes with the rows.

use super::Chat;
use crate::{
    client::{
        context::Context,
        deadlines::Timer,
        io::{Delivery, Earlier, Effect, Load, Row, Snapshot},
        outbox::Ask,
        rows::distinct,
        session::{FETCH_TIMEOUT, Known},
    },
    frame::Before,
    id::{MessageId, RequestId},
    id_map::{IdMap, IdSet},
    message::Message,
};

/// How a list of stored messages goes with the rows at hand.
pub(super) struct Fit {
    /// The stored rows that come before the list and stay.
    pub(super) kept: Vec<MessageId>,
    /// What there is before all of them.
    pub(super) earlier: Earlier,
    /// The row from which on the list was asked for, and which the store does not have, or has far before it.
    pub(super) lost: Option<MessageId>,
}

impl Chat {
    /// What is at hand of the stored transcript.
    pub(super) fn known(&self) -> Known {
        let stored = |id: &&MessageId| !self.is_unsent(id);
        Known {
            etag: self.rows.etag().cloned(),
            first: self.rows.ids().find(stored).cloned(),
        }
    }

    /// Whether the store has messages before those at hand.
    pub(super) const fn has_earlier(&self) -> bool {
        match self.rows.earlier() {
            Earlier::None => false,
            Earlier::Stored { .. } => true,
        }
    }

    /// Whether the message is one of ours that the server is not known to have.
    fn is_unsent(&self, id: &MessageId) -> bool {
        let own = self.outbox.of_message(id);
        own.is_some_and(|own| matches!(own.ask, Ask::Answer(_)) && own.stage.is_unconfirmed())
    }

    /// Finds the place of a list, with these ids, that the server sent by itself. What is at hand before it stays where
    /// nothing is missing in between.
    pub(super) fn fit(
        &mut self,
        messages: &[Message],
        ids: &IdSet,
        before: Option<&Before>,
    ) -> Fit {
        let Some(before) = before else {
            return self.fit_alone(messages, 0);
        };
        let count = usize::try_from(before.count).unwrap_or(usize::MAX);
        let length = self
            .rows
            .position(&before.last)
            .map_or(0, |place| place + 1);
        let rows = self.rows.ids().take(length);
        let stays = |id: &&MessageId| !self.is_unsent(id) && !ids.contains(id.as_str());
        let mut kept: Vec<MessageId> = rows.filter(stays).cloned().collect();
        // The store may have dropped its oldest messages.
        kept.drain(..kept.len().saturating_sub(count));
        if kept.iter().any(|id| self.rows.is_guessed(id)) {
            // What other clients said may belong in between.
            self.want_newer();
        }
        match kept.first() {
            None => self.fit_alone(messages, before.count),
            Some(_) if kept.len() == count => Fit {
                kept,
                earlier: Earlier::None,
                lost: None,
            },
            Some(first) => Fit {
                earlier: self.stored_before(first),
                kept,
                lost: None,
            },
        }
    }

    /// The place of a list, before whose first message the store has `count` others: nothing before it stays.
    pub(super) fn fit_alone(&self, messages: &[Message], count: u64) -> Fit {
        let first = messages.first().filter(|_| count > 0);
        Fit {
            kept: Vec::new(),
            earlier: first.map_or(Earlier::None, |first| self.stored_before(&first.id)),
            lost: None,
        }
    }

    /// Keeps what is under way and stands before the list: the store has it, and perhaps more in between, which is asked
    /// for.
    pub(super) fn add_underway(
        &mut self,
        fit: &mut Fit,
        messages: &[Message],
        ids: &IdSet,
        growing: &IdMap<MessageId, RequestId>,
    ) {
        if fit.earlier == Earlier::None {
            return;
        }
        let places = messages
            .iter()
            .filter_map(|message| self.rows.position(&message.id));
        let listed = places.min();
        let mut stays = IdSet::default();
        for id in &fit.kept {
            stays.insert(id.as_str());
        }
        let is_under_way = |id: &MessageId| {
            let own = self.outbox.of_message(id);
            let is_taken = own.is_some_and(|own| !own.stage.is_unconfirmed());
            is_taken || (listed.is_some() && growing.contains(id))
        };
        let (mut kept, mut is_more) = (Vec::new(), false);
        for id in self.rows.ids().take(listed.unwrap_or(self.rows.len())) {
            if stays.contains(id.as_str()) {
                kept.push(id.clone());
            } else if !ids.contains(id.as_str())
                && fit.lost.as_ref() != Some(id)
                && is_under_way(id)
            {
                is_more = true;
                kept.push(id.clone());
            }
        }
        if let (true, Some(first)) = (is_more, kept.first()) {
            fit.earlier = self.stored_before(first);
            fit.kept = kept;
            self.want_newer();
        }
    }

    /// A load that is under way goes on where it is for the same messages.
    fn stored_before(&self, first: &MessageId) -> Earlier {
        match self.rows.earlier() {
            Earlier::Stored { before, load } if before == first => Earlier::Stored {
                before: before.clone(),
                load: *load,
            },
            Earlier::Stored { .. } | Earlier::None => Earlier::Stored {
                before: first.clone(),
                load: Load::Idle,
            },
        }
    }

    /// The user wants to see what comes before.
    pub(in crate::client) fn load_earlier(&mut self, cx: &mut Context<'_>) {
        match self.rows.earlier() {
            Earlier::Stored {
                before,
                load: Load::Idle | Load::Failed,
            } => {
                let before = before.clone();
                cx.effects.push(Effect::FetchEarlier {
                    before: before.clone(),
                });
                cx.deadlines.set(Timer::Earlier, cx.now + FETCH_TIMEOUT);
                self.loads(before, Load::Underway);
            }
            Earlier::Stored {
                load: Load::Underway,
                ..
            }
            | Earlier::None => {}
        }
    }

    /// What asking for earlier messages led to. An answer that nobody waits for any more changes nothing.
    pub(in crate::client) fn earlier_fetched(
        &mut self,
        cx: &mut Context<'_>,
        before: &MessageId,
        result: Result<Snapshot, String>,
    ) {
        match self.rows.earlier() {
            Earlier::Stored {
                before: asked,
                load: Load::Underway,
            } if asked == before => {}
            Earlier::Stored { .. } | Earlier::None => return,
        }
        cx.deadlines.clear(Timer::Earlier);
        match result {
            Ok(page) => self.prepend(cx, before, page),
            Err(reason) => self.not_loaded(cx, before.clone(), &reason),
        }
    }

    /// [`Timer::Earlier`].
    pub(in crate::client) fn earlier_due(&mut self, cx: &mut Context<'_>) {
        if let Earlier::Stored {
            before,
            load: Load::Underway,
        } = self.rows.earlier()
        {
            let before = before.clone();
            self.not_loaded(cx, before, "no answer");
        }
    }

    fn not_loaded(&mut self, cx: &mut Context<'_>, before: MessageId, reason: &str) {
        cx.warn(format!("Earlier messages could not be loaded: {reason}"));
        self.loads(before, Load::Failed);
        // The message that was named may be gone: the transcript tells.
        self.want_newer();
    }

    fn loads(&mut self, before: MessageId, load: Load) {
        self.rows.set_earlier(Earlier::Stored { before, load });
    }

    fn prepend(&mut self, cx: &mut Context<'_>, before: &MessageId, page: Snapshot) {
        let Snapshot {
            messages,
            earlier,
            etag,
        } = page;
        let (mut messages, _) = distinct(messages);
        // A server that knows no parts has sent the whole.
        if let Some(place) = messages.iter().position(|message| message.id == *before) {
            messages.truncate(place);
        }
        let Some(first) = messages.first().map(|message| message.id.clone()) else {
            return match earlier {
                0 => self.rows.set_earlier(Earlier::None),
                _ => self.not_loaded(cx, before.clone(), "the answer has no message"),
            };
        };
        let is_same_state = etag.is_some() && etag.as_ref() == self.rows.etag();
        let mut rows = Vec::with_capacity(messages.len());
        for mut message in messages {
            self.judge(&mut message);
            let own = self.outbox.of_message(&message.id);
            let delivery = own.map_or(Delivery::Answered, |own| own.stage.delivery());
            rows.push(Row { message, delivery });
        }
        self.rows.prepend(cx, rows);
        if is_same_state {
            self.rows.set_etag(etag);
        }
        self.rows.set_earlier(match earlier {
            0 => Earlier::None,
            _ => Earlier::Stored {
                before: first,
                load: Load::Idle,
            },
        });
    }
}
