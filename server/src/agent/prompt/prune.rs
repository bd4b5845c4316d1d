//! What is left out of a request that nears the model's window: outputs of tools, the oldest first. The transcript keeps
//! them.

use crate::providers::{AssistantMessage, ModelMessage, ToolMessage};

/// How many bytes a token is taken for. It is a rough guess for English and code, and an overestimate of the tokens of
/// nothing but long runs of blanks.
const TOKEN_BYTES: usize = 4;

/// The part of the window that a request may take: the other half is for the answer, the schemas of the tools, and what
/// the guess is wrong by.
const SHARE: usize = 2;

/// How many steps of the running turn keep their outputs: the model is at work with them.
const KEPT_STEPS: usize = 2;

/// Shorter outputs stay: little is won without them.
const LEAST_BYTES: usize = 200;

/// Leaves out as many outputs as must go for the request to take half of `window` tokens. `answer_begins`: where the
/// running turn's own messages begin.
pub(super) fn prune(messages: &mut [ModelMessage], answer_begins: usize, window: usize) {
    let most = window.saturating_mul(TOKEN_BYTES) / SHARE;
    let mut size: usize = messages.iter().map(bytes).sum();
    let end = kept_from(messages, answer_begins);
    for message in messages.iter_mut().take(end) {
        if size <= most {
            return;
        }
        if let ModelMessage::Tool(ToolMessage { output, .. }) = message
            && output.len() >= LEAST_BYTES
        {
            let note = format!(
                "(output left out: {} characters; call the tool again if it is needed)",
                output.chars().count()
            );
            size = size.saturating_sub(output.len().saturating_sub(note.len()));
            *output = note;
        }
    }
}

/// Where the last steps of the running turn begin.
fn kept_from(messages: &[ModelMessage], answer_begins: usize) -> usize {
    let is_step = |message: &ModelMessage| matches!(message, ModelMessage::Assistant(_));
    let mut steps = messages
        .iter()
        .enumerate()
        .skip(answer_begins)
        .filter(|(_, message)| is_step(message))
        .map(|(at, _)| at)
        .rev();
    let last = steps.by_ref().take(KEPT_STEPS).last();
    last.unwrap_or(messages.len())
}

fn bytes(message: &ModelMessage) -> usize {
    match message {
        ModelMessage::System(text) => text.len(),
        ModelMessage::User(user) => user.texts().map(str::len).sum(),
        ModelMessage::Assistant(AssistantMessage {
            text, tool_calls, ..
        }) => {
            let calls = tool_calls.iter();
            text.len()
                + calls
                    .map(|call| call.name.len() + call.arguments.len())
                    .sum::<usize>()
        }
        ModelMessage::Tool(tool) => tool.output.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: usize = 10_000;

    /// A question, then so many steps with an output each.
    fn talk(steps: usize) -> Vec<ModelMessage> {
        let mut messages = vec![ModelMessage::user("?")];
        for step in 0..steps {
            messages.push(ModelMessage::assistant("", Vec::new()));
            messages.push(ModelMessage::tool(step.to_string(), "x".repeat(OUTPUT)));
        }
        messages
    }

    /// Which outputs are left out, `answer_begins` given.
    fn left_out(
        mut messages: Vec<ModelMessage>,
        answer_begins: usize,
        window: usize,
    ) -> Vec<String> {
        prune(&mut messages, answer_begins, window);
        let left_out = |message: &ModelMessage| match message {
            ModelMessage::Tool(ToolMessage {
                tool_call_id,
                output,
                ..
            }) if output.len() < OUTPUT => {
                let words =
                    "(output left out: 10000 characters; call the tool again if it is needed)";
                assert_eq!(output, words);
                Some(tool_call_id.clone())
            }
            ModelMessage::Tool(_)
            | ModelMessage::System(_)
            | ModelMessage::User(_)
            | ModelMessage::Assistant(_) => None,
        };
        messages.iter().filter_map(left_out).collect()
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        assert!(left_out(talk(4), 1, 20_001).is_empty());
        assert!(left_out(Vec::new(), 0, 0).is_empty());
    }

    #[test]
    fn the_oldest_go_first_and_no_more_than_must() {
        assert_eq!(left_out(talk(6), 1, 20_100), ["0", "1"]);
        assert_eq!(left_out(talk(6), 13, 5_300), ["0", "1", "2", "3", "4"]);
    }

    #[test]
    fn the_last_two_steps_of_the_running_turn_stay() {
        assert_eq!(left_out(talk(4), 1, 0), ["0", "1"]);
        assert_eq!(left_out(talk(4), 7, 0), ["0", "1", "2"]);
        assert_eq!(left_out(talk(4), 9, 0), ["0", "1", "2", "3"], "none runs");
    }

    #[test]
    fn short_outputs_stay_and_it_changes_nothing_twice() {
        let mut messages = talk(4);
        if let Some(ModelMessage::Tool(tool)) = messages.get_mut(2) {
            tool.output = "short".to_owned();
        }
        prune(&mut messages, 1, 0);
        let once = messages.clone();
        assert!(matches!(&once[2], ModelMessage::Tool(tool) if tool.output == "short"));
        prune(&mut messages, 1, 0);
        assert_eq!(messages, once);
    }
}
