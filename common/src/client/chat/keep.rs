//! Stores what the user asked for beyond the life of the page, until the server has it.

use super::Chat;
use crate::client::{
    context::Context,
    io::{Earlier, Load, Row},
    kept::{CLEAR_KEY, Kept, Subject, Wish, answer_key, stop_key, submission_key},
    outbox::{
        AnswerStage, Ask, Clear, Continuation, KeptAnswer, Mark, OVERDUE, Stage, Stop, Submission,
    },
    session::Clearing,
};

impl Chat {
    /// Writes new entries of the outbox and removes those that the server has. Runs before anything is sent.
    pub(super) fn keep(&mut self, cx: &mut Context<'_>) {
        let (outbox, rows, now) = (&mut self.outbox, &self.rows, cx.now);
        let clearing = self.session.as_ref().map(|session| session.clearing);
        let clears = matches!(outbox.clear, Clear::Wanted(_)) || clearing == Some(Clearing::Asked);
        let stops_next = outbox.continuation == Continuation::Stopped;
        let is_empty =
            outbox.submissions.is_empty() && outbox.answers.is_empty() && outbox.stops.is_empty();
        if is_empty && !clears && !stops_next && outbox.ledger.is_empty() {
            return;
        }
        let effects = &mut *cx.effects;
        let mut round = outbox.ledger.begin();
        if clears {
            round.put(effects, CLEAR_KEY.to_owned(), 0, || (now, Wish::Clear));
        }
        let unconfirmed = |one: &&Submission| one.stage.is_unconfirmed();
        for one in outbox.submissions.iter().filter(unconfirmed) {
            let message = rows.message(one.ask.message());
            let subject = || match (&one.ask, &message) {
                (Ask::Answer(_), Some(message)) => Subject::New((**message).clone()),
                (Ask::Anew(_), Some(message)) => Subject::Anew((**message).clone()),
                (Ask::Again(id) | Ask::Answer(id) | Ask::Anew(id), _) => Subject::Again(id.clone()),
            };
            let wish = || Wish::Submission {
                id: one.id.clone(),
                subject: subject(),
                is_sent: one.was_sent,
                steers: one.steers,
                choices: one.choices.clone(),
            };
            let key = submission_key(&one.id);
            round.put(effects, key, one.form(), || (one.at, wish()));
        }
        for one in &outbox.answers {
            round.put(effects, answer_key(&one.call), 0, || {
                let (call, answer) = (one.call.clone(), one.answer.clone());
                (now, Wish::Answer { call, answer })
            });
        }
        for stop in &outbox.stops {
            let id = &stop.id;
            round.put(effects, stop_key(Some(id)), 0, || {
                (now, Wish::Stop(Some(id.clone())))
            });
        }
        if stops_next {
            round.put(effects, stop_key(None), 0, || (now, Wish::Stop(None)));
        }
        round.end(effects);
    }

    /// Restores the entries of an earlier page. A message that is too old to be sent unasked waits for the user;
    /// other old entries are dropped.
    pub(in crate::client) fn restore(&mut self, cx: &mut Context<'_>, kept: &[String]) {
        // The list is short, and the library's sort would add 3 kB to the browser's download.
        let mut entries: Vec<Kept> = Vec::new();
        for entry in kept.iter().filter_map(|text| Kept::decode(text)) {
            let before = |one: &Kept| (one.at, one.order) <= (entry.at, entry.order);
            let place = entries.partition_point(before);
            entries.insert(place, entry);
        }
        for Kept { at, order, wish } in entries {
            let is_overdue = cx.now.since(at) > OVERDUE;
            let key = wish.key();
            let mut form = 0;
            match wish {
                Wish::Submission {
                    id,
                    subject,
                    is_sent,
                    steers,
                    choices,
                } => {
                    form = u32::from(is_sent);
                    let stage = match (is_overdue, is_sent) {
                        (true, _) => Stage::Overdue,
                        (false, true) => Stage::Unsure,
                        (false, false) => Stage::Waiting,
                    };
                    let (ask, stage) = self.restore_subject(cx, subject, stage);
                    let mut submission = Submission::new(id, ask, at);
                    submission.stage = stage;
                    submission.steers = steers;
                    submission.choices = choices;
                    submission.was_sent = is_sent;
                    if stage != Stage::Overdue || submission.ask.has_words() {
                        self.outbox.submissions.push(submission);
                    }
                }
                Wish::Answer { .. } | Wish::Stop(_) | Wish::Clear if is_overdue => {}
                Wish::Answer { call, answer } => self.outbox.answers.push(KeptAnswer {
                    call,
                    answer,
                    stage: AnswerStage::Waiting,
                }),
                Wish::Stop(Some(id)) => self.outbox.stops.push(Stop { id, is_sent: false }),
                Wish::Stop(None) => self.outbox.continuation = Continuation::Stopped,
                Wish::Clear => {
                    self.outbox.clear = Clear::Wanted(at);
                    self.rows.clear(cx);
                }
            }
            self.outbox.ledger.adopt(key, form, order);
        }
        self.show_answers(cx);
    }

    /// Shows the message of a restored submission. A new message that is in the transcript has reached the server.
    fn restore_subject(
        &mut self,
        cx: &mut Context<'_>,
        subject: Subject,
        stage: Stage,
    ) -> (Ask, Stage) {
        let (message, anew) = match subject {
            Subject::Again(id) => {
                // The message may already have its new answer; the transcript alone cannot show that.
                let stage = if stage == Stage::Overdue {
                    stage
                } else {
                    Stage::Unsure
                };
                return (Ask::Again(id), stage);
            }
            Subject::New(message) => (message, false),
            Subject::Anew(message) => (message, true),
        };
        let id = message.id.clone();
        let delivery = stage.delivery();
        let is_here = self.rows.position(&id).is_some();
        match (is_here, anew) {
            (true, false) => {
                let stage = Stage::Accepted(Mark::default());
                self.rows.deliver(cx, &id, stage.delivery());
                return (Ask::Answer(id), stage);
            }
            (true, true) => {
                self.rows.replace(cx, message);
                self.rows.deliver(cx, &id, delivery);
            }
            (false, true) if stage != Stage::Overdue && self.has_earlier() => {
                // The message precedes all loaded rows and voids them.
                self.rows.insert(cx, 0, Row { message, delivery });
                self.cut_after(cx, &id);
                self.rows.set_earlier(Earlier::Stored {
                    before: id.clone(),
                    load: Load::Idle,
                });
            }
            (false, _) => {
                let end = self.rows.len();
                self.rows.insert(cx, end, Row { message, delivery });
            }
        }
        (if anew { Ask::Anew(id) } else { Ask::Answer(id) }, stage)
    }
}
