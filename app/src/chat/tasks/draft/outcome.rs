//! Decisions about the draft, and the agent's answers to them.

use common::{
    callable::Callable,
    client::ChatError,
    workspace::{DraftChoice, DraftDecided, DraftedFile},
};
use serde_json::Value;

/// The answer to a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done; a sentence about it.
    Done(String),
    /// Nothing was done: the user has changed the same lines in these places.
    Conflict(Vec<String>),
    /// Nothing was done, for this reason.
    Failed(String),
}

impl Outcome {
    pub(super) fn of(method: Callable, answer: Result<Value, ChatError>) -> Self {
        match answer.map(DraftDecided::from_json) {
            Ok(Some(DraftDecided {
                error: Some(_),
                conflicts,
                ..
            })) => Self::Conflict(conflicts),
            Ok(Some(DraftDecided { left, .. })) => {
                let done = if method == Callable::DropDraft {
                    "Dropped."
                } else {
                    "Kept in your files."
                };
                Self::Done(format!("{done} {}.", count_words(left)))
            }
            Ok(None) => Self::Failed("The server's answer could not be read.".to_owned()),
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// How many files wait, as a sentence.
pub(super) fn count_words(files: u64) -> String {
    match files {
        0 => "No file waits for your decision".to_owned(),
        1 => "1 file waits for your decision".to_owned(),
        files => format!("{files} files wait for your decision"),
    }
}

/// A file, or one of its hunks, as it is shown.
pub(super) fn choice_of(file: &DraftedFile, hunk: Option<u64>) -> DraftChoice {
    DraftChoice {
        path: file.path.clone(),
        version: Some(file.version.clone()),
        hunks: hunk.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_says_what_was_done_or_what_stands_in_the_way() {
        let done = json!({"version": 3, "left": 1, "conflicts": []});
        for (method, answer, expected) in [
            (
                Callable::KeepDraft,
                done.clone(),
                Outcome::Done("Kept in your files. 1 file waits for your decision.".to_owned()),
            ),
            (
                Callable::DropDraft,
                done,
                Outcome::Done("Dropped. 1 file waits for your decision.".to_owned()),
            ),
            (
                Callable::KeepDraft,
                json!({"conflicts": ["a.txt"], "error": "Choose."}),
                Outcome::Conflict(vec!["a.txt".to_owned()]),
            ),
            (
                Callable::KeepDraft,
                Value::Null,
                Outcome::Failed("The server's answer could not be read.".to_owned()),
            ),
        ] {
            assert_eq!(Outcome::of(method, Ok(answer)), expected);
        }
        let refused = ChatError::CallFailed("It has changed.".to_owned());
        let failed = Outcome::of(Callable::KeepDraft, Err(refused));
        assert!(matches!(failed, Outcome::Failed(_)));
    }
}
