//! People and credentials as they are stored, and how their rows are read.

use common::{id::PersonId, time::Timestamp};
use serde::{Deserialize, Serialize};
use sql::{SqlRow, SqlValue};

use crate::{CredentialId, Role, Scopes};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    /// From the identity provider; `None` for people who came by a link.
    pub(crate) email: Option<String>,
    pub(crate) role: Role,
    pub(crate) removed_at: Option<Timestamp>,
}

/// A credential. Only the hash of its secret is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) id: CredentialId,
    /// Its person; for an invitation, the person who made it.
    pub(crate) person: PersonId,
    pub(crate) purpose: Purpose,
    pub(crate) created_at: Timestamp,
    /// `None`: it has no end of its own.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) used_at: Option<Timestamp>,
    pub(crate) ending: Option<Ending>,
}

/// The purpose of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// A signed-in browser.
    Session { device: String },
    /// Access for a program.
    Token {
        name: String,
        scopes: Scopes,
        /// The only conversation it is valid for; missing and `null`: all of the person's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<String>,
    },
    /// One WebSocket of a client that cannot send headers.
    Ticket {
        of: CredentialId,
        scopes: Scopes,
        /// When the sign-in that created it ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// A sign-in on another device of the person.
    DeviceLink,
    /// A link from the start script or deployment; stored so that it is used only once.
    OwnerLink,
    /// Access for a newcomer, or for a person who is to see a conversation.
    Invitation { name: String, to: Invited },
}

impl Purpose {
    /// The value of the column `kind`.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Session { .. } => "session",
            Self::Token { .. } => "token",
            Self::Ticket { .. } => "ticket",
            Self::DeviceLink => "device_link",
            Self::OwnerLink => "owner_link",
            Self::Invitation { .. } => "invitation",
        }
    }
}

/// What a person is invited to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Invited {
    /// Have conversations on this server.
    Member,
    /// Read one conversation.
    Viewer {
        /// Its name, as in URLs.
        conversation: String,
        /// Distinguishes its store from a later one of the same name.
        epoch: String,
    },
}

/// How a credential ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Used,
    Revoked,
}

impl Ending {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the stored word; an unknown one counts as revoked.
    fn stored(text: &str) -> Self {
        match text {
            "used" => Self::Used,
            _ => Self::Revoked,
        }
    }
}

fn moment(value: SqlValue) -> Option<Timestamp> {
    match value {
        SqlValue::Integer(millis) => Some(Timestamp::from_millis(u64::try_from(millis).ok()?)),
        SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_) => None,
    }
}

fn text(value: SqlValue) -> Option<String> {
    match value {
        SqlValue::Text(text) => Some(text),
        SqlValue::Null | SqlValue::Integer(_) | SqlValue::Blob(_) => None,
    }
}

/// `None` for an unreadable row, whose credential is then refused.
pub(super) fn credential(row: SqlRow) -> Option<Credential> {
    let mut values = row.into_iter();
    Some(Credential {
        id: CredentialId::stored(text(values.next()?)?),
        person: PersonId::stored(text(values.next()?)?),
        purpose: serde_json::from_str(&text(values.next()?)?).ok()?,
        created_at: moment(values.next()?)?,
        expires_at: moment(values.next()?),
        used_at: moment(values.next()?),
        ending: text(values.next()?).map(|ending| Ending::stored(&ending)),
    })
}

/// `None` for an unreadable row.
pub(super) fn person(row: SqlRow) -> Option<Person> {
    let mut values = row.into_iter();
    Some(Person {
        id: PersonId::stored(text(values.next()?)?),
        name: text(values.next()?)?,
        email: text(values.next()?),
        role: Role::stored(&text(values.next()?)?),
        removed_at: moment(values.next()?),
    })
}
