//! What is left out of a request that nears the model's window: outputs of tools, the oldest first. The transcript keeps
//! them.

use providers::{ModelMessage, ToolMessage};

use super::size::{self, TOKEN_BYTES};

/// The part of the window that a request may take: the other half is for the answer, the schemas of the tools, and what
/// the guess is wrong by.
const SHARE: usize = 2;

/// What is left out is rounded up to this part of the window: the next steps leave out the same, so that their requests
/// begin with the bytes of this one.
const JUMP: usize = 8;

/// How many steps of the running turn keep their outputs: the model is at work with them.
const KEPT_STEPS: usize = 2;

/// Shorter outputs stay: little is won without them.
const LEAST_BYTES: usize = 200;

/// How many bytes a request to a model with a window of so many tokens may take.
pub(super) const fn most(window: usize) -> usize {
    window.saturating_mul(TOKEN_BYTES) / SHARE
}

/// Leaves out as many outputs as must go for the request to take `most` bytes, of a window of so many tokens.
/// `answer_begins`: where the running turn's own messages begin.
pub(super) fn prune(
    messages: &mut [ModelMessage],
    answer_begins: usize,
    window: usize,
    most: usize,
) {
    let bytes = window.saturating_mul(TOKEN_BYTES);
    let excess = size::of_all(messages).saturating_sub(most);
    if excess == 0 {
        return;
    }
    let wanted = excess.next_multiple_of((bytes / JUMP).max(1));
    let mut gone = 0;
    let end = kept_from(messages, answer_begins);
    for message in messages.iter_mut().take(end) {
        if gone >= wanted {
            return;
        }
        gone += leave_out(message);
    }
}

/// Leaves out the output that a message has, if it is long or has files; how many bytes are gone.
pub(super) fn leave_out(message: &mut ModelMessage) -> usize {
    let before = size::of(message);
    if let ModelMessage::Tool(ToolMessage { output, files, .. }) = message
        && (output.len() >= LEAST_BYTES || !files.is_empty())
    {
        *output = format!(
            "(output left out: {} characters; call the tool again if it is needed)",
            output.chars().count()
        );
        files.clear();
    }
    before.saturating_sub(size::of(message))
}

/// Where the last steps of the running turn begin.
pub(super) fn kept_from(messages: &[ModelMessage], answer_begins: usize) -> usize {
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
        prune(&mut messages, answer_begins, window, most(window));
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
    fn messages_that_fit_stay_unchanged() {
        assert!(left_out(talk(4), 1, 20_001).is_empty());
        assert!(left_out(Vec::new(), 0, 0).is_empty());
    }

    #[test]
    fn the_oldest_go_first_and_no_more_than_must() {
        assert_eq!(left_out(talk(6), 1, 25_000), ["0", "1"]);
        assert_eq!(left_out(talk(6), 13, 5_480), ["0", "1", "2", "3", "4"]);
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
        prune(&mut messages, 1, 0, 0);
        let once = messages.clone();
        assert!(matches!(&once[2], ModelMessage::Tool(tool) if tool.output == "short"));
        prune(&mut messages, 1, 0, 0);
        assert_eq!(messages, once);
    }
}
