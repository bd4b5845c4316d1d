//! The requests of signed-in people.

use std::time::Duration;

use common::time::Timestamp;
use sql::{Sql, SqlError};

use super::{Accounts, INVITATION_LIFE, LINK_LIFE, TICKET_LIFE, authenticate::access_id};
use crate::{
    AccountsError, Answer, Caller, Change, CredentialId, InvitationShown, Invited, Outcome,
    Overview, PersonId, PersonShown, RandomSource, Role, Scope, Scopes, SessionShown, TokenShown,
    records::{Credential, Ending, Purpose},
};

/// The maximum length of a name, in characters.
const NAME_CHARS: usize = 80;
/// The maximum lifetime of a token in days, unless it never ends.
const MOST_DAYS: u32 = 3650;

impl<S: Sql> Accounts<S> {
    pub(super) fn change(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        caller: &Caller,
        change: Change,
    ) -> Outcome {
        match &change {
            // Everyone who may connect may request a ticket.
            Change::MakeTicket => {}
            Change::Show
            | Change::Revoke(_)
            | Change::RevokeOtherSessions
            | Change::MakeLink
            | Change::MakeToken { .. }
            | Change::Invite { .. }
            | Change::Remove(_) => {
                if !caller.scopes.has(Scope::Admin) {
                    let why = "this token lacks the scope `admin`";
                    return Err(AccountsError::NotAllowed(why.to_owned()));
                }
            }
        }
        let make = |random: &mut _, purpose, life| {
            let made = self.make(now, random, &caller.person, purpose, life)?;
            Ok(Answer::Made(made))
        };
        match change {
            Change::Show => self.overview(now, caller),
            Change::Revoke(id) => self.revoke(now, caller, &id),
            Change::RevokeOtherSessions => {
                for session in self.records.good("session", &caller.person, now)? {
                    if session.id != caller.credential {
                        self.records.end(&session.id, Ending::Revoked, now)?;
                    }
                }
                Ok(Answer::Done)
            }
            Change::MakeLink => make(random, Purpose::DeviceLink, Some(LINK_LIFE)),
            Change::MakeTicket => {
                self.records.forget_tickets(now)?;
                let ticket = Purpose::Ticket {
                    of: caller.credential.clone(),
                    scopes: caller.scopes.clone(),
                    until: caller.until,
                };
                make(random, ticket, Some(TICKET_LIFE))
            }
            Change::MakeToken {
                name,
                scopes,
                conversation,
                days,
            } => {
                let name = checked_name(&name)?;
                let life = days.map(token_life).transpose()?;
                if caller.role == Role::Viewer && scopes != Scopes::from(Vec::new()) {
                    let why = "who only reads can make tokens for reading alone";
                    return Err(AccountsError::NotAllowed(why.to_owned()));
                }
                let token = Purpose::Token {
                    name,
                    scopes,
                    conversation,
                };
                make(random, token, life)
            }
            Change::Invite { name, to } => {
                let name = checked_name(&name)?;
                match (&to, caller.role) {
                    (Invited::Member, Role::Owner)
                    | (Invited::Viewer { .. }, Role::Owner | Role::Member) => {}
                    (Invited::Member, Role::Member | Role::Viewer)
                    | (Invited::Viewer { .. }, Role::Viewer) => {
                        let why = "only the owner of the server or of the conversation invites";
                        return Err(AccountsError::NotAllowed(why.to_owned()));
                    }
                }
                make(
                    random,
                    Purpose::Invitation { name, to },
                    Some(INVITATION_LIFE),
                )
            }
            Change::Remove(person) => self.remove(now, caller, &person),
        }
    }

    /// Ends one of the caller's own credentials.
    fn revoke(&self, now: Timestamp, caller: &Caller, id: &CredentialId) -> Outcome {
        let found = self.records.by_id(id)?;
        let own = found.filter(|credential| credential.person == caller.person);
        match own {
            None => Err(AccountsError::NoSuch("sign-in".to_owned())),
            Some(credential) => {
                self.records.end(&credential.id, Ending::Revoked, now)?;
                Ok(Answer::Done)
            }
        }
    }

    /// Removes a person. Their conversations stay and still belong to them.
    fn remove(&self, now: Timestamp, caller: &Caller, id: &PersonId) -> Outcome {
        if caller.role != Role::Owner {
            let why = "only the owner removes people";
            return Err(AccountsError::NotAllowed(why.to_owned()));
        }
        if *id == PersonId::owner() {
            let why = "the owner stays";
            return Err(AccountsError::NotAllowed(why.to_owned()));
        }
        let person = self.records.person(id)?;
        let Some(mut person) = person.filter(|person| person.removed_at.is_none()) else {
            return Err(AccountsError::NoSuch("person".to_owned()));
        };
        person.removed_at = Some(now);
        self.records.put_person(&person, now)?;
        for credential in self.records.ids_of(id)? {
            self.records.end(&credential, Ending::Revoked, now)?;
        }
        self.records.close_connections(&access_id(id))?;
        Ok(Answer::Done)
    }

    fn overview(&self, now: Timestamp, caller: &Caller) -> Outcome {
        let person = self.records.person(&caller.person)?;
        let of = |kind| self.records.good(kind, &caller.person, now);
        let people = match caller.role {
            Role::Owner => self.people()?,
            Role::Member | Role::Viewer => Vec::new(),
        };
        Ok(Answer::Overview(Box::new(Overview {
            name: person.map_or_else(|| "Owner".to_owned(), |person| person.name),
            role: caller.role,
            sessions: shown(of("session")?, |session| match session.purpose {
                Purpose::Session { device } => Some(SessionShown {
                    is_current: session.id == caller.credential,
                    id: session.id,
                    device,
                    used_at: session.used_at.unwrap_or(session.created_at),
                }),
                Purpose::Token { .. }
                | Purpose::Ticket { .. }
                | Purpose::DeviceLink
                | Purpose::OwnerLink
                | Purpose::Invitation { .. } => None,
            }),
            tokens: shown(of("token")?, |token| match token.purpose {
                Purpose::Token {
                    name,
                    scopes,
                    conversation,
                } => Some(TokenShown {
                    id: token.id,
                    name,
                    scopes,
                    conversation,
                    used_at: token.used_at,
                    expires_at: token.expires_at,
                }),
                Purpose::Session { .. }
                | Purpose::Ticket { .. }
                | Purpose::DeviceLink
                | Purpose::OwnerLink
                | Purpose::Invitation { .. } => None,
            }),
            invitations: shown(of("invitation")?, |invitation| match invitation.purpose {
                Purpose::Invitation { name, to } => Some(InvitationShown {
                    id: invitation.id,
                    name,
                    to,
                    expires_at: invitation.expires_at,
                }),
                Purpose::Session { .. }
                | Purpose::Token { .. }
                | Purpose::Ticket { .. }
                | Purpose::DeviceLink
                | Purpose::OwnerLink => None,
            }),
            people,
            shared: self.records.shares_of(&caller.person)?,
        })))
    }

    fn people(&self) -> Result<Vec<PersonShown>, SqlError> {
        let people = self.records.people()?.into_iter();
        people
            .map(|person| {
                Ok(PersonShown {
                    shared: self.records.shares_of(&person.id)?,
                    id: person.id,
                    name: person.name,
                    role: person.role,
                })
            })
            .collect()
    }
}

fn shown<T>(credentials: Vec<Credential>, show: impl Fn(Credential) -> Option<T>) -> Vec<T> {
    credentials.into_iter().filter_map(show).collect()
}

fn checked_name(name: &str) -> Result<String, AccountsError> {
    let name = name.trim();
    let is_usable = !name.is_empty()
        && name.chars().count() <= NAME_CHARS
        && !name.chars().any(char::is_control);
    if is_usable {
        Ok(name.to_owned())
    } else {
        Err(AccountsError::Unusable {
            field: "The name".to_owned(),
            rule: format!("must have 1 to {NAME_CHARS} characters in one line"),
        })
    }
}

fn token_life(days: u32) -> Result<Duration, AccountsError> {
    if (1..=MOST_DAYS).contains(&days) {
        Ok(Duration::from_secs(u64::from(days) * 24 * 60 * 60))
    } else {
        Err(AccountsError::Unusable {
            field: "The number of days".to_owned(),
            rule: format!("must be from 1 to {MOST_DAYS}"),
        })
    }
}
