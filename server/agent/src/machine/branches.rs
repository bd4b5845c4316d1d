//! What follows a message is kept as a branch, and another branch is shown.

use common::{
    frame::ServerFrame,
    message::{Message, Role, ToolAnswer, ToolOutcome},
};
use store::{IndexEntry, Position, Write};
use workspace::Turned;

use super::Parts;
use crate::{branches::BranchSwitch, context::Context};

/// The output of a call that was open when its branch was left.
const LEFT: &str = "The conversation continued from an earlier message before this call was answered, so it was not made.";

impl Parts {
    /// Takes all but the first `kept` messages from the transcript and keeps them as a branch.
    pub(super) fn cut(&mut self, kept: usize, writes: &mut Vec<Write>) {
        let last = kept.checked_sub(1);
        let last = last.and_then(|last| self.transcript.entries().get(last));
        let after = last.map_or(Position::START, |entry| entry.position);
        let cut = self.take_after(after, writes);
        writes.extend(self.branches.cut(after, cut));
    }

    /// Takes what follows a position from the transcript. Its open calls are settled: nobody can answer them in a branch that
    /// is not shown.
    fn take_after(&mut self, after: Position, writes: &mut Vec<Write>) -> Vec<IndexEntry> {
        for (position, mut message) in self.transcript.open_after(after) {
            if self.transcript.id_at(position).is_some() && settle_calls(&mut message) {
                self.transcript.put(position, &message);
                writes.push(Write::ReplaceMessage { position, message });
            }
        }
        self.transcript.truncate(self.transcript.count_to(after))
    }

    /// Shows another branch. `turned` are the answers whose changes of files were undone and redone for that.
    pub(super) fn switch_branch(
        &mut self,
        cx: &mut Context<'_>,
        switch: &BranchSwitch,
        turned: &[Turned],
    ) {
        let BranchSwitch {
            after,
            left,
            entered,
        } = *switch;
        let marks = |entries: &[IndexEntry], is_undone: bool| {
            let turned = turned.iter().filter(|turned| turned.is_undone == is_undone);
            let position = |turned: &Turned| {
                let entry = entries
                    .iter()
                    .find(|entry| entry.id.as_str() == turned.answer);
                entry.map(|entry| Write::MarkUndone(entry.position))
            };
            turned.filter_map(position).collect::<Vec<_>>()
        };
        let mut writes = Vec::new();
        let cut = self.take_after(after, &mut writes);
        writes.extend(marks(&cut, true));
        writes.extend([
            Write::KeepBranch { id: left, after },
            Write::ShowBranch { id: entered, after },
        ]);
        let shown = self.branches.switch(switch, cut);
        writes.extend(marks(&shown, false));
        writes.extend(self.cut_streams_behind(cx, after));
        self.transcript.append(shown);
        cx.persist(writes);
        self.forget_approvals();
        let everyone = self.connections.notified();
        self.connections.send_transcript(cx, &everyone);
    }

    /// Broadcasts the state when the messages that several branches follow are others.
    pub(super) fn broadcast_forks(&mut self, cx: &mut Context<'_>) {
        if let Some(forks) = self.branches.changed_forks(&self.transcript)
            && self.synced.set_forks(forks)
        {
            let to = self.connections.of_protocol();
            cx.send(to, ServerFrame::State(self.synced.to_json()).encode());
        }
    }

    /// The answers after a position.
    pub(super) fn answers_after(&self, after: Position) -> Vec<String> {
        answers_of(
            self.transcript
                .entries()
                .get(self.transcript.count_to(after)..)
                .unwrap_or_default(),
        )
    }
}

/// The ids of the answers among messages.
pub(super) fn answers_of(entries: &[IndexEntry]) -> Vec<String> {
    let answers = entries.iter().filter(|entry| entry.role == Role::Assistant);
    answers.map(|entry| entry.id.to_string()).collect()
}

/// Settles the open calls of a message. Returns whether there were any.
fn settle_calls(message: &mut Message) -> bool {
    let open: Vec<_> = message
        .calls()
        .filter(|call| !call.state.is_settled())
        .map(|call| call.tool_call_id.clone())
        .collect();
    for id in &open {
        if let Some(call) = message.call_mut(id) {
            let failed = ToolAnswer::Outcome(ToolOutcome::Error(Some(LEFT.to_owned())));
            let settled = call.state.answered(id, &failed);
            if let Some(settled) = settled.or_else(|| call.state.expired(id, LEFT)) {
                call.state = settled;
            }
        }
    }
    !open.is_empty()
}
