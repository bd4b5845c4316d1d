//! Identifies the caller of a request.

use common::time::Timestamp;
use sql::Sql;

use super::{Accounts, SESSION_LIFE, USE_AFTER};
use crate::{
    AccountsError, Answer, Bearer, Caller, CredentialId, Outcome, PersonId, Place, Presented,
    RandomSource, Role, Scopes, SignInProblem, Target,
    records::{Credential, Ending, Person, Purpose},
};

/// The prefix for ids of sign-ins by an identity provider. Other ids contain no colon.
const ACCESS: &str = "access:";

/// The result of checking a credential.
struct Proof {
    id: CredentialId,
    person: PersonId,
    scopes: Scopes,
    until: Option<Timestamp>,
    /// The only conversation that the credential is valid for.
    conversation: Option<String>,
    is_renewed: bool,
}

impl<S: Sql> Accounts<S> {
    pub(super) fn authenticate(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        presented: Presented,
        target: &Target,
    ) -> Outcome {
        let (proof, person) = match presented {
            Presented::Session(secret) => self.proof(now, &secret, "session")?,
            Presented::Token(secret) => self.proof(now, &secret, "token")?,
            Presented::Ticket(secret) => self.proof(now, &secret, "ticket")?,
            Presented::Access {
                email,
                until,
                is_owner,
            } => self.of_access(now, random, email, until, is_owner)?,
        };
        let (conversation, connects) = match target {
            Target::None | Target::Directory | Target::DirectoryConnection => (None, false),
            Target::Conversation(name) => (Some(name), false),
            Target::Connection(name) => (Some(name), true),
        };
        let is_of_list = matches!(target, Target::Directory | Target::DirectoryConnection);
        if is_of_list && proof.conversation.is_some() {
            return Err(SignInProblem::OtherConversation.into());
        }
        if let Some(only) = &proof.conversation
            && conversation.is_some_and(|name| name != only)
        {
            return Err(SignInProblem::OtherConversation.into());
        }
        let shared = match conversation {
            None => None,
            Some(name) => self.records.shared(&person.id, name)?,
        };
        if let Some(name) = conversation.filter(|_| connects) {
            self.records.connects(&proof.id, name)?;
        }
        if *target == Target::DirectoryConnection {
            let place = Place::directory(&proof.person);
            self.records.connects(&proof.id, &place)?;
        }
        Ok(Answer::Caller {
            caller: Box::new(Caller {
                person: proof.person,
                role: person.role,
                scopes: proof.scopes,
                credential: proof.id,
                until: proof.until,
                shared,
            }),
            is_renewed: proof.is_renewed,
        })
    }

    /// The credential with this secret, if it is valid.
    pub(super) fn good(
        &self,
        now: Timestamp,
        secret: &Bearer,
    ) -> Result<Credential, AccountsError> {
        let found = self.records.find(&secret.hash())?;
        standing(now, found)
    }

    /// The proof in a secret of a kind. A secret of another kind is unknown: a session's secret is not a token.
    fn proof(
        &self,
        now: Timestamp,
        secret: &Bearer,
        kind: &str,
    ) -> Result<(Proof, Person), AccountsError> {
        let credential = self.good(now, secret)?;
        if credential.purpose.kind() != kind {
            return Err(SignInProblem::Unknown.into());
        }
        let proof = match &credential.purpose {
            Purpose::Session { .. } | Purpose::Token { .. } => self.used(now, &credential)?,
            Purpose::Ticket { of, scopes, until } => {
                self.records.end(&credential.id, Ending::Used, now)?;
                match of.as_str().strip_prefix(ACCESS) {
                    Some(_) => Proof {
                        id: of.clone(),
                        person: credential.person.clone(),
                        scopes: scopes.clone(),
                        until: *until,
                        conversation: None,
                        is_renewed: false,
                    },
                    None => {
                        let made_with = standing(now, self.records.by_id(of)?)?;
                        self.used(now, &made_with)?
                    }
                }
            }
            Purpose::DeviceLink | Purpose::OwnerLink | Purpose::Invitation { .. } => {
                return Err(SignInProblem::Unknown.into());
            }
        };
        let person = self.records.person(&proof.person)?;
        match person.filter(|person| person.removed_at.is_none()) {
            Some(person) => Ok((proof, person)),
            None => Err(SignInProblem::Revoked.into()),
        }
    }

    /// The proof in a session or token. Its use is stored, and extends a session.
    fn used(&self, now: Timestamp, credential: &Credential) -> Result<Proof, AccountsError> {
        let last = credential.used_at.unwrap_or(credential.created_at);
        let is_noted = credential.used_at.is_some() && now.since(last) < USE_AFTER;
        let (scopes, conversation, until) = match &credential.purpose {
            Purpose::Session { .. } if is_noted => (Scopes::all(), None, credential.expires_at),
            Purpose::Session { .. } => (Scopes::all(), None, Some(now + SESSION_LIFE)),
            Purpose::Token {
                scopes,
                conversation,
                ..
            } => (scopes.clone(), conversation.clone(), credential.expires_at),
            Purpose::Ticket { .. }
            | Purpose::DeviceLink
            | Purpose::OwnerLink
            | Purpose::Invitation { .. } => return Err(SignInProblem::Unknown.into()),
        };
        if !is_noted {
            self.records.used(&credential.id, now, until)?;
        }
        Ok(Proof {
            id: credential.id.clone(),
            person: credential.person.clone(),
            scopes,
            until,
            conversation,
            is_renewed: !is_noted,
        })
    }

    /// The person that an identity provider identifies. A new person becomes a member, since the provider's policy
    /// decides who comes here.
    fn of_access(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        email: String,
        until: Timestamp,
        is_owner: bool,
    ) -> Result<(Proof, Person), AccountsError> {
        if until <= now {
            return Err(SignInProblem::Expired.into());
        }
        let person = if is_owner {
            self.owner(now)?
        } else {
            match self.records.person_of_email(&email)? {
                Some(person) => person,
                None => {
                    let name = email.clone();
                    self.newcomer(now, random, &name, Some(email), Role::Member)?
                }
            }
        };
        if person.removed_at.is_some() {
            return Err(SignInProblem::Revoked.into());
        }
        let proof = Proof {
            id: access_id(&person.id),
            person: person.id.clone(),
            scopes: Scopes::all(),
            until: Some(until),
            conversation: None,
            is_renewed: false,
        };
        Ok((proof, person))
    }
}

/// The credential id of a person's sign-in by the identity provider.
pub(super) fn access_id(person: &PersonId) -> CredentialId {
    CredentialId::stored(format!("{ACCESS}{}", person.as_str()))
}

/// A credential, if it is valid.
fn standing(now: Timestamp, found: Option<Credential>) -> Result<Credential, AccountsError> {
    let credential = found.ok_or(SignInProblem::Unknown)?;
    match credential.ending {
        Some(Ending::Revoked) => Err(SignInProblem::Revoked.into()),
        Some(Ending::Used) => Err(SignInProblem::Used.into()),
        None if credential.expires_at.is_some_and(|end| end <= now) => {
            Err(SignInProblem::Expired.into())
        }
        None => Ok(credential),
    }
}
