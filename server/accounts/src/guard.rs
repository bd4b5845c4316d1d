//! Admits callers to a conversation, or to a list of conversations.

use std::collections::VecDeque;

use common::time::Timestamp;

use super::{Access, Caller, CredentialId, Denial, Guarded, Intent, Ownership, PersonId};

/// The number of revoked sign-ins remembered, for requests that are on their way. The accounts refuse all later ones.
const REVOKED: usize = 64;

/// Admits callers. Every connection, call and request passes it.
#[derive(Debug)]
pub struct Guard {
    guarded: Guarded,
    /// The sign-ins that were revoked last.
    revoked: VecDeque<CredentialId>,
}

impl Guard {
    /// Guards by these facts.
    #[must_use]
    pub const fn new(guarded: Guarded) -> Self {
        Self {
            guarded,
            revoked: VecDeque::new(),
        }
    }

    /// Checks whether a caller may do what it intends.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn admit(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        intent: Intent,
    ) -> Result<(), Denial> {
        // The request may have been on its way when the sign-in was revoked.
        if caller.is_some_and(|caller| self.revoked.contains(&caller.credential)) {
            return Err(Denial::Revoked);
        }
        self.guarded.admit(now, caller, intent)
    }

    /// Checks whether a caller may do what it intends over a connection.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn admit_connection(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        access: Access,
        intent: Intent,
    ) -> Result<(), Denial> {
        self.admit(now, caller, intent)?;
        match (intent, access) {
            (Intent::Reads, Access::Full | Access::Readonly) | (_, Access::Full) => Ok(()),
            (Intent::Changes | Intent::Answers | Intent::ChangesFiles, Access::Readonly) => {
                Err(Denial::Readonly)
            }
        }
    }

    /// The owner; `None`: there is none yet.
    #[must_use]
    pub const fn owner(&self) -> Option<&PersonId> {
        match &self.guarded.owner {
            Ownership::Of(owner) => Some(owner),
            Ownership::Nobody | Ownership::NameTooLong => None,
        }
    }

    /// Sets the owner.
    pub fn give_to(&mut self, person: PersonId) {
        self.guarded.owner = Ownership::Of(person);
    }

    /// Refuses a sign-in from now on.
    pub fn revoke(&mut self, credential: CredentialId) {
        self.revoked.push_back(credential);
        if self.revoked.len() > REVOKED {
            self.revoked.pop_front();
        }
    }

    /// Distinguishes the store from an earlier one of the same name.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.guarded.epoch
    }

    /// Sets the epoch of the store, once the store has been made.
    pub fn set_epoch(&mut self, epoch: String) {
        self.guarded.epoch = epoch;
    }
}
