//! The agent's answers to an undo, a redo or a check.

use common::{callable::Callable, client::ChatError, workspace::Undone};
use serde_json::Value;

/// The answer to an undo or a redo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done; these places stay as they are.
    Done(Vec<String>),
    /// Nothing was done: the same lines were changed since in these places.
    Conflict(Vec<String>),
    /// Nothing was done, for this reason.
    Failed(String),
}

impl Outcome {
    /// Reads it.
    pub(super) fn of(answer: Result<Value, ChatError>) -> Self {
        match answer.map(Undone::from_json) {
            Ok(Some(Undone {
                error: Some(_),
                kept,
                ..
            })) => Self::Conflict(kept),
            Ok(Some(Undone {
                error: None, kept, ..
            })) => Self::Done(kept),
            Ok(None) => Self::Failed("The server's answer could not be read.".to_owned()),
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// The sentence for the user about what was done.
pub(super) fn done_words(method: Callable) -> &'static str {
    if method == Callable::Redo {
        "The changes are made again."
    } else {
        "The changes are undone."
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_says_what_was_done_or_what_stands_in_the_way() {
        let kept = vec!["a.txt".to_owned()];
        for (answer, expected) in [
            (
                json!({"version": 3, "answers": ["m"], "kept": []}),
                Outcome::Done(Vec::new()),
            ),
            (
                json!({"version": 3, "answers": ["m"], "kept": ["a.txt"]}),
                Outcome::Done(kept.clone()),
            ),
            (
                json!({"version": 0, "answers": [], "kept": ["a.txt"], "error": "Choose."}),
                Outcome::Conflict(kept),
            ),
            (
                Value::Null,
                Outcome::Failed("The server's answer could not be read.".to_owned()),
            ),
        ] {
            assert_eq!(Outcome::of(Ok(answer)), expected);
        }
        let refused = ChatError::CallFailed("There is nothing to undo.".to_owned());
        assert!(matches!(Outcome::of(Err(refused)), Outcome::Failed(_)));
    }
}
