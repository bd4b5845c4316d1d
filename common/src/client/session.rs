//! What is true of one connection only: what was asked on it, and what was answered.

use std::time::Duration;

use super::{context::Context, deadlines::Timer, io::Effect, outbox::Mark};
use crate::{
    id::{MessageId, ProbeId, RequestId},
    id_map::{IdMap, IdSet},
    time::Timestamp,
};

/// A question is answered by then, or asked again.
pub(super) const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// So often, then no more.
pub(super) const PROBE_TRIES: u8 = 3;
/// A transcript is here by then, or has failed.
pub(super) const FETCH_TIMEOUT: Duration = Duration::from_secs(15);
/// Before the first retry of a fetch; each later one waits twice as long.
const FETCH_RETRY_MIN: Duration = Duration::from_secs(1);
const FETCH_RETRY_MAX: Duration = Duration::from_secs(30);

/// One connection, seen from the conversation.
#[derive(Debug)]
pub(super) struct Session {
    /// What was sent before this is of an earlier connection.
    pub(super) since: Mark,
    /// The streams whose replay was asked for, and when last.
    pub(super) acked: IdMap<RequestId, Mark>,
    /// The turns whose end was told.
    pub(super) ended: IdSet,
    pub(super) probe: Probe,
    /// The last question.
    pub(super) asked: Option<ProbeId>,
    /// When it was sent.
    pub(super) probed: Mark,
    pub(super) clearing: Clearing,
    pub(super) fetch: Fetch,
    /// From which message on the transcript was asked for last.
    pub(super) fetches_from: Option<MessageId>,
    /// The transcript at hand may lack something that the stored one has by now.
    pub(super) wants_newer: bool,
    /// When the conversation was last heard of.
    pub(super) sign: Timestamp,
}

/// Where the question stands whether a stream can be resumed; [`Timer::Probe`] drives it.
#[derive(Debug)]
pub(super) enum Probe {
    /// None is open.
    Settled,
    Asked {
        tries: u8,
        /// When it was first asked.
        since: Timestamp,
    },
}

/// Whether the server has yet to empty the transcript. Until then it tells of what is void. It takes the question that
/// follows the clear after it, so the answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clearing {
    Asked,
    Over,
}

/// Where asking for the stored transcript stands; [`Timer::Fetch`] drives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// None is under way.
    Settled,
    /// Under way.
    Asked { failures: u32, answer: Answer },
    /// It failed and will be asked for again.
    Failed { failures: u32 },
}

/// What the answer that is under way will be worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is the newest there is.
    Fresh,
    /// The transcript has changed since it was asked for.
    Stale,
}

/// What is at hand of the stored transcript.
#[derive(Debug)]
pub(super) struct Known {
    /// Its entity tag, while it is exactly the stored one.
    pub(super) etag: Option<String>,
    /// Its first message.
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

    /// Whether the server has said on this connection what runs, and was not asked again since.
    pub(super) const fn is_told(&self) -> bool {
        match self.probe {
            Probe::Asked { .. } => false,
            Probe::Settled => self.asked.is_some(),
        }
    }

    /// Takes a frame with this probe id for the answer, if it is. Older servers do not say which question they answer,
    /// nor do those who tell unasked.
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

    /// The question is answered, or given up.
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

    /// Asks for a newer transcript, if one is wanted; once for all that wanted it.
    pub(super) fn fetch_wanted(&mut self, cx: &mut Context<'_>, known: Known) {
        if std::mem::take(&mut self.wants_newer) {
            match &mut self.fetch {
                Fetch::Asked { answer, .. } => *answer = Answer::Stale,
                Fetch::Settled => self.fetch_now(cx, known, 0),
                // Due soon anyway.
                Fetch::Failed { .. } => {}
            }
        }
    }

    /// Asks for the transcript.
    pub(super) fn fetch_now(&mut self, cx: &mut Context<'_>, known: Known, failures: u32) {
        self.fetch = Fetch::Asked {
            failures,
            answer: Answer::Fresh,
        };
        self.fetches_from.clone_from(&known.first);
        cx.effects.push(Effect::FetchTranscript {
            if_none_match: known.etag,
            from: known.first,
        });
        cx.deadlines.set(Timer::Fetch, cx.now + FETCH_TIMEOUT);
    }

    /// What is under way does not know of a change.
    pub(super) const fn outdate(&mut self) {
        match &mut self.fetch {
            Fetch::Asked { answer, .. } => *answer = Answer::Stale,
            Fetch::Settled | Fetch::Failed { .. } => {}
        }
    }

    /// No transcript is wanted any more; an answer under way counts for nothing.
    pub(super) fn drop_fetch(&mut self, cx: &mut Context<'_>) {
        self.fetch = Fetch::Settled;
        cx.deadlines.clear(Timer::Fetch);
    }

    /// It failed once more: again later.
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
