//! What can go wrong, in words.

use std::fmt;

use crate::client::close::Close;

/// Everything that can go wrong between the user and the agent. Each has a stable code, a cause, what it cost, and a
/// next step. Losing the connection is none of these: it is a state, and it is mended without the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatError {
    /// The turn failed; the server's words, which say cause and next step.
    TurnFailed(String),
    /// The turn failed and the server gave no reason.
    TurnFailedSilently,
    /// The server, asked several times, did not take the message.
    MessageNotTaken,
    /// The server refused the message; its words.
    MessageRefused(String),
    /// The message does not fit into a frame.
    MessageTooLong,
    /// The browser does not keep what is not sent yet.
    NotKept,
    /// The agent refused a state; its words.
    StateRefused(String),
    /// A method failed; the agent's words.
    CallFailed(String),
    /// A call was not over in time.
    CallTimedOut,
    /// The connection was lost while a call was under way.
    CallCutOff,
    /// The server refuses this client for good.
    Refused(Close),
    /// The message was sent.
    TooLateToWithdraw,
    /// What was asked for needs an earlier message that is not loaded.
    NotLoaded,
    /// A turn runs, and what was asked for would cut off its answer.
    Busy,
    /// The conversation was to be emptied, and it was too long until there was a connection.
    NotCleared,
}

impl ChatError {
    /// What programs know it by.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TurnFailed(_) => "turn_failed",
            Self::TurnFailedSilently => "turn_failed_silently",
            Self::MessageNotTaken => "message_not_taken",
            Self::MessageRefused(_) => "message_refused",
            Self::MessageTooLong => "message_too_long",
            Self::NotKept => "not_kept",
            Self::StateRefused(_) => "state_refused",
            Self::CallFailed(_) => "call_failed",
            Self::CallTimedOut => "call_timed_out",
            Self::CallCutOff => "call_cut_off",
            Self::Refused(_) => "refused",
            Self::TooLateToWithdraw => "too_late_to_withdraw",
            Self::NotLoaded => "not_loaded",
            Self::Busy => "busy",
            Self::NotCleared => "not_cleared",
        }
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::TurnFailed(words) | Self::MessageRefused(words) | Self::CallFailed(words) => {
                words.clone()
            }
            Self::TurnFailedSilently => "The turn failed and the server gave no reason.".to_owned(),
            Self::MessageNotTaken => "The server does not take the message.".to_owned(),
            Self::MessageTooLong => "The message is too long to be sent.".to_owned(),
            Self::NotKept => {
                "This browser does not keep unsent messages: its storage is full or turned off."
                    .to_owned()
            }
            Self::StateRefused(words) => format!("The agent refused the new state: {words}"),
            Self::CallTimedOut => "The agent did not answer the call in time.".to_owned(),
            Self::CallCutOff => "Connection closed before the call was answered.".to_owned(),
            Self::Refused(close) => format!("Refused: {}", close.meaning_or_reason()),
            Self::TooLateToWithdraw => "The message was sent already.".to_owned(),
            Self::NotLoaded => {
                "Another answer was asked for, and the message it answers is not loaded.".to_owned()
            }
            Self::Busy => "An answer is being written.".to_owned(),
            Self::NotCleared => {
                "The conversation was not emptied: there was no connection for more than ten minutes, and others may have written in it."
                    .to_owned()
            }
        }
    }

    /// What it cost.
    #[must_use]
    pub const fn lost(&self) -> &'static str {
        match self {
            Self::TurnFailed(_)
            | Self::TurnFailedSilently
            | Self::MessageNotTaken
            | Self::MessageRefused(_)
            | Self::MessageTooLong
            | Self::CallFailed(_)
            | Self::Refused(_)
            | Self::TooLateToWithdraw
            | Self::NotLoaded
            | Self::Busy
            | Self::NotCleared => "Nothing is lost.",
            Self::NotKept => "What is not sent yet is lost when this page is closed.",
            Self::StateRefused(_) => "The change is undone.",
            Self::CallTimedOut | Self::CallCutOff => {
                "Whether the call was carried out is not known."
            }
        }
    }

    /// What to do. Empty where the cause says it.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::TurnFailed(_) | Self::CallFailed(_) => "",
            Self::TurnFailedSilently | Self::MessageNotTaken | Self::MessageRefused(_) => {
                "Try again."
            }
            Self::MessageTooLong => "Shorten it.",
            Self::NotKept => "Keep the page open until they are sent, or free some space.",
            Self::StateRefused(_) => "Change it to what the agent allows.",
            Self::CallTimedOut | Self::CallCutOff => "Look whether it was, then call again.",
            Self::Refused(_) => "Check the connection to see why.",
            Self::TooLateToWithdraw => "Stop its answer instead.",
            Self::NotLoaded => "Show earlier messages, then ask again.",
            Self::Busy => "Wait for its end, or stop it first.",
            Self::NotCleared => "Empty it again if you still want to.",
        }
    }
}

/// Cause and next step.
impl fmt::Display for ChatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause())?;
        match self.next_step() {
            "" => Ok(()),
            step => write!(f, " {step}"),
        }
    }
}

impl std::error::Error for ChatError {}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../../docs/use_chat.md");

    #[test]
    fn each_error_has_a_code_of_its_own_and_says_what_it_cost() {
        let text = || "words".to_owned();
        let close = Close {
            code: 1008,
            reason: String::new(),
        };
        let all = [
            ChatError::TurnFailed(text()),
            ChatError::TurnFailedSilently,
            ChatError::MessageNotTaken,
            ChatError::MessageRefused(text()),
            ChatError::MessageTooLong,
            ChatError::NotKept,
            ChatError::StateRefused(text()),
            ChatError::CallFailed(text()),
            ChatError::CallTimedOut,
            ChatError::CallCutOff,
            ChatError::Refused(close),
            ChatError::TooLateToWithdraw,
            ChatError::NotLoaded,
            ChatError::Busy,
            ChatError::NotCleared,
        ];
        let mut codes: Vec<_> = all.iter().map(ChatError::code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
        for error in all {
            let told = error.to_string();
            assert!(told.starts_with(&error.cause()), "{told}");
            assert!(told.ends_with(error.next_step()), "{told}");
            assert!(error.lost().ends_with('.'), "{}", error.code());
            let code = format!("`{}`", error.code());
            assert!(DOCUMENT.contains(&code), "docs/use_chat.md lists {code}");
        }
    }
}
