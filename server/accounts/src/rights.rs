//! What a caller may do with a conversation.

use common::{final_close::FinalClose, http::ErrorCode, naming, time::Timestamp};
use thiserror::Error;

use super::{Caller, PersonId, Role, Scope};

/// The effect of a frame, call or request on a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// It changes nothing stored and costs nothing.
    Reads,
    /// It changes the conversation, or causes a model call.
    Changes,
    /// It answers a request of the agent, which may let a tool run.
    Answers,
    /// It changes files.
    ChangesFiles,
}

impl Intent {
    /// The intent of a request about files. An unknown method may change anything.
    #[must_use]
    pub fn of_files_request(method: &str) -> Self {
        match method {
            "GET" | "HEAD" | "OPTIONS" => Self::Reads,
            _ => Self::ChangesFiles,
        }
    }

    const fn scope(self) -> Scope {
        match self {
            Self::Reads => Scope::Read,
            Self::Changes | Self::Answers => Scope::Chat,
            Self::ChangesFiles => Scope::Files,
        }
    }
}

/// The owner of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// None: nothing was written, and the first writer becomes the owner.
    Nobody,
    /// None, and nobody can become it: the name is too long for a new conversation.
    NameTooLong,
    /// This person.
    Of(PersonId),
}

/// The facts about a conversation that decide who may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// The owner.
    pub owner: Ownership,
    /// Distinguishes its store from an earlier one of the same name.
    pub epoch: String,
}

/// Why a caller is refused. `Display` is a sentence without its full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// The caller is not signed in.
    #[error("sign in first")]
    NotSignedIn,
    /// The sign-in has expired.
    #[error("the sign-in has expired; sign in again")]
    Expired,
    /// The sign-in was revoked.
    #[error("the sign-in was revoked; sign in again")]
    Revoked,
    /// The conversation belongs to another person, or to nobody and the caller may not begin one. The text is the
    /// same as for one that does not exist.
    #[error("there is no such conversation, or it is not yours")]
    NotYours,
    /// The conversation is shared for reading.
    #[error("this conversation was shared with you for reading; only its owner can change it")]
    SharedForReading,
    /// The connection is read-only by its own request.
    #[error("Connection is readonly")]
    Readonly,
    /// Nothing is stored under this name, and nothing can be.
    #[error(
        "the name of this conversation is longer than {} characters; begin one with a shorter name",
        naming::MAX_NAME_CHARS
    )]
    NameTooLong,
    /// The token lacks this scope.
    #[error("this token lacks the scope `{}`; use one that has it", .0.as_str())]
    MissingScope(Scope),
}

impl Denial {
    /// How a refused connection is closed; `None`: it stays open and the frame is refused.
    #[must_use]
    pub const fn ends_with(self) -> Option<FinalClose> {
        match self {
            Self::NotSignedIn | Self::Expired | Self::Revoked => Some(FinalClose::NotSignedIn),
            Self::NotYours => Some(FinalClose::NotAllowed),
            Self::SharedForReading | Self::Readonly | Self::NameTooLong | Self::MissingScope(_) => {
                None
            }
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NotSignedIn | Self::Expired | Self::Revoked => 401,
            Self::NotYours => 404,
            Self::NameTooLong => 400,
            Self::SharedForReading | Self::Readonly | Self::MissingScope(_) => 403,
        }
    }

    /// The code for programs.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::NotSignedIn => ErrorCode::NotSignedIn,
            Self::Expired => ErrorCode::SignInExpired,
            Self::Revoked => ErrorCode::SignInRevoked,
            Self::NotYours => ErrorCode::NotFound,
            Self::SharedForReading => ErrorCode::SharedForReading,
            Self::Readonly => ErrorCode::Readonly,
            Self::NameTooLong => ErrorCode::NameTooLong,
            Self::MissingScope(_) => ErrorCode::MissingScope,
        }
    }

    /// The text as a sentence.
    #[must_use]
    pub fn sentence(self) -> String {
        let words = self.to_string();
        let mut characters = words.chars();
        let first = characters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(characters).chain(['.']).collect()
    }
}

impl Guarded {
    /// A conversation that nobody has begun.
    pub const NEW: Self = Self {
        owner: Ownership::Nobody,
        epoch: String::new(),
    };

    /// The same for a conversation of this name, as in the URL. One that exists keeps its name, however long.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        if self.owner == Ownership::Nobody && !naming::is_short_enough(name) {
            self.owner = Ownership::NameTooLong;
        }
        self
    }

    /// Checks whether a caller may do what it intends.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn admit(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        intent: Intent,
    ) -> Result<(), Denial> {
        let caller = caller.ok_or(Denial::NotSignedIn)?;
        if caller.until.is_some_and(|until| until <= now) {
            return Err(Denial::Expired);
        }
        let is_own = match (&self.owner, caller.role) {
            (Ownership::Of(owner), _) => *owner == caller.person,
            (Ownership::Nobody | Ownership::NameTooLong, Role::Owner | Role::Member) => true,
            (Ownership::Nobody | Ownership::NameTooLong, Role::Viewer) => false,
        };
        let is_shared = caller.shared.as_ref() == Some(&self.epoch);
        match (is_own, is_shared, intent) {
            (true, _, _) | (false, true, Intent::Reads) => {}
            (false, true, Intent::Changes | Intent::Answers | Intent::ChangesFiles) => {
                return Err(Denial::SharedForReading);
            }
            (false, false, _) => return Err(Denial::NotYours),
        }
        let scope = intent.scope();
        if !caller.scopes.has(scope) {
            return Err(Denial::MissingScope(scope));
        }
        match (&self.owner, intent) {
            (Ownership::Nobody | Ownership::Of(_), _) | (Ownership::NameTooLong, Intent::Reads) => {
                Ok(())
            }
            (Ownership::NameTooLong, Intent::Changes | Intent::Answers | Intent::ChangesFiles) => {
                Err(Denial::NameTooLong)
            }
        }
    }
}

#[cfg(test)]
mod tests;
