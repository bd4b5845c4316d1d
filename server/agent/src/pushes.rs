//! Pushes the conversation's summary to its owner's directory whenever the summary changes.
//!
//! The new summary is stored with the first write of the input that changed it, under a number that only grows, and pushed
//! a moment later, with what has changed until then: the directory's work must not delay the first words of an answer, and a
//! short turn is one push. The alarm repeats a push that is lost. Nothing waits for the directory.

use std::time::Duration;

use accounts::PersonId;
use common::{
    directory::{ConversationState, TitleBy, push::Head},
    id::MessageId,
    state::About,
    time::Timestamp,
};
use store::{LastPush, PushedTexts, TextMark, Write};

use super::{
    context::Context,
    io::{CallId, Effect, SummaryPush},
    transcript::Transcript,
};

/// How long a push may take before it counts as lost.
pub const PUSH_TIME: Duration = Duration::from_secs(30);

/// How long after the first lost push the next one is sent; each further one waits twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// The longest wait for the next push.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// How the first characters of an answer's id read; the moment of its submission follows.
const ANSWER: &str = "assistant_";

/// The pushes to the directory of the owner.
#[derive(Debug)]
pub(super) struct Pushes {
    /// What was last pushed, or is to be.
    last: Option<LastPush>,
    flight: Option<Flight>,
    /// When the next push is due, after one that was lost.
    due: Option<Timestamp>,
    /// How many pushes were lost in a row.
    lost: u32,
    /// Who gives the title that is about to change; `None`: the user.
    titled_by: Option<TitleBy>,
    /// The answer that ended last, until it is pushed.
    answered: Option<Answered>,
}

/// An answer that ended.
#[derive(Clone, Copy, Debug)]
struct Answered {
    at: Timestamp,
    is_whole: bool,
}

/// A push that has not been answered.
#[derive(Clone, Copy, Debug)]
struct Flight {
    call: CallId,
    /// The number under which it was sent; `None`: it has not been sent.
    number: Option<u64>,
    until: Timestamp,
}

/// What the directory shows of the conversation.
pub(super) struct Facts<'a> {
    pub(super) state: ConversationState,
    pub(super) about: &'a About,
    pub(super) cost_usd: Option<f64>,
    pub(super) transcript: &'a Transcript,
}

/// Whether the model is to be asked for a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TitleWish {
    /// It is, and that is stored.
    Asked,
    /// It is not.
    None,
}

impl Pushes {
    pub(super) const fn restore(last: Option<LastPush>) -> Self {
        Self {
            last,
            flight: None,
            due: None,
            lost: 0,
            titled_by: None,
            answered: None,
        }
    }

    /// When a push counts as lost, or the next one is due.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.flight.map(|flight| flight.until).or(self.due)
    }

    /// The next title is not the user's.
    pub(super) const fn title_is_by(&mut self, by: TitleBy) {
        self.titled_by = Some(by);
    }

    /// An answer has ended, and its reader may not have seen it.
    pub(super) const fn answered(&mut self, at: Timestamp, is_whole: bool) {
        self.answered = Some(Answered { at, is_whole });
    }

    /// Who gave the title that was last pushed.
    pub(super) fn title_by(&self) -> TitleBy {
        let last = self.last.as_ref();
        last.map_or(TitleBy::User, |last| last.head.title_by)
    }

    /// Stores what has changed with the first write of this input, and pushes it behind all other effects.
    /// `may_title`: whether the deployment and the budgets allow that the model is asked for a title.
    pub(super) fn update(
        &mut self,
        cx: &mut Context<'_>,
        facts: &Facts<'_>,
        may_title: bool,
    ) -> TitleWish {
        if !self.is_up_to_date(facts) {
            return self.store(cx, facts, may_title);
        }
        let is_unknown = self.last.as_ref().is_some_and(|last| !last.is_known);
        if is_unknown && self.deadline().is_none() {
            // It was stored in a former life.
            self.push_soon(cx);
        }
        TitleWish::None
    }

    /// Whether all that the directory shows is stored. Asked after every input, so it copies nothing.
    fn is_up_to_date(&self, facts: &Facts<'_>) -> bool {
        let Some(last) = &self.last else {
            return false;
        };
        let head = &last.head;
        self.answered.is_none()
            && head.state == facts.state
            && head.messages == facts.messages()
            && head.title == facts.about.title
            && head.model == facts.about.model
            // Each step changes it; the end of the turn is soon enough.
            && (facts.state == ConversationState::Running || head.cost_usd == facts.cost_usd)
    }

    fn store(&mut self, cx: &mut Context<'_>, facts: &Facts<'_>, may_title: bool) -> TitleWish {
        let before = self.last.take();
        let number = before.as_ref().map_or(0, |last| last.number + 1);
        let was_asked = before.as_ref().is_some_and(|last| last.asked_for_title);
        let answered = self.answered.take();
        let by = self.titled_by.take().unwrap_or(TitleBy::User);
        let answered_at = answered.map(|answered| answered.at);
        let head = match before {
            None => facts.first_head(cx.now, by, answered_at),
            Some(before) => facts.next_head(cx.now, by, answered_at, before.head),
        };
        let is_whole = answered.is_some_and(|answered| answered.is_whole);
        let asks = is_whole && !was_asked && may_title && lacks_title(&head);
        let last = LastPush {
            number: number.max(cx.now.as_millis()),
            is_known: false,
            asked_for_title: was_asked || asks,
            head,
        };
        let write = Write::PutLastPush(last.clone());
        self.last = Some(last);
        let mut effects = cx.effects.iter();
        let at = effects.position(|effect| matches!(effect, Effect::Persist(_)));
        let at = at.unwrap_or(cx.effects.len());
        let mut behind = cx.effects.split_off(at);
        // The alarm first: nothing is stored that nothing wakes the agent for.
        cx.wake_at(cx.now + PUSH_TIME);
        match behind.first_mut() {
            Some(Effect::Persist(writes)) => writes.push(write),
            Some(_) | None => cx.persist(vec![write]),
        }
        cx.effects.append(&mut behind);
        // One push at a time: what has changed meanwhile goes with the next.
        if self.flight.is_none() {
            self.push_soon(cx);
        }
        if asks {
            TitleWish::Asked
        } else {
            TitleWish::None
        }
    }

    /// Has what is stored sent in a moment.
    fn push_soon(&mut self, cx: &mut Context<'_>) {
        let call = cx.next_call();
        let until = cx.now + PUSH_TIME;
        cx.wake_at(until);
        self.flight = Some(Flight {
            call,
            number: None,
            until,
        });
        self.due = None;
        cx.push(Effect::PushSoon(call));
    }

    /// The time for a push has come: sends what is stored now.
    pub(super) fn push_due(&mut self, cx: &mut Context<'_>, owner: &PersonId, call: CallId) {
        let flight = self.flight.as_mut();
        let flight = flight.filter(|flight| flight.call == call && flight.number.is_none());
        if let (Some(flight), Some(last)) = (flight, &self.last) {
            flight.number = Some(last.number);
            cx.push(Effect::PushSummary(SummaryPush {
                call,
                owner: owner.clone(),
                number: last.number,
                head: last.head.clone(),
            }));
        }
    }

    /// The directory has answered a push, or the push is lost.
    pub(super) fn pushed(
        &mut self,
        cx: &mut Context<'_>,
        call: CallId,
        result: Result<PushedTexts, String>,
    ) {
        let Some(flight) = self.flight.take_if(|flight| flight.call == call) else {
            return;
        };
        let texts = match result {
            Ok(texts) => texts,
            Err(error) => return self.push_lost(cx, &error),
        };
        self.lost = 0;
        let mut writes = Vec::new();
        if texts.mark != TextMark::default() {
            writes.push(Write::TextsPushed(texts.mark));
        }
        let last = self.last.as_mut();
        let last = last.filter(|last| flight.number == Some(last.number) && !texts.is_more);
        let is_known = last.is_some();
        if let Some(last) = last {
            last.is_known = true;
            writes.push(Write::PutLastPush(last.clone()));
        }
        cx.persist(writes);
        if !is_known {
            self.push_soon(cx);
        }
    }

    fn push_lost(&mut self, cx: &mut Context<'_>, error: &str) {
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.lost));
        let due = cx.now + wait.min(LONGEST_WAIT);
        self.lost = self.lost.saturating_add(1);
        self.due = Some(due);
        cx.log(format!(
            "the summary could not be pushed to the list of conversations and will be again: {error}"
        ));
        cx.wake_at(due);
    }

    /// The alarm: a push may be lost, or the next one due.
    pub(super) fn deadline_passed(&mut self, cx: &mut Context<'_>) {
        let lost = self.flight.take_if(|flight| flight.until <= cx.now);
        if lost.is_some() {
            self.push_lost(cx, "no answer came");
        }
        if self.due.is_some_and(|due| due <= cx.now) {
            self.push_soon(cx);
        }
    }
}

impl Facts<'_> {
    fn messages(&self) -> u64 {
        self.transcript.entries().len() as u64
    }

    /// What is pushed first.
    fn first_head(&self, now: Timestamp, by: TitleBy, answered: Option<Timestamp>) -> Head {
        let entries = self.transcript.entries().iter();
        let mut moments = entries.filter_map(|entry| moment_of(&entry.id));
        let created = moments.next();
        let active = moments.next_back().or(created);
        let title = self.about.title.clone();
        Head {
            title_by: if title.is_some() { by } else { TitleBy::Start },
            title,
            created: created.unwrap_or(now),
            active: active.unwrap_or(now),
            answered: answered.unwrap_or_default(),
            state: self.state,
            model: self.about.model.clone(),
            cost_usd: self.cost_usd,
            last_words: String::new(),
            messages: self.messages(),
        }
    }

    /// What is pushed after `before`.
    fn next_head(
        &self,
        now: Timestamp,
        by: TitleBy,
        answered: Option<Timestamp>,
        before: Head,
    ) -> Head {
        let messages = self.messages();
        let is_active = before.state != self.state || before.messages != messages;
        let title = self.about.title.clone();
        Head {
            title_by: match &title {
                None => TitleBy::Start,
                Some(_) if before.title == title => before.title_by,
                Some(_) => by,
            },
            title,
            created: before.created,
            active: if is_active { now } else { before.active },
            answered: answered.unwrap_or(before.answered),
            state: self.state,
            model: self.about.model.clone(),
            cost_usd: self.cost_usd,
            last_words: String::new(),
            messages,
        }
    }
}

/// Whether the conversation is idle and has only the title made of its first message.
fn lacks_title(head: &Head) -> bool {
    head.title.is_some() && head.title_by == TitleBy::Start && head.state == ConversationState::Idle
}

/// When the submission of an answer came; its id says so.
fn moment_of(id: &MessageId) -> Option<Timestamp> {
    let (millis, _) = id.as_str().strip_prefix(ANSWER)?.split_once('_')?;
    millis.parse().ok().map(Timestamp::from_millis)
}
