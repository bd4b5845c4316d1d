//! When a turn asks the user whether to continue: after very many steps, or when it goes round in circles.
//!
//! The agent asks as the model would, with a call of `ask_user`: every client can answer it, and "Continue" makes a
//! continuation, which has steps of its own.

use common::message::{Part, ToolPart, ToolState};
use serde_json::Value;
use tools::ask_user;

/// The most model calls before the user is asked.
const MAX_STEPS: u32 = 50;

/// The same call with the same output, so often in a row: the model gets a hint.
const REPEATS_HINTED: usize = 3;

/// And so often: the user is asked.
const REPEATS_ASKED: usize = 5;

/// What to ask before a turn continues that has taken so many steps; `None`: it continues unasked.
pub(super) fn question(steps: u32, parts: &[Part]) -> Option<Value> {
    let cause = if steps >= MAX_STEPS {
        format!("I have taken {MAX_STEPS} steps.")
    } else {
        let (call, count) = repeated(parts).filter(|(_, count)| *count >= REPEATS_ASKED)?;
        let name = &call.name;
        format!("I have called `{name}` {count} times in a row with the same outcome.")
    };
    Some(ask_user::whether_to_go_on(&cause))
}

/// Whether the user was asked whether to continue, as the last thing, and does not want it.
pub(super) fn is_stopped(parts: &[Part]) -> bool {
    calls_from_last(parts)
        .next()
        .is_some_and(|call| match &call.state {
            ToolState::OutputAvailable { input, output, .. } => {
                call.name == ask_user::NAME && ask_user::says_stop(input, output)
            }
            ToolState::OutputError { .. }
            | ToolState::OutputDenied { .. }
            | ToolState::InputStreaming { .. }
            | ToolState::InputAvailable { .. }
            | ToolState::ApprovalRequested { .. }
            | ToolState::ApprovalResponded { .. } => false,
        })
}

/// A hint for the model about its last call, if it is one of many.
pub(super) fn hint(parts: &[Part]) -> Option<String> {
    let (_, count) = repeated(parts).filter(|(_, count)| *count >= REPEATS_HINTED)?;
    Some(format!(
        "(This call was made {count} times in a row, with the same outcome. Do something else, or say what is in the way.)"
    ))
}

/// The last call, and how often it was made in a row with the same outcome.
fn repeated(parts: &[Part]) -> Option<(&ToolPart, usize)> {
    let mut calls = calls_from_last(parts);
    let last = calls.next().filter(|last| last.state.is_settled())?;
    let same = |call: &&ToolPart| {
        call.name == last.name
            && call.state.input() == last.state.input()
            && end_of(&call.state) == end_of(&last.state)
    };
    Some((last, 1 + calls.take_while(same).count()))
}

fn calls_from_last(parts: &[Part]) -> impl Iterator<Item = &ToolPart> {
    parts.iter().rev().filter_map(|part| {
        if let Part::Tool(call) = part {
            Some(call.as_ref())
        } else {
            None
        }
    })
}

/// How a call ended.
#[derive(PartialEq)]
enum CallEnd<'c> {
    Output(&'c Value),
    Error(&'c str),
    Denied,
    Open,
}

fn end_of(state: &ToolState) -> CallEnd<'_> {
    match state {
        ToolState::OutputAvailable { output, .. } => CallEnd::Output(output),
        ToolState::OutputError { error_text, .. } => CallEnd::Error(error_text),
        ToolState::OutputDenied { .. } => CallEnd::Denied,
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => CallEnd::Open,
    }
}

#[cfg(test)]
mod tests {
    use common::message::Message;
    use serde_json::json;

    use super::*;

    /// Calls of `read`, a step each.
    fn calls(outputs: &[(&str, Value)]) -> Vec<Part> {
        let call = |(path, output): &(&str, Value)| {
            json!([{"type": "step-start"}, {
                "type": "tool-read", "toolCallId": "c", "state": "output-available",
                "input": {"path": path}, "output": output,
            }])
        };
        let parts = outputs.iter().map(call);
        let parts: Vec<Value> = parts
            .flat_map(|pair| pair.as_array().unwrap().clone())
            .collect();
        let message = json!({"id": "a", "role": "assistant", "parts": parts});
        serde_json::from_value::<Message>(message).unwrap().parts
    }

    #[test]
    fn after_fifty_steps_the_user_is_asked() {
        assert_eq!(question(49, &[]), None);
        let asked = question(50, &[]).unwrap();
        assert_eq!(asked["question"], "I have taken 50 steps. Continue?");
    }

    #[test]
    fn a_repeating_model_is_warned_and_then_the_user_is_asked() {
        let same = |count| calls(&vec![("a", json!(1)); count]);
        assert_eq!(hint(&same(2)), None);
        assert!(hint(&same(3)).unwrap().contains("3 times in a row"));
        assert_eq!(question(5, &same(4)), None);
        let asked = question(5, &same(5)).unwrap();
        assert!(
            asked["question"]
                .as_str()
                .unwrap()
                .contains("`read` 5 times in a row")
        );
    }

    #[test]
    fn only_what_is_the_same_in_a_row_counts() {
        for (path, output) in [("b", json!(1)), ("a", json!(2))] {
            let mut outputs = vec![("a", json!(1)); 5];
            outputs[3] = (path, output);
            assert_eq!(hint(&calls(&outputs)), None);
        }
        let mut waits = calls(&vec![("a", json!(1)); 5]);
        if let Some(Part::Tool(last)) = waits.last_mut() {
            last.state = ToolState::InputAvailable {
                input: json!({"path": "a"}),
            };
        }
        assert_eq!(question(5, &waits), None);
        assert_eq!(question(0, &[]), None);
    }
}
