//! Measures turns by the writes of their beginnings and ends.

use common::{id::RequestId, time::Timestamp};
use store::{Settlement, StoredTurn, Write};

use super::{Event, Hashed, Outcome};

/// Derives the beginning and end of turns from stored writes. One turn runs at a time.
#[derive(Clone, Debug, Default)]
pub struct TurnClock {
    began: Option<(RequestId, Timestamp)>,
}

impl TurnClock {
    /// Records these writes and returns the events of settled turns. Chunks, which are stored most often, cost one
    /// comparison.
    pub fn stored<'a>(&mut self, now: Timestamp, writes: &'a [Write]) -> Vec<Event<'a>> {
        let turns = writes.iter().filter_map(turn_of);
        turns.filter_map(|turn| self.put(now, turn)).collect()
    }

    fn put<'a>(&mut self, now: Timestamp, stored: &'a StoredTurn) -> Option<Event<'a>> {
        let id = &stored.turn().request_id;
        let settlement = match stored {
            StoredTurn::Queued(_) => return None,
            StoredTurn::Running(_) => {
                let is_known = self.began.as_ref().is_some_and(|(known, _)| known == id);
                if !is_known {
                    self.began = Some((id.clone(), now));
                }
                return None;
            }
            StoredTurn::Settled(settled) => &settled.settlement,
        };
        let began = self.began.take_if(|(known, _)| known == id);
        Some(Event::Turn {
            turn: Hashed::turn(id.as_str()),
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
    reason = "only one kind of change concerns a turn"
)]
const fn turn_of(write: &Write) -> Option<&StoredTurn> {
    match write {
        Write::PutTurn(turn) => Some(turn),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
