//! Errors between the user and the agent, with their texts.

use std::fmt;

use crate::client::close::Close;

/// An error between the user and the agent. Each has a stable code, a cause, a loss and a next step. A lost
/// connection is a state, not an error: the client reconnects by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatError {
    /// The turn failed; holds the server's text, which has cause and next step.
    TurnFailed(String),
    /// The turn failed and the server gave no reason.
    TurnFailedSilently,
    /// The server did not accept the message after several attempts.
    MessageNotTaken,
    /// The server refused the message; holds its text.
    MessageRefused(String),
    /// The message exceeds the size of a frame.
    MessageTooLong,
    /// The browser cannot store unsent messages.
    NotKept,
    /// The agent refused a state; holds its text.
    StateRefused(String),
    /// A method failed; holds the agent's text.
    CallFailed(String),
    /// A call was not answered in time.
    CallTimedOut,
    /// The connection was lost during a call.
    CallCutOff,
    /// The server refuses this client permanently.
    Refused(Close),
    /// The message was already sent and cannot be withdrawn.
    TooLateToWithdraw,
    /// The request needs an earlier message that is not loaded.
    NotLoaded,
    /// A turn is running, and the request would cut off its answer.
    Busy,
    /// A clear waited too long for a connection and was dropped.
    NotCleared,
}

impl ChatError {
    /// The stable code for programs.
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

    /// The cause.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::TurnFailed(words) | Self::MessageRefused(words) | Self::CallFailed(words) => {
                words.clone()
            }
            Self::TurnFailedSilently => "The turn failed and the server gave no reason.".to_owned(),
            Self::MessageNotTaken => "The server did not accept the message.".to_owned(),
            Self::MessageTooLong => "The message is too long to be sent.".to_owned(),
            Self::NotKept => {
                "This browser cannot store unsent messages: its storage is full or turned off."
                    .to_owned()
            }
            Self::StateRefused(words) => format!("The agent refused the new state: {words}"),
            Self::CallTimedOut => "The agent did not answer the call in time.".to_owned(),
            Self::CallCutOff => "Connection closed before the call was answered.".to_owned(),
            Self::Refused(close) => format!("Refused: {}", close.meaning_or_reason()),
            Self::TooLateToWithdraw => "The message was sent already.".to_owned(),
            Self::NotLoaded => {
                "The message that is to be answered again is not loaded.".to_owned()
            }
            Self::Busy => "An answer is being written.".to_owned(),
            Self::NotCleared => {
                "The conversation was not cleared: there was no connection for more than ten minutes, and other clients may have written in it."
                    .to_owned()
            }
        }
    }

    /// The loss that the error caused.
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
            Self::NotKept => "Unsent messages are lost when this page is closed.",
            Self::StateRefused(_) => "The change is undone.",
            Self::CallTimedOut | Self::CallCutOff => "The call may have been carried out.",
        }
    }

    /// What the user can do. Empty where the cause says it.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::TurnFailed(_) | Self::CallFailed(_) => "",
            Self::TurnFailedSilently | Self::MessageNotTaken | Self::MessageRefused(_) => {
                "Try again."
            }
            Self::MessageTooLong => "Shorten it.",
            Self::NotKept => "Keep the page open until they are sent, or free some space.",
            Self::StateRefused(_) => "Choose a value that the agent accepts.",
            Self::CallTimedOut | Self::CallCutOff => "Check whether it was, then call again.",
            Self::Refused(_) => "Check the connection to see why.",
            Self::TooLateToWithdraw => "Stop its answer instead.",
            Self::NotLoaded => "Show earlier messages, then try again.",
            Self::Busy => "Wait until it is complete, or stop it first.",
            Self::NotCleared => "Clear it again if you still want to.",
        }
    }
}

/// The cause and the next step.
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
            let reported = error.to_string();
            assert!(reported.starts_with(&error.cause()), "{reported}");
            assert!(reported.ends_with(error.next_step()), "{reported}");
            assert!(error.lost().ends_with('.'), "{}", error.code());
            let code = format!("`{}`", error.code());
            assert!(DOCUMENT.contains(&code), "docs/use_chat.md lists {code}");
        }
    }
}
