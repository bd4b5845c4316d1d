//! What the Worker asks of the accounts, and what it is answered.

use common::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountsError, Bearer, Caller, CredentialId, Invited, MicroUsd, PersonId, Role, Scopes,
};

/// How somebody proves who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presented {
    /// The session cookie.
    Session(Bearer),
    /// `Authorization: Bearer`.
    Token(Bearer),
    /// `?ticket=` of a WebSocket.
    Ticket(Bearer),
    /// The identity provider in front of the server vouches for this address, in lower case.
    Access {
        /// The e-mail address.
        email: String,
        /// Until when.
        until: Timestamp,
        /// Whether the settings name it as the owner's.
        is_owner: bool,
    },
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// No conversation.
    None,
    /// This conversation's pages, transcript or files.
    Conversation(String),
    /// A WebSocket to this conversation.
    Connection(String),
    /// The list of the person's conversations.
    Directory,
    /// A WebSocket to that list.
    DirectoryConnection,
}

/// A request to the accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Who is this?
    Authenticate {
        /// The proof.
        presented: Presented,
        /// What for.
        target: Target,
    },
    /// What has this person spent today (UTC)?
    Spent(PersonId),
    /// Add to what a person has spent today.
    Spend {
        /// Who.
        person: PersonId,
        /// How much more.
        amount: MicroUsd,
    },
    /// What is this link for? It is not used up.
    Look(Bearer),
    /// Use a one-time link or an invitation.
    Redeem {
        /// The link's text.
        link: Bearer,
        /// What the browser calls itself.
        device: String,
        /// Who is signed in there already.
        by: Option<Caller>,
    },
    /// Everything below is done by somebody who is signed in.
    By(Box<Caller>, Change),
}

/// What somebody who is signed in asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// What is there.
    Show,
    /// End the session, token, link or invitation of this id.
    Revoke(CredentialId),
    /// End every session but the one that asks.
    RevokeOtherSessions,
    /// A one-time link for another device.
    MakeLink,
    /// A ticket for one WebSocket.
    MakeTicket,
    /// A token.
    MakeToken {
        /// What it is for, in the person's words.
        name: String,
        /// What it is good for.
        scopes: Scopes,
        /// The only conversation it is good for.
        conversation: Option<String>,
        /// In how many days it ends; `None`: never.
        days: Option<u32>,
    },
    /// An invitation.
    Invite {
        /// The newcomer's name.
        name: String,
        /// To what.
        to: Invited,
    },
    /// Take a person's access back.
    Remove(PersonId),
}

/// What the accounts answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Who it is.
    Caller {
        /// Who.
        caller: Box<Caller>,
        /// The session's cookie is to be set anew, since its end was put off.
        is_renewed: bool,
    },
    /// What somebody has spent today.
    Spent(MicroUsd),
    /// What a link is for.
    Link(LinkPurpose),
    /// Somebody has signed in, or may see a conversation from now on.
    SignedIn {
        /// The new session's secret; `None`: there is a session already.
        session: Option<Bearer>,
        /// Where to go, a path.
        to: String,
    },
    /// What is there.
    Overview(Box<Overview>),
    /// A secret that is shown once: a link, a token or a ticket.
    Made(Bearer),
    /// It is done.
    Done,
}

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Signs in whom it was made for.
    SignIn,
    /// Invites a member.
    Member,
    /// Shares a conversation.
    Viewer {
        /// Which.
        conversation: String,
    },
}

/// What somebody sees of the accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The name of who asks.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Their sessions, the newest first.
    pub sessions: Vec<SessionShown>,
    /// Their tokens, the newest first.
    pub tokens: Vec<TokenShown>,
    /// Their invitations that nobody has used, the newest first.
    pub invitations: Vec<InvitationShown>,
    /// Everybody; empty for those who may not see it.
    pub people: Vec<PersonShown>,
    /// The conversations that were shared with them.
    pub shared: Vec<String>,
}

/// A session on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionShown {
    /// Its id.
    pub id: CredentialId,
    /// What the browser called itself.
    pub device: String,
    /// When it was last used, to some minutes.
    pub used_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// A token on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenShown {
    /// Its id.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// What it is good for.
    pub scopes: Scopes,
    /// The only conversation it is good for.
    pub conversation: Option<String>,
    /// When it was last used; `None`: never.
    pub used_at: Option<Timestamp>,
    /// When it ends; `None`: never.
    pub expires_at: Option<Timestamp>,
}

/// An invitation on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationShown {
    /// Its id.
    pub id: CredentialId,
    /// The newcomer's name.
    pub name: String,
    /// To what.
    pub to: Invited,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A person on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonShown {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The conversations that were shared with them.
    pub shared: Vec<String>,
}

/// The answer, or why there is none.
pub type Outcome = Result<Answer, AccountsError>;
