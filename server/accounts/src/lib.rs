//! Accounts: who may do what, and how they prove their identity.
//!
//! - [`caller`]: the caller of a request. [`rights`]: what a caller may do with a conversation;
//!   [`guard`] admits callers accordingly.
//! - [`machine`]: people, sessions, tokens, links, invitations, tickets, and daily spending. [`request`]: its
//!   requests and answers. [`records`]: its rows. [`error`]: its errors.
//! - [`secret`]: creates secrets and hashes them. [`owner_link`]: the link for the owner's first sign-in.
//!
//! - [`connection`]: properties of connections. [`place`]: where connections are.
//! - [`access`]: assertions of Cloudflare Access.
//! - [`http`]: sign-ins in cookies, headers and URLs.
//!
//! Pages and the transport of requests belong to the edge of `server`.

pub mod access;
mod caller;
mod connection;
mod error;
mod guard;
pub mod http;
mod machine;
mod micro_usd;
mod owner_link;
mod place;
mod records;
mod request;
mod rights;
mod secret;

pub use caller::{CALLER_HEADER, Caller, CredentialId, Role, Scope, Scopes};
/// In `common`, since limits count people without knowing accounts; offered here beside [`Caller`].
pub use common::id::PersonId;
pub use connection::{Access, ConnectionKey, Protocol};
pub use error::{AccountsError, SignInProblem};
pub use guard::Guard;
pub use machine::{Accounts, SESSION_LIFE, TICKET_LIFE, conversation_name};
pub use micro_usd::MicroUsd;
pub use place::Place;
pub use records::Invited;
pub use request::{
    Answer, Change, InvitationShown, LinkPurpose, Outcome, Overview, PersonShown, Presented,
    Request, SessionShown, Target, TokenShown,
};
pub use rights::{Denial, Guarded, Intent, Ownership};
pub use secret::{Bearer, RandomSource};

#[cfg(test)]
mod tests;
