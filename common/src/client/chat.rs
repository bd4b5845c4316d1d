//! The conversation: the transcript, the user's submissions and the turns, over whatever connection there is.
//!
//! This file handles the opening and loss of connections, and the questions sent over them. Beside it: [`submit`]
//! takes and sends submissions, [`answers`] answers tool calls, [`stop`] cancels turns, [`keep`] stores unsent
//! requests beyond the life of the page, [`frames`] reads the agent's frames, [`growth`] applies chunks to answers,
//! [`settlement`] ends turns, [`sync`] keeps the transcript equal to the stored one, [`earlier`] loads earlier
//! messages, [`status`] derives the states that views show.

mod answers;
mod earlier;
mod frames;
mod growth;
mod keep;
mod settlement;
mod status;
mod stop;
mod submit;
mod sync;

use std::time::Duration;

use super::{
    context::Context,
    deadlines::Timer,
    io::{ChatError, Earlier, Effect, SharedRow, Snapshot},
    link::Peer,
    outbox::{CLEAR_OVERDUE, Clear, Mark, Outbox, Stage},
    rows::Rows,
    session::{Clearing, PROBE_TIMEOUT, PROBE_TRIES, Probe, Session},
    turn::Turn,
};
use crate::{
    frame::{ClientFrame, ClientTool},
    id::{ProbeId, RequestId},
    id_map::{IdMap, IdSet},
    state::{Choices, Waiting},
    time::Timestamp,
};

/// A turn that is silent for this long is asked about.
const WATCH: Duration = Duration::from_secs(60);

/// The conversation's machine.
#[derive(Debug)]
pub(super) struct Chat {
    rows: Rows,
    outbox: Outbox,
    /// The turns that are not settled, of this client and of others.
    turns: IdMap<RequestId, Turn>,
    /// Turns that a clear cancelled. Their late frames are ignored.
    void: IdSet,
    recovery: Recovery,
    /// The messages that wait for their turns at the agent, as its state last listed them.
    waiting: Vec<Waiting>,
    /// What was chosen for the conversation that the next message begins.
    choices: Option<Choices>,
    error: Option<ChatError>,
    /// The present connection, if there is one.
    session: Option<Session>,
    /// The mark of the last frame sent.
    mark: Mark,
    /// The tools that this client runs itself.
    client_tools: Vec<ClientTool>,
    /// The calls of client tools whose run was already requested.
    run: IdSet,
    /// Whether the model continues once its calls are answered.
    auto_continue: bool,
}

/// Whether the agent is recovering an interrupted turn under an id that is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    None,
    Expected,
}

impl Chat {
    pub(super) fn new(
        snapshot: Snapshot,
        client_tools: Vec<ClientTool>,
        auto_continue: bool,
    ) -> Self {
        Self {
            rows: Rows::new(snapshot),
            outbox: Outbox::default(),
            turns: IdMap::new(),
            void: IdSet::default(),
            recovery: Recovery::None,
            waiting: Vec::new(),
            choices: None,
            error: None,
            session: None,
            mark: Mark::default(),
            client_tools,
            run: IdSet::default(),
            auto_continue,
        }
    }

    pub(super) fn rows(&self) -> &[SharedRow] {
        self.rows.all()
    }

    pub(super) const fn earlier(&self) -> &Earlier {
        self.rows.earlier()
    }

    /// The connection opened.
    pub(super) fn up(&mut self, cx: &mut Context<'_>, peer: Peer) {
        let (mark, known) = (self.mark.next(), self.known());
        let mut session = Session::new(mark, cx.now);
        match self.outbox.clear {
            Clear::Wanted(since) if cx.now.since(since) <= CLEAR_OVERDUE => {
                self.outbox.clear = Clear::Settled;
                session.clearing = Clearing::Asked;
                cx.transmit(&ClientFrame::ChatClear);
            }
            Clear::Wanted(_) => {
                self.outbox.clear = Clear::Settled;
                cx.effects.push(Effect::Report(ChatError::NotCleared));
                session.fetch_now(cx, known, 0);
            }
            Clear::Settled => session.fetch_now(cx, known, 0),
        }
        self.session = Some(session);
        self.send_answers(cx, peer);
        self.cancel(cx);
        self.probe(cx);
    }

    /// The connection was lost; the turns continue without it.
    pub(super) fn down(&mut self, cx: &mut Context<'_>) {
        if let Some(Session {
            clearing: Clearing::Asked,
            ..
        }) = self.session.take()
        {
            self.outbox.clear = Clear::Wanted(cx.now);
        }
        for timer in [Timer::Probe, Timer::Fetch, Timer::Replay, Timer::Watch] {
            cx.deadlines.clear(timer);
        }
        for submission in &mut self.outbox.submissions {
            submission.stage = submission.stage.cut_off();
        }
        for turn in self.turns.values_mut() {
            turn.cut_off();
        }
        for stop in &mut self.outbox.stops {
            stop.is_sent = false;
        }
        self.recall_answers(cx);
    }

    /// Ignores all further frames of the known turns.
    fn void_turns(&mut self) {
        for id in std::mem::take(&mut self.turns).ids() {
            self.void.insert(id.as_str());
        }
    }

    /// Runs after every input: sends what can be sent, and watches running turns.
    pub(super) fn flush(&mut self, cx: &mut Context<'_>, peer: Peer) {
        self.run_tools(cx);
        self.keep(cx);
        if self.session.is_some() {
            self.send_answers(cx, peer);
            self.resend_wishes();
            self.submit(cx, peer);
            self.cancel(cx);
            self.keep(cx);
        }
        if self
            .session
            .as_ref()
            .is_some_and(|session| session.wants_newer)
        {
            let known = self.known();
            if let Some(session) = &mut self.session {
                session.fetch_wanted(cx, known);
            }
        }
        let busy = self.is_busy();
        match &self.session {
            Some(Session {
                probe: Probe::Settled,
                sign,
                ..
            }) if busy => {
                if !cx.deadlines.is_set(Timer::Watch) {
                    cx.deadlines.set(Timer::Watch, *sign + WATCH);
                }
            }
            Some(_) | None => cx.deadlines.clear(Timer::Watch),
        }
    }

    /// Asks whether a stream can be resumed, unless a probe is open.
    pub(super) fn probe(&mut self, cx: &mut Context<'_>) {
        if let Some(Session {
            probe: Probe::Settled,
            ..
        }) = &self.session
        {
            self.ask(cx, 1, cx.now);
        }
    }

    fn ask(&mut self, cx: &mut Context<'_>, tries: u8, since: Timestamp) {
        let Some(session) = &mut self.session else {
            return;
        };
        let id = ProbeId::new(cx.ids.fresh());
        session.probed = self.mark.next();
        session.asked = Some(id.clone());
        session.probe = Probe::Asked { tries, since };
        cx.transmit(&ClientFrame::ResumeRequest(Some(id)));
        cx.deadlines.set(Timer::Probe, cx.now + PROBE_TIMEOUT);
    }

    /// Handles [`Timer::Probe`]. After too many probes without an answer, returns when the first one was sent.
    pub(super) fn probe_due(&mut self, cx: &mut Context<'_>) -> Option<Timestamp> {
        let session = self.session.as_mut()?;
        let Probe::Asked { tries, since, .. } = session.probe else {
            return None;
        };
        if tries < PROBE_TRIES {
            self.ask(cx, tries + 1, since);
            return None;
        }
        session.end_probe();
        session.sign = cx.now;
        Some(since)
    }

    /// Handles [`Timer::Watch`].
    pub(super) fn watch_due(&mut self, cx: &mut Context<'_>) {
        let Some(session) = &self.session else {
            return;
        };
        let at = session.sign + WATCH;
        if at > cx.now {
            cx.deadlines.set(Timer::Watch, at);
        } else {
            self.probe(cx);
        }
    }

    /// Records that the agent showed activity.
    const fn sign(&mut self, now: Timestamp) {
        if let Some(session) = &mut self.session {
            session.sign = now;
        }
    }

    /// Marks a transcript that is being fetched as outdated.
    const fn outdate(&mut self) {
        if let Some(session) = &mut self.session {
            session.outdate();
        }
    }

    fn set_stage(&mut self, cx: &mut Context<'_>, index: usize, stage: Stage) {
        let Some(submission) = self.outbox.submissions.get_mut(index) else {
            return;
        };
        submission.stage = stage;
        let message = submission.ask.message();
        self.rows.deliver(cx, message, stage.delivery());
    }
}
