//! The machine: requests in, answers out. No clock and no randomness of its own.

mod authenticate;
mod change;
mod redeem;

pub use redeem::conversation_name;

use std::time::Duration;

use common::{secret::Secret, time::Timestamp};
use sql::{Ending, Sql, SqlError};

use super::{
    AccountsError, Answer, Bearer, CredentialId, Outcome, PersonId, RandomSource, Request, Role,
    records::{self, Credential, Person, Purpose, Records},
    secret::{fresh_id, fresh_secret},
};

/// A session ends so long after its last use.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A use is written down when the last one is so long ago. It puts off a session's end.
const USE_AFTER: Duration = Duration::from_secs(10 * 60);
/// Long enough to open a WebSocket, too short to be found in a log and used.
pub const TICKET_LIFE: Duration = Duration::from_secs(60);
/// Long enough to walk over to another device.
const LINK_LIFE: Duration = Duration::from_secs(15 * 60);
/// Long enough for somebody who reads mail once a week.
const INVITATION_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// So long it can be told why a credential is not taken anymore.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The most credentials of one kind that a person has.
const MOST: u32 = 50;

/// The accounts of a server: people, sessions, tokens, links, invitations, tickets, and what people spend.
#[derive(Debug)]
pub struct Accounts<S> {
    records: Records<S>,
    /// What the owner's links are signed with; `None`: there are none.
    owner_secret: Option<Secret>,
}

impl<S: Sql> Accounts<S> {
    /// Opens the accounts and brings their tables up to date.
    ///
    /// # Errors
    /// When a statement fails, or when the tables are of a later version than this code knows.
    pub fn open(sql: S, owner_secret: Option<Secret>) -> Result<Self, SqlError> {
        Ok(Self {
            records: Records::open(sql)?,
            owner_secret,
        })
    }

    /// Answers a request. What it changes is one transaction, as long as the caller does not `await` in between.
    ///
    /// # Errors
    /// Says why it was not done; nothing has changed then, but for a store that failed.
    pub fn handle(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        request: Request,
    ) -> Outcome {
        match request {
            Request::Authenticate { presented, target } => {
                self.authenticate(now, random, presented, &target)
            }
            Request::Spent(person) => Ok(Answer::Spent(self.records.spent(&person, now)?)),
            Request::Spend { person, amount } => self.wholly(|| {
                self.records.spend(&person, amount, now)?;
                Ok(Answer::Done)
            }),
            Request::Look(link) => self.look(now, &link),
            Request::Redeem { link, device, by } => {
                self.wholly(|| self.redeem(now, random, &link, &device, by.as_ref()))
            }
            Request::By(caller, change) => {
                let mut change = Some(change);
                self.wholly(|| match change.take() {
                    Some(change) => self.change(now, random, &caller, change),
                    None => Ok(Answer::Done),
                })
            }
        }
    }

    /// Does something wholly or not at all.
    fn wholly(&self, mut work: impl FnMut() -> Outcome) -> Outcome {
        let mut outcome = Ok(Answer::Done);
        self.records.transaction(&mut || {
            outcome = work();
            if outcome.is_ok() {
                Ending::Keep
            } else {
                Ending::Undo
            }
        })?;
        outcome
    }

    /// The connections that are to be closed, by credential and conversation: their sign-in was revoked.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn closings(&self) -> Result<Vec<(CredentialId, String)>, SqlError> {
        self.records.closings()
    }

    /// A conversation has closed the connections of a credential.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn closed(&self, credential: &CredentialId, conversation: &str) -> Result<(), SqlError> {
        self.records.closed(credential, conversation)
    }

    /// Makes a credential and its secret.
    fn make(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        person: &PersonId,
        purpose: Purpose,
        life: Option<Duration>,
    ) -> Result<Bearer, AccountsError> {
        let kind = purpose.kind();
        let prefix = match &purpose {
            Purpose::Session { .. } => "coder_s_",
            Purpose::Token { .. } => "coder_t_",
            Purpose::Ticket { .. } => "coder_k_",
            Purpose::DeviceLink | Purpose::OwnerLink => "coder_l_",
            Purpose::Invitation { .. } => "coder_i_",
        };
        let good = self.records.good(kind, person, now)?;
        if u32::try_from(good.len()).unwrap_or(u32::MAX) >= MOST {
            match &purpose {
                // Who signs in again and again is not locked out.
                Purpose::Session { .. } => self.end_least_used(&good, now)?,
                Purpose::Token { .. }
                | Purpose::Ticket { .. }
                | Purpose::DeviceLink
                | Purpose::OwnerLink
                | Purpose::Invitation { .. } => {
                    return Err(AccountsError::TooMany {
                        what: format!("{}s", kind.replace('_', " ")),
                        most: MOST,
                    });
                }
            }
        }
        let secret = fresh_secret(prefix, random)?;
        let credential = Credential {
            id: fresh_id(random)?,
            person: person.clone(),
            purpose,
            created_at: now,
            expires_at: life.map(|life| now + life),
            used_at: None,
            ending: None,
        };
        self.records.add(&secret.hash(), &credential)?;
        Ok(secret)
    }

    fn end_least_used(&self, sessions: &[Credential], now: Timestamp) -> Result<(), SqlError> {
        let used = |session: &&Credential| session.used_at.unwrap_or(session.created_at);
        match sessions.iter().min_by_key(used) {
            Some(session) => self.records.end(&session.id, records::Ending::Revoked, now),
            None => Ok(()),
        }
    }

    /// The server's owner, who is there from the first sign-in on.
    fn owner(&self, now: Timestamp) -> Result<Person, SqlError> {
        let id = PersonId::owner();
        if let Some(owner) = self.records.person(&id)? {
            return Ok(owner);
        }
        let owner = Person {
            id,
            name: "Owner".to_owned(),
            email: None,
            role: Role::Owner,
            removed_at: None,
        };
        self.records.put_person(&owner, now)?;
        Ok(owner)
    }

    /// A new person.
    fn newcomer(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        name: &str,
        email: Option<String>,
        role: Role,
    ) -> Result<Person, AccountsError> {
        let person = Person {
            id: PersonId::stored(format!("p_{}", fresh_id(random)?.as_str())),
            name: name.to_owned(),
            email,
            role,
            removed_at: None,
        };
        self.records.put_person(&person, now)?;
        Ok(person)
    }
}
