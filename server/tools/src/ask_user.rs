//! `ask_user`: a question that only the user can answer.
//!
//! No code runs it: the call waits like one of a client tool, and its output is the answer, `{answer}`. So every
//! client can answer, and the turn continues with the answer. A new message leaves the question unanswered.

pub use common::ask_user::NAME;
use common::{
    ask_user::{self, MAX_OPTION_CHARS, MAX_OPTIONS, MAX_QUESTION_CHARS, Question},
    tool::ToolSchema,
};
use serde_json::Value;

use super::{
    ToolFailure,
    schema::{Described as _, input},
    tool::read,
};

/// The option to continue, when the agent asks whether to continue.
pub const CONTINUE: &str = "Continue";

/// The option to stop.
pub const STOP: &str = "Stop";

const DESCRIPTION: &str = "Asks the user one question and waits for the answer, which is one of the options or a text of the user's \
    own. Call it only for what you can neither find out yourself nor sensibly assume. Do not call other tools beside it.";

input! {
    struct Input {
        /// The question, in a sentence or two.
        question: String,
        /// Up to 6 short answers to choose from, at most 200 characters each. Omit it to let the user write one.
        options: Option<Vec<String>>,
    }
}

/// The description for the model.
pub(super) fn schema() -> ToolSchema {
    ToolSchema {
        name: NAME.to_owned(),
        description: DESCRIPTION.to_owned(),
        parameters: Input::schema(),
    }
}

/// Checks that the question can be shown.
///
/// # Errors
/// When it cannot; the text is for the model.
pub fn check(input: &Value) -> Result<(), ToolFailure> {
    let Input { question, options } = read(input)?;
    let options = options.unwrap_or_default();
    let fits =
        |text: &str, most: usize| !text.trim().is_empty() && text.chars().nth(most).is_none();
    let wrong = if !fits(&question, MAX_QUESTION_CHARS) {
        format!("A question has 1 to {MAX_QUESTION_CHARS} characters.")
    } else if options.len() > MAX_OPTIONS {
        let count = options.len();
        format!("A question may have at most {MAX_OPTIONS} options; this one has {count}.")
    } else if !options.iter().all(|option| fits(option, MAX_OPTION_CHARS)) {
        format!("An option has 1 to {MAX_OPTION_CHARS} characters.")
    } else if (1..)
        .zip(&options)
        .any(|(next, option)| options.iter().skip(next).any(|other| other == option))
    {
        "All options must differ.".to_owned()
    } else {
        return Ok(());
    };
    Err(ToolFailure::Explained(wrong))
}

/// The question whether the agent should continue, after `cause`.
#[must_use]
pub fn whether_to_go_on(cause: &str) -> Value {
    let question = Question {
        question: Some(format!("{cause} Continue?")),
        options: vec![CONTINUE.to_owned(), STOP.to_owned()],
    };
    question.to_input()
}

/// Whether the user answered that question with "Stop".
#[must_use]
pub fn says_stop(input: &Value, output: &Value) -> bool {
    Question::from_input(input).options == [CONTINUE, STOP]
        && ask_user::answer(output) == Some(STOP)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_description_contains_the_limits() {
        let reported = schema().parameters.to_string();
        let limits = format!(
            "Up to {MAX_OPTIONS} short answers to choose from, at most {MAX_OPTION_CHARS} characters each"
        );
        assert!(reported.contains(&limits), "{reported}");
    }

    #[test]
    fn invalid_questions_are_explained() {
        let refused = |input: Value| check(&input).unwrap_err().to_string();
        let options = |options: Value| json!({"question": "Which?", "options": options});
        assert!(refused(json!({})).contains("`question`"));
        assert!(refused(json!({"question": " "})).contains("1 to 2000"));
        assert!(refused(json!({"question": "x".repeat(2_001)})).contains("1 to 2000"));
        assert!(refused(options(json!("a, b"))).contains("`options` is the string"));
        assert!(refused(options(json!(["a", {}]))).contains("`options[1]` is an object"));
        let seven = json!(["a", "b", "c", "d", "e", "f", "g"]);
        assert!(refused(options(seven)).contains("at most 6 options; this one has 7"));
        assert!(refused(options(json!(["a", ""]))).contains("1 to 200"));
        assert!(refused(options(json!(["a", "b", "a"]))).contains("must differ"));
        for question in [
            json!({"question": "Why?"}),
            options(json!([])),
            options(json!(["a", "b"])),
        ] {
            assert_eq!(check(&question), Ok(()));
        }
    }

    #[test]
    fn a_dismissed_question_says_so() {
        let asked = whether_to_go_on("I have taken 50 steps.");
        assert_eq!(check(&asked), Ok(()));
        assert_eq!(asked["question"], "I have taken 50 steps. Continue?");
        assert!(says_stop(&asked, &json!({"answer": "Stop"})) && says_stop(&asked, &json!("Stop")));
        assert!(!says_stop(&asked, &json!({"answer": "Continue"})));
        assert!(!says_stop(&asked, &json!({"answer": "Stop using tabs"})));
        assert!(!says_stop(
            &json!({"question": "Which pedal?"}),
            &json!({"answer": "Stop"})
        ));
    }
}
