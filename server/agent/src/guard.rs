//! Whose conversation it is, and who may do what there.

use std::collections::VecDeque;

use accounts::{Caller, CredentialId, Denial, Guarded, Intent, Ownership, PersonId};
use common::time::Timestamp;

/// So many revoked sign-ins are remembered, for requests that are on their way. The accounts refuse all later ones.
const REVOKED: usize = 64;

/// Who may do what.
#[derive(Debug)]
pub(super) struct Guard {
    guarded: Guarded,
    /// The sign-ins that were revoked last.
    revoked: VecDeque<CredentialId>,
}

impl Guard {
    pub(super) const fn restore(guarded: Guarded) -> Self {
        Self {
            guarded,
            revoked: VecDeque::new(),
        }
    }

    /// Whether a caller may do something here.
    ///
    /// # Errors
    /// Says why not.
    pub(super) fn admit(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        intent: Intent,
    ) -> Result<(), Denial> {
        // A request may have been on its way when its sign-in was revoked.
        if caller.is_some_and(|caller| self.revoked.contains(&caller.credential)) {
            return Err(Denial::Revoked);
        }
        self.guarded.admit(now, caller, intent)
    }

    /// Whose conversation it is; `None`: nobody's.
    pub(super) const fn owner(&self) -> Option<&PersonId> {
        match &self.guarded.owner {
            Ownership::Of(owner) => Some(owner),
            Ownership::Nobody => None,
        }
    }

    /// Makes the conversation a person's.
    pub(super) fn give_to(&mut self, person: PersonId) {
        self.guarded.owner = Ownership::Of(person);
    }

    /// Refuses a sign-in from now on.
    pub(super) fn revoke(&mut self, credential: CredentialId) {
        self.revoked.push_back(credential);
        if self.revoked.len() > REVOKED {
            self.revoked.pop_front();
        }
    }

    /// Distinguishes the conversation's store from an earlier one of the same name.
    pub(super) fn epoch(&self) -> &str {
        &self.guarded.epoch
    }

    /// The store has been made: it has an epoch from now on.
    pub(super) fn has_store(&mut self, epoch: String) {
        self.guarded.epoch = epoch;
    }
}
