//! The loaded part of the transcript: where it begins, and how earlier messages are loaded.
//!
//! A page loads the end of a transcript. A refetch returns everything from its first row on, or a shorter end when
//! that row no longer exists. The server sends the whole transcript or its end unasked: [`Chat::fit`] relates it to
//! the loaded rows.

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

/// How a list of stored messages relates to the loaded rows.
pub(super) struct Fit {
    /// The stored rows before the list, which stay.
    pub(super) kept: Vec<MessageId>,
    /// The messages before all of these.
    pub(super) earlier: Earlier,
    /// The first row of the request, when the store no longer has it or has far more rows before it.
    pub(super) lost: Option<MessageId>,
}

impl Chat {
    /// The loaded part of the stored transcript.
    pub(super) fn known(&self) -> Known {
        let stored = |id: &&MessageId| !self.is_unsent(id);
        Known {
            etag: self.rows.etag().cloned(),
            first: self.rows.ids().find(stored).cloned(),
        }
    }

    /// Whether the store has messages before the loaded ones.
    pub(super) const fn has_earlier(&self) -> bool {
        match self.rows.earlier() {
            Earlier::None => false,
            Earlier::Stored { .. } => true,
        }
    }

    /// Whether the message is an own one that the server may not have.
    fn is_unsent(&self, id: &MessageId) -> bool {
        let own = self.outbox.of_message(id);
        own.is_some_and(|own| matches!(own.ask, Ask::Answer(_)) && own.stage.is_unconfirmed())
    }

    /// Relates a list with these ids, sent by the server unasked, to the loaded rows. The rows before it stay when
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
            // The gap may hold messages of other clients.
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

    /// Relates a list to the rows when the store has `count` messages before it and no loaded row before it stays.
    pub(super) fn fit_alone(&self, messages: &[Message], count: u64) -> Fit {
        let first = messages.first().filter(|_| count > 0);
        Fit {
            kept: Vec::new(),
            earlier: first.map_or(Earlier::None, |first| self.stored_before(&first.id)),
            lost: None,
        }
    }

    /// Keeps unfinished messages that precede the list. The store has them, and perhaps more in between, so that a
    /// newer transcript is requested.
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

    /// The messages before `first`. A load in progress for the same messages stays in progress.
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

    /// The user asks for earlier messages.
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

    /// Handles the result of [`Effect::FetchEarlier`](crate::client::Effect::FetchEarlier). A result that is no
    /// longer wanted changes nothing.
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

    /// Handles [`Timer::Earlier`].
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
        // The message named in the request may be gone: a new transcript will show.
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
        // A server without partial transcripts has sent the whole.
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
