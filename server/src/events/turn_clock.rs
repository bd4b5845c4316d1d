//! When turns begin and end, as it shows in what is stored.

use common::{id::RequestId, time::Timestamp};
use store::{Settlement, Turn, TurnPhase, Write};

use super::{Event, Hashed, Outcome};

/// Notices in what is stored that turns begin and end. One turn runs at a time.
#[derive(Clone, Debug, Default)]
pub struct TurnClock {
    began: Option<(RequestId, Timestamp)>,
}

impl TurnClock {
    /// Takes note of what was stored, and gives the turns that are over. Chunks, which are stored most often, cost a look.
    pub fn stored<'a>(&mut self, now: Timestamp, writes: &'a [Write]) -> Vec<Event<'a>> {
        let turns = writes.iter().filter_map(turn_of);
        turns.filter_map(|turn| self.put(now, turn)).collect()
    }

    fn put<'a>(&mut self, now: Timestamp, turn: &'a Turn) -> Option<Event<'a>> {
        let settlement = match &turn.phase {
            TurnPhase::Queued => return None,
            TurnPhase::Running { .. } => {
                let is_known = self
                    .began
                    .as_ref()
                    .is_some_and(|(id, _)| *id == turn.request_id);
                if !is_known {
                    self.began = Some((turn.request_id.clone(), now));
                }
                return None;
            }
            TurnPhase::Settled(settlement) => settlement,
        };
        let began = self.began.take_if(|(id, _)| *id == turn.request_id);
        Some(Event::Turn {
            turn: Hashed::turn(turn.request_id.as_str()),
            outcome: outcome_of(settlement),
            took: now.since(began.map_or(now, |(_, at)| at)),
        })
    }
}

fn outcome_of(settlement: &Settlement) -> Outcome<'_> {
    match settlement {
        Settlement::Completed => Outcome::Completed,
        Settlement::Aborted => Outcome::Aborted,
        Settlement::Skipped => Outcome::Skipped,
        Settlement::Failed { code, .. } if code.is_empty() => Outcome::Failed("unknown"),
        Settlement::Failed { code, .. } => Outcome::Failed(code),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only one kind of change tells of a turn"
)]
const fn turn_of(write: &Write) -> Option<&Turn> {
    match write {
        Write::PutTurn(turn) => Some(turn),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
