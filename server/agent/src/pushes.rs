//! Pushes the conversation's summary to its owner's directory whenever the summary changes.
//!
//! The new summary is stored with the first write of the input that changed it, under a number that only grows, and pushed
//! after everything else. The alarm repeats a push that is lost. Nothing waits for the directory.

use std::time::Duration;

use accounts::{Ownership, PersonId};
use common::{
    directory::{ConversationState, TitleBy, push::Head},
    id::{IdSource, MessageId},
    state::RunStatus,
    time::Timestamp,
};
use store::{TextMark, Told, ToldTexts, Write};

use super::{Agent, CallId, Effect};

/// How long a push may take before it counts as lost.
pub const PUSH_TIME: Duration = Duration::from_secs(30);

/// How long after the first lost push the next one is sent; each further one waits twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// The longest wait for the next push.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// How the first characters of an answer's id read; the moment of its submission follows.
const ANSWER: &str = "assistant_";

/// A push to the directory of the conversation's owner.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryPush {
    /// Which push.
    pub call: CallId,
    /// Whose directory.
    pub owner: PersonId,
    /// What has a lower number is older.
    pub number: u64,
    /// What it says, without last words.
    pub head: Head,
}

/// What is known of the pushes of a life.
#[derive(Debug, Default)]
pub(super) struct Telling {
    told: Option<Told>,
    flight: Option<Flight>,
    /// When the next push is due, after one that was lost.
    due: Option<Timestamp>,
    lost: u32,
    /// Who gives the title that is about to change; `None`: the user.
    titled_by: Option<TitleBy>,
    /// When an answer last ended, where that is news.
    answered: Option<Timestamp>,
    /// Whether that answer is whole.
    is_whole: bool,
}

/// A push that has not been answered.
#[derive(Clone, Copy, Debug)]
struct Flight {
    call: CallId,
    number: u64,
    until: Timestamp,
}

impl Telling {
    pub(super) fn restore(told: Option<Told>) -> Self {
        Self {
            told,
            ..Self::default()
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
    pub(super) const fn answered(&mut self, now: Timestamp, is_whole: bool) {
        self.answered = Some(now);
        self.is_whole = is_whole;
    }
}

impl<I: IdSource> Agent<I> {
    /// Notes what has changed, and has it told.
    pub(super) fn tell_directory(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        match self.guarded.owner {
            Ownership::Nobody => return,
            Ownership::Of(_) => {}
        }
        if !self.is_head_told() {
            self.note_head(now, out);
        } else if self
            .telling
            .told
            .as_ref()
            .is_some_and(|told| !told.is_known)
            && self.telling.deadline().is_none()
        {
            // It was noted in a former life.
            self.push(now, out);
        }
    }

    /// Whether all that the directory shows is noted. It is asked after every input, so it copies nothing.
    fn is_head_told(&self) -> bool {
        let Some(told) = &self.telling.told else {
            return false;
        };
        let head = &told.head;
        let state = self.directory_state();
        let cost = self.spending.usage.conversation.cost_usd;
        self.telling.answered.is_none()
            && head.state == state
            && head.messages == self.message_count()
            && head.title == self.about.title
            && head.model == self.about.model
            // Each step changes it; the end of the turn is soon enough.
            && (state == ConversationState::Running || head.cost_usd == cost)
    }

    fn directory_state(&self) -> ConversationState {
        if self.running.is_some()
            || self
                .queue
                .iter()
                .any(|queued| !queued.turn.is_continuation())
        {
            return ConversationState::Running;
        }
        match (&self.told.status, &self.told.failure) {
            (RunStatus::Running { .. }, _) => ConversationState::Running,
            (RunStatus::Waiting(_), _) => ConversationState::Waiting,
            (RunStatus::Idle, Some(_)) => ConversationState::Failed,
            (RunStatus::Idle, None) => ConversationState::Idle,
        }
    }

    fn message_count(&self) -> u64 {
        self.transcript.entries().len() as u64
    }

    /// Notes how the conversation is now, together with what has changed it, and sends the push behind all else.
    fn note_head(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let before = self.telling.told.take();
        let number = before.as_ref().map_or(0, |told| told.number + 1);
        let was_asked = before.as_ref().is_some_and(|told| told.asked_for_title);
        let is_whole = std::mem::take(&mut self.telling.is_whole);
        let head = self.head(now, before.map(|told| told.head));
        let asks = is_whole && !was_asked && self.wants_title(&head);
        let told = Told {
            number: number.max(now.as_millis()),
            is_known: false,
            asked_for_title: was_asked || asks,
            head,
        };
        let write = Write::PutTold(told.clone());
        self.telling.told = Some(told);
        let at = out
            .iter()
            .position(|effect| matches!(effect, Effect::Persist(_)));
        let at = at.unwrap_or(out.len());
        let mut behind = out.split_off(at);
        // The alarm first: nothing is noted that nothing wakes the agent for.
        self.wake_at(now, now + PUSH_TIME, out);
        match behind.first_mut() {
            Some(Effect::Persist(writes)) => writes.push(write),
            Some(_) | None => out.push(Effect::Persist(vec![write])),
        }
        out.append(&mut behind);
        // One push at a time: what has changed meanwhile goes with the next.
        if self.telling.flight.is_none() {
            self.push(now, out);
        }
        if asks {
            self.ask_for_title(out);
        }
    }

    /// Who gave the title that is noted.
    pub(super) fn title_by(&self) -> TitleBy {
        let told = self.telling.told.as_ref();
        told.map_or(TitleBy::User, |told| told.head.title_by)
    }

    fn head(&mut self, now: Timestamp, before: Option<Head>) -> Head {
        let state = self.directory_state();
        let messages = self.message_count();
        let by = self.telling.titled_by.take().unwrap_or(TitleBy::User);
        let answered = self.telling.answered.take();
        let title = self.about.title.clone();
        let model = self.about.model.clone();
        let cost_usd = self.spending.usage.conversation.cost_usd;
        let Some(before) = before else {
            let mut moments = self.transcript.entries().iter();
            let mut moments = moments.by_ref().filter_map(|entry| moment_of(&entry.id));
            let created = moments.next();
            let active = moments.next_back().or(created);
            return Head {
                title_by: if title.is_some() { by } else { TitleBy::Start },
                title,
                created: created.unwrap_or(now),
                active: active.unwrap_or(now),
                answered: answered.unwrap_or_default(),
                state,
                model,
                cost_usd,
                last_words: String::new(),
                messages,
            };
        };
        let is_active = before.state != state || before.messages != messages;
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
            state,
            model,
            cost_usd,
            last_words: String::new(),
            messages,
        }
    }

    /// Sends what is noted.
    fn push(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let (Ownership::Of(owner), Some(told)) = (&self.guarded.owner, &self.telling.told) else {
            return;
        };
        let (owner, number, head) = (owner.clone(), told.number, told.head.clone());
        let call = self.next_call();
        let until = now + PUSH_TIME;
        self.wake_at(now, until, out);
        self.telling.flight = Some(Flight {
            call,
            number,
            until,
        });
        self.telling.due = None;
        out.push(Effect::PushSummary(SummaryPush {
            call,
            owner,
            number,
            head,
        }));
    }

    /// The directory has answered a push, or it is lost.
    pub(super) fn summary_pushed(
        &mut self,
        now: Timestamp,
        call: CallId,
        result: Result<ToldTexts, String>,
        out: &mut Vec<Effect>,
    ) {
        let Some(flight) = self.telling.flight.take_if(|flight| flight.call == call) else {
            return;
        };
        match result {
            Ok(texts) => {
                self.telling.lost = 0;
                let mut writes = Vec::new();
                if texts.mark != TextMark::default() {
                    writes.push(Write::TextsTold(texts.mark));
                }
                let told = self.telling.told.as_mut();
                let told = told.filter(|told| told.number == flight.number && !texts.is_more);
                let is_known = told.is_some();
                if let Some(told) = told {
                    told.is_known = true;
                    writes.push(Write::PutTold(told.clone()));
                }
                if !writes.is_empty() {
                    out.push(Effect::Persist(writes));
                }
                if !is_known {
                    self.push(now, out);
                }
            }
            Err(error) => self.push_lost(now, &error, out),
        }
    }

    fn push_lost(&mut self, now: Timestamp, error: &str, out: &mut Vec<Effect>) {
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.telling.lost));
        let due = now + wait.min(LONGEST_WAIT);
        self.telling.lost = self.telling.lost.saturating_add(1);
        self.telling.due = Some(due);
        out.push(Effect::Log(format!(
            "the list of conversations could not be told and will be again: {error}"
        )));
        self.wake_at(now, due, out);
    }

    /// The alarm: a push may be lost, or the next one due.
    pub(super) fn push_due(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        if self
            .telling
            .flight
            .take_if(|flight| flight.until <= now)
            .is_some()
        {
            self.push_lost(now, "no answer came", out);
        }
        if self.telling.due.is_some_and(|due| due <= now) {
            self.push(now, out);
        }
    }
}

/// When the submission of an answer came; its id says so.
fn moment_of(id: &MessageId) -> Option<Timestamp> {
    let (millis, _) = id.as_str().strip_prefix(ANSWER)?.split_once('_')?;
    millis.parse().ok().map(Timestamp::from_millis)
}
