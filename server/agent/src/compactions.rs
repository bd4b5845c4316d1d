//! Summaries of earlier messages: where they stand, and what the next one would cover.
//!
//! A compaction counts for as long as the last message that it covers is where it was. After one, or after an attempt that
//! failed, none is made by itself until the conversation has grown by a real amount.

use common::{id::MessageId, message::Role, state::Compacted};
use store::{Compaction, CompactionEnd, CompactionMark, IndexEntry, Position, Write};

use super::{prompt::TOKEN_BYTES, transcript::Transcript};

/// The part of the window by which the conversation has to grow before another compaction is made by itself.
const GROWTH_SHARE: usize = 8;

/// The latest turns are not summarised when they take at most this part of the window: the model is at work with them.
const KEPT_SHARE: usize = 16;

/// The compactions of the conversation.
#[derive(Debug)]
pub(super) struct Compactions {
    /// Oldest first.
    marks: Vec<CompactionMark>,
}

/// The last message that a compaction covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Covered {
    pub(super) position: Position,
    pub(super) message: MessageId,
}

impl Covered {
    fn of(entry: &IndexEntry) -> Self {
        Self {
            position: entry.position,
            message: entry.id.clone(),
        }
    }
}

impl Compactions {
    pub(super) const fn restore(marks: Vec<CompactionMark>) -> Self {
        Self { marks }
    }

    /// Adds a compaction.
    pub(super) fn add(&mut self, compaction: Compaction) -> Write {
        self.marks.push(compaction.mark());
        Write::AddCompaction(compaction)
    }

    /// The message at a position has changed: drops the compactions that cover it. `None`: none does.
    pub(super) fn changed(&mut self, position: Position) -> Option<Write> {
        let before = self.marks.len();
        self.marks.retain(|mark| mark.position < position);
        (self.marks.len() < before).then_some(Write::DropCompactions(position))
    }

    pub(super) fn clear(&mut self) {
        self.marks.clear();
    }

    /// The compactions that count, newest first.
    fn counting<'m>(
        &'m self,
        transcript: &'m Transcript,
    ) -> impl Iterator<Item = &'m CompactionMark> {
        let counts = |mark: &&CompactionMark| {
            let entry = transcript.find(&mark.message);
            entry.is_some_and(|entry| entry.position == mark.position)
        };
        self.marks.iter().rev().filter(counts)
    }

    /// Where the newest summary stands.
    fn newest<'m>(&'m self, transcript: &'m Transcript) -> Option<&'m CompactionMark> {
        let is_summary = |mark: &&CompactionMark| mark.end == CompactionEnd::Summary;
        self.counting(transcript).find(is_summary)
    }

    /// As clients see it.
    pub(super) fn state(&self, transcript: &Transcript) -> Compacted {
        let last = self.counting(transcript).next();
        Compacted {
            after: self.newest(transcript).map(|mark| mark.message.clone()),
            problem: last.and_then(|mark| match &mark.end {
                CompactionEnd::Failed(problem) => Some(problem.clone()),
                CompactionEnd::Summary | CompactionEnd::Stopped => None,
            }),
        }
    }

    /// What a compaction on request covers: all answers before `end`. `None`: there is nothing new.
    pub(super) fn all(&self, transcript: &Transcript, end: Position) -> Option<Covered> {
        let summarised = self.newest(transcript).map(|mark| mark.position);
        let entries = transcript.before(end).iter().rev();
        let mut answers = entries.filter(|entry| entry.role == Role::Assistant);
        let last = answers.find(|entry| !transcript.is_open(entry.position))?;
        (Some(last.position) > summarised).then(|| Covered::of(last))
    }

    /// What a compaction covers that is made by itself for a turn behind `end`. `None`: it is not worth it. `window`: that of
    /// the model, in tokens.
    pub(super) fn crowding(
        &self,
        transcript: &Transcript,
        end: Position,
        window: usize,
    ) -> Option<Covered> {
        let window = window.saturating_mul(TOKEN_BYTES);
        let last = self.counting(transcript).next();
        let attempted = last.map_or(Position::START, |mark| mark.position);
        let new: Vec<&IndexEntry> = transcript
            .before(end)
            .iter()
            .rev()
            .take_while(|entry| entry.position > attempted)
            .collect();
        let is_closed = |entry: &IndexEntry| !transcript.is_open(entry.position);
        let covered = newest_covered(&new, window / KEPT_SHARE, is_closed)?;
        let grown = new
            .iter()
            .filter(|entry| entry.position <= covered.position)
            .map(|entry| entry.bytes)
            .sum::<usize>();
        (grown >= window / GROWTH_SHARE).then(|| Covered::of(covered))
    }
}

/// The last answer that is covered when the latest turns stay that take at most `kept_bytes`. `entries`: newest first, with the
/// question that waits.
fn newest_covered<'e>(
    entries: &[&'e IndexEntry],
    kept_bytes: usize,
    is_closed: impl Fn(&IndexEntry) -> bool,
) -> Option<&'e IndexEntry> {
    let mut covered: Option<&IndexEntry> = None;
    let mut kept = 0;
    let mut next = Some(Role::User);
    for entry in entries {
        let ends_turn = entry.role == Role::Assistant && next == Some(Role::User);
        if ends_turn && is_closed(entry) {
            if covered.is_some() && kept > kept_bytes {
                break;
            }
            covered = Some(entry);
        }
        if covered.is_some() {
            kept += entry.bytes;
        }
        next = Some(entry.role);
    }
    covered
}

#[cfg(test)]
mod tests {
    use common::{message::Message, time::Timestamp};
    use store::CompactionOutcome;

    use super::*;

    /// A question and an answer of about 1,000 bytes each, so many times.
    fn transcript(turns: i64) -> Transcript {
        let mut transcript = Transcript::restore(Vec::new(), Vec::new(), None);
        for turn in 0..turns {
            for (at, role) in [(1, Role::User), (2, Role::Assistant)] {
                let position = turn * 2 + at;
                let id = MessageId::new(format!("m{position}"));
                let message = Message::text(id, role, "x".repeat(1_000));
                transcript.put(Position::new(position), &message);
            }
        }
        transcript
    }

    fn compaction(position: i64, outcome: CompactionOutcome) -> Compaction {
        Compaction {
            position: Position::new(position),
            message: MessageId::new(format!("m{position}")),
            at: Timestamp::default(),
            outcome,
        }
    }

    fn covered(covered: Option<Covered>) -> Option<i64> {
        covered.map(|covered| covered.position.get())
    }

    #[test]
    fn on_request_all_that_is_new_is_covered() {
        let transcript = transcript(5);
        let mut compactions = Compactions::restore(Vec::new());
        assert_eq!(
            covered(compactions.all(&transcript, Position::END)),
            Some(10)
        );
        assert_eq!(
            covered(compactions.all(&transcript, Position::new(8))),
            Some(6)
        );
        compactions.add(compaction(10, CompactionOutcome::Failed("No.".to_owned())));
        assert_eq!(
            compactions.state(&transcript).problem.as_deref(),
            Some("No.")
        );
        assert_eq!(
            covered(compactions.all(&transcript, Position::END)),
            Some(10)
        );
        compactions.add(compaction(10, CompactionOutcome::Summary("s".to_owned())));
        assert_eq!(compactions.all(&transcript, Position::END), None);
        let state = Compacted {
            after: Some("m10".into()),
            problem: None,
        };
        assert_eq!(compactions.state(&transcript), state);
        assert!(compactions.changed(Position::new(11)).is_none());
        assert!(compactions.changed(Position::new(3)).is_some());
        assert!(compactions.state(&transcript).is_empty());
    }

    #[test]
    fn by_itself_the_latest_turns_stay_and_the_next_one_waits_for_growth() {
        let long = transcript(40);
        let mut compactions = Compactions::restore(Vec::new());
        // A window of 64,000 bytes: 4,000 of them stay, which is one turn of 2,100 bytes.
        let crowding = |compactions: &Compactions, transcript: &Transcript| {
            covered(compactions.crowding(transcript, Position::END, 16_000))
        };
        assert_eq!(crowding(&compactions, &long), Some(78));
        assert_eq!(crowding(&compactions, &transcript(3)), None, "too little");
        compactions.add(compaction(78, CompactionOutcome::Summary("s".to_owned())));
        assert_eq!(crowding(&compactions, &long), None, "nothing has grown");
        assert_eq!(crowding(&compactions, &transcript(42)), None, "not by much");
        assert_eq!(crowding(&compactions, &transcript(44)), Some(86));
        compactions.add(compaction(86, CompactionOutcome::Stopped));
        assert_eq!(crowding(&compactions, &transcript(46)), None);
        assert_eq!(crowding(&compactions, &transcript(50)), Some(98));
        // Its last message is gone: it counts no longer.
        assert_eq!(crowding(&compactions, &transcript(41)), None);
    }
}
