//! The Worker's requests to the accounts, and their answers.

use common::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountsError, Bearer, Caller, CredentialId, Invited, MicroUsd, PersonId, Role, Scopes,
};

/// A credential, as presented in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presented {
    /// The session cookie.
    Session(Bearer),
    /// `Authorization: Bearer`.
    Token(Bearer),
    /// `?ticket=` of a WebSocket.
    Ticket(Bearer),
    /// An identity provider in front of the server vouches for this address, in lower case.
    Access {
        /// The e-mail address.
        email: String,
        /// The end of the provider's statement.
        until: Timestamp,
        /// Whether the settings name this address as the owner's.
        is_owner: bool,
    },
}

/// The target of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Not a conversation.
    None,
    /// The pages, transcript or files of this conversation.
    Conversation(String),
    /// A WebSocket to this conversation.
    Connection(String),
    /// The person's directory.
    Directory,
    /// A WebSocket to that directory.
    DirectoryConnection,
}

/// A request to the accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Identifies a caller.
    Authenticate {
        /// The credential.
        presented: Presented,
        /// The target of the caller's request.
        target: Target,
    },
    /// Returns the amount that this person has spent today (UTC).
    Spent(PersonId),
    /// Adds to the amount that a person has spent today.
    Spend {
        /// The person.
        person: PersonId,
        /// The additional amount.
        amount: MicroUsd,
    },
    /// Returns the purpose of a link, which stays usable.
    Look(Bearer),
    /// Uses a one-time link or an invitation.
    Redeem {
        /// The text of the link.
        link: Bearer,
        /// The name of the browser.
        device: String,
        /// The person who is already signed in there.
        by: Option<Caller>,
    },
    /// A request of a signed-in person.
    By(Box<Caller>, Change),
}

/// A request of a signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Show the account.
    Show,
    /// End a session, token, link or invitation.
    Revoke(CredentialId),
    /// End all other sessions.
    RevokeOtherSessions,
    /// Create a one-time link for another device.
    MakeLink,
    /// Create a ticket for one WebSocket.
    MakeTicket,
    /// Create a token.
    MakeToken {
        /// Its name, chosen by the person.
        name: String,
        /// Its scopes.
        scopes: Scopes,
        /// The only conversation it is valid for.
        conversation: Option<String>,
        /// Its lifetime in days; `None` when it never ends.
        days: Option<u32>,
    },
    /// Create an invitation.
    Invite {
        /// The newcomer's name.
        name: String,
        /// What the newcomer is invited to.
        to: Invited,
    },
    /// Remove a person.
    Remove(PersonId),
}

/// An answer of the accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The identified caller.
    Caller {
        /// The caller.
        caller: Box<Caller>,
        /// Whether to set the session cookie again, since the session was extended.
        is_renewed: bool,
    },
    /// The amount spent today.
    Spent(MicroUsd),
    /// The purpose of a link.
    Link(LinkPurpose),
    /// A person has signed in, or may now see a conversation.
    SignedIn {
        /// The secret of the new session; `None` when there is a session already.
        session: Option<Bearer>,
        /// The path to open next.
        to: String,
    },
    /// The account.
    Overview(Box<Overview>),
    /// A secret that is shown once: of a link, token or ticket.
    Made(Bearer),
    /// The change was made.
    Done,
}

/// The purpose of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Signs in the person it was made for.
    SignIn,
    /// Invites a member.
    Member,
    /// Shares a conversation.
    Viewer {
        /// The conversation.
        conversation: String,
    },
}

/// The account as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The person's name.
    pub name: String,
    /// The person's role.
    pub role: Role,
    /// The person's sessions, newest first.
    pub sessions: Vec<SessionShown>,
    /// The person's tokens, newest first.
    pub tokens: Vec<TokenShown>,
    /// The person's unused invitations, newest first.
    pub invitations: Vec<InvitationShown>,
    /// All people; empty unless the person may see them.
    pub people: Vec<PersonShown>,
    /// The conversations shared with the person.
    pub shared: Vec<String>,
}

/// A session, as shown on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionShown {
    /// Its id.
    pub id: CredentialId,
    /// The name of the browser.
    pub device: String,
    /// The time of the last use, accurate to some minutes.
    pub used_at: Timestamp,
    /// Whether it is the session of the request.
    pub is_current: bool,
}

/// A token, as shown on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenShown {
    /// Its id.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// Its scopes.
    pub scopes: Scopes,
    /// The only conversation it is valid for.
    pub conversation: Option<String>,
    /// The time of the last use; `None` when unused.
    pub used_at: Option<Timestamp>,
    /// When it ends; `None` when it never does.
    pub expires_at: Option<Timestamp>,
}

/// An invitation, as shown on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationShown {
    /// Its id.
    pub id: CredentialId,
    /// The newcomer's name.
    pub name: String,
    /// What the newcomer is invited to.
    pub to: Invited,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A person, as shown on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonShown {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The conversations shared with them.
    pub shared: Vec<String>,
}

/// The answer, or the reason for a refusal.
pub type Outcome = Result<Answer, AccountsError>;
