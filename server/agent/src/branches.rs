//! The branches of a conversation: what followed a message is kept when something else follows it, and can be shown again.
//!
//! Branches that follow the same message are siblings; one of them is shown. A branch may hold forks of its own: they
//! are there when it is shown.

use common::state::Fork;
use store::{Branch, BranchContent, IndexEntry, Position, Write};

use super::transcript::Transcript;

/// How many branches are kept in all. The oldest ones go first.
const MAX_KEPT: usize = 100;

/// How many bytes of messages the kept branches have in all.
const MAX_KEPT_BYTES: usize = 32_000_000;

/// The branches, in the order in which they were made.
#[derive(Debug)]
pub(super) struct Branches {
    all: Vec<Branch>,
    /// Whether the forks may have changed since they were last asked for.
    has_changed: bool,
}

/// A change of the shown branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchSwitch {
    /// The message before the branches.
    pub(super) after: Position,
    /// The branch that is shown now.
    pub(super) left: u64,
    /// The one that is to be shown.
    pub(super) entered: u64,
}

impl Branches {
    pub(super) const fn restore(all: Vec<Branch>) -> Self {
        Self {
            all,
            has_changed: true,
        }
    }

    /// The last position that a kept message has.
    pub(super) fn last_position(&self) -> Option<Position> {
        let kept = self
            .all
            .iter()
            .filter_map(|branch| entries_of(branch).last());
        kept.map(|entry| entry.position).max()
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.has_changed = true;
    }

    /// Keeps what followed a message as a branch, so that another one can follow it. `cut` has been taken from the
    /// transcript.
    pub(super) fn cut(&mut self, after: Position, cut: Vec<IndexEntry>) -> Vec<Write> {
        if cut.is_empty() {
            return Vec::new();
        }
        let mut writes = Vec::new();
        let shown = self
            .all
            .iter_mut()
            .find(|branch| branch.after == after && branch.content == BranchContent::Shown);
        let id = match shown {
            Some(shown) => {
                shown.content = BranchContent::Kept(cut);
                shown.id
            }
            None => {
                let id = self.add(after, BranchContent::Kept(cut));
                writes.push(Write::AddBranch { id, after });
                id
            }
        };
        writes.push(Write::KeepBranch { id, after });
        let id = self.add(after, BranchContent::Shown);
        writes.push(Write::AddBranch { id, after });
        writes.extend(self.drop_oldest());
        self.has_changed = true;
        writes
    }

    fn add(&mut self, after: Position, content: BranchContent) -> u64 {
        let id = self.all.last().map_or(1, |branch| branch.id + 1);
        self.all.push(Branch { id, after, content });
        id
    }

    /// Drops what exceeds the limits.
    fn drop_oldest(&mut self) -> Vec<Write> {
        let mut dropped = Vec::new();
        loop {
            let kept = || {
                self.all
                    .iter()
                    .filter(|branch| !entries_of(branch).is_empty())
            };
            let bytes = kept().flat_map(entries_of).map(|entry| entry.bytes);
            let bytes = bytes.fold(0, usize::saturating_add);
            let count = kept().count();
            if count <= MAX_KEPT && (bytes <= MAX_KEPT_BYTES || count <= 1) {
                return dropped;
            }
            let Some(oldest) = kept().map(|branch| branch.id).next() else {
                return dropped;
            };
            self.all.retain(|branch| branch.id != oldest);
            dropped.push(Write::DeleteBranch(oldest));
        }
    }

    /// The switch to a sibling, by its number from 1; `None` when there is no such kept branch.
    pub(super) fn switch_to(&self, after: Position, number: u32) -> Option<BranchSwitch> {
        let siblings = || self.all.iter().filter(|branch| branch.after == after);
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        let entered = siblings().nth(at)?;
        let left = siblings().find(|branch| branch.content == BranchContent::Shown)?;
        (entered.id != left.id).then_some(BranchSwitch {
            after,
            left: left.id,
            entered: entered.id,
        })
    }

    /// The messages of a kept branch.
    pub(super) fn entries(&self, id: u64) -> &[IndexEntry] {
        let branch = self.all.iter().find(|branch| branch.id == id);
        branch.map_or(&[], entries_of)
    }

    /// Shows another branch. `left` are the messages of the one that was shown. Returns those of the other.
    pub(super) fn switch(
        &mut self,
        switch: &BranchSwitch,
        left: Vec<IndexEntry>,
    ) -> Vec<IndexEntry> {
        self.has_changed = true;
        let mut left = Some(left);
        let mut entered = Vec::new();
        for branch in &mut self.all {
            if branch.id == switch.left {
                branch.content = BranchContent::Kept(left.take().unwrap_or_default());
            } else if branch.id == switch.entered
                && let BranchContent::Kept(entries) =
                    std::mem::replace(&mut branch.content, BranchContent::Shown)
            {
                entered = entries;
            }
        }
        entered
    }

    /// The forks of the shown transcript, when they may have changed since the last call.
    pub(super) fn changed_forks(&mut self, transcript: &Transcript) -> Option<Vec<Fork>> {
        if !std::mem::take(&mut self.has_changed) {
            return None;
        }
        let mut forks: Vec<(Position, Fork)> = Vec::new();
        for branch in &self.all {
            let is_shown = branch.content == BranchContent::Shown;
            let at = match forks.iter().position(|(after, _)| *after == branch.after) {
                Some(at) => at,
                None => {
                    let Some(after) = transcript.id_at(branch.after) else {
                        continue;
                    };
                    forks.push((
                        branch.after,
                        Fork {
                            after,
                            shown: 0,
                            count: 0,
                        },
                    ));
                    forks.len() - 1
                }
            };
            if let Some((_, fork)) = forks.get_mut(at) {
                fork.count += 1;
                if is_shown {
                    fork.shown = fork.count;
                }
            }
        }
        // What is left of a fork whose other branches were dropped is none.
        forks.retain(|(_, fork)| fork.count > 1);
        forks.sort_by_key(|(after, _)| *after);
        Some(forks.into_iter().map(|(_, fork)| fork).collect())
    }
}

fn entries_of(branch: &Branch) -> &[IndexEntry] {
    match &branch.content {
        BranchContent::Shown => &[],
        BranchContent::Kept(entries) => entries,
    }
}
