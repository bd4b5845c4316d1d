//! Rows of every version are read, and written as they were.

use serde_json::{Value, json};

use super::*;
use crate::{DueCall, Extent};

fn read(json: Value) -> StoredTurn {
    serde_json::from_value(json).unwrap()
}

/// A row of today is written as it was read.
#[track_caller]
fn check(json: Value, expected: StoredTurn) {
    assert_eq!(read(json.clone()), expected);
    assert_eq!(serde_json::to_value(expected).unwrap(), json);
}

fn answer(submitted: Vec<AskedMessage>) -> Turn {
    Turn {
        request_id: RequestId::from("r1"),
        requester: Some(ConnectionId::from("tab")),
        answer_id: MessageId::from("a1"),
        answer_position: Position::new(2),
        kind: TurnKind::Answer(Asked {
            message_ids: vec![MessageId::from("m1")],
            submitted,
        }),
    }
}

fn row(fields: Value) -> Value {
    let mut row = json!({
        "request_id": "r1", "kind": "answer", "requester": "tab", "answer_id": "a1", "answer_position": 2,
        "message_ids": ["m1"],
    });
    let fields = fields.as_object().unwrap().clone();
    row.as_object_mut().unwrap().extend(fields);
    row
}

#[test]
fn a_queued_turn() {
    let hash: ContentHash = serde_json::from_value(json!("h")).unwrap();
    check(
        row(json!({
            "asked": [{"id": "m1", "hash": "h"}], "context": {"model": "some/model"}, "not_before": 7,
            "steers": true, "phase": "queued",
        })),
        StoredTurn::Queued(QueuedTurn {
            turn: answer(vec![AskedMessage {
                id: MessageId::from("m1"),
                hash,
            }]),
            context: RequestContext {
                model: Some("some/model".to_owned()),
                client_tools: Vec::new(),
            },
            not_before: Some(Timestamp::from_millis(7)),
            steers: true,
            begins: false,
        }),
    );
}

#[test]
fn a_running_turn() {
    check(
        row(json!({
            "setbacks": {
                "failures": 1, "fallback": 0, "extent": {"shortened": {"limit": 9}},
                "due": {"at": 8, "reason": "429"},
            },
            "phase": {"running": {"attempt": 2}},
        })),
        StoredTurn::Running(RunningTurn {
            turn: answer(Vec::new()),
            context: RequestContext::default(),
            setbacks: Setbacks {
                failures: 1,
                fallback: 0,
                extent: Extent::Shortened { limit: Some(9) },
                due: Some(DueCall {
                    at: Timestamp::from_millis(8),
                    reason: "429".to_owned(),
                }),
            },
            attempt: 2,
        }),
    );
}

#[test]
fn a_settled_turn_and_a_continuation() {
    let turn = Turn {
        requester: None,
        kind: TurnKind::Continuation,
        ..answer(Vec::new())
    };
    let settled = |settlement| StoredTurn::Settled(turn.clone().settled(settlement));
    let row = |settlement: Value| {
        json!({
            "request_id": "r1", "kind": "continuation", "requester": null, "answer_id": "a1", "answer_position": 2,
            "message_ids": [], "phase": {"settled": settlement},
        })
    };
    check(row(json!("completed")), settled(Settlement::Completed));
    check(row(json!("aborted")), settled(Settlement::Aborted));
    check(row(json!("skipped")), settled(Settlement::Skipped));
    check(
        row(json!({"failed": {"text": "No.", "code": "quota", "message": "m1"}})),
        settled(Settlement::Failed {
            text: "No.".to_owned(),
            code: "quota".to_owned(),
            message: Some(MessageId::from("m1")),
        }),
    );
}

/// Before failures had codes, and before a row said what was asked.
#[test]
fn rows_of_older_versions() {
    let StoredTurn::Settled(settled) = read(row(
        json!({"phase": {"settled": {"failed": {"text": "No."}}}}),
    )) else {
        panic!("it is settled")
    };
    assert_eq!(settled.turn, answer(Vec::new()));
    assert_eq!(settled.settlement, Settlement::failed("", "No."));
    let StoredTurn::Running(running) = read(row(json!({"phase": {"running": {"attempt": 1}}})))
    else {
        panic!("it runs")
    };
    assert!(running.setbacks.is_none() && running.context.is_empty());
    let StoredTurn::Queued(queued) = read(row(json!({"phase": "queued"}))) else {
        panic!("it waits")
    };
    assert_eq!((queued.not_before, queued.steers), (None, false));
}

/// A turn that was settled by a version that kept what belongs to a queued one.
#[test]
fn fields_of_another_stage_are_dropped() {
    let settled = row(json!({
        "context": {"model": "m"}, "not_before": 7, "steers": true, "phase": {"settled": "skipped"},
    }));
    let expected = answer(Vec::new()).settled(Settlement::Skipped);
    assert_eq!(read(settled), StoredTurn::Settled(expected));
}
