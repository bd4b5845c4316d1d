use std::time::Duration;

use common::id::MessageId;
use store::{Asked, Position, QueuedTurn, RequestContext, RunningTurn, Setbacks, Turn, TurnKind};

use super::*;

fn turn(id: &str) -> Turn {
    Turn {
        request_id: RequestId::new(id),
        requester: None,
        answer_id: MessageId::new("a"),
        answer_position: Position::FIRST,
        kind: TurnKind::Answer(Asked::default()),
    }
}

fn settled(id: &str, settlement: Settlement) -> Write {
    Write::turn(turn(id).settled(settlement))
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
    let queued = QueuedTurn {
        turn: turn("r"),
        context: RequestContext::default(),
        not_before: None,
        steers: false,
        begins: false,
    };
    let running = |attempt| {
        Write::turn(RunningTurn {
            turn: turn("r"),
            context: RequestContext::default(),
            setbacks: Setbacks::default(),
            attempt,
        })
    };
    assert_eq!(clock.stored(at(0), &[Write::turn(queued)]), []);
    assert_eq!(clock.stored(at(10), &[running(1)]), []);
    assert_eq!(clock.stored(at(20), &[running(2)]), []);
    let settled = [
        Write::DeleteChunks(RequestId::new("r")),
        settled("r", Settlement::Completed),
        settled("s", Settlement::Skipped),
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
        let writes = [settled("r", settlement)];
        assert_eq!(clock.stored(at(5), &writes), [over("r", outcome, 0)]);
    }
}
