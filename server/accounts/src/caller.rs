//! Who calls, as the Worker has found out and reports to the conversation's object.

use common::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The header that carries the [`Caller`] from the Worker to an object, as JSON. The router removes it from what clients
/// send.
pub const CALLER_HEADER: &str = "x-coder-caller";

/// The id of the server's owner. Conversations from before there was a sign-in belong to this person.
const OWNER: &str = "owner";

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(String);

impl PersonId {
    /// The server's owner.
    #[must_use]
    pub fn owner() -> Self {
        Self(OWNER.to_owned())
    }

    /// As it is stored.
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session, a token, a link, an invitation or a ticket. Not secret: the page names credentials by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(String);

impl CredentialId {
    /// As it is stored.
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person is to this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Has conversations, invites people and removes them.
    Owner,
    /// Has conversations.
    Member,
    /// Reads the conversations that were shared with them and makes none.
    Viewer,
}

impl Role {
    /// For the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// From the store; what is unknown gets the least.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        match text {
            "owner" => Self::Owner,
            "member" => Self::Member,
            _ => Self::Viewer,
        }
    }
}

/// What a credential is good for. Sessions are good for everything, tokens for what was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To read conversations and files.
    Read,
    /// To send messages, to answer questions, and all else that a conversation's WebSocket takes.
    Chat,
    /// To change the files of a workspace.
    Files,
    /// To manage sessions, tokens and people.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Chat, Self::Files, Self::Admin];

    /// Its name, as people choose it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Admin => "admin",
        }
    }

    /// The scope of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// Some scopes. Reading is always among them: nobody can use the others blindly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// Whether a scope is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// In the order of [`Scope::ALL`].
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

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// What the person is to this server.
    pub role: Role,
    /// What the credential is good for.
    pub scopes: Scopes,
    /// How they signed in. Connections are closed by it when it is revoked.
    pub credential: CredentialId,
    /// The moment at which the credential ends; missing and `null`: it has no end of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The epoch of the conversation's store that was shared with this person; missing and `null`: it was not. A later
    /// conversation of the same name has another epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
}

/// What stands for the credential of a person's own directory.
const DIRECTORY: &str = "directory";

/// What stands for the credential where there is no sign-in.
const LOCAL: &str = "local";

impl Caller {
    /// Whoever reaches a server without a sign-in, on its own machine: its owner.
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

    /// The directory of a person, which renames and deletes conversations for them.
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

    /// From the header; `None`: nobody, and so is what cannot be read.
    #[must_use]
    pub fn from_header(value: &str) -> Option<Self> {
        serde_json::from_str(value).ok()
    }

    /// For the header: printable ASCII.
    #[must_use]
    pub fn to_header(&self) -> String {
        // Ids are ASCII; an epoch is hex. A value that could not be written would be nobody's.
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
