//! The state of one connection: the questions sent on it, and their answers.

use std::time::Duration;

use super::{context::Context, deadlines::Timer, io::Effect, outbox::Mark};
use crate::{
    id::{MessageId, ProbeId, RequestId},
    id_map::{IdMap, IdSet},
    time::Timestamp,
};

/// A probe without an answer in this time is sent again.
pub(super) const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a probe is sent.
pub(super) const PROBE_TRIES: u8 = 3;
/// A fetch of the transcript that takes longer has failed.
pub(super) const FETCH_TIMEOUT: Duration = Duration::from_secs(15);
/// The delay before a failed fetch is repeated; each later one is twice as long.
const FETCH_RETRY_MIN: Duration = Duration::from_secs(1);
const FETCH_RETRY_MAX: Duration = Duration::from_secs(30);

/// One connection, as the conversation sees it.
#[derive(Debug)]
pub(super) struct Session {
    /// Frames with an earlier mark belong to an earlier connection.
    pub(super) since: Mark,
    /// The streams whose replay was requested, and the mark of the last request.
    pub(super) acked: IdMap<RequestId, Mark>,
    /// The turns whose end was received.
    pub(super) ended: IdSet,
    pub(super) probe: Probe,
    /// The id of the last probe.
    pub(super) asked: Option<ProbeId>,
    /// When the last probe was sent.
    pub(super) probed: Mark,
    pub(super) clearing: Clearing,
    pub(super) fetch: Fetch,
    /// The first message of the last fetch.
    pub(super) fetches_from: Option<MessageId>,
    /// Whether the loaded transcript may lack something that the stored one has.
    pub(super) wants_newer: bool,
    /// When the agent last showed activity.
    pub(super) sign: Timestamp,
}

/// The state of the probe for a stream to resume; [`Timer::Probe`] drives it.
#[derive(Debug)]
pub(super) enum Probe {
    /// No probe is open.
    Settled,
    Asked {
        tries: u8,
        /// When the first probe of this series was sent.
        since: Timestamp,
    },
}

/// Whether the server still has to clear the transcript. Until then its frames concern void messages. The server
/// handles the clear before the probe that follows it, so the answer to the probe shows that it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clearing {
    Asked,
    Over,
}

/// The state of the fetch of the stored transcript; [`Timer::Fetch`] drives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// No fetch is in progress.
    Settled,
    /// A fetch is in progress.
    Asked { failures: u32, answer: Freshness },
    /// The fetch failed and will be repeated.
    Failed { failures: u32 },
}

/// The value of the answer to a fetch in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// It will be the newest transcript.
    Fresh,
    /// It will be outdated: the transcript has changed since the request.
    Stale,
}

/// The loaded part of the stored transcript.
#[derive(Debug)]
pub(super) struct Known {
    /// The entity tag, while the loaded rows equal the stored ones.
    pub(super) etag: Option<String>,
    /// The first loaded message.
    pub(super) first: Option<MessageId>,
}

impl Session {
    pub(super) fn new(since: Mark, now: Timestamp) -> Self {
        Self {
            since,
            acked: IdMap::new(),
            ended: IdSet::default(),
            probe: Probe::Settled,
            asked: None,
            probed: since,
            clearing: Clearing::Over,
            fetch: Fetch::Settled,
            fetches_from: None,
            wants_newer: false,
            sign: now,
        }
    }

    /// Whether the server reported on this connection what runs, and no probe was sent since.
    pub(super) const fn is_told(&self) -> bool {
        match self.probe {
            Probe::Asked { .. } => false,
            Probe::Settled => self.asked.is_some(),
        }
    }

    /// Takes a frame with this probe id as the answer to the probe, if it is one. Older servers omit the id, as do
    /// unasked reports.
    pub(super) fn take_answer(&mut self, cx: &mut Context<'_>, id: Option<&ProbeId>) -> bool {
        let is_answer = match (id, &self.probe, self.clearing) {
            (Some(_), _, _) => id == self.asked.as_ref(),
            (None, Probe::Asked { .. }, Clearing::Over) => true,
            (None, Probe::Asked { .. } | Probe::Settled, _) => false,
        };
        if is_answer {
            self.end_probe();
            cx.deadlines.clear(Timer::Probe);
        }
        is_answer
    }

    /// Ends the probe: it was answered or given up.
    pub(super) const fn end_probe(&mut self) {
        self.probe = Probe::Settled;
        match self.clearing {
            Clearing::Over => {}
            Clearing::Asked => {
                self.clearing = Clearing::Over;
                self.wants_newer = true;
            }
        }
    }

    /// Fetches the transcript if a newer one is wanted, once for all requests.
    pub(super) fn fetch_wanted(&mut self, cx: &mut Context<'_>, known: Known) {
        if std::mem::take(&mut self.wants_newer) {
            match &mut self.fetch {
                Fetch::Asked { answer, .. } => *answer = Freshness::Stale,
                Fetch::Settled => self.fetch_now(cx, known, 0),
                // The repetition is due soon anyway.
                Fetch::Failed { .. } => {}
            }
        }
    }

    /// Fetches the transcript.
    pub(super) fn fetch_now(&mut self, cx: &mut Context<'_>, known: Known, failures: u32) {
        self.fetch = Fetch::Asked {
            failures,
            answer: Freshness::Fresh,
        };
        self.fetches_from.clone_from(&known.first);
        cx.effects.push(Effect::FetchTranscript {
            if_none_match: known.etag,
            from: known.first,
        });
        cx.deadlines.set(Timer::Fetch, cx.now + FETCH_TIMEOUT);
    }

    /// Marks the answer in progress as outdated.
    pub(super) const fn outdate(&mut self) {
        match &mut self.fetch {
            Fetch::Asked { answer, .. } => *answer = Freshness::Stale,
            Fetch::Settled | Fetch::Failed { .. } => {}
        }
    }

    /// Cancels the fetch; an answer to it is ignored.
    pub(super) fn drop_fetch(&mut self, cx: &mut Context<'_>) {
        self.fetch = Fetch::Settled;
        cx.deadlines.clear(Timer::Fetch);
    }

    /// Schedules the next attempt after a failure.
    pub(super) fn fetch_failed(&mut self, cx: &mut Context<'_>, failures: u32) {
        let delay = FETCH_RETRY_MIN.saturating_mul(1 << failures.min(5));
        self.fetch = Fetch::Failed {
            failures: failures.saturating_add(1),
        };
        let at = cx.now + delay.min(FETCH_RETRY_MAX);
        cx.deadlines.set(Timer::Fetch, at);
    }

    pub(super) const fn failures(&self) -> u32 {
        match self.fetch {
            Fetch::Settled => 0,
            Fetch::Asked { failures, .. } | Fetch::Failed { failures } => failures,
        }
    }
}
