//! Errors of sign-ins and of changes to the accounts.

use common::http::ErrorCode;
use serde::{Deserialize, Serialize};
use sql::SqlError;
use thiserror::Error;

/// Why a credential is refused. `Display` includes the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInProblem {
    /// No credential was sent.
    #[error("Sign in first.")]
    Missing,
    /// The credential was not issued by this server.
    #[error("This sign-in is not known here. Sign in again.")]
    Unknown,
    /// The credential has expired.
    #[error("This sign-in has expired. Sign in again.")]
    Expired,
    /// The credential, or its person's access, was revoked.
    #[error("This sign-in was revoked. Sign in again.")]
    Revoked,
    /// The one-time credential was already used.
    #[error("This was used already, and it is good for one use. Ask for a new one.")]
    Used,
    /// The credential belongs to another conversation.
    #[error("This token was made for another conversation.")]
    OtherConversation,
}

impl SignInProblem {
    /// All variants.
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Unknown,
        Self::Expired,
        Self::Revoked,
        Self::Used,
        Self::OtherConversation,
    ];

    /// The code for programs.
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

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Missing | Self::Unknown | Self::Expired | Self::Revoked | Self::Used => 401,
            Self::OtherConversation => 404,
        }
    }
}

/// Why the accounts refused a request. `Display` is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsError {
    /// The sign-in is invalid.
    #[error("{0}")]
    SignIn(SignInProblem),
    /// The caller is not permitted to do this.
    #[error("You may not do this: {0}.")]
    NotAllowed(String),
    /// The thing does not exist, or belongs to another person.
    #[error("There is no such {0}, or it is not yours.")]
    NoSuch(String),
    /// A value is invalid.
    #[error("{field} {rule}.")]
    Unusable {
        /// The name of the field on the page.
        field: String,
        /// The rule for its value.
        rule: String,
    },
    /// A maximum number is reached.
    #[error("There are {most} {what} already. Revoke one first.")]
    TooMany {
        /// What is counted.
        what: String,
        /// The maximum number.
        most: u32,
    },
    /// A signed-in person opened an invitation for a newcomer.
    #[error(
        "You are signed in here already. Sign out before you take another person's invitation."
    )]
    AlreadySignedIn,
    /// The store failed. The log has the cause.
    #[error("The accounts could not be read or written. Try again.")]
    Store(String),
    /// The platform returned no random numbers.
    #[error("The server has no random numbers now. Try again.")]
    NoRandomness,
}

impl AccountsError {
    /// The HTTP status.
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

    /// The code for programs.
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
