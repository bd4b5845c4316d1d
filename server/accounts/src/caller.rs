//! The caller of a request, as the Worker reports it to the conversation's object.

use common::{id::PersonId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// The header with the [`Caller`] as JSON, from the Worker to an object. The router removes it from clients'
/// requests.
pub const CALLER_HEADER: &str = "x-coder-caller";

/// The id of a session, token, link, invitation or ticket. Not secret: the page refers to credentials by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(String);

impl CredentialId {
    /// Takes an id from the store.
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The role of a person on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Has conversations, and invites and removes people.
    Owner,
    /// Has conversations.
    Member,
    /// Reads conversations shared with them and has none.
    Viewer,
}

impl Role {
    /// The word for the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// Reads the stored word; an unknown one counts as the lowest role.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        match text {
            "owner" => Self::Owner,
            "member" => Self::Member,
            _ => Self::Viewer,
        }
    }
}

/// A permission of a credential. Sessions have all scopes, tokens the chosen ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read conversations and files.
    Read,
    /// Send messages, answer approval requests, and use everything else on a conversation's WebSocket.
    Chat,
    /// Change the files of a workspace.
    Files,
    /// Manage sessions, tokens and people.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Chat, Self::Files, Self::Admin];

    /// The name for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Admin => "admin",
        }
    }

    /// The scope with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A set of scopes. Reading is always included, since the others are useless without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// All scopes.
    #[must_use]
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// Whether the set contains a scope.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// The scopes, in the order of [`Scope::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl From<Vec<Scope>> for Scopes {
    fn from(given: Vec<Scope>) -> Self {
        let is_in = |scope: &Scope| *scope == Scope::Read || given.contains(scope);
        Self(Scope::ALL.into_iter().filter(is_in).collect())
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Self {
        scopes.0
    }
}

/// The caller of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// The role of the person.
    pub role: Role,
    /// The scopes of the credential.
    pub scopes: Scopes,
    /// The credential. Its revocation closes its connections.
    pub credential: CredentialId,
    /// When the credential ends; missing and `null`: it has no end of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The epoch of the shared conversation's store; missing and `null` when none was shared. A later conversation of
    /// the same name has another epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
}

/// The credential id of a person's own directory.
const DIRECTORY: &str = "directory";

/// The credential id on a server without sign-in.
const LOCAL: &str = "local";

impl Caller {
    /// The caller on a server without sign-in, which only its own machine can reach: the owner.
    #[must_use]
    pub fn local() -> Self {
        Self {
            person: PersonId::owner(),
            role: Role::Owner,
            scopes: Scopes::all(),
            credential: CredentialId::stored(LOCAL),
            until: None,
            shared: None,
        }
    }

    /// The directory of a person, which renames and deletes conversations on their behalf.
    #[must_use]
    pub fn of_directory(person: PersonId) -> Self {
        Self {
            person,
            role: Role::Member,
            credential: CredentialId::stored(DIRECTORY),
            ..Self::local()
        }
    }

    /// Whether the server has no sign-in.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.credential == CredentialId::stored(LOCAL)
    }

    /// Reads the header; `None` when it is missing or malformed.
    #[must_use]
    pub fn from_header(value: &str) -> Option<Self> {
        serde_json::from_str(value).ok()
    }

    /// The value of the header, in printable ASCII.
    #[must_use]
    pub fn to_header(&self) -> String {
        // Ids are ASCII; an epoch is hexadecimal. If serialisation failed, the empty value would mean no caller.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_brings_back_the_caller_and_what_cannot_be_read_is_nobody() {
        let caller = Caller {
            role: Role::Viewer,
            scopes: vec![Scope::Chat].into(),
            until: Some(Timestamp::from_millis(7)),
            shared: Some("00ff".to_owned()),
            ..Caller::local()
        };
        let header = caller.to_header();
        assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert_eq!(Caller::from_header(&header), Some(caller));
        for value in ["", "{}", "null", "owner", "{\"person\":\"owner\"}"] {
            assert_eq!(Caller::from_header(value), None, "{value}");
        }
    }

    #[test]
    fn every_choice_of_scopes_reads() {
        let scopes = Scopes::from(vec![Scope::Files, Scope::Files]);
        assert_eq!(
            scopes.iter().collect::<Vec<_>>(),
            [Scope::Read, Scope::Files]
        );
        for scope in Scope::ALL {
            assert_eq!(Scope::named(scope.as_str()), Some(scope));
        }
    }
}
