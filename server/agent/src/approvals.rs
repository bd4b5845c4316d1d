//! The approvals of calls: asked for at the end of a turn, decided by clients, refused when nobody answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use common::{
    chunk::{Chunk, DataChunk},
    id::{ConnectionId, ToolCallId},
    message::{CallDetails, Message, ToolAnswer},
    state::Grant,
    time::Timestamp,
};
use serde_json::Value;
use store::{ApprovalState, CallApproval, Fingerprint, Note, Position, Refuser, Write};
use tools::Preview;

use super::{context::Context, transcript::change_call};

/// How long an approval waits, so that it can be given the next morning. What it is about is seldom the same after that.
const APPROVAL_TIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Why an approval that nobody gave was refused, for the user.
const EXPIRED: &str = "Nobody answered within 24 hours.";

/// The most notes of an approval: of as many clients, the last ones.
const MAX_NOTES: usize = 8;

/// The approvals of calls in open messages, and in the one that is being written.
#[derive(Debug)]
pub(super) struct Approvals {
    all: BTreeMap<ToolCallId, CallApproval>,
}

/// A call that needs an approval.
pub(super) struct CallToApprove {
    pub(super) call: ToolCallId,
    pub(super) tool: String,
    pub(super) input: Value,
    /// What the call will change.
    pub(super) preview: Preview,
}

/// What follows from a decision.
pub(super) struct Decided {
    /// Stores the decision.
    pub(super) write: Write,
    /// The calls that were allowed for good.
    pub(super) grant: Option<Grant>,
}

impl Approvals {
    pub(super) fn restore(approvals: Vec<CallApproval>) -> Self {
        let all = approvals.into_iter();
        Self {
            all: all
                .map(|approval| (approval.call.clone(), approval))
                .collect(),
        }
    }

    pub(super) fn get(&self, call: &ToolCallId) -> Option<&CallApproval> {
        self.all.get(call)
    }

    /// What the user has allowed; `None`: the agent has not asked, or the call is not allowed.
    pub(super) fn allowed(&self, call: &ToolCallId) -> Option<Fingerprint> {
        let approval = self.all.get(call)?;
        let is_allowed = matches!(approval.state, ApprovalState::Allowed { .. });
        is_allowed.then(|| approval.shown.clone())
    }

    /// Asks the user about a call of the message at a position: the chunks that ask, and what stores it.
    pub(super) fn ask(
        &mut self,
        cx: &mut Context<'_>,
        position: Position,
        to_approve: CallToApprove,
    ) -> ([Chunk; 2], Write) {
        let CallToApprove {
            call,
            tool,
            input,
            preview,
        } = to_approve;
        let approval = CallApproval {
            id: cx.ids.fresh(),
            call: call.clone(),
            position,
            tool,
            shown: preview.shown.clone(),
            asked_at: cx.now,
            expires_at: cx.now + APPROVAL_TIME,
            state: ApprovalState::NEW,
        };
        let chunks = asking(&approval, &preview);
        self.all.insert(call, approval.clone());
        let input = input.to_string();
        (chunks, Write::AddApproval { approval, input })
    }

    /// What a client has said of a call, beside the answer that it sends.
    pub(super) fn note_of(&self, client: &ConnectionId, call: &ToolCallId) -> Option<&Note> {
        match &self.all.get(call)?.state {
            ApprovalState::Asked { notes } => notes.iter().find(|note| note.by == *client),
            ApprovalState::Allowed { .. }
            | ApprovalState::Refused { .. }
            | ApprovalState::Replaced { .. } => None,
        }
    }

    /// Keeps what a client says beside its answer; another note of the same client is replaced.
    pub(super) fn note(&mut self, call: &ToolCallId, note: Note) -> Option<Write> {
        let approval = self.all.get_mut(call)?;
        let ApprovalState::Asked { notes } = &mut approval.state else {
            return None;
        };
        if notes.contains(&note) {
            return None;
        }
        notes.retain(|other| other.by != note.by);
        notes.push(note);
        if notes.len() > MAX_NOTES {
            notes.remove(0);
        }
        Some(Write::PutApproval(approval.clone()))
    }

    /// An answer of a client was taken. `reason`: why, in the user's words.
    pub(super) fn decide(
        &mut self,
        at: Timestamp,
        call: &ToolCallId,
        answer: &ToolAnswer,
        reason: Option<String>,
    ) -> Option<Decided> {
        let approval = self.all.get_mut(call)?;
        let (state, always) = match answer {
            ToolAnswer::Allow { always } => {
                let allowed = ApprovalState::Allowed {
                    always: always.clone(),
                    reason,
                    at,
                };
                (allowed, always.clone())
            }
            ToolAnswer::Refuse { .. } => {
                let by = Refuser::User { reason };
                (ApprovalState::Refused { by, at }, None)
            }
            ToolAnswer::Outcome(_) => (ApprovalState::Replaced { reason, at }, None),
        };
        approval.state = state;
        let tool = approval.tool.clone();
        Some(Decided {
            write: Write::PutApproval(approval.clone()),
            grant: always.map(|paths| Grant { tool, paths }),
        })
    }

    /// When the next approval of an open message expires.
    pub(super) fn next_expiry(&self, is_open: impl Fn(Position) -> bool) -> Option<Timestamp> {
        let waiting = self.all.values();
        let waiting =
            waiting.filter(|approval| approval.state.waits() && is_open(approval.position));
        waiting.map(|approval| approval.expires_at).min()
    }

    /// The open messages with approvals that have expired.
    pub(super) fn expired(
        &self,
        now: Timestamp,
        is_open: impl Fn(Position) -> bool,
    ) -> BTreeSet<Position> {
        let due = self.all.values().filter(|approval| approval.is_due(now));
        let positions = due.map(|approval| approval.position);
        positions.filter(|position| is_open(*position)).collect()
    }

    /// Refuses the calls of a message whose approvals have expired.
    pub(super) fn expire(
        &mut self,
        now: Timestamp,
        position: Position,
        message: &mut Message,
    ) -> Vec<Write> {
        let mut writes = Vec::new();
        for approval in self.all.values_mut() {
            if approval.position != position || !approval.is_due(now) {
                continue;
            }
            let call = &approval.call;
            change_call(message, call, |state| state.expired(call, EXPIRED));
            approval.state = ApprovalState::Refused {
                by: Refuser::Expiry,
                at: now,
            };
            writes.push(Write::PutApproval(approval.clone()));
        }
        writes
    }

    /// Forgets the approvals of calls in messages that nothing waits for.
    pub(super) fn keep_where(&mut self, is_wanted: impl Fn(Position) -> bool) {
        self.all.retain(|_, approval| is_wanted(approval.position));
    }

    /// The transcript is emptied.
    pub(super) fn clear(&mut self) {
        self.all.clear();
    }
}

/// What is said about a call beside its output, as a chunk.
pub(super) fn details_chunk(call: &ToolCallId, details: &CallDetails) -> Chunk {
    let part = details.to_part(call);
    Chunk::Data(DataChunk {
        name: part.name,
        id: part.id,
        data: part.data,
        transient: false,
    })
}

fn asking(approval: &CallApproval, preview: &Preview) -> [Chunk; 2] {
    let details = CallDetails {
        expires_at: Some(approval.expires_at),
        ..preview.details()
    };
    let request = Chunk::ToolApprovalRequest {
        approval_id: approval.id.clone(),
        tool_call_id: approval.call.clone(),
    };
    [details_chunk(&approval.call, &details), request]
}
