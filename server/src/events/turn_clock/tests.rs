use std::time::Duration;

use common::id::MessageId;
use store::{Position, RequestContext, Setbacks, TurnKind};

use super::*;

fn put(id: &str, phase: TurnPhase) -> Write {
    Write::PutTurn(Turn {
        request_id: RequestId::new(id),
        kind: TurnKind::Answer,
        requester: None,
        answer_id: MessageId::new("a"),
        answer_position: Position::FIRST,
        message_ids: Vec::new(),
        asked: Vec::new(),
        context: RequestContext::default(),
        not_before: None,
        steers: false,
        setbacks: Setbacks::default(),
        phase,
    })
}

fn over<'a>(id: &str, outcome: Outcome<'a>, millis: u64) -> Event<'a> {
    Event::Turn {
        turn: Hashed::turn(id),
        outcome,
        took: Duration::from_millis(millis),
    }
}

const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[test]
fn a_turn_takes_from_its_first_attempt_to_its_settlement() {
    let mut clock = TurnClock::default();
    let running = |attempt| put("r", TurnPhase::Running { attempt });
    assert_eq!(clock.stored(at(0), &[put("r", TurnPhase::Queued)]), []);
    assert_eq!(clock.stored(at(10), &[running(1)]), []);
    assert_eq!(clock.stored(at(20), &[running(2)]), []);
    let settled = [
        Write::DeleteChunks(RequestId::new("r")),
        put("r", TurnPhase::Settled(Settlement::Completed)),
        put("s", TurnPhase::Settled(Settlement::Skipped)),
    ];
    assert_eq!(
        clock.stored(at(110), &settled),
        [
            over("r", Outcome::Completed, 100),
            over("s", Outcome::Skipped, 0)
        ]
    );
}

#[test]
fn a_turn_of_an_earlier_life_has_no_time_and_a_failure_has_a_cause() {
    let mut clock = TurnClock::default();
    for (settlement, outcome) in [
        (Settlement::Aborted, Outcome::Aborted),
        (
            Settlement::failed("quota-used-up", "words for the user"),
            Outcome::Failed("quota-used-up"),
        ),
        (
            Settlement::failed("", "words for the user"),
            Outcome::Failed("unknown"),
        ),
    ] {
        let writes = [put("r", TurnPhase::Settled(settlement))];
        assert_eq!(clock.stored(at(5), &writes), [over("r", outcome, 0)]);
    }
}
