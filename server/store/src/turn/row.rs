//! A turn as JSON: flat, as every version has stored it.

use common::{
    id::{ConnectionId, MessageId, RequestId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{
    Asked, AskedMessage, Position, QueuedTurn, RequestContext, RunningTurn, Settlement, StoredTurn,
    Turn, TurnKind,
};
use crate::Setbacks;

/// A row of the turns.
#[derive(Serialize, Deserialize)]
pub(super) struct Row {
    request_id: RequestId,
    kind: RowKind,
    requester: Option<ConnectionId>,
    answer_id: MessageId,
    answer_position: Position,
    message_ids: Vec<MessageId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asked: Vec<AskedMessage>,
    #[serde(default, skip_serializing_if = "RequestContext::is_empty")]
    context: RequestContext,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    steers: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keep: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    begins: bool,
    #[serde(default, skip_serializing_if = "Setbacks::is_none")]
    setbacks: Setbacks,
    phase: RowPhase,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RowKind {
    Answer,
    Continuation,
    Compaction,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RowPhase {
    Queued,
    Running { attempt: u32 },
    Settled(Settlement),
}

impl Row {
    fn new(turn: Turn, phase: RowPhase) -> Self {
        let (kind, asked, keep) = match turn.kind {
            TurnKind::Answer(asked) => (RowKind::Answer, asked, None),
            TurnKind::Continuation => (RowKind::Continuation, Asked::default(), None),
            TurnKind::Compaction { keep } => (RowKind::Compaction, Asked::default(), keep),
        };
        Self {
            request_id: turn.request_id,
            kind,
            requester: turn.requester,
            answer_id: turn.answer_id,
            answer_position: turn.answer_position,
            message_ids: asked.message_ids,
            asked: asked.submitted,
            context: RequestContext::default(),
            not_before: None,
            steers: false,
            keep,
            begins: false,
            setbacks: Setbacks::default(),
            phase,
        }
    }
}

impl From<StoredTurn> for Row {
    fn from(stored: StoredTurn) -> Self {
        match stored {
            StoredTurn::Queued(queued) => Self {
                context: queued.context,
                not_before: queued.not_before,
                steers: queued.steers,
                begins: queued.begins,
                ..Self::new(queued.turn, RowPhase::Queued)
            },
            StoredTurn::Running(running) => {
                let attempt = running.attempt;
                Self {
                    context: running.context,
                    setbacks: running.setbacks,
                    ..Self::new(running.turn, RowPhase::Running { attempt })
                }
            }
            StoredTurn::Settled(settled) => {
                Self::new(settled.turn, RowPhase::Settled(settled.settlement))
            }
        }
    }
}

impl From<Row> for StoredTurn {
    fn from(row: Row) -> Self {
        let turn = Turn {
            request_id: row.request_id,
            requester: row.requester,
            answer_id: row.answer_id,
            answer_position: row.answer_position,
            kind: match row.kind {
                RowKind::Answer => TurnKind::Answer(Asked {
                    message_ids: row.message_ids,
                    submitted: row.asked,
                }),
                RowKind::Continuation => TurnKind::Continuation,
                RowKind::Compaction => TurnKind::Compaction { keep: row.keep },
            },
        };
        match row.phase {
            RowPhase::Queued => Self::Queued(QueuedTurn {
                turn,
                context: row.context,
                not_before: row.not_before,
                steers: row.steers,
                begins: row.begins,
            }),
            RowPhase::Running { attempt } => Self::Running(RunningTurn {
                turn,
                context: row.context,
                setbacks: row.setbacks,
                attempt,
            }),
            RowPhase::Settled(settlement) => Self::Settled(turn.settled(settlement)),
        }
    }
}
