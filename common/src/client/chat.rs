//! The conversation: the transcript, the user's submissions and the turns, over whatever connection there is.
//!
//! Here: what the user asks for, what the connection's coming and going means, and the status. Beside it:
//! [`approvals`] answers tool calls, [`frames`] reads what the agent sends, [`growth`] lets answers grow,
//! [`settlement`] ends turns, [`stop`] cancels them, [`sync`] keeps the transcript equal to the stored one.

mod approvals;
mod frames;
mod growth;
mod settlement;
mod stop;
mod sync;

use std::time::Duration;

use super::{
    context::Context,
    deadlines::Timer,
    io::{ChatError, Effect, Row, Snapshot, Status},
    link::Peer,
    outbox::{Ask, Clear, Continuation, Mark, Outbox, Stage, Submission},
    rows::Rows,
    session::{Clearing, PROBE_TIMEOUT, PROBE_TRIES, Probe, Session},
    turn::Turn,
};
use crate::{
    frame::{ChatRequest, ClientFrame, MAX_FRAME_BYTES, Trigger},
    id::{MessageId, ProbeId, RequestId},
    id_map::{IdMap, IdSet},
    message::{Message, Role},
    time::Timestamp,
};

/// A turn that gives no sign for so long is asked after.
const WATCH: Duration = Duration::from_secs(60);

/// The conversation's machine.
#[derive(Debug)]
pub(super) struct Chat {
    rows: Rows,
    outbox: Outbox,
    /// The turns that are not settled, own and others'.
    turns: IdMap<RequestId, Turn>,
    /// Turns that a clear made void. What still comes of them is ignored.
    void: IdSet,
    recovery: Recovery,
    error: Option<ChatError>,
    /// While there is a connection.
    session: Option<Session>,
    /// What was sent last.
    mark: Mark,
}

/// Whether an interrupted turn is being taken up again, under an id that is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    None,
    Expected,
}

impl Chat {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        Self {
            rows: Rows::new(snapshot),
            outbox: Outbox::default(),
            turns: IdMap::new(),
            void: IdSet::default(),
            recovery: Recovery::None,
            error: None,
            session: None,
            mark: Mark::default(),
        }
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        self.rows.rows()
    }

    pub(super) const fn error(&self) -> Option<&ChatError> {
        self.error.as_ref()
    }

    /// The state of the turn: of the run, not of the wire.
    pub(super) fn status(&self) -> Status {
        let submitted = self.recovery == Recovery::Expected
            || !self.turns.is_empty()
            || self.outbox.submissions.iter().any(|one| one.stage.is_out())
            || self.outbox.continuation != Continuation::None;
        if self.turns.values().any(Turn::is_streaming) {
            Status::Streaming
        } else if submitted {
            Status::Submitted
        } else if self.error.is_some() {
            Status::Error
        } else {
            Status::Ready
        }
    }

    /// The connection is open.
    pub(super) fn up(&mut self, cx: &mut Context<'_>) {
        let mark = self.mark.next();
        let mut session = Session::new(mark, cx.now);
        match self.outbox.clear {
            Clear::Wanted => {
                self.outbox.clear = Clear::Settled;
                session.clearing = Clearing::Asked;
                cx.transmit(&ClientFrame::ChatClear);
            }
            Clear::Settled => session.fetch_now(cx, self.rows.etag(), 0),
        }
        self.session = Some(session);
        self.send_answers(cx);
        self.cancel(cx);
        self.probe(cx);
    }

    /// The connection is lost; the turns are not.
    pub(super) fn down(&mut self, cx: &mut Context<'_>) {
        if let Some(Session {
            clearing: Clearing::Asked,
            ..
        }) = self.session.take()
        {
            self.outbox.clear = Clear::Wanted;
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
        self.recall_answers(cx);
    }

    /// The user sends a message.
    pub(super) fn send(&mut self, cx: &mut Context<'_>, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let message = Message::text(MessageId::new(cx.ids.fresh()), Role::User, text);
        let id = RequestId::new(cx.ids.fresh());
        // A frame the platform refuses would end every connection it is sent on. Its text is escaped twice.
        if text.len() > MAX_FRAME_BYTES / 8 {
            let frame =
                ClientFrame::ChatRequest(request(&id, Trigger::Submit, vec![message.clone()]));
            if frame.encode().len() > MAX_FRAME_BYTES {
                self.error = Some(ChatError {
                    text: "The message is too long to be sent. Shorten it.".to_owned(),
                });
                return;
            }
        }
        self.error = None;
        let row = Row {
            message,
            delivery: Stage::Waiting.delivery(),
        };
        self.outbox.submissions.push(Submission {
            id,
            ask: Ask::Answer(row.message.id.clone()),
            stage: Stage::Waiting,
            ignored: 0,
        });
        let end = self.rows.len();
        self.rows.insert(cx, end, row);
    }

    /// The user empties the transcript.
    pub(super) fn clear(&mut self, cx: &mut Context<'_>) {
        let submissions = std::mem::take(&mut self.outbox.submissions);
        for submission in &submissions {
            self.void.insert(submission.id.as_str());
        }
        self.void_turns();
        self.outbox.stops.clear();
        self.forget_answers();
        self.recovery = Recovery::None;
        self.error = None;
        self.rows.clear(cx);
        match &mut self.session {
            Some(session) => {
                session.drop_fetch(cx);
                session.clearing = Clearing::Asked;
                cx.transmit(&ClientFrame::ChatClear);
                self.ask(cx, 1, cx.now);
            }
            None => self.outbox.clear = Clear::Wanted,
        }
    }

    /// No turn counts any more.
    fn void_turns(&mut self) {
        for id in std::mem::take(&mut self.turns).ids() {
            self.void.insert(id.as_str());
        }
    }

    /// The user wants the failed turn again: what came after the last message of theirs is void.
    pub(super) fn retry(&mut self, cx: &mut Context<'_>) {
        if self.status() != Status::Error {
            return;
        }
        let Some(last) = self.rows.last(Role::User).cloned() else {
            return;
        };
        self.error = None;
        let length = self.rows.position(&last).map_or(0, |index| index + 1);
        let mut keep = IdSet::default();
        for id in self.rows.ids().take(length) {
            keep.insert(id.as_str());
        }
        self.rows.retain(cx, &keep);
        self.outdate();
        self.outbox.submissions.push(Submission {
            id: RequestId::new(cx.ids.fresh()),
            ask: Ask::Again(last),
            stage: Stage::Waiting,
            ignored: 0,
        });
    }

    /// After every input: sends what can be sent, and watches what runs.
    pub(super) fn flush(&mut self, cx: &mut Context<'_>, peer: Peer) {
        if self.session.is_some() {
            self.send_answers(cx);
            self.resend_wishes();
            self.submit(cx, peer);
            self.cancel(cx);
        }
        if let Some(session) = &mut self.session {
            session.fetch_wanted(cx, self.rows.etag());
        }
        let busy = match self.status() {
            Status::Submitted | Status::Streaming => true,
            Status::Ready | Status::Error => false,
        };
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

    /// Sends the submissions that wait, in order, up to one whose fate the stored transcript has yet to tell.
    fn submit(&mut self, cx: &mut Context<'_>, peer: Peer) {
        let mut index = 0;
        while let Some(submission) = self.outbox.submissions.get_mut(index) {
            match submission.stage {
                Stage::Unsure => return,
                Stage::Sent(_) | Stage::Accepted(_) | Stage::Begun(_) => index += 1,
                Stage::Waiting => {
                    if self.rows.message(submission.ask.message()).is_none() {
                        // The message is gone from the transcript, and the wish for an answer with it.
                        self.outbox.submissions.remove(index);
                        continue;
                    }
                    let frame = frame_for(submission, &self.rows, peer);
                    cx.effects.push(Effect::Transmit(frame));
                    let stage = Stage::Sent(self.mark.next());
                    self.set_stage(cx, index, stage);
                    self.sign(cx.now);
                    index += 1;
                }
            }
        }
    }

    /// Asks whether a stream can be resumed, unless that is being asked.
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

    /// [`Timer::Probe`]. Since when the agent has been asked in vain, once that is too often.
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

    /// [`Timer::Watch`].
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

    /// The conversation gave a sign of life.
    const fn sign(&mut self, now: Timestamp) {
        if let Some(session) = &mut self.session {
            session.sign = now;
        }
    }

    /// A transcript under way does not know of what has just happened.
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
        match &submission.ask {
            Ask::Answer(id) => self.rows.deliver(cx, id, stage.delivery()),
            Ask::Again(_) => {}
        }
    }
}

/// What the server is sent of a submission.
fn frame_for(submission: &Submission, rows: &Rows, peer: Peer) -> String {
    let encode = |trigger, messages| {
        ClientFrame::ChatRequest(request(&submission.id, trigger, messages)).encode()
    };
    match &submission.ask {
        Ask::Again(id) => encode(Trigger::Regenerate, rows.up_to(id)),
        Ask::Answer(id) => {
            let frame = encode(Trigger::Submit, rows.told(id, peer));
            if frame.len() <= MAX_FRAME_BYTES {
                return frame;
            }
            encode(Trigger::Submit, rows.told(id, Peer::Ours))
        }
    }
}

fn request(id: &RequestId, trigger: Trigger, messages: Vec<Message>) -> ChatRequest {
    ChatRequest {
        id: id.clone(),
        trigger,
        messages,
        client_tools: Vec::new(),
        body: serde_json::Map::new(),
    }
}
