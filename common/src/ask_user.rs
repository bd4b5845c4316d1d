//! `ask_user`: the tool with which the model asks the user a question. Its input is the question, its output the
//! answer.

use serde_json::{Value, json};

use crate::fields::{Record as _, lenient};

/// The name of the tool.
pub const NAME: &str = "ask_user";

/// The maximum number of options in a question: each gets a button.
pub const MAX_OPTIONS: usize = 6;

/// The maximum number of characters in a question.
pub const MAX_QUESTION_CHARS: usize = 2_000;

/// The maximum number of characters in an option, which is the label of a button.
pub const MAX_OPTION_CHARS: usize = 200;

/// The field of the output that holds the answer.
const ANSWER: &str = "answer";

record! {
    /// A question to the user. The agent checks what its model writes; another server's question may have any
    /// content.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Question {
        /// The question, in markdown; `None` when the input has none that can be shown.
        pub question: Option<String> = lenient "question",
        /// Suggested answers, at most [`MAX_OPTIONS`].
        pub options: Vec<String> = options "options",
    }
}

/// Strings in an array. Other values, and strings beyond the limit, are dropped.
mod options {
    use serde_json::Value;

    use super::MAX_OPTIONS;
    use crate::fields::{FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Vec<String>, FieldError> {
        let Some(Value::Array(options)) = fields.value(name) else {
            return Ok(Vec::new());
        };
        let text = |option: Value| option.as_str().map(str::to_owned);
        let options = options.into_iter().take(MAX_OPTIONS);
        Ok(options.filter_map(text).collect())
    }

    pub(super) fn put(options: &[String], fields: &mut Fields, name: &str) {
        if !options.is_empty() {
            fields.set(name, options.to_vec());
        }
    }
}

impl Question {
    /// Reads the input of a call.
    #[must_use]
    pub fn from_input(input: &Value) -> Self {
        Self::from_json(input.clone()).unwrap_or_default()
    }

    /// The input of a call that asks this question.
    #[must_use]
    pub fn to_input(&self) -> Value {
        self.to_json()
    }
}

/// The output of a call that the user answered with `words`.
#[must_use]
pub fn answered(words: &str) -> Value {
    json!({ ANSWER: words })
}

/// The answer in an output. Other clients send it as a plain string.
#[must_use]
pub fn answer(output: &Value) -> Option<&str> {
    output.get(ANSWER).unwrap_or(output).as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers_are_written_and_read() {
        let question = Question {
            question: Some("Which?".to_owned()),
            options: vec!["a".to_owned(), "b".to_owned()],
        };
        let input = json!({"question": "Which?", "options": ["a", "b"]});
        assert_eq!(question.to_input(), input);
        assert_eq!(Question::from_input(&input), question);
        assert_eq!(answer(&answered("a")), Some("a"));
        assert_eq!(answer(&json!("a")), Some("a"));
        assert_eq!(answer(&json!({"text": "a"})), None);
    }

    #[test]
    fn unreadable_questions_are_left_out() {
        let many: Vec<String> = (0..9).map(|option| option.to_string()).collect();
        let options = |options: Value| Question::from_input(&json!({ "options": options })).options;
        assert_eq!(options(json!(many)).len(), MAX_OPTIONS);
        assert_eq!(options(json!(["a", 7])), ["a"]);
        for odd in [json!("a, b"), Value::Null] {
            assert_eq!(options(odd), [""; 0]);
        }
        for odd in [json!(null), json!({"question": 7})] {
            assert_eq!(Question::from_input(&odd), Question::default());
        }
    }
}
