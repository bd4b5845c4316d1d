//! The accounts machine: requests in, answers out. It has no clock and no randomness of its own.

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

/// How long a session lasts after its last use.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The interval at which uses are stored. A use extends a session.
const USE_AFTER: Duration = Duration::from_secs(10 * 60);
/// Long enough to open a WebSocket, too short to be useful when found in a log.
pub const TICKET_LIFE: Duration = Duration::from_secs(60);
/// Long enough to walk to another device.
const LINK_LIFE: Duration = Duration::from_secs(15 * 60);
/// Long enough for a person who reads mail once a week.
const INVITATION_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long an ended credential is remembered, to explain why it is refused.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The maximum number of credentials of one kind per person.
const MOST: u32 = 50;

/// The accounts of a server: people, sessions, tokens, links, invitations, tickets, and spending.
#[derive(Debug)]
pub struct Accounts<S> {
    records: Records<S>,
    /// The key that signs the owner's links; `None` when there are none.
    owner_secret: Option<Secret>,
}

impl<S: Sql> Accounts<S> {
    /// Opens the accounts and migrates their tables.
    ///
    /// # Errors
    /// When an SQL statement fails, or when the tables are of a later version than this code knows.
    pub fn open(sql: S, owner_secret: Option<Secret>) -> Result<Self, SqlError> {
        Ok(Self {
            records: Records::open(sql)?,
            owner_secret,
        })
    }

    /// Handles a request. Its changes are one transaction, if the caller does not `await` in between.
    ///
    /// # Errors
    /// Why the request failed; nothing has changed, unless the store failed.
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

    /// Runs `work` in a transaction that is rolled back when it fails.
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

    /// The connections to close because their sign-in was revoked, by credential and conversation.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn closings(&self) -> Result<Vec<(CredentialId, String)>, SqlError> {
        self.records.closings()
    }

    /// Records that a conversation has closed the connections of a credential.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn closed(&self, credential: &CredentialId, conversation: &str) -> Result<(), SqlError> {
        self.records.closed(credential, conversation)
    }

    /// Creates a credential and its secret.
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
                // A person who signs in repeatedly is not locked out.
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

    /// The server's owner, who exists from the first sign-in on.
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

    /// Adds a person.
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
