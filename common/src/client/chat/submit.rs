//! Submissions: what the user asks for, and how it is sent.

use serde_json::Value;

use super::{Chat, Recovery, sync::FAILURES_BEFORE_RESENDING};
use crate::{
    attachments::Draft,
    client::{
        context::Context,
        io::{ChatError, Delivery, Effect, Row, SharedRow, Status},
        link::Peer,
        outbox::{Ask, Clear, OVERDUE, Stage, Submission},
        session::{Clearing, Fetch},
    },
    frame::{ChatRequest, ClientFrame, MAX_FRAME_BYTES, SubmissionOptions, Trigger},
    id::{MessageId, RequestId},
    id_map::IdSet,
    message::{Message, Role},
    state::Choices,
};

impl Chat {
    /// The user chose something for the conversation that the next message begins.
    pub(in crate::client) fn choose(&mut self, choices: Choices) {
        self.choices = Some(choices);
    }

    /// The user sends a message.
    pub(in crate::client) fn send(&mut self, cx: &mut Context<'_>, draft: Draft, steers: bool) {
        if draft.is_blank() {
            return;
        }
        if is_too_long(&draft.text) {
            cx.effects.push(Effect::GiveBack(draft));
            cx.effects.push(Effect::Report(ChatError::MessageTooLong));
            return;
        }
        self.error = None;
        let message = draft.into_message(MessageId::new(cx.ids.fresh()));
        let ask = Ask::Answer(message.id.clone());
        let mut submission = Submission::new(RequestId::new(cx.ids.fresh()), ask, cx.now);
        submission.steers = steers;
        submission.choices = self.choices.take();
        let row = Row {
            message,
            delivery: submission.stage.delivery(),
        };
        self.outbox.submissions.push(submission);
        let end = self.rows.len();
        self.rows.insert(cx, end, row);
    }

    /// The user changes one of their messages.
    pub(in crate::client) fn edit(&mut self, cx: &mut Context<'_>, id: MessageId, text: String) {
        let message = self.rows.message(&id);
        let own = message.filter(|message| message.role == Role::User);
        // Only the text is changed.
        let files = own.map(|message| message.draft().files);
        let Some(draft) = files.map(|files| Draft { text, files }) else {
            return;
        };
        if draft.is_blank() {
            return;
        }
        if is_too_long(&draft.text) {
            cx.effects.push(Effect::GiveBack(draft.text.into()));
            cx.effects.push(Effect::Report(ChatError::MessageTooLong));
            return;
        }
        let unsent = self
            .outbox
            .submissions
            .iter_mut()
            .find(|one| one.ask.has_words() && *one.ask.message() == id && !one.stage.is_out());
        if let Some(submission) = unsent {
            submission.changes += 1;
            self.rows.replace(cx, draft.into_message(id));
            return;
        }
        if self.is_busy() {
            cx.effects.push(Effect::GiveBack(draft.text.into()));
            cx.effects.push(Effect::Report(ChatError::Busy));
            return;
        }
        let message = draft.into_message(id.clone());
        self.rows.replace(cx, message);
        self.ask_anew(cx, Ask::Anew(id));
    }

    /// The user asks for another answer.
    pub(in crate::client) fn regenerate(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(index) = self.rows.position(id) else {
            return;
        };
        if self.is_busy() {
            cx.effects.push(Effect::Report(ChatError::Busy));
            return;
        }
        let question = |row: &&SharedRow| row.role() == Role::User;
        let mut until = self.rows.all().iter().take(index + 1);
        match until.rfind(question) {
            Some(question) => {
                let id = question.id().clone();
                self.ask_anew(cx, Ask::Again(id));
            }
            None => self.question_missing(cx),
        }
    }

    /// The user retries the failed turn. Everything after their last message is void.
    pub(in crate::client) fn retry(&mut self, cx: &mut Context<'_>) {
        if self.status() != Status::Error {
            return;
        }
        let Some(last) = self.rows.last(Role::User).cloned() else {
            return self.question_missing(cx);
        };
        // Only a message that the server has can be regenerated.
        let ask = match self.error {
            Some(ChatError::MessageNotTaken | ChatError::MessageRefused(_)) => Ask::Answer(last),
            Some(_) | None => Ask::Again(last),
        };
        self.ask_anew(cx, ask);
    }

    /// No message of the user is loaded; an earlier one may exist.
    fn question_missing(&self, cx: &mut Context<'_>) {
        if self.has_earlier() {
            cx.effects.push(Effect::Report(ChatError::NotLoaded));
        }
    }

    fn ask_anew(&mut self, cx: &mut Context<'_>, ask: Ask) {
        self.error = None;
        self.cut_after(cx, ask.message());
        self.outdate();
        let submission = Submission::new(RequestId::new(cx.ids.fresh()), ask, cx.now);
        let delivery = submission.stage.delivery();
        self.rows.deliver(cx, submission.ask.message(), delivery);
        self.outbox.submissions.push(submission);
    }

    /// Removes the rows after a message, except those that wait to be sent.
    pub(super) fn cut_after(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let length = self.rows.position(id).map_or(0, |index| index + 1);
        let mut keep = IdSet::default();
        for id in self.rows.ids().take(length) {
            keep.insert(id.as_str());
        }
        for submission in &self.outbox.submissions {
            if submission.ask.has_words() {
                keep.insert(submission.ask.message().as_str());
            }
        }
        self.rows.retain(cx, &keep);
    }

    /// The user withdraws a message.
    pub(in crate::client) fn withdraw(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let place = (self.outbox.submissions.iter())
            .position(|one| one.ask.has_words() && one.ask.message() == id);
        let Some(index) = place else {
            return;
        };
        let Some(submission) = self.outbox.submissions.get(index) else {
            return;
        };
        if submission.stage.is_out() {
            cx.effects
                .push(Effect::Report(ChatError::TooLateToWithdraw));
            return;
        }
        match self.outbox.submissions.remove(index).ask {
            Ask::Answer(id) => self.rows.remove(cx, &id),
            // The server has its earlier text.
            Ask::Anew(id) => {
                self.rows.deliver(cx, &id, Delivery::Answered);
                self.want_newer();
            }
            Ask::Again(_) => {}
        }
    }

    /// The user confirms that an overdue message is to be sent.
    pub(in crate::client) fn send_overdue(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let place = (self.outbox.submissions.iter())
            .position(|one| one.ask.message() == id && one.stage == Stage::Overdue);
        let Some(index) = place else {
            return;
        };
        if let Some(submission) = self.outbox.submissions.get_mut(index) {
            submission.at = cx.now;
            submission.changes += 1;
            if let Ask::Anew(id) = submission.ask.clone() {
                self.cut_after(cx, &id);
            }
        }
        // The server may have it already.
        self.set_stage(cx, index, Stage::Unsure);
        if self.session.is_some() {
            self.outdate();
            self.want_newer();
        }
    }

    /// The user clears the transcript.
    pub(in crate::client) fn clear(&mut self, cx: &mut Context<'_>) {
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
        self.outbox.clear = Clear::Wanted(cx.now);
        self.keep(cx);
        if let Some(session) = &mut self.session {
            self.outbox.clear = Clear::Settled;
            session.drop_fetch(cx);
            session.clearing = Clearing::Asked;
            cx.transmit(&ClientFrame::ChatClear);
            self.ask(cx, 1, cx.now);
        }
    }

    /// Sends the waiting submissions in order, up to the first one whose delivery only the stored transcript can
    /// confirm.
    pub(super) fn submit(&mut self, cx: &mut Context<'_>, peer: Peer) {
        // Only a server of ours can cut back a transcript whose beginning is not sent along.
        let holds_back = peer != Peer::Ours && (self.has_earlier() || self.is_transcript_due());
        let mut frames = Vec::new();
        let mut index = 0;
        while let Some(submission) = self.outbox.submissions.get(index) {
            match submission.stage {
                Stage::Unsure => break,
                Stage::Waiting if cx.now.since(submission.at) > OVERDUE => {
                    self.set_stage(cx, index, Stage::Overdue);
                }
                Stage::Waiting if self.rows.message(submission.ask.message()).is_none() => {
                    // The message was removed from the transcript together with the request to answer it, or an
                    // earlier page had loaded it and this page has not.
                    self.outbox.submissions.remove(index);
                    self.question_missing(cx);
                    continue;
                }
                Stage::Waiting if holds_back && !submission.is_new() => break,
                Stage::Waiting => {
                    frames.push(self.frame_for(submission, peer));
                    let stage = Stage::Sent(self.mark.next());
                    self.set_stage(cx, index, stage);
                    if let Some(submission) = self.outbox.submissions.get_mut(index) {
                        submission.was_sent = true;
                    }
                }
                Stage::Overdue | Stage::Sent(_) | Stage::Accepted(_) | Stage::Begun(_) => {}
            }
            index += 1;
        }
        if frames.is_empty() {
            return;
        }
        // Records first that it was sent: a later page must not take it for unsent.
        self.keep(cx);
        cx.effects.extend(frames.into_iter().map(Effect::Transmit));
        self.sign(cx.now);
    }

    /// Whether the loaded transcript may be incomplete. An official server that knows every message in a submission
    /// takes the list for the whole transcript and deletes newer messages of other clients.
    fn is_transcript_due(&self) -> bool {
        let session = self.session.as_ref();
        session.is_some_and(|session| match session.fetch {
            Fetch::Asked { failures, .. } | Fetch::Failed { failures } => {
                failures < FAILURES_BEFORE_RESENDING
            }
            Fetch::Settled => false,
        })
    }

    /// The frame for a submission.
    fn frame_for(&self, submission: &Submission, peer: Peer) -> String {
        let rows = &self.rows;
        match &submission.ask {
            Ask::Again(id) => self.encode_cut(submission, Trigger::Regenerate, id, peer),
            Ask::Anew(id) => self.encode_cut(submission, Trigger::Submit, id, peer),
            Ask::Answer(id) => {
                let reported = rows.reported(id, peer);
                let frame = self.encode(submission, Trigger::Submit, reported, None);
                if frame.len() <= MAX_FRAME_BYTES {
                    return frame;
                }
                self.encode(submission, Trigger::Submit, rows.alone(id), None)
            }
        }
    }

    /// Encodes a submission that voids everything after its message. Our server gets an explicit mark; others take
    /// the list for the whole transcript.
    fn encode_cut(
        &self,
        submission: &Submission,
        trigger: Trigger,
        id: &MessageId,
        peer: Peer,
    ) -> String {
        match peer {
            Peer::Ours => self.encode(submission, trigger, self.rows.alone(id), Some(id.clone())),
            Peer::Asked | Peer::Unknown => {
                self.encode(submission, trigger, self.rows.up_to(id), None)
            }
        }
    }

    fn encode(
        &self,
        submission: &Submission,
        trigger: Trigger,
        messages: Vec<Message>,
        after: Option<MessageId>,
    ) -> String {
        let options = SubmissionOptions {
            model: None,
            steer: submission.steers,
            choices: submission.choices.clone(),
        };
        let request = ChatRequest {
            id: submission.id.clone(),
            trigger,
            messages,
            after,
            client_tools: self.client_tools.clone(),
            body: options.to_body(),
        };
        ClientFrame::ChatRequest(request).encode()
    }
}

/// Whether the frame would exceed the platform's limit: an oversized frame ends every connection it is sent on.
fn is_too_long(text: &str) -> bool {
    /// Room for the fields around the text.
    const ENVELOPE: usize = 64 * 1024;
    // The text is JSON within JSON.
    let escaped = |text: &str| Value::from(text).to_string();
    text.len() > MAX_FRAME_BYTES / 8 && escaped(&escaped(text)).len() > MAX_FRAME_BYTES - ENVELOPE
}
