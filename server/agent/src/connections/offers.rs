//! Offers of streams: made, held back and void.

use common::{
    frame::ServerFrame,
    id::{ProbeId, RequestId},
    time::Timestamp,
};

use super::Connections;
use crate::{
    attached::ConnectionKey,
    context::Context,
    hearing::{ANSWER_WITHIN, Hearing, Offer},
};

impl Connections {
    /// Offers a stream to a client that has just asked, or to which it is news.
    pub(crate) fn offer(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        mut offer: Offer,
        probe_id: Option<ProbeId>,
    ) {
        let id = offer.id.clone();
        let before = self.offer_of(key);
        offer.was_sent |= before.is_some_and(|before| before.id == id && before.was_sent);
        self.hear(key, Hearing::Offered(offer));
        let offered = ServerFrame::StreamResuming { id, probe_id };
        cx.send(vec![key], offered.encode());
    }

    /// The first words of the running turn are there: offers its stream to those that wait for it.
    pub(crate) fn offer_to_parked(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        for key in self.parked() {
            self.offer(cx, key, Offer::new(id.clone(), false), None);
        }
    }

    /// Has a client wait for the stream of a turn that has not said anything yet.
    pub(crate) fn park(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        id: RequestId,
        probe_id: Option<ProbeId>,
    ) {
        self.hear(key, Hearing::Parked);
        send_pending(cx, key, id, probe_id);
    }

    /// Reports to those that wait for a stream that none will come.
    pub(crate) fn release_parked(&mut self, cx: &mut Context<'_>) {
        let parked = self.parked();
        for key in &parked {
            self.hear(*key, Hearing::Live);
        }
        let none = ServerFrame::StreamResumeNone {
            reason: None,
            probe_id: None,
        };
        cx.send(parked, none.encode());
    }

    /// Reports to everyone that an interrupted turn continues, or does so no longer.
    pub(crate) fn send_recovering(&self, cx: &mut Context<'_>, id: &RequestId, recovering: bool) {
        cx.send(self.everyone(), recovering_frame(id, recovering));
    }

    /// The clients that have not answered an offer in time.
    pub(crate) fn overdue(&self, now: Timestamp) -> Vec<ConnectionKey> {
        let overdue = self.offers().filter(|(_, offer)| offer.is_overdue(now));
        overdue.map(|(key, _)| key).collect()
    }

    /// When the next client will not have answered in time.
    pub(crate) fn next_overdue(&self) -> Option<Timestamp> {
        let offers = self.offers();
        let since = offers.filter_map(|(_, offer)| offer.since.filter(|_| offer.is_silent));
        since.min().map(|since| since + ANSWER_WITHIN)
    }

    /// The clients that need the stream of a turn, with their offers.
    pub(crate) fn offers_of(&self, id: &RequestId) -> Vec<(ConnectionKey, Offer)> {
        let offers = self.offers().filter(|(_, offer)| offer.needs(id));
        offers.map(|(key, offer)| (key, offer.clone())).collect()
    }

    /// Lets every client hear again. Returns the offers that were void.
    pub(crate) fn void_offers(&mut self) -> Vec<(ConnectionKey, Offer)> {
        let offers = self.offers();
        let offers: Vec<_> = offers.map(|(key, offer)| (key, offer.clone())).collect();
        for (key, _) in &offers {
            self.hear(*key, Hearing::Live);
        }
        offers
    }

    /// A turn that streamed is over: those that hear nothing now are sent its stream later.
    pub(crate) fn owe(&mut self, id: &RequestId) {
        self.change_offers(|offer| {
            let owes = offer.is_silent && offer.id != *id;
            if owes {
                offer.owed.push(id.clone());
            }
            owes
        });
    }

    /// Those that were sent a stream without having asked for it, and may show some of it twice.
    pub(crate) fn sent_unasked(&self, id: &RequestId) -> Vec<ConnectionKey> {
        let offers = self.offers();
        let sent =
            offers.filter(|(_, offer)| !offer.is_silent && offer.was_sent && offer.id == *id);
        sent.map(|(key, _)| key).collect()
    }
}

/// Reports to a client that the stream of a turn is still to come.
pub(crate) fn send_pending(
    cx: &mut Context<'_>,
    key: ConnectionKey,
    id: RequestId,
    probe_id: Option<ProbeId>,
) {
    let pending = ServerFrame::StreamPending {
        id: Some(id),
        probe_id,
    };
    cx.send(vec![key], pending.encode());
}

/// Whether an interrupted turn is being continued, as a frame.
pub(crate) fn recovering_frame(id: &RequestId, recovering: bool) -> String {
    ServerFrame::ChatRecovering {
        recovering,
        id: Some(id.clone()),
    }
    .encode()
}
