//! What can be wrong with a sign-in, or with a change of the accounts.

use common::http::ErrorCode;
use serde::{Deserialize, Serialize};
use sql::SqlError;
use thiserror::Error;

/// Why a credential is not taken. `Display` says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInProblem {
    /// There is none.
    #[error("Sign in first.")]
    Missing,
    /// It is none of this server's.
    #[error("This sign-in is not known here. Sign in again.")]
    Unknown,
    /// Its time is over.
    #[error("This sign-in has expired. Sign in again.")]
    Expired,
    /// It, or its person's access, was taken back.
    #[error("This sign-in was revoked. Sign in again.")]
    Revoked,
    /// It is good for one use and was used.
    #[error("This was used already, and it is good for one use. Ask for a new one.")]
    Used,
    /// It was made for another conversation.
    #[error("This token was made for another conversation.")]
    OtherConversation,
}

impl SignInProblem {
    /// Every one of them.
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Unknown,
        Self::Expired,
        Self::Revoked,
        Self::Used,
        Self::OtherConversation,
    ];

    /// A name for programs.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::NotSignedIn,
            Self::Unknown => ErrorCode::SignInUnknown,
            Self::Expired => ErrorCode::SignInExpired,
            Self::Revoked => ErrorCode::SignInRevoked,
            Self::Used => ErrorCode::AlreadyUsed,
            Self::OtherConversation => ErrorCode::NotFound,
        }
    }

    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Missing | Self::Unknown | Self::Expired | Self::Revoked | Self::Used => 401,
            Self::OtherConversation => 404,
        }
    }
}

/// Why the accounts did not do what was asked of them. `Display` is for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsError {
    /// The sign-in is not taken.
    #[error("{0}")]
    SignIn(SignInProblem),
    /// The caller may not do this.
    #[error("You may not do this: {0}.")]
    NotAllowed(String),
    /// There is no such thing, or it is somebody else's.
    #[error("There is no such {0}, or it is not yours.")]
    NoSuch(String),
    /// A value cannot be used.
    #[error("{field} {rule}.")]
    Unusable {
        /// What it is called on the page.
        field: String,
        /// What it must be.
        rule: String,
    },
    /// There are too many already.
    #[error("There are {most} {what} already. Revoke one first.")]
    TooMany {
        /// Of what.
        what: String,
        /// How many there may be.
        most: u32,
    },
    /// An invitation for a newcomer was opened by somebody who is signed in.
    #[error(
        "You are signed in here already. Sign out before you take another person's invitation."
    )]
    AlreadySignedIn,
    /// The store failed. The cause is in the log.
    #[error("The accounts could not be read or written. Try again.")]
    Store(String),
    /// The platform gave no random numbers.
    #[error("The server has no random numbers now. Try again.")]
    NoRandomness,
}

impl AccountsError {
    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignIn(problem) => problem.status(),
            Self::NotAllowed(_) => 403,
            Self::NoSuch(_) => 404,
            Self::Unusable { .. } => 400,
            Self::TooMany { .. } | Self::AlreadySignedIn => 409,
            Self::Store(_) | Self::NoRandomness => 500,
        }
    }

    /// A name for programs.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::SignIn(problem) => problem.code(),
            Self::NotAllowed(_) => ErrorCode::NotAllowed,
            Self::NoSuch(_) => ErrorCode::NotFound,
            Self::Unusable { .. } => ErrorCode::Unusable,
            Self::TooMany { .. } => ErrorCode::TooMany,
            Self::AlreadySignedIn => ErrorCode::AlreadySignedIn,
            Self::Store(_) => ErrorCode::StoreFailed,
            Self::NoRandomness => ErrorCode::NoRandomness,
        }
    }
}

impl From<SignInProblem> for AccountsError {
    fn from(problem: SignInProblem) -> Self {
        Self::SignIn(problem)
    }
}

impl From<SqlError> for AccountsError {
    fn from(error: SqlError) -> Self {
        Self::Store(error.to_string())
    }
}
