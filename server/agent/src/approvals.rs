//! Questions to the user: asked at the end of a turn, answered or noted by clients, refused when nobody answers.

use std::{collections::BTreeSet, time::Duration};

use common::{
    chunk::{Chunk, DataChunk},
    frame::ServerFrame,
    id::{IdSource, ToolCallId},
    message::{CallDetails, Message, ToolAnswer, ToolState},
    state::{Grant, MAX_GRANTS},
    time::Timestamp,
};
use store::{Fingerprint, Write};
use tools::Preview;

use super::{
    Agent, ApprovalState, CallApproval, ConnectionKey, Effect, Note, Position, Refuser,
    continuation::waits_for_others, running::send,
};

/// A question waits for a day, so that it can be answered the next morning. What it is about is seldom the same after
/// that.
pub(super) const APPROVAL_TIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What the user is told of a call whose question has expired.
const EXPIRED: &str = "Nobody answered within 24 hours.";

/// What the model is told of an allowed call whose turn did not go on, since another question expired.
const LEFT_BEHIND: &str = "The user allowed this call, but it was not made: another call of the same answer was not \
                           answered within 24 hours. Make it again if it is still wanted.";

/// The most notes of a question: of as many clients, the last ones.
const MAX_NOTES: usize = 8;

impl<I: IdSource> Agent<I> {
    /// Asks the user about the calls of the step that was just made: the chunks that ask, and what is stored with them.
    pub(super) fn ask_for_approvals(&mut self, now: Timestamp) -> (Vec<Chunk>, Vec<Write>) {
        let (mut chunks, mut writes) = (Vec::new(), Vec::new());
        let Some(running) = self.running.as_mut() else {
            return (chunks, writes);
        };
        let position = running.turn.answer_position;
        for (call, preview) in std::mem::take(&mut running.to_ask) {
            let mut calls = running.answer.message().calls();
            let Some(part) = calls.find(|part| part.tool_call_id == call) else {
                continue;
            };
            // A client may have answered it unasked.
            let ToolState::InputAvailable { input } = &part.state else {
                continue;
            };
            let expires_at = now + APPROVAL_TIME;
            let approval = CallApproval {
                id: self.ids.fresh(),
                call: call.clone(),
                position,
                tool: part.name.clone(),
                shown: preview.shown.clone(),
                asked_at: now,
                expires_at,
                state: ApprovalState::NEW,
            };
            chunks.extend(asking(&approval, &preview));
            let input = input.to_string();
            writes.push(Write::AddApproval {
                approval: approval.clone(),
                input,
            });
            self.approvals.insert(call, approval);
        }
        (chunks, writes)
    }

    /// What the user has agreed to; `None`: the agent has not asked.
    pub(super) fn agreed(&self, call: &ToolCallId) -> Option<Fingerprint> {
        let approval = self.approvals.get(call)?;
        let is_allowed = matches!(approval.state, ApprovalState::Allowed { .. });
        is_allowed.then(|| approval.shown.clone())
    }

    /// The user's yes or no, with what the same client has said beside it.
    pub(super) fn noted_answer(
        &self,
        key: ConnectionKey,
        call: &ToolCallId,
        approved: bool,
    ) -> ToolAnswer {
        let note = self.note_of(key, call);
        if approved {
            let always = note.and_then(|note| note.always.clone());
            ToolAnswer::Allow { always }
        } else {
            let reason = note.and_then(|note| note.reason.clone());
            ToolAnswer::Refuse { reason }
        }
    }

    fn note_of(&self, key: ConnectionKey, call: &ToolCallId) -> Option<&Note> {
        let client = self.connections.id(key)?;
        match &self.approvals.get(call)?.state {
            ApprovalState::Asked { notes } => notes.iter().find(|note| note.by == *client),
            ApprovalState::Allowed { .. }
            | ApprovalState::Refused { .. }
            | ApprovalState::Replaced { .. } => None,
        }
    }

    /// Takes note of what a client says beside its answer; another note of the same client is replaced.
    pub(super) fn note(&mut self, call: &ToolCallId, note: Note, out: &mut Vec<Effect>) {
        let Some(approval) = self.approvals.get_mut(call) else {
            return;
        };
        let ApprovalState::Asked { notes } = &mut approval.state else {
            return;
        };
        if notes.contains(&note) {
            return;
        }
        notes.retain(|other| other.by != note.by);
        notes.push(note);
        if notes.len() > MAX_NOTES {
            notes.remove(0);
        }
        let write = Write::PutApproval(approval.clone());
        out.push(Effect::Persist(vec![write]));
    }

    /// An answer was taken: what is stored of that, a grant included.
    pub(super) fn decide(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        call: &ToolCallId,
        answer: &ToolAnswer,
    ) -> Vec<Write> {
        let reason = self.note_of(key, call).and_then(|note| note.reason.clone());
        let Some(approval) = self.approvals.get_mut(call) else {
            return Vec::new();
        };
        let mut granted = None;
        approval.state = match answer {
            ToolAnswer::Allow { always } => {
                granted.clone_from(always);
                ApprovalState::Allowed {
                    always: always.clone(),
                    reason,
                    at: now,
                }
            }
            ToolAnswer::Refuse { .. } => ApprovalState::Refused {
                by: Refuser::User { reason },
                at: now,
            },
            ToolAnswer::Outcome(_) => ApprovalState::Replaced { reason, at: now },
        };
        let mut writes = vec![Write::PutApproval(approval.clone())];
        let tool = approval.tool.clone();
        writes.extend(granted.and_then(|paths| self.grant(Grant { tool, paths })));
        writes
    }

    /// From now on such calls need no approval.
    fn grant(&mut self, grant: Grant) -> Option<Write> {
        let allowed = &mut self.about.allowed;
        if allowed.contains(&grant) || allowed.len() >= MAX_GRANTS {
            return None;
        }
        allowed.push(grant);
        Some(Write::PutAbout(self.about.clone()))
    }

    /// When the next question expires.
    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        let waiting = self.approvals.values();
        let waiting = waiting.filter(|approval| self.waits_for_answer(approval));
        waiting.map(|approval| approval.expires_at).min()
    }

    fn waits_for_answer(&self, approval: &CallApproval) -> bool {
        approval.state.waits() && self.open.contains_key(&approval.position)
    }

    /// Refuses what nobody has answered in time. The model is told when the conversation goes on: an alarm must not cost
    /// the user anything while nobody is there.
    pub(super) fn expire(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let due = |approval: &&CallApproval| {
            approval.expires_at <= now && self.waits_for_answer(approval)
        };
        let due = self.approvals.values().filter(due);
        let positions: BTreeSet<Position> = due.map(|approval| approval.position).collect();
        for position in positions {
            self.expire_at(now, position, out);
        }
    }

    fn expire_at(&mut self, now: Timestamp, position: Position, out: &mut Vec<Effect>) {
        let Some(mut message) = self.open.get(&position).cloned() else {
            return;
        };
        let mut decided = Vec::new();
        for approval in self.approvals.values_mut() {
            if approval.position == position && approval.state.waits() && approval.expires_at <= now
            {
                change(&mut message, &approval.call, |state| {
                    state.expired(&approval.call, EXPIRED)
                });
                approval.state = ApprovalState::Refused {
                    by: Refuser::Expiry,
                    at: now,
                };
                decided.push(Write::PutApproval(approval.clone()));
            }
        }
        if !waits_for_others(&message) {
            // First of all: once the calls are settled, it would start.
            self.skip_continuation(position, &mut message, out);
        }
        self.transcript.put(position, &message);
        self.open.insert(position, message.clone());
        decided.push(Write::ReplaceMessage {
            position,
            message: message.clone(),
        });
        out.push(Effect::Persist(decided));
        self.let_go_of_settled(position);
        let updated = ServerFrame::MessageUpdated(message);
        send(out, self.connections.told(), updated.encode());
    }

    /// The continuation of a message is not run, and the calls that it would have made are not made.
    fn skip_continuation(
        &mut self,
        position: Position,
        message: &mut Message,
        out: &mut Vec<Effect>,
    ) {
        let mut queue = self.queue.iter();
        let waits = queue.position(|queued| queued.continues(position));
        let Some(turn) = waits.and_then(|at| self.queue.remove(at)) else {
            return;
        };
        self.skip(vec![turn], out);
        let allowed: Vec<ToolCallId> = message
            .calls()
            .filter(|call| !call.state.is_settled())
            .map(|call| call.tool_call_id.clone())
            .collect();
        for call in allowed {
            change(message, &call, |state| {
                let failed = common::message::ToolOutcome::Error(Some(LEFT_BEHIND.to_owned()));
                state.answered(&call, &ToolAnswer::Outcome(failed))
            });
        }
    }

    /// Forgets the questions about calls of messages that nothing waits for.
    pub(super) fn forget_approvals(&mut self) {
        let running = self.running.as_ref();
        let running = running.map(|running| running.turn.answer_position);
        let open = &self.open;
        self.approvals.retain(|_, approval| {
            open.contains_key(&approval.position) || running == Some(approval.position)
        });
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

fn change(
    message: &mut Message,
    id: &ToolCallId,
    next: impl FnOnce(&ToolState) -> Option<ToolState>,
) {
    if let Some(call) = message.call_mut(id)
        && let Some(state) = next(&call.state)
    {
        call.state = state;
    }
}
