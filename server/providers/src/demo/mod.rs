//! The built-in demo model: no network, no key, the same answer for the same prompt.
//!
//! It lets people try the app before they create an account. It never poses as a real model: every answer says what
//! it is, and the first one explains how to connect another.
//!
//! - `answer`: the answers to prompts.
//! - `snippets`: the code samples.
//! - `summary`: summaries of conversations.
//! - `task`: requests that need tools.
//! - `pace`: the timing of an answer.

mod answer;
mod pace;
mod snippets;
mod summary;
mod task;

use std::time::Duration;

use serde_json::Value;

use self::{
    answer::Way,
    task::{Next, Task},
};
use super::{AssistantMessage, FinishReason, ModelMessage, ModelRequest, ProviderEvent};

/// The name of the demo model.
pub const MODEL: &str = "demo";

/// The beginning of a message that asks a model to continue an answer that was cut off.
pub const CONTINUE_PREFIX: &str = "Your previous answer was cut off";

/// The beginning of a note for the model that the user did not write.
pub const NOTE_PREFIX: &str = "[Note of Coder";

/// The beginning of a message that asks a model to summarise the conversation.
pub const SUMMARISE_PREFIX: &str = "Summarise this conversation for yourself";

/// A step of the demo model's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoStep {
    /// The delay after the previous step, or after the request.
    pub after: Duration,
    /// The event.
    pub event: ProviderEvent,
}

/// The whole answer to `request`, as steps. The last step is `Finished`.
#[must_use]
pub fn reply(request: &ModelRequest) -> Vec<DemoStep> {
    let Conversation {
        prompt,
        partial,
        outputs,
        it,
        way,
    } = Conversation::of(request);
    let has_tool = |task: &Task| request.tools.iter().any(|tool| tool.name == task.tool());
    let task = Task::of(&prompt, it.as_deref()).filter(has_tool);
    let answer = match task.map(|task| task.next(&outputs, way)) {
        Some(Next::Say(answer)) => answer,
        Some(Next::Call { tool, input }) => return call(tool, &input, request),
        None if prompt.starts_with(SUMMARISE_PREFIX) => summary::of(request),
        None => answer::to(&prompt, way),
    };
    let mut steps: Vec<DemoStep> = pace::steps(&answer, said_already(&answer, &partial)).collect();
    let after = if steps.is_empty() {
        pace::FIRST
    } else {
        Duration::ZERO
    };
    steps.push(DemoStep {
        after,
        event: ProviderEvent::Finished(FinishReason::Stop),
    });
    steps
}

/// A tool call.
fn call(tool: &str, input: &Value, request: &ModelRequest) -> Vec<DemoStep> {
    let start = ProviderEvent::ToolCallStart {
        index: 0,
        // The number of messages differs for every call of a conversation.
        id: format!("demo-{}", request.messages.len()),
        name: tool.to_owned(),
    };
    let input = ProviderEvent::ToolCallDelta {
        index: 0,
        arguments: input.to_string(),
    };
    let end = ProviderEvent::Finished(FinishReason::ToolCalls);
    [start, input, end]
        .map(|event| DemoStep {
            after: pace::FIRST,
            event,
        })
        .into()
}

/// The part of a conversation that determines the answer.
struct Conversation {
    prompt: String,
    /// The outputs of the tools called since the prompt.
    outputs: Vec<String>,
    /// The file that was last mentioned before.
    it: Option<String>,
    /// The beginning of the answer, from calls that were cut off.
    partial: String,
    /// Whether earlier answers explain how to connect a model.
    way: Way,
}

impl Conversation {
    fn of(request: &ModelRequest) -> Self {
        let mut said = Vec::new();
        let mut pending = Vec::new();
        let mut is_asked_to_continue = false;
        let mut prompt = String::new();
        let mut outputs = Vec::new();
        let mut messages = request.messages.iter().rev();
        for message in messages.by_ref() {
            match message {
                ModelMessage::User(user) => {
                    let is_note = |text: &&str| text.starts_with(NOTE_PREFIX);
                    let texts = user.texts().filter(|text| !is_note(text));
                    // Attached files are named before the text.
                    let Some(text) = texts.last() else {
                        if user.texts().next().is_some() {
                            continue;
                        }
                        break;
                    };
                    let text = text.to_owned();
                    if !text.starts_with(CONTINUE_PREFIX) {
                        prompt = text;
                        break;
                    }
                    said.append(&mut pending);
                    is_asked_to_continue = true;
                }
                ModelMessage::Assistant(assistant) => pending.push(assistant.text.as_str()),
                ModelMessage::Tool(tool) => outputs.push(tool.output.clone()),
                ModelMessage::System(_) => {}
            }
        }
        if is_asked_to_continue {
            said.append(&mut pending);
        }
        said.reverse();
        outputs.reverse();
        let it = messages.clone().find_map(last_path).flatten();
        let tells = |message: &ModelMessage| match message {
            ModelMessage::Assistant(assistant) => {
                assistant.text.contains(answer::CONNECT.trim_end())
            }
            ModelMessage::System(_) | ModelMessage::User(_) | ModelMessage::Tool(_) => false,
        };
        let way = if messages.any(tells) {
            Way::Known
        } else {
            Way::Untold
        };
        Self {
            prompt,
            outputs,
            it,
            partial: said.concat(),
            way,
        }
    }
}

/// The file that the last file call of a message left behind; `Some(None)` when it was deleted.
fn last_path(message: &ModelMessage) -> Option<Option<String>> {
    let ModelMessage::Assistant(AssistantMessage { tool_calls, .. }) = message else {
        return None;
    };
    tool_calls.iter().rev().find_map(|call| {
        let input: Value = serde_json::from_str(&call.arguments).ok()?;
        let path = |field: &str| Some(input.get(field)?.as_str()?.to_owned());
        match call.name.as_str() {
            "write" | "read" | "edit" => Some(path("path")),
            "move" => Some(path("to")),
            "delete" => Some(None),
            _ => None,
        }
    })
}

/// The number of bytes of `answer` that `partial` contains. When another model began the answer, nothing matches, and
/// the demo model starts its own.
fn said_already(answer: &str, partial: &str) -> usize {
    let candidates = [partial, partial.trim_end()];
    candidates
        .iter()
        .find(|said| answer.starts_with(**said))
        .map_or(0, |said| said.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Content;

    fn user(text: &str) -> ModelMessage {
        ModelMessage::user(text)
    }

    fn assistant(text: &str) -> ModelMessage {
        ModelMessage::assistant(text, vec![])
    }

    fn text(messages: Vec<ModelMessage>) -> String {
        let steps = reply(&ModelRequest {
            messages,
            ..ModelRequest::default()
        });
        let (last, deltas) = steps.split_last().unwrap();
        assert_eq!(last.event, ProviderEvent::Finished(FinishReason::Stop));
        let words = |step: &DemoStep| {
            let ProviderEvent::TextDelta(text) = &step.event else {
                panic!("{step:?}")
            };
            text.clone()
        };
        deltas.iter().map(words).collect()
    }

    const PROMPTS: [&str; 9] = [
        "",
        "hi",
        "Hello world in Python please",
        "Who are you?",
        "How do I connect Ollama?",
        "Write fizzbuzz in Rust",
        "日本語で👩‍👩‍👧‍👦 `code` <script>alert(1)</script> [x](javascript:1) \u{202e}evil\nsecond line",
        "Explain the borrow checker to someone who knows garbage collection, with the reasons behind each of its rules please",
        "x]x*x_x#x|x\u{0}x\u{7}",
    ];

    #[test]
    fn the_pace_is_human() {
        for prompt in PROMPTS {
            let steps = reply(&ModelRequest {
                messages: vec![user(prompt)],
                ..ModelRequest::default()
            });
            let millis: Vec<_> = steps.iter().map(|step| step.after.as_millis()).collect();
            assert_eq!(millis[0], 250, "{prompt}");
            assert!(
                millis[1..millis.len() - 1]
                    .iter()
                    .all(|after| (20..=40).contains(after)),
                "{millis:?}"
            );
            let total: u128 = millis.iter().sum();
            assert!((2_500..=8_000).contains(&total), "{prompt}: {total} ms");
        }
    }

    #[test]
    fn a_first_answer_says_what_it_is_and_how_to_connect_a_model() {
        for prompt in PROMPTS {
            let text = text(vec![user(prompt)]);
            for part in [
                "demo model",
                "OPENROUTER_API_KEY",
                ".dev.vars",
                "https://openrouter.ai/keys",
            ] {
                assert!(text.contains(part), "{prompt}: {part} is missing in {text}");
            }
            assert_eq!(text.matches("```").count() % 2, 0, "{text}");
            assert!(text.contains("```"), "{text}");
            assert!(
                !text
                    .chars()
                    .any(|c| c.is_control() && c != '\n' || c == '\u{202e}'),
                "{text}"
            );
        }
    }

    #[test]
    fn a_note_is_no_prompt() {
        let note = format!("{NOTE_PREFIX}, not written by the user: read a.txt again.]");
        let mut noted = user("hi");
        if let ModelMessage::User(user) = &mut noted {
            user.content.push(Content::Text(note.clone()));
        }
        let hi = text(vec![user("hi")]);
        assert_eq!(text(vec![noted]), hi);
        assert_eq!(text(vec![user("hi"), user(&note)]), hi);
    }

    #[test]
    fn it_continues_exactly_where_a_partial_answer_ends() {
        for prompt in PROMPTS {
            let whole = text(vec![user(prompt)]);
            let cuts = whole
                .char_indices()
                .map(|(cut, _)| cut)
                .chain([whole.len()]);
            for cut in cuts.step_by(7) {
                let (left, right) = whole.split_at(cut);
                let go_on =
                    || user("Your previous answer was cut off. Continue exactly where it ends.");
                let messages = vec![
                    user("earlier"),
                    assistant("Earlier."),
                    user(prompt),
                    assistant(left),
                    go_on(),
                ];
                assert_eq!(text(messages), right);
                let (middle, end) = right.split_at(right.ceil_char_boundary(right.len() / 2));
                let messages = vec![
                    user(prompt),
                    assistant(left),
                    go_on(),
                    assistant(middle),
                    go_on(),
                ];
                assert_eq!(text(messages), end);
            }
        }
    }

    #[test]
    fn it_continues_after_lost_white_space_and_after_nothing() {
        let whole = text(vec![user("hi")]);
        let cut = whole.find("\n\n").unwrap() + 2;
        let (left, right) = whole.split_at(cut);
        let go_on = user("Your previous answer was cut off.");
        assert_eq!(
            text(vec![user("hi"), assistant(left.trim_end()), go_on.clone()]),
            format!("\n\n{right}")
        );
        assert_eq!(text(vec![user("hi"), go_on.clone()]), whole);
        assert_eq!(
            text(vec![
                user("hi"),
                assistant("Something another model wrote"),
                go_on
            ]),
            whole
        );
    }

    #[test]
    fn an_answered_message_is_not_continued() {
        let whole = text(vec![user("hi")]);
        let again = text(vec![user("hi"), assistant(&whole), user("hi")]);
        assert!(whole.starts_with(again.trim_end()), "{again}");
    }

    #[test]
    fn the_first_answer_explains_how_to_connect_a_real_model() {
        let whole = text(vec![user("hi")]);
        for prompt in PROMPTS {
            let messages = vec![user("hi"), assistant(&whole), user(prompt)];
            let answer = text(messages);
            assert!(answer.contains("demo model"), "{answer}");
            let is_about_it = prompt.contains("Ollama");
            assert_eq!(
                answer.contains("OPENROUTER_API_KEY"),
                is_about_it,
                "{answer}"
            );
        }
    }
}
