//! One-time links and invitations.

use common::{naming, time::Timestamp};
use sql::Sql;

use super::{Accounts, REMEMBERED, SESSION_LIFE};
use crate::{
    AccountsError, Answer, Bearer, Caller, Invited, LinkPurpose, Outcome, PersonId, RandomSource,
    Role, SignInProblem, owner_link,
    records::{Credential, Ending, Purpose},
    secret::fresh_id,
};

/// The maximum length of a browser's name, in characters.
const DEVICE_CHARS: usize = 80;

impl<S: Sql> Accounts<S> {
    /// The purpose of a link. The link stays usable, so that link previews do no harm.
    pub(super) fn look(&self, now: Timestamp, link: &Bearer) -> Outcome {
        if link.expose().starts_with(owner_link::PREFIX) {
            self.check_owner_link(now, link)?;
            return Ok(Answer::Link(LinkPurpose::SignIn));
        }
        Ok(Answer::Link(match self.good(now, link)?.purpose {
            Purpose::DeviceLink => LinkPurpose::SignIn,
            Purpose::Invitation {
                to: Invited::Member,
                ..
            } => LinkPurpose::Member,
            Purpose::Invitation {
                to: Invited::Viewer { conversation, .. },
                ..
            } => LinkPurpose::Viewer { conversation },
            Purpose::Session { .. }
            | Purpose::Token { .. }
            | Purpose::Ticket { .. }
            | Purpose::OwnerLink => return Err(SignInProblem::Unknown.into()),
        }))
    }

    /// Uses a link.
    pub(super) fn redeem(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        link: &Bearer,
        device: &str,
        by: Option<&Caller>,
    ) -> Outcome {
        let mut before = now.as_millis();
        before = before.saturating_sub(u64::try_from(REMEMBERED.as_millis()).unwrap_or(u64::MAX));
        self.records
            .forget_ended_before(Timestamp::from_millis(before))?;
        if link.expose().starts_with(owner_link::PREFIX) {
            return self.redeem_owner_link(now, random, link, device);
        }
        let credential = self.good(now, link)?;
        let (person, to) = match &credential.purpose {
            Purpose::DeviceLink => (credential.person.clone(), "/".to_owned()),
            Purpose::Invitation { name, to } => match self.accept(now, random, name, to, by)? {
                Accepted::ByNewcomer(person, to) => (person, to),
                Accepted::Here(to) => {
                    self.records.end(&credential.id, Ending::Used, now)?;
                    return Ok(Answer::SignedIn { session: None, to });
                }
            },
            Purpose::Session { .. }
            | Purpose::Token { .. }
            | Purpose::Ticket { .. }
            | Purpose::OwnerLink => return Err(SignInProblem::Unknown.into()),
        };
        let known = self.records.person(&person)?;
        if known.is_none_or(|person| person.removed_at.is_some()) {
            return Err(SignInProblem::Revoked.into());
        }
        self.records.end(&credential.id, Ending::Used, now)?;
        self.sign_in(now, random, &person, device, to)
    }

    /// Accepts an invitation, for a newcomer or for a signed-in person.
    fn accept(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        name: &str,
        to: &Invited,
        by: Option<&Caller>,
    ) -> Result<Accepted, AccountsError> {
        let home = || "/".to_owned();
        match (to, by) {
            (Invited::Member, None) => {
                let person = self.newcomer(now, random, name, None, Role::Member)?;
                Ok(Accepted::ByNewcomer(person.id, home()))
            }
            (Invited::Member, Some(caller)) => match caller.role {
                Role::Owner | Role::Member => Err(AccountsError::AlreadySignedIn),
                Role::Viewer => {
                    let person = self.records.person(&caller.person)?;
                    let mut person = person.ok_or(SignInProblem::Revoked)?;
                    person.role = Role::Member;
                    self.records.put_person(&person, now)?;
                    Ok(Accepted::Here(home()))
                }
            },
            (
                Invited::Viewer {
                    conversation,
                    epoch,
                },
                by,
            ) => {
                let to = format!("/chat/{conversation}");
                let person = match by {
                    Some(caller) => caller.person.clone(),
                    None => self.newcomer(now, random, name, None, Role::Viewer)?.id,
                };
                self.records.share(&person, conversation, epoch)?;
                Ok(match by {
                    Some(_) => Accepted::Here(to),
                    None => Accepted::ByNewcomer(person, to),
                })
            }
        }
    }

    fn redeem_owner_link(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        link: &Bearer,
        device: &str,
    ) -> Outcome {
        let end = self.check_owner_link(now, link)?;
        let owner = self.owner(now)?;
        let used = Credential {
            id: fresh_id(random)?,
            person: owner.id.clone(),
            purpose: Purpose::OwnerLink,
            created_at: now,
            expires_at: Some(end),
            used_at: Some(now),
            ending: Some(Ending::Used),
        };
        self.records.add(&link.hash(), &used)?;
        self.sign_in(now, random, &owner.id, device, "/".to_owned())
    }

    fn check_owner_link(&self, now: Timestamp, link: &Bearer) -> Result<Timestamp, AccountsError> {
        let secret = self.owner_secret.as_ref().ok_or(SignInProblem::Unknown)?;
        let end = owner_link::verify(link.expose(), secret, now)?;
        match self.records.find(&link.hash())? {
            Some(_) => Err(SignInProblem::Used.into()),
            None => Ok(end),
        }
    }

    fn sign_in(
        &self,
        now: Timestamp,
        random: &mut impl RandomSource,
        person: &PersonId,
        device: &str,
        to: String,
    ) -> Outcome {
        let device = device.chars().take(DEVICE_CHARS).collect();
        let purpose = Purpose::Session { device };
        let session = self.make(now, random, person, purpose, Some(SESSION_LIFE))?;
        Ok(Answer::SignedIn {
            session: Some(session),
            to,
        })
    }
}

/// The person who accepted an invitation, and the path to open next.
enum Accepted {
    /// Needs a session.
    ByNewcomer(PersonId, String),
    /// A signed-in person.
    Here(String),
}

/// A conversation's name in its canonical form, as in `/chat/…` and agent URLs, whatever else is escaped.
#[must_use]
pub fn conversation_name(segment: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
    naming::encode_segment(&decoded)
}
