//! Who may do what, and how they prove it.
//!
//! - [`caller`]: who calls. [`rights`]: what a caller may do with a conversation.
//! - [`machine`]: people, sessions, tokens, links, invitations, tickets, and what people
//!   spend in a day. [`request`]: what it is asked, and its
//!   answers. [`records`]: its rows. [`error`]: what can be wrong.
//! - [`secret`]: how secrets are made and kept. [`owner_link`]: the link that the owner begins with.
//!
//! - [`connection`]: which connection, and what it may do. [`place`]: where connections are.
//! - [`access`]: what Cloudflare Access says of somebody.
//! - [`http`]: sign-ins in cookies, headers and addresses.
//!
//! Not here: pages, and who asks (the edge of `server`).

pub mod access;
mod caller;
mod connection;
mod error;
pub mod http;
mod machine;
mod micro_usd;
mod owner_link;
mod place;
mod records;
mod request;
mod rights;
mod secret;

pub use caller::{CALLER_HEADER, Caller, CredentialId, PersonId, Role, Scope, Scopes};
pub use connection::{Access, ConnectionKey, Protocol};
pub use error::{AccountsError, SignInProblem};
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
